::core::compile_error! {
    "unknown key `prefx` in `#[secrets]`\nhelp: did you mean `prefix`?"
}
::core::compile_error! {
    "cannot derive `FromSecrets` for an enum\nhelp: derive it for a struct that has the enum as the type of a field"
}
const _: () = {
    #[automatically_derived]
    impl<'a, T: Clone> ::from_secrets::FromSecrets for Shop<'a, T> {
        const SPEC: &'static ::from_secrets::__private::Spec = &::from_secrets::__private::Spec::new(
            "Shop",
            &[
                ::from_secrets::__private::Field::derived("", ""),
                ::from_secrets::__private::Field::shared("", ""),
            ],
        );
        fn from_values(
            _: &mut ::from_secrets::__private::Values<'_>,
        ) -> ::core::option::Option<Self> {
            ::core::option::Option::None
        }
    }
    #[automatically_derived]
    impl<'a, T: Clone> ::core::fmt::Debug for Shop<'a, T> {
        fn fmt(
            &self,
            __formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            __formatter.write_str("Shop")
        }
    }
};
