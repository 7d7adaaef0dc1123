//! The program: parses the command line and runs the command.

#![forbid(unsafe_code)]

mod cli;

/// Requests make many small allocations on every core, and the system's allocator takes a fifth of their time. Huge
/// pages are disabled: an idle server would use little of each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
