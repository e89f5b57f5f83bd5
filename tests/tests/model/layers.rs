//! One load, compared with what figment and config make of a layer.

use from_secrets_tests::faults::{Network, Weather};
use from_secrets_tests::seeds;

use crate::disk::Disk;
use crate::run::vault;
use crate::structs::Struct;
use crate::world::{Trouble, World};

/// Loads twice, and says what is not the same. Where the service has troubles, the second load can fare differently.
pub(crate) fn compared(declared: &Struct, world: &World) -> Result<(), String> {
    if !matches!(world.trouble, Trouble::None | Trouble::BatchDenied) {
        return Ok(());
    }
    seeds::paused_time(async {
        let network = Network::new(vault(world), Weather::clear());
        let disk = Disk::of(world);
        let loader = world.loader(network.loader(), disk.as_ref());
        let result = (declared.load)(&loader).await;
        match (result, (declared.extract)(&loader).await) {
            (Err(_), Err(_)) => Ok(()),
            (Err(_), Ok(_)) => Err("the load fails, and the layer does not".to_owned()),
            (Ok(_), Err(error)) => Err(error),
            (Ok((told, _)), Ok([figment, config])) => {
                same("figment", &told, &figment)?;
                same("config", &told, &config)
            }
        }
    })
}

fn same(layers: &str, told: &[Option<String>], extracted: &[Option<String>]) -> Result<(), String> {
    let differs = told.iter().zip(extracted).position(|(a, b)| a != b);
    match differs {
        None if told.len() == extracted.len() => Ok(()),
        place => Err(format!(
            "{layers} extracts another value than is loaded, in place {place:?}"
        )),
    }
}
