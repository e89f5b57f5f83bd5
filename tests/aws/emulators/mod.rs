//! Loads from two independent emulators, which check the assumptions about Secrets Manager in this repository.
//!
//! If an emulator differs from AWS, its test asserts the emulator's result and has a comment.

mod absent;
mod reading;
mod versions;

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::Emulator;
use from_secrets_tests::emulator::{put, rotate};

/// Runs each of these functions against each emulator.
macro_rules! on_each_emulator {
    ($($test:ident,)*) => {
        mod ministack {
            $(#[tokio::test]
            async fn $test() {
                super::$test(from_secrets_tests::Emulator::shared(from_secrets_tests::Kind::Ministack)).await;
            })*
        }

        mod moto {
            $(#[tokio::test]
            async fn $test() {
                super::$test(from_secrets_tests::Emulator::shared(from_secrets_tests::Kind::Moto)).await;
            })*
        }
    };
}

use on_each_emulator;

/// Creates a binary secret.
async fn put_binary(emulator: &Emulator, name: &str, bytes: &[u8]) {
    emulator
        .client()
        .create_secret()
        .name(name)
        .secret_binary(Blob::new(bytes))
        .send()
        .await
        .unwrap();
}

/// Creates a secret without a value, as Terraform does.
async fn put_without_value(emulator: &Emulator, name: &str) {
    emulator
        .client()
        .create_secret()
        .name(name)
        .send()
        .await
        .unwrap();
}

/// Schedules a secret for deletion.
async fn delete(emulator: &Emulator, name: &str) {
    emulator
        .client()
        .delete_secret()
        .secret_id(name)
        .send()
        .await
        .unwrap();
}
