//! What comes from outside, changed in every way: each reader answers or refuses, and what it answers is
//! true. Each target takes six seconds; in CI a minute (`OPS_FUZZ_SECONDS`).

mod chat;
mod cursors;
mod expressions;
mod html;
mod multipart;
mod runbooks;
mod tokens;

use ops_tests::driver;

/// Of one target: all of them together stay within a minute.
const SECONDS: u64 = 6;

/// Over text: what is no UTF-8 is made so, as every road to these readers does.
fn over_text(
    name: &str,
    seeds: &[&str],
    dictionary: &[&str],
    check: impl Fn(&str) -> Result<(), String>,
) {
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    driver::run(name, &seeds, dictionary, SECONDS, |bytes| {
        check(&String::from_utf8_lossy(bytes))
    });
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, one: &T, other: &T) -> Result<(), String> {
    match one == other {
        true => Ok(()),
        false => Err(format!("{what}: {one:?} became {other:?}")),
    }
}
