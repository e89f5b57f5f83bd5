const _: () = {
    #[automatically_derived]
    impl<T> ::from_secrets::FromSecrets for Pool<T>
    where
        Self: ::core::default::Default,
        T: ::from_secrets::__private::DeserializeOwned,
        Vec<T>: ::from_secrets::__private::DeserializeOwned,
        Tags<T>: ::from_secrets::__private::DeserializeOwned,
        Key<T>: ::core::convert::TryFrom<::std::vec::Vec<u8>>,
        Mode<T>: ::from_secrets::__private::DeserializeOwned,
        Mode<T>: ::core::convert::From<&'static str>,
    {
        const SPEC: &'static ::from_secrets::__private::Spec = &::from_secrets::__private::Spec::new(
            "Pool",
            &[
                ::from_secrets::__private::Field::derived("size", "SIZE").defaulted(),
                ::from_secrets::__private::Field::derived("limit", "LIMIT").optional(),
                ::from_secrets::__private::Field::derived("address", "ADDRESS")
                    .defaulted()
                    .with_default_text("127.0.0.1"),
                ::from_secrets::__private::Field::derived("list", "LIST")
                    .separated_by(",")
                    .defaulted()
                    .with_default_text("1,2"),
                ::from_secrets::__private::Field::derived("tags", "TAGS")
                    .separated_by(",")
                    .defaulted()
                    .with_default_text("a,b"),
                ::from_secrets::__private::Field::derived("key", "KEY")
                    .binary()
                    .defaulted()
                    .with_default_text("AAAA"),
                ::from_secrets::__private::Field::derived("mode", "MODE")
                    .defaulted()
                    .with_default_text("medium"),
                ::from_secrets::__private::Field::derived("level", "LEVEL")
                    .defaulted()
                    .with_default_text("quiet"),
                ::from_secrets::__private::Field::nested(
                    "nested",
                    <Nested as ::from_secrets::FromSecrets>::SPEC,
                ),
            ],
        );
        fn from_values(
            __values: &mut ::from_secrets::__private::Values<'_>,
        ) -> ::core::option::Option<Self> {
            let __init = || {
                let __default = <Self as ::core::default::Default>::default();
                (
                    ::core::option::Option::Some(__default.size),
                    ::core::option::Option::Some(__default.limit),
                    ::core::option::Option::Some(__default.calls),
                )
            };
            let mut __default = ::core::option::Option::None;
            let __0 = __values
                .decode::<T>(0)
                .or_take(|| __default.get_or_insert_with(__init).0.take());
            let __1 = __values
                .decode::<u16>(1)
                .validate(|__value| {
                    use ::from_secrets::__private::HiddenReason as _;
                    ::from_secrets::__private::Validity(small(__value)).verdict()
                })
                .optional_or_take(|| __default.get_or_insert_with(__init).1.take());
            let __2 = __values
                .or_text(
                    "127.0.0.1",
                    {
                        use ::from_secrets::__private::DecodedDefault as _;
                        ::from_secrets::__private::TextDefault::<IpAddr>::CONVERT
                    },
                    |__values| __values.decode::<IpAddr>(2),
                )
                .required();
            let __3 = __values
                .or_text(
                    "1,2",
                    ::core::option::Option::None,
                    |__values| __values.decode::<Vec<T>>(3),
                )
                .required();
            let __4 = __values
                .or_text(
                    "a,b",
                    ::core::option::Option::None,
                    |__values| __values.decode::<Tags<T>>(4),
                )
                .required();
            let __5 = __values
                .or_text(
                    "AAAA",
                    ::core::option::Option::None,
                    |__values| __values.binary::<Key<T>>(5),
                )
                .required();
            let __6 = __values
                .or_text(
                    "medium",
                    {
                        use ::from_secrets::__private::DecodedDefault as _;
                        ::from_secrets::__private::TextDefault::<Mode<T>>::CONVERT
                    },
                    |__values| __values.decode::<Mode<T>>(6),
                )
                .required();
            let __7 = __values
                .decode::<String>(7)
                .or_else(|| ::from_secrets::__private::text_default("quiet"));
            let __8 = __values
                .nested(8, <Nested as ::from_secrets::FromSecrets>::from_values);
            let __0 = __0?;
            let __1 = __1?;
            let __2 = __2?;
            let __3 = __3?;
            let __4 = __4?;
            let __5 = __5?;
            let __6 = __6?;
            let __7 = __7?;
            let __8 = __8?;
            ::core::option::Option::Some(Self {
                size: __0,
                limit: __1,
                address: __2,
                list: __3,
                tags: __4,
                key: __5,
                mode: __6,
                level: __7,
                nested: *__8,
                calls: __default.get_or_insert_with(__init).2.take()?,
            })
        }
    }
};
