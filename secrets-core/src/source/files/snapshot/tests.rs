use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A directory with a link `..data` to a state, removed when it is dropped.
struct Volume(PathBuf);

impl Volume {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("from-secrets-snapshot-{}-{count}", std::process::id());
        let volume = Self(std::env::temp_dir().join(name));
        fs::create_dir(&volume.0).unwrap();
        volume.put("..1");
        volume
    }

    /// Writes a state with the file `is` in it, which holds the state's name, and puts the link over to it.
    fn put(&self, state: &str) {
        fs::create_dir(self.0.join(state)).unwrap();
        fs::write(self.0.join(state).join("is"), state).unwrap();
        symlink(state, self.0.join("..next")).unwrap();
        fs::rename(self.0.join("..next"), self.0.join("..data")).unwrap();
    }

    /// Puts another folder in the place of a state, with a file of the same text.
    fn renew(&self, state: &str) {
        let next = self.0.join("..renewed");
        fs::create_dir(&next).unwrap();
        fs::write(next.join("is"), state).unwrap();
        self.remove(state);
        fs::rename(next, self.0.join(state)).unwrap();
    }

    fn remove(&self, state: &str) {
        fs::remove_dir_all(self.0.join(state)).unwrap();
    }

    /// What the files of these names hold, with `change` between two looks at the first attempt, and how many attempts
    /// it took.
    fn read(&self, names: [&str; 2], change: impl Fn()) -> (Vec<Option<String>>, usize) {
        let mut attempts = 0;
        let until = Instant::now() + Duration::from_mins(1);
        let read = DirectorySnapshot::default().consistently(until, |snapshot| {
            attempts += 1;
            let read = |snapshot: &mut DirectorySnapshot, name: &str| {
                let folder = snapshot.enter(&self.0, &self.0).unwrap();
                let bytes = snapshot.read(Path::new(name), &folder.child(name)).ok()?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            };
            let first = read(snapshot, names[0]);
            if attempts == 1 {
                change();
            }
            vec![first, read(snapshot, names[1])]
        });
        (read.unwrap(), attempts)
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn are(text: &str) -> Vec<Option<String>> {
    vec![Some(text.to_owned()); 2]
}

#[test]
fn complete_read_keeps_first_snapshot() {
    let volume = Volume::new();
    let put_over = || volume.put("..2");
    assert_eq!(volume.read(["is", "is"], put_over), (are("..1"), 1));
}

#[test]
fn removed_snapshot_is_retried_on_next() {
    let volume = Volume::new();
    let replace = || {
        volume.put("..2");
        volume.remove("..1");
    };
    assert_eq!(volume.read(["is", "is"], replace), (are("..2"), 2));
}

#[test]
fn snapshot_losing_files_is_retried() {
    let volume = Volume::new();
    let begin_to_remove = || {
        volume.put("..2");
        fs::remove_file(volume.0.join("..1/is")).unwrap();
    };
    assert_eq!(volume.read(["is", "is"], begin_to_remove), (are("..2"), 2));
}

#[test]
fn recreated_snapshot_counts_as_new() {
    let volume = Volume::new();
    let renew = || volume.renew("..1");
    assert_eq!(volume.read(["is", "is"], renew), (are("..1"), 2));
}

#[test]
fn absent_file_needs_no_retry() {
    let volume = Volume::new();
    let (read, attempts) = volume.read(["is", "absent"], || ());
    assert_eq!((read, attempts), (vec![Some("..1".to_owned()), None], 1));
}

#[test]
fn constantly_changing_directory_is_unreachable() {
    let volume = Volume::new();
    let mut attempts = 0;
    let mut restless = |time: Duration| {
        let read = DirectorySnapshot::default().consistently(Instant::now() + time, |snapshot| {
            attempts += 1;
            snapshot.enter(&volume.0, &volume.0).unwrap();
            volume.renew("..1");
        });
        (read.unwrap_err().kind(), std::mem::take(&mut attempts))
    };
    assert_eq!(
        restless(Duration::from_mins(1)),
        (SourceErrorKind::Unreachable, 10)
    );
    assert_eq!(restless(Duration::ZERO), (SourceErrorKind::Unreachable, 1));
}
