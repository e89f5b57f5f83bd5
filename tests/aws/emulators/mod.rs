//! Two emulators that others wrote, so that our idea of Secrets Manager is held against theirs.
//!
//! Where they differ from AWS, a test asserts what each one does and says so, and learns nothing from it.

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

/// Creates a secret that holds bytes.
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

/// Creates a secret that has no value yet, as Terraform leaves it.
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
