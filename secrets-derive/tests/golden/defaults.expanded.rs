const _: () = {
    #[automatically_derived]
    impl<T> ::from_secrets::FromSecrets for Pool<T>
    where
        Self: ::core::default::Default,
        T: ::from_secrets::__private::DeserializeOwned,
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
                    |__values| __values.decode::<Vec<u8>>(3),
                )
                .required();
            let __4 = __values
                .decode::<String>(4)
                .or_else(|| ::from_secrets::__private::text_default("quiet"));
            let __5 = __values
                .nested(5, <Nested as ::from_secrets::FromSecrets>::from_values);
            let __0 = __0?;
            let __1 = __1?;
            let __2 = __2?;
            let __3 = __3?;
            let __4 = __4?;
            let __5 = __5?;
            ::core::option::Option::Some(Self {
                size: __0,
                limit: __1,
                address: __2,
                list: __3,
                level: __4,
                nested: *__5,
                calls: __default.get_or_insert_with(__init).2.take()?,
            })
        }
    }
};
