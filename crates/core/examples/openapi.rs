//! Prints the OpenAPI description of the API; `cargo xtask openapi` writes it to docs/openapi.json.

fn main() {
    println!("{:#}", ops_core::openapi::document());
}
