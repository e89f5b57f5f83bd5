//! A load reads one state of a directory, even if the directory is replaced during the load.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

use from_secrets::source::{EnvFiles, Files, SourceErrorKind};
use from_secrets::{Error, FromSecrets, Loader};

use crate::support::{CANARY, Scratch, fails, loader};
use crate::volume::Volume;

/// Two secrets.
#[derive(FromSecrets)]
#[secrets(debug, env_prefix = "LOGIN_")]
struct Login {
    user: String,
    password: String,
}

/// Two secrets, and two keys of a third. Of that one's two possible places, one is empty.
#[derive(FromSecrets)]
#[secrets(debug)]
struct All {
    #[secret(flatten)]
    login: Login,
    #[secret(name = "prod/db", json_key = "user", env = false)]
    db_user: String,
    #[secret(name = "prod/db", json_key = "password", env = false)]
    db_password: String,
}

/// The files of a state, each of which holds the state's text.
fn state(text: &str) -> [(&str, &str); 4] {
    let names = ["USER", "PASSWORD", "prod/db/user", "prod/db/password"];
    names.map(|name| (name, text))
}

fn login(loader: &Loader) -> String {
    let login: Login = loader.load_blocking().unwrap();
    assert_eq!(login.password, login.user, "two states in one load");
    login.user
}

fn all(loader: &Loader) -> String {
    let all: All = loader.load_blocking().unwrap();
    for other in [&all.login.password, &all.db_user, &all.db_password] {
        assert_eq!(*other, all.login.user, "two states in one load");
    }
    all.login.user
}

/// Loads on two threads while `write` is called with one number after the other. Gives how many states were seen.
fn while_loading(
    loader: &Loader,
    load: fn(&Loader) -> String,
    count: usize,
    write: impl Fn(usize),
) -> usize {
    let (is_over, loads) = (AtomicBool::new(false), AtomicUsize::new(0));
    let load_on = || {
        let mut seen = BTreeSet::new();
        while !is_over.load(Ordering::Relaxed) {
            seen.insert(load(loader));
            loads.fetch_add(1, Ordering::Relaxed);
        }
        seen
    };
    scope(|scope| {
        let loading = [scope.spawn(load_on), scope.spawn(load_on)];
        let is_loading = || loading.iter().all(|thread| !thread.is_finished());
        for number in 0..count {
            let before = loads.load(Ordering::Relaxed);
            write(number);
            // However slow the machine is, there are loads in between.
            while number % 8 == 0 && loads.load(Ordering::Relaxed) == before && is_loading() {
                sleep(Duration::from_micros(100));
            }
        }
        is_over.store(true, Ordering::Relaxed);
        let seen = loading.map(|thread| thread.join().unwrap());
        seen[0].union(&seen[1]).count()
    })
}

#[test]
fn alternating_snapshots_never_mix() {
    let scratch = Scratch::new();
    let volume = Volume::at(scratch.path());
    volume.write("..0", &state("0"));
    let states = ["..1", "..2"];
    for name in states {
        volume.prepare(name, &state(name));
    }
    let seen = while_loading(&scratch.loader(), login, 2000, |number| {
        volume.put_over(states[number % 2]);
        sleep(Duration::from_micros(300));
    });
    assert!(seen >= 2, "{seen}");
}

#[test]
fn removed_snapshots_never_mix() {
    let scratch = Scratch::new();
    let volume = Volume::at(scratch.path());
    volume.write("..start", &state("start"));
    let seen = while_loading(&scratch.loader(), all, 150, |number| {
        volume.write(&format!("..{number}"), &state(&number.to_string()));
        sleep(Duration::from_millis(10));
    });
    assert!(seen > 10, "{seen}");
}

#[test]
fn nested_volume_loads_as_folder() {
    #[derive(FromSecrets)]
    #[secrets(name = "db", debug)]
    struct Database {
        user: String,
        password: String,
    }
    let scratch = Scratch::new();
    let outer = Volume::at(scratch.path());
    outer.write("..1", &[("TOKEN", "x")]);
    let inner = Volume::at(&scratch.path().join("db"));
    inner.write("..1", &[("user", "u"), ("password", "p")]);
    let database: Database = scratch.load().unwrap();
    assert_eq!(
        (database.user.as_str(), database.password.as_str()),
        ("u", "p")
    );
}

#[test]
fn files_named_by_variables_never_mix() {
    let scratch = Scratch::new();
    let volume = Volume::at(scratch.path());
    volume.write("..start", &state("start"));
    let paths = ["USER", "PASSWORD"].map(|name| scratch.path().join(name));
    let [user, password] = paths.each_ref().map(|path| path.to_str().unwrap());
    let variables = [("LOGIN_USER_FILE", user), ("LOGIN_PASSWORD_FILE", password)];
    let files = EnvFiles::new();
    let loader = loader(Files::new(), &variables).source(files);
    let seen = while_loading(&loader, login, 150, |number| {
        volume.write(&format!("..{number}"), &state(&number.to_string()));
        sleep(Duration::from_millis(5));
    });
    assert!(seen > 10, "{seen}");
}

#[test]
fn unlinked_file_of_snapshot_is_found() {
    let scratch = Scratch::new();
    let volume = Volume::at(scratch.path());
    volume.prepare("..1", &state("1"));
    // Kubernetes puts `..data` over before it links the names.
    volume.put_over("..1");
    assert_eq!(all(&scratch.loader()), "1");
}

#[test]
fn directory_link_is_resolved_once() {
    let scratch = Scratch::new();
    for number in ["1", "2"] {
        for (name, text) in state(number) {
            scratch.file(&format!("{number}/{name}"), text);
        }
    }
    let link = scratch.path().join("current");
    let put_over = |number: usize| {
        let next = scratch.path().join("next");
        symlink((number % 2 + 1).to_string(), &next).unwrap();
        fs::rename(next, &link).unwrap();
    };
    put_over(0);
    let loader = loader(Files::new().directory(&link), &[]);
    let seen = while_loading(&loader, all, 150, |number| {
        put_over(number);
        sleep(Duration::from_millis(5));
    });
    assert_eq!(seen, 2);
}

#[test]
fn dangling_data_link_is_unreachable() {
    let scratch = Scratch::new();
    symlink("..2026_gone", scratch.path().join("..data")).unwrap();
    scratch.file("TOKEN", CANARY);
    let error: Error = scratch.load::<Token>().unwrap_err();
    fails(
        &error,
        SourceErrorKind::Unreachable,
        &["changed during every attempt"],
    );
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Token {
    #[allow(dead_code, reason = "it is not found")]
    token: String,
}
