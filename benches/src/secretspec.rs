//! `secretspec` with its AWS provider, with the names as references.

use secretspec::{NativeAddress, Profile, Secret, Secrets, Spec};

use crate::{Contender, Wanted};

pub struct Secretspec {
    secrets: Secrets,
}

impl Contender for Secretspec {
    fn new(wanted: &Wanted) -> Self {
        let declared = match wanted {
            Wanted::Secrets(_) => wanted
                .names()
                .into_iter()
                .map(|name| (name.clone(), address(name, None)))
                .collect(),
            Wanted::Json => keys(&wanted.names()[0]),
        };
        let profile = declared
            .into_iter()
            .fold(Profile::new(), |profile, (name, address)| {
                profile.secret(name, Secret::required("a secret").reference(address))
            });
        let spec = Spec::builder("benches")
            .profile("default", profile)
            .build()
            .expect("a spec");
        let mut secrets = Secrets::from_spec(spec).expect("secrets");
        secrets.set_provider("awssm://");
        Self { secrets }
    }

    fn load(&mut self) -> usize {
        let validated = self.secrets.validate().expect("a validation");
        let validated = validated.unwrap_or_else(|errors| panic!("{errors}"));
        validated
            .resolved
            .secrets
            .values()
            .map(|value| value.expose_secret().len())
            .sum()
    }
}

/// Each secret of `secretspec` is one JSON key.
fn keys(name: &str) -> Vec<(String, NativeAddress)> {
    ('a'..='j')
        .map(|key| {
            (
                format!("KEY_{}", key.to_ascii_uppercase()),
                address(name.to_owned(), Some(key.to_string())),
            )
        })
        .collect()
}

fn address(item: String, field: Option<String>) -> NativeAddress {
    NativeAddress {
        item,
        field,
        vault: None,
        section: None,
        version: None,
    }
}
