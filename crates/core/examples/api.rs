//! Prints docs/API.md, read from standard input, with its tables as they are now; `cargo xtask
//! openapi` writes it back.

fn main() -> std::io::Result<()> {
    let text = std::io::read_to_string(std::io::stdin())?;
    print!("{}", ops_core::openapi::fill(&text));
    Ok(())
}
