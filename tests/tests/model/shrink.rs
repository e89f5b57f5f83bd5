//! The smallest world in which the loader and the reference still differ.

use crate::content::Content;
use crate::run::compared;
use crate::structs::Struct;
use crate::world::{Held, Trouble, World};

/// Leaves out what the difference does not need.
pub(crate) fn smallest(
    declared: &Struct,
    mut world: World,
    mut difference: String,
) -> (World, String) {
    'smaller: loop {
        for candidate in simpler(&world) {
            if let Err(still) = compared(declared, &candidate) {
                (world, difference) = (candidate, still);
                continue 'smaller;
            }
        }
        return (world, difference);
    }
}

/// Worlds with one thing less.
fn simpler(world: &World) -> Vec<World> {
    let mut worlds = Vec::new();
    let mut with = |change: &dyn Fn(&mut World)| {
        let mut simpler = world.clone();
        change(&mut simpler);
        worlds.push(simpler);
    };
    for i in 0..world.chain.len() {
        if world.chain.len() > 1 {
            with(&|world| {
                world.chain.remove(i);
            });
        }
    }
    for i in 0..world.fall_back_on.len() {
        with(&|world| {
            world.fall_back_on.remove(i);
        });
    }
    for name in world.variables.keys() {
        with(&|world| drop(world.variables.remove(name)));
    }
    for id in world.memory.keys() {
        with(&|world| drop(world.memory.remove(id)));
    }
    for name in world.lines.iter().flatten().map(|(name, _)| name) {
        with(&|world| drop(world.lines.as_mut().map(|lines| lines.remove(name))));
    }
    for name in world.files.iter().flatten().map(|(name, _)| name) {
        with(&|world| drop(world.files.as_mut().map(|files| files.remove(name))));
    }
    for name in world.secrets.keys() {
        with(&|world| drop(world.secrets.remove(name)));
        with(&|world| {
            if let Some(Held::Versions { versions, .. }) = world.secrets.get_mut(name) {
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
    with(&|world| world.trouble = Trouble::None);
    with(&|world| world.latency = 0);
    worlds.retain(|simpler| format!("{simpler:?}") != format!("{world:?}"));
    worlds
}
