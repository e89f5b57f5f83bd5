//! Reads of one load.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::snapshot::DirectorySnapshot;
use crate::source::file_io::{self, Reading};
use crate::source::{FetchContext, FetchResult, SecretRequest, SourceError};

/// Reads files on a thread of its own, so that all values are of one state of the file system.
pub(super) struct FileReader {
    view: Arc<Mutex<DirectorySnapshot>>,
    reading: Reading,
}

impl FileReader {
    /// Reads the results of all requests, and warns of files with too many permissions.
    pub(super) async fn read(
        &self,
        requests: &[SecretRequest],
        context: FetchContext,
        read: impl Fn(&mut DirectorySnapshot) -> Vec<FetchResult> + Send + 'static,
    ) -> Vec<FetchResult> {
        let view = Arc::clone(&self.view);
        let work = move |until: Instant| {
            let mut view = view.lock().unwrap_or_else(PoisonError::into_inner);
            let results = view.consistently(until, &read);
            (results, std::mem::take(&mut view.too_open))
        };
        let failed = |error: SourceError| {
            let failed = |_| FetchResult::Failed(error.clone());
            requests.iter().map(failed).collect()
        };
        match file_io::run(context.deadline(), &self.reading, work).await {
            Err(error) => failed(error),
            Ok((results, too_open)) => {
                file_io::warn(&too_open);
                results.unwrap_or_else(failed)
            }
        }
    }
}

impl Default for FileReader {
    fn default() -> Self {
        let view = DirectorySnapshot::default();
        Self {
            reading: view.reading.clone(),
            view: Arc::new(Mutex::new(view)),
        }
    }
}
