const _: () = {
    #[automatically_derived]
    impl<'a, T, const N: usize> ::wrapper::from_secrets::FromSecrets for Shop<'a, T, N>
    where
        T: Clone,
        T: ::wrapper::from_secrets::__private::DeserializeOwned,
        T: ::core::fmt::Debug,
        Vec<T>: ::wrapper::from_secrets::__private::DeserializeOwned,
        T: ::core::str::FromStr,
        T: ::core::default::Default,
        [u8; N]: ::core::convert::TryFrom<::std::vec::Vec<u8>>,
        Nested<T>: ::wrapper::from_secrets::FromSecrets,
        PhantomData<T>: ::core::default::Default,
    {
        const SPEC: &'static ::wrapper::from_secrets::__private::Spec = &::wrapper::from_secrets::__private::Spec::new(
                "Shop",
                &[
                    ::wrapper::from_secrets::__private::Field::shared(
                            "api_key",
                            "{stage}/shop",
                        )
                        .describe("A JSON key of the\nshop's secret.")
                        .json_key("apiKey")
                        .aliases(&["{stage}/store"]),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "user",
                            "{stage}/shop",
                        )
                        .json_key("/users/0/name")
                        .aliases(&["{stage}/store"])
                        .json_key_aliases(&["user"])
                        .optional(),
                    ::wrapper::from_secrets::__private::Field::given(
                            "password",
                            "prod/db",
                        )
                        .json_key("password")
                        .version_stage("AWSPREVIOUS")
                        .no_env(),
                    ::wrapper::from_secrets::__private::Field::given(
                            "other",
                            "prod/other",
                        )
                        .env_aliases(&["SHOP", "ANOTHER"])
                        .json()
                        .version_id("a1b2")
                        .env("OTHER"),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "items",
                            "{stage}/shop",
                        )
                        .json_key("items")
                        .aliases(&["{stage}/store"])
                        .separated_by(";"),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "level",
                            "{stage}/shop",
                        )
                        .json_key("level")
                        .aliases(&["{stage}/store"])
                        .defaulted(),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "limits",
                            "{stage}/shop",
                        )
                        .json_key("limits")
                        .aliases(&["{stage}/store"])
                        .defaulted(),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "key",
                            "{stage}/shop",
                        )
                        .json_key("key")
                        .aliases(&["{stage}/store"])
                        .binary()
                        .optional(),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "host",
                            "{stage}/shop",
                        )
                        .json_key("host")
                        .aliases(&["{stage}/store"])
                        .env_only()
                        .defaulted()
                        .with_default_text("localhost"),
                    ::wrapper::from_secrets::__private::Field::shared(
                            "port",
                            "{stage}/shop",
                        )
                        .json_key("port")
                        .aliases(&["{stage}/store"])
                        .env("PORT")
                        .env_only()
                        .optional(),
                    ::wrapper::from_secrets::__private::Field::nested(
                            "primary",
                            <Database as ::wrapper::from_secrets::FromSecrets>::SPEC,
                        )
                        .prefix("PRIMARY_")
                        .env_prefix("PRIMARY_"),
                    ::wrapper::from_secrets::__private::Field::nested(
                            "replica",
                            <Nested<T> as ::wrapper::from_secrets::FromSecrets>::SPEC,
                        )
                        .optional(),
                ],
            )
            .env_prefix("SHOP_");
        fn from_values(
            __values: &mut ::wrapper::from_secrets::__private::Values<'_>,
        ) -> ::core::option::Option<Self> {
            let __0 = __values.decode::<SecretString>(0).required();
            let __1 = __values.decode::<T>(1).optional();
            let __2 = __values.decode::<Cow<'a, str>>(2).required();
            let __3 = __values.decode::<Vec<T>>(3).required();
            let __4 = __values
                .decode_with::<
                    Vec<T>,
                    _,
                >(4, |__input| separate::items::deserialize(__input))
                .required();
            let __5 = __values
                .parse::<T>(5)
                .or_else(|| <T as ::core::default::Default>::default());
            let __6 = __values
                .parse_with::<Limits, _, _>(6, limits::parse)
                .validate(|__value| {
                    use ::wrapper::from_secrets::__private::HiddenReason as _;
                    ::wrapper::from_secrets::__private::Validity(limits::check(__value))
                        .verdict()
                })
                .or_else(|| Limits::new(8, [1, 2]));
            let __7 = __values.binary::<[u8; N]>(7).optional();
            let __8 = __values
                .decode::<String>(8)
                .or_else(|| ::wrapper::from_secrets::__private::text_default(
                    "localhost",
                ));
            let __9 = __values.decode::<T>(9).optional();
            let __10 = __values
                .nested(
                    10,
                    <Database as ::wrapper::from_secrets::FromSecrets>::from_values,
                );
            let __11 = __values
                .nested_optional(
                    11,
                    <Nested<T> as ::wrapper::from_secrets::FromSecrets>::from_values,
                );
            let __0 = __0?;
            let __1 = __1?;
            let __2 = __2?;
            let __3 = __3?;
            let __4 = __4?;
            let __5 = __5?;
            let __6 = __6?;
            let __7 = __7?;
            let __8 = __8?;
            let __9 = __9?;
            let __10 = __10?;
            let __11 = __11?;
            __values
                .validate(
                    Self {
                        api_key: __0,
                        user: __1,
                        password: __2,
                        other: __3,
                        items: __4,
                        level: __5,
                        limits: __6,
                        key: __7,
                        host: __8,
                        r#port: __9,
                        primary: *__10,
                        replica: *__11,
                        calls: <PhantomData<T> as ::core::default::Default>::default(),
                        label: ::wrapper::from_secrets::__private::text_default(
                            "unnamed",
                        ),
                    },
                    |__value| {
                        use ::wrapper::from_secrets::__private::HiddenReason as _;
                        ::wrapper::from_secrets::__private::Validity(
                                Self::check(__value),
                            )
                            .verdict()
                    },
                )
        }
        fn as_debug(&self) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(self)
        }
    }
    #[automatically_derived]
    impl<'a, T, const N: usize> ::core::fmt::Debug for Shop<'a, T, N>
    where
        T: Clone,
        T: ::wrapper::from_secrets::__private::DeserializeOwned,
        T: ::core::fmt::Debug,
        Vec<T>: ::wrapper::from_secrets::__private::DeserializeOwned,
        T: ::core::str::FromStr,
        T: ::core::default::Default,
        [u8; N]: ::core::convert::TryFrom<::std::vec::Vec<u8>>,
        Nested<T>: ::wrapper::from_secrets::FromSecrets,
        PhantomData<T>: ::core::default::Default,
    {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::wrapper::from_secrets::__private::debug(
                __formatter,
                <Self as ::wrapper::from_secrets::FromSecrets>::SPEC,
                &[
                    ::wrapper::from_secrets::__private::Shown::value(1, &self.user),
                    ::wrapper::from_secrets::__private::Shown::value(8, &self.host),
                    ::wrapper::from_secrets::__private::Shown::value(9, &self.r#port),
                    ::wrapper::from_secrets::__private::Shown::value(
                        10,
                        &::wrapper::from_secrets::__private::Flattened(&self.primary),
                    ),
                    ::wrapper::from_secrets::__private::Shown::value(
                        11,
                        &::wrapper::from_secrets::__private::flattened(&self.replica),
                    ),
                    ::wrapper::from_secrets::__private::Shown::skipped(12, "calls"),
                    ::wrapper::from_secrets::__private::Shown::skipped(12, "label"),
                ],
            )
        }
    }
};
