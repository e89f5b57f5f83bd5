//! Compares a load with the values that figment and config extract from a layer.

use from_secrets_tests::network_faults::{FaultPlan, Network};
use from_secrets_tests::seeds;

use crate::disk::Disk;
use crate::run::vault;
use crate::scenario::{Scenario, Trouble};
use crate::structs::Struct;

/// Loads twice, and returns the differences. If the service has faults, the second load can have another result.
pub(crate) fn compared(declared: &Struct, scenario: &Scenario) -> Result<(), String> {
    if !matches!(scenario.trouble, Trouble::None | Trouble::BatchDenied) {
        return Ok(());
    }
    seeds::paused_time(async {
        let network = Network::new(vault(scenario), FaultPlan::clear());
        let disk = Disk::of(scenario);
        let loader = scenario.loader(network.loader(), disk.as_ref());
        let result = (declared.load)(&loader).await;
        match (result, (declared.extract)(&loader).await) {
            (Err(_), Err(_)) => Ok(()),
            (Err(_), Ok(_)) => Err("the load fails, and the layer does not".to_owned()),
            (Ok(_), Err(error)) => Err(error),
            (Ok((reported, _)), Ok([figment, config])) => {
                same("figment", &reported, &figment)?;
                same("config", &reported, &config)
            }
        }
    })
}

fn same(
    layers: &str,
    reported: &[Option<String>],
    extracted: &[Option<String>],
) -> Result<(), String> {
    let differs = reported.iter().zip(extracted).position(|(a, b)| a != b);
    match differs {
        None if reported.len() == extracted.len() => Ok(()),
        place => Err(format!(
            "{layers} extracts a different value in place {place:?}"
        )),
    }
}
