//! Structs that several suites load.

use crate::FakeSecretsManager;
use from_secrets::{FromSecrets, SecretString};

/// The program that this library grew from.
#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
pub struct Pocket {
    /// Consumer key of the Pocket application.
    pub key: SecretString,
    /// Access token of the user whose list is read.
    pub token: SecretString,
}

/// Both secrets of [`Pocket`].
pub fn pocket() -> FakeSecretsManager {
    FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}

/// A struct of many secrets, each the text of its own name.
macro_rules! many {
    ($name:ident, $prefix:literal, [$($field:ident)*]) => {
        #[doc = concat!("Secrets whose names begin with `", $prefix, "`, each the text of its own name.")]
        #[derive(FromSecrets)]
        #[secrets(prefix = $prefix, debug)]
        pub struct $name {
            $($field: String,)*
        }

        impl $name {
            /// The names of its secrets.
            pub fn names() -> Vec<String> {
                vec![$(format!("{}{}", $prefix, stringify!($field).to_uppercase()),)*]
            }

            /// All of its secrets.
            pub fn secrets() -> FakeSecretsManager {
                Self::names().iter().fold(FakeSecretsManager::new(), |secrets, name| secrets.text(name, name))
            }

            /// Fails unless every field has the value of its own secret.
            #[track_caller]
            pub fn assert_right(&self) {
                assert_eq!(vec![$(self.$field.clone(),)*], Self::names());
            }
        }
    };
}

many!(Ten, "TEN_", [a b c d e f g h i j]);
many!(TwentyOne, "SCORE_", [a b c d e f g h i j k l m n o p q r s t u]);
many!(FortyFive, "MANY_", [
    aa ab ac ad ae af ag ah ai aj ak al am an ao ap aq ar a0 at au av aw ax ay az
    ba bb bc bd be bf bg bh bi bj bk bl bm bn bo bp bq br bs
]);
