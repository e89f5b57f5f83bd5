const _: () = {
    #[automatically_derived]
    impl<'a> ::from_secrets::FromSecrets for Token<'a> {
        const SPEC: &'static ::from_secrets::__private::Spec = &::from_secrets::__private::Spec::new(
            "Token",
            &[
                ::from_secrets::__private::Field::shared("token", "prod/token")
                    .describe("A token.")
                    .json_key("token")
                    .aliases(&["prod/old"])
                    .version_stage("AWSPREVIOUS")
                    .env("TOKEN"),
            ],
        );
        fn from_values(
            __values: &mut ::from_secrets::__private::Values<'_>,
        ) -> ::core::option::Option<Self> {
            let __0 = __values.decode::<Cow<'a, str>>(0).required();
            let __0 = __0?;
            ::core::option::Option::Some(Self { 0: __0 })
        }
        fn as_debug(&self) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(self)
        }
    }
    #[automatically_derived]
    impl<'__de, 'a> ::from_secrets::__private::Deserialize<'__de> for Token<'a> {
        fn deserialize<__D: ::from_secrets::__private::Deserializer<'__de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::from_secrets::__private::transparent::<__D, Cow<'a, str>>(__deserializer)
                .map(|__value| Self { 0: __value })
        }
    }
    #[automatically_derived]
    impl<'a> ::core::fmt::Debug for Token<'a> {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::from_secrets::__private::debug_newtype(__formatter, "Token")
        }
    }
};
