//! A source of one's own, written without care: its `Debug` shows what it holds.

use from_secrets::source::{
    FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue,
};

#[derive(Debug)]
pub(super) struct Careless {
    #[expect(dead_code, reason = "shown by `Debug`")]
    text: String,
    bytes: Vec<u8>,
}

impl Careless {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }
}

impl SecretSource for Careless {
    fn name(&self) -> &'static str {
        "careless"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        super::show::debug(&context);
        requests.iter().for_each(super::show::debug);
        let found = || SecretValue::binary(self.bytes.clone()).with_version_id("1");
        Box::pin(async move {
            requests
                .iter()
                .map(|_| FetchResult::Found(found()))
                .collect()
        })
    }
}
