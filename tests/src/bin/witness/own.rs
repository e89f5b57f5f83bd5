//! A source of one's own, written without care: its `Debug` shows what it holds.

use from_secrets::{Answer, Answers, Found, Query, SecretSource};

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

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        super::show::debug(&query);
        query.requests().iter().for_each(super::show::debug);
        let found = || Found::binary(self.bytes.clone()).version_id("1");
        Box::pin(async move {
            query
                .requests()
                .iter()
                .map(|_| Answer::Found(found()))
                .collect()
        })
    }
}
