//! The runtime of a contender.

/// Tokio on the current thread, as in a program with `#[tokio::main(flavor = "current_thread")]`.
#[derive(Debug)]
pub struct Runtime(tokio::runtime::Runtime);

impl Default for Runtime {
    fn default() -> Self {
        let built = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self(built.expect("a runtime"))
    }
}

impl Runtime {
    /// Runs the future.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }
}
