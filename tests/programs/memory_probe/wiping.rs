//! The same program, with an allocator that wipes memory when it is freed.
#![expect(clippy::print_stdout, reason = "the test reads its output")]

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
