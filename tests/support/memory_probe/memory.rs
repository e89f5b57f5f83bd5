//! The memory of another process, as Linux shows it in `/proc`.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

/// A part of a process's memory.
pub(super) struct Region {
    pub(super) bytes: Vec<u8>,
}

/// All that the process can write: heap, stacks, and what its libraries keep.
pub(super) fn writable(pid: u32) -> Vec<Region> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("the process exists");
    let memory = File::open(format!("/proc/{pid}/mem")).expect("the memory of a child can be read");
    let regions = maps.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let address = |hexadecimal| u64::from_str_radix(hexadecimal, 16).ok();
        rest.starts_with("rw")
            .then_some((address(from)?, address(to)?))
    });
    regions.map(|(from, to)| read(&memory, from, to)).collect()
}

/// Pages that cannot be read, as those of a device, hold no value.
fn read(memory: &File, from: u64, to: u64) -> Region {
    let length = usize::try_from(to - from).expect("an address");
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        match memory.read_at(&mut bytes[filled..], from + filled as u64) {
            Ok(0) | Err(_) => break,
            Ok(count) => filled += count,
        }
    }
    bytes.truncate(filled);
    Region { bytes }
}
