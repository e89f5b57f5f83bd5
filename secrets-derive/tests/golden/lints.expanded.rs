const _: () = {
    #[automatically_derived]
    #[allow(non_snake_case)]
    #[allow(deprecated)]
    impl<T> ::from_secrets::FromSecrets for Shop<T>
    where
        Old<T>: ::from_secrets::__private::DeserializeOwned,
    {
        const SPEC: &'static ::from_secrets::__private::Spec = &::from_secrets::__private::Spec::new(
            "Shop",
            &[
                ::from_secrets::__private::Field::derived("Items", "ITEMS"),
                ::from_secrets::__private::Field::derived("key", "KEY"),
                #[allow(dead_code)]
                ::from_secrets::__private::Field::nested(
                    "nested",
                    <Nested as ::from_secrets::FromSecrets>::SPEC,
                ),
            ],
        );
        fn from_values(
            __values: &mut ::from_secrets::__private::Values<'_>,
        ) -> ::core::option::Option<Self> {
            #[allow(deprecated)]
            let __0 = __values.decode::<Old<T>>(0).required();
            #[allow(unused_parens)]
            let __1 = __values.decode::<(String)>(1).required();
            #[allow(dead_code)]
            let __2 = __values
                .nested(2, <Nested as ::from_secrets::FromSecrets>::from_values);
            let __0 = __0?;
            let __1 = __1?;
            let __2 = __2?;
            ::core::option::Option::Some(Self {
                Items: __0,
                key: __1,
                nested: *__2,
                #[allow(unused_qualifications)]
                calls: <u64 as ::core::default::Default>::default(),
            })
        }
        fn as_debug(&self) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(self)
        }
    }
    #[automatically_derived]
    #[allow(non_snake_case)]
    #[allow(deprecated)]
    impl<T> ::core::fmt::Debug for Shop<T>
    where
        Old<T>: ::from_secrets::__private::DeserializeOwned,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::from_secrets::__private::debug(
                __formatter,
                <Self as ::from_secrets::FromSecrets>::SPEC,
                &[
                    ::from_secrets::__private::Shown::value(
                        2,
                        &::from_secrets::__private::Flattened(&self.nested),
                    ),
                    ::from_secrets::__private::Shown::skipped(3, "calls"),
                ],
            )
        }
    }
};
