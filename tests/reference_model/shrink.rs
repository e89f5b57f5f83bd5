//! Reduces a scenario to the smallest one in which the loader and the reference differ.

use crate::content::Content;
use crate::run::compared;
use crate::scenario::{Origin, Scenario, Stored, Trouble};
use crate::structs::Struct;

/// Removes the parts that the difference does not depend on.
pub(crate) fn smallest(
    declared: &Struct,
    mut scenario: Scenario,
    mut difference: String,
) -> (Scenario, String) {
    'smaller: loop {
        for candidate in simpler(&scenario) {
            if let Err(still) = compared(declared, &candidate) {
                (scenario, difference) = (candidate, still);
                continue 'smaller;
            }
        }
        return (scenario, difference);
    }
}

/// Returns the scenarios with one part less.
fn simpler(scenario: &Scenario) -> Vec<Scenario> {
    let mut worlds = Vec::new();
    let mut with = |change: &dyn Fn(&mut Scenario)| {
        let mut simpler = scenario.clone();
        change(&mut simpler);
        worlds.push(simpler);
    };
    for i in 0..scenario.chain.len() {
        if scenario.chain.len() > 1 {
            with(&|scenario| {
                scenario.chain.remove(i);
            });
        }
    }
    for i in 0..scenario.fall_back_on.len() {
        with(&|scenario| {
            scenario.fall_back_on.remove(i);
        });
    }
    for name in scenario.variables.keys() {
        with(&|scenario| drop(scenario.variables.remove(name)));
    }
    for id in scenario.memory.keys() {
        with(&|scenario| drop(scenario.memory.remove(id)));
    }
    for name in scenario.lines.iter().flatten().map(|(name, _)| name) {
        with(&|scenario| drop(scenario.lines.as_mut().map(|lines| lines.remove(name))));
    }
    for name in scenario.files.iter().flatten().map(|(name, _)| name) {
        with(&|scenario| drop(scenario.files.as_mut().map(|files| files.remove(name))));
    }
    for name in scenario.secrets.keys() {
        with(&|scenario| drop(scenario.secrets.remove(name)));
        with(&|scenario| {
            if let Some(Stored::Versions { versions, .. }) = scenario.secrets.get_mut(name) {
                for (_, content) in versions {
                    if let Content::Text {
                        newline, as_bytes, ..
                    } = content
                    {
                        (*newline, *as_bytes) = (false, false);
                    }
                }
            }
        });
    }
    for name in scenario.placeholders.keys() {
        with(&|scenario| {
            let origin = scenario.placeholders.get_mut(name);
            if let Some(origin) = origin {
                *origin = Origin::Code;
            }
        });
    }
    with(&|scenario| scenario.trouble = Trouble::None);
    with(&|scenario| scenario.latency = 0);
    worlds.retain(|simpler| format!("{simpler:?}") != format!("{scenario:?}"));
    worlds
}
