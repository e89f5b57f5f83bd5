const _: () = {
    #[automatically_derived]
    impl ::from_secrets::FromSecrets for PocketConfig {
        const SPEC: &'static ::from_secrets::__private::Spec = &::from_secrets::__private::Spec::new(
            "PocketConfig",
            &[
                ::from_secrets::__private::Field::derived("key", "POCKET_KEY")
                    .describe("Consumer key of the Pocket application."),
                ::from_secrets::__private::Field::derived("token", "POCKET_TOKEN")
                    .describe("Access token of the user whose list is read."),
            ],
        );
        fn from_values(
            __values: &mut ::from_secrets::__private::Values<'_>,
        ) -> ::core::option::Option<Self> {
            let __0 = __values.decode::<SecretString>(0).required();
            let __1 = __values.decode::<SecretString>(1).required();
            let __0 = __0?;
            let __1 = __1?;
            ::core::option::Option::Some(Self { key: __0, token: __1 })
        }
        fn as_debug(&self) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(self)
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Debug for PocketConfig {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::from_secrets::__private::debug(
                __formatter,
                <Self as ::from_secrets::FromSecrets>::SPEC,
                &[],
            )
        }
    }
};
