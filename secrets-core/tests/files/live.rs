//! A live struct follows its directory.

use from_secrets::live::RefreshOutcome;
use from_secrets::{FromSecrets, Live};

use crate::support::Scratch;
use crate::volume::Volume;

#[derive(FromSecrets)]
#[secrets(debug, env_prefix = "LOGIN_")]
struct Login {
    user: String,
    password: String,
}

#[tokio::test]
async fn live_struct_follows_swapped_directory() {
    let scratch = Scratch::new();
    let volume = Volume::at(scratch.path());
    volume.write("..1", &[("USER", "u1"), ("PASSWORD", "p1")]);
    let live = Live::<Login>::builder().loader(scratch.loader());
    let live = live.load().await.unwrap();
    assert_eq!(live.get().unwrap().user, "u1");
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);

    volume.write("..2", &[("USER", "u2"), ("PASSWORD", "p2")]);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    let login = live.get().unwrap();
    assert_eq!((login.user.as_str(), login.password.as_str()), ("u2", "p2"));
}
