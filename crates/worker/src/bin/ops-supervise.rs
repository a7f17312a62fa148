//! The supervisor alone, for tests of crates that have no binary of their own.

fn main() -> std::process::ExitCode {
    ops_worker::supervise_main()
}
