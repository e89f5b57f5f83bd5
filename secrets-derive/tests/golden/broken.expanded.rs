::core::compile_error! {
    "`prefx` is not a key of `#[secrets]`; did you mean `prefix`?"
}
::core::compile_error! {
    "an enum cannot be filled from secrets; derive `FromSecrets` for a struct, which may have the enum in a field"
}
const _: () = {
    #[automatically_derived]
    impl<'a, T: Clone> ::from_secrets::FromSecrets for Shop<'a, T> {
        const SPEC: &'static ::from_secrets::__private::Spec = &::from_secrets::__private::Spec::new(
            "Shop",
            &[::from_secrets::__private::Field::derived("", "")],
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
