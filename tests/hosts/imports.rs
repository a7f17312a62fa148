//! What a component wants of its host. One that wants something of Spin starts nowhere else.

use ops_tests::harness::wasmtime::{can_be_tried, component, spec_kit_component};
use std::collections::BTreeSet;
use std::path::Path;
use wasmparser::{Parser, Payload};

fn imports(component: &Path) -> BTreeSet<String> {
    let bytes = std::fs::read(component).expect("a component");
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

/// Both of a version.
fn wants_only(version: &'static str, http: &[&str]) {
    for component in [component(version), spec_kit_component(version)] {
        if can_be_tried(&component) {
            one_wants_only(&component, http);
        }
    }
}

fn one_wants_only(component: &Path, http: &[&str]) {
    let imports = imports(component);
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
    let both = |version| [component(version), spec_kit_component(version)];
    for component in ["0.2", "0.3"].into_iter().flat_map(both) {
        if can_be_tried(&component) {
            let bytes = component.metadata().expect("a file").len();
            assert!(bytes <= 3_000_000, "{}: {bytes} bytes", component.display());
        }
    }
}
