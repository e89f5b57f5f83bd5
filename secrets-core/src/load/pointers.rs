//! Structs behind a pointer: `Box<Config>` is loaded like `Config`, also with `flatten`.
//!
//! No macro writes these implementations, because the compiler quotes them in errors about `flatten`.

use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use super::FromSecrets;
use super::Values;
use crate::spec::Spec;

impl<T: FromSecrets> FromSecrets for Box<T> {
    const SPEC: &'static Spec = T::SPEC;

    fn from_values(values: &mut Values<'_>) -> Option<Self> {
        T::from_values(values).map(Self::new)
    }

    fn as_debug(&self) -> Option<&dyn Debug> {
        (**self).as_debug()
    }
}

impl<T: FromSecrets> FromSecrets for Rc<T> {
    const SPEC: &'static Spec = T::SPEC;

    fn from_values(values: &mut Values<'_>) -> Option<Self> {
        T::from_values(values).map(Self::new)
    }

    fn as_debug(&self) -> Option<&dyn Debug> {
        (**self).as_debug()
    }
}

impl<T: FromSecrets> FromSecrets for Arc<T> {
    const SPEC: &'static Spec = T::SPEC;

    fn from_values(values: &mut Values<'_>) -> Option<Self> {
        T::from_values(values).map(Self::new)
    }

    fn as_debug(&self) -> Option<&dyn Debug> {
        (**self).as_debug()
    }
}
