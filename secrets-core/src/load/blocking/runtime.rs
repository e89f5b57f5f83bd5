//! The runtime of a driver.

#[cfg(not(shuttle))]
pub(super) use tokio::runtime::Handle;

#[cfg(not(shuttle))]
mod driven {
    use std::future::pending;
    use std::io;
    use std::time::Duration;

    use tokio::runtime::{Builder, Handle, Runtime};

    use crate::sync::thread;

    /// A runtime that no thread drives yet.
    pub(in crate::load::blocking) struct DriverRuntime(Runtime);

    impl DriverRuntime {
        pub(in crate::load::blocking) fn new() -> io::Result<Self> {
            let runtime = Builder::new_current_thread()
                .enable_all()
                // With Tokio's feature `parking_lot`, an idle thread is in a global list, which a child would inherit
                // after `fork()` without the thread.
                .thread_keep_alive(Duration::ZERO)
                .build()?;
            Ok(Self(runtime))
        }

        pub(in crate::load::blocking) fn handle(&self) -> Handle {
            self.0.handle().clone()
        }

        /// Starts a thread that runs `begin`, and then the tasks of the runtime as long as the process lives.
        pub(in crate::load::blocking) fn start(
            self,
            begin: impl FnOnce() + Send + 'static,
        ) -> io::Result<()> {
            let runtime = Background(Some(self.0));
            let drive = move || {
                begin();
                if let Some(runtime) = &runtime.0 {
                    runtime.block_on(pending::<()>());
                }
            };
            let thread = thread::Builder::new().name("from-secrets-io".to_owned());
            thread.spawn(drive).map(drop)
        }
    }

    /// A runtime that can be dropped within another one, if no thread can be started.
    struct Background(Option<Runtime>);

    impl Drop for Background {
        fn drop(&mut self) {
            if let Some(runtime) = self.0.take() {
                runtime.shutdown_background();
            }
        }
    }
}

/// A runtime of tests of interleavings. It runs its tasks one after another.
#[cfg(shuttle)]
mod driven {
    use std::cell::RefCell;
    use std::collections::VecDeque;
    use std::future::Future;
    use std::io;
    use std::pin::Pin;
    use std::sync::{Arc, PoisonError};

    use shuttle::future::{block_on, spawn};
    use shuttle::sync::Condvar;

    use crate::sync::{Mutex, lock};

    type BoxTask = Pin<Box<dyn Future<Output = ()> + Send>>;

    pub(in crate::load::blocking) struct DriverRuntime(Handle);

    #[derive(Clone, Default)]
    pub(crate) struct Handle(Arc<TaskQueue>);

    #[derive(Default)]
    struct TaskQueue {
        tasks: Mutex<VecDeque<BoxTask>>,
        added: Condvar,
    }

    shuttle::thread_local! {
        static CURRENT: RefCell<Option<Handle>> = const { RefCell::new(None) };
    }

    impl DriverRuntime {
        pub(in crate::load::blocking) fn new() -> io::Result<Self> {
            Ok(Self(Handle::default()))
        }

        pub(in crate::load::blocking) fn handle(&self) -> Handle {
            self.0.clone()
        }

        pub(in crate::load::blocking) fn start(
            self,
            begin: impl FnOnce() + Send + 'static,
        ) -> io::Result<()> {
            // A schedule ends without such a task if its handle is dropped.
            drop(spawn(async move {
                begin();
                loop {
                    block_on(self.0.next());
                }
            }));
            Ok(())
        }
    }

    impl Handle {
        /// Threads that enter a runtime do not leave it.
        pub(in crate::load::blocking) fn enter(&self) {
            CURRENT.with(|current| *current.borrow_mut() = Some(self.clone()));
        }

        pub(in crate::load::blocking) fn current() -> Self {
            let current = CURRENT.with(|current| current.borrow().clone());
            current.expect("the thread has entered a runtime")
        }

        pub(in crate::load::blocking) fn spawn(
            &self,
            task: impl Future<Output = ()> + Send + 'static,
        ) {
            lock(&self.0.tasks).push_back(Box::pin(task));
            self.0.added.notify_one();
        }

        /// Waits for the next task.
        fn next(&self) -> BoxTask {
            let mut tasks = lock(&self.0.tasks);
            loop {
                if let Some(task) = tasks.pop_front() {
                    return task;
                }
                let waited = self.0.added.wait(tasks);
                tasks = waited.unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

pub(super) use driven::*;
