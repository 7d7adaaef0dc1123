//! The program: parses the command line and hands over.

#![forbid(unsafe_code)]

mod cli;

/// Requests allocate in small pieces on every core, and the system's allocator spends a fifth of their time on that. Without
/// huge pages, of which an idle server would use little.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
