//! Structs behind a pointer: `Box<Config>` is loaded like `Config`, also with `flatten`.

use std::fmt::Debug;
use std::rc::Rc;
use std::sync::Arc;

use super::FromSecrets;
use super::Values;
use crate::spec::Spec;

macro_rules! load_behind {
    ($($pointer:ident),+) => {$(
        impl<T: FromSecrets> FromSecrets for $pointer<T> {
            const SPEC: &'static Spec = T::SPEC;

            fn from_values(values: &mut Values<'_>) -> Option<Self> {
                T::from_values(values).map(Self::new)
            }

            fn as_debug(&self) -> Option<&dyn Debug> {
                (**self).as_debug()
            }
        }
    )+};
}

load_behind!(Box, Rc, Arc);
