//! The same program, with an allocator that wipes what is given back to it.
#![expect(clippy::print_stdout, reason = "it speaks to the test that runs it")]

mod by_hand;
mod declared;
mod program;

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() {
    program::run();
}
