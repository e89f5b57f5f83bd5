//! `secret-vault` with its source for Secrets Manager, which uses ARNs.

use secret_vault::aws::AwsSecretManagerSource;
use secret_vault::{
    SecretName, SecretVault as Vault, SecretVaultBuilder, SecretVaultNoEncryption, SecretVaultRef,
    SecretVaultView,
};

use crate::{Contender, Runtime, Wanted};

const ACCOUNT: &str = "123456789012";

pub struct SecretVault {
    runtime: Runtime,
    vault: Vault<AwsSecretManagerSource, SecretVaultNoEncryption>,
    wanted: Wanted,
    references: Vec<SecretVaultRef>,
}

impl SecretVault {
    /// Reads from the vault.
    pub async fn read<T>(&self, reference: &SecretVaultRef, taken: impl Fn(&str) -> T) -> T {
        let secret = self.vault.require_secret_by_ref(reference).await;
        let value = secret.expect("a secret").value;
        value.exposed_in_as_str(|text| (taken(&text), text))
    }

    /// Returns the runtime and the first secret.
    pub fn parts(&self) -> (&Runtime, &SecretVaultRef) {
        (&self.runtime, &self.references[0])
    }
}

impl Contender for SecretVault {
    fn new(wanted: &Wanted) -> Self {
        let runtime = Runtime::default();
        let source = runtime
            .wait(AwsSecretManagerSource::new(ACCOUNT))
            .expect("a source");
        let references: Vec<_> = wanted
            .names()
            .into_iter()
            .map(|name| SecretVaultRef::new(SecretName::new(name)))
            .collect();
        let builder =
            SecretVaultBuilder::with_source(source).with_secret_refs(references.iter().collect());
        Self {
            runtime,
            vault: builder.build().expect("a vault"),
            wanted: *wanted,
            references,
        }
    }

    fn load(&mut self) -> usize {
        self.runtime.wait(async {
            self.vault.refresh().await.expect("a load");
            if self.wanted == Wanted::Json {
                return self.read(&self.references[0], Wanted::total_of_json).await;
            }
            let mut values = Vec::with_capacity(self.references.len());
            for reference in &self.references {
                values.push(self.read(reference, str::to_owned).await);
            }
            values.iter().map(String::len).sum()
        })
    }
}
