//! What a component wants of its host. One that wants something of Spin starts nowhere else.

use crate::host::{Kind, is_there};
use ops_tests::harness::wasmtime::component;
use std::collections::BTreeSet;
use wasmparser::{Parser, Payload};

fn imports(version: &str) -> BTreeSet<String> {
    let bytes = std::fs::read(component(version)).expect("a component");
    let mut imports = BTreeSet::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.expect("well-formed") {
            // Modules and components inside have imports of their own, which the outer one meets.
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.insert(import.expect("an import").name.0.to_string());
                }
            }
            _ => {}
        }
    }
    imports
}

fn wants_only(version: &'static str, http: &[&str]) {
    if !is_there(Kind::Wasi(version, None)) {
        return;
    }
    let imports = imports(version);
    assert!(!imports.is_empty());
    // Packages of WASI that every host of `wasi:http` has.
    let common = ["wasi:cli/", "wasi:clocks/", "wasi:io/", "wasi:random/"];
    for import in &imports {
        let is_known = common
            .iter()
            .chain(http)
            .any(|known| import.starts_with(known));
        assert!(is_known, "{import}: {imports:#?}");
    }
}

#[test]
fn the_0_2_component_runs_on_any_host_of_wasi_http() {
    wants_only(
        "0.2",
        &["wasi:http/types@0.2.", "wasi:http/outgoing-handler@0.2."],
    );
}

#[test]
fn the_0_3_component_runs_on_any_host_of_wasi_http() {
    wants_only("0.3", &["wasi:http/types@0.3.0", "wasi:http/client@0.3.0"]);
}

/// Spin fetches a component over the network before the first request of a machine.
#[test]
fn a_component_is_small() {
    for version in ["0.2", "0.3"] {
        if is_there(Kind::Wasi(version, None)) {
            let bytes = component(version).metadata().expect("a file").len();
            assert!(bytes <= 3_000_000, "{version}: {bytes} bytes");
        }
    }
}
