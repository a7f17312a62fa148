//! The schema as the program knows it: the migrations as text, what a whole installation has, and how
//! a found one differs. One crate, so that the command line and the pages of every host judge by the
//! same facts, in a component too.
//!
//! It never knows I/O: facts are asked for by others.

mod catalog;
mod check;
mod migrations;
mod prototyping;
mod schedule;
mod verify;

pub use catalog::Catalog;
pub use check::{Check, State, Step};
pub use migrations::{MIGRATIONS, Migration, sql_to_paste};
pub use schedule::Schedule;
pub use verify::{lived, unread, verify};

/// [`sql_to_paste`], packed by gzip: a component has room for nothing else, and every browser takes it.
pub const SQL_TO_PASTE_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schema.sql.gz"));

#[cfg(test)]
mod tests {
    use super::Migration;
    use std::io::Read;

    #[test]
    fn what_came_before_is_outdated_and_what_nobody_knows_is_not() {
        let migration = Migration {
            version: "1",
            name: "one",
            sql: "",
            revisions: "first\nsecond\npresent\n",
        };
        let outdated = ["first", "second", "present", "of a later program", ""];
        let outdated = outdated.map(|sha256| migration.is_outdated(sha256));
        assert_eq!(outdated, [true, true, false, false, false]);
    }

    #[test]
    fn what_is_packed_is_what_is_pasted() {
        let mut text = String::new();
        let mut packed = flate2::read::GzDecoder::new(super::SQL_TO_PASTE_GZIP);
        packed.read_to_string(&mut text).expect("gzip");
        assert_eq!(text, super::sql_to_paste());
    }
}
