use super::*;

fn group(paths: &[&str]) -> Vec<Bundle> {
    Bundle::group(
        paths
            .iter()
            .map(|path| (*path, format!("# {path}\n\nWords.\n"))),
    )
}

fn directories(bundles: &[Bundle]) -> Vec<&str> {
    bundles
        .iter()
        .map(|bundle| bundle.directory.as_str())
        .collect()
}

#[test]
fn each_folder_with_a_document_is_a_bundle_and_notes_belong_to_the_nearest() {
    let bundles = group(&[
        "specs/001-a/spec.md",
        "specs/001-a/tasks.md",
        "specs/001-a/contracts/api.md",
        "specs/002-b/spec.md",
        ".specify/memory/constitution.md",
        "README.md",
        "db/m.sql",
    ]);
    assert_eq!(directories(&bundles), ["specs/001-a", "specs/002-b"]);
    assert_eq!(
        (bundles[0].scope, bundles[1].scope),
        (Scope::Bundle, Scope::Single)
    );
    assert_eq!(bundles[0].layout, Layout::SpecKit);
    assert_eq!(bundles[0].extra.len(), 1);
    assert!(
        bundles
            .iter()
            .all(|bundle| bundle.constitution.is_some() && bundle.sql.len() == 1)
    );
}

#[test]
fn a_change_of_openspec_is_one_bundle_with_its_requirements() {
    let bundles = group(&[
        "openspec/changes/add-x/proposal.md",
        "openspec/changes/add-x/tasks.md",
        "openspec/changes/add-x/specs/x/spec.md",
        "openspec/specs/y/spec.md",
    ]);
    assert_eq!(
        directories(&bundles),
        ["openspec/changes/add-x", "openspec/specs/y"]
    );
    let prd = bundles[0].prd.as_ref().expect("requirements");
    assert_eq!(prd.source.file(), "openspec/changes/add-x/specs/x/spec.md");
    assert_eq!(
        (bundles[0].layout, bundles[0].slug.as_str()),
        (Layout::OpenSpec, "add-x")
    );
}

#[test]
fn the_source_of_a_manifest_is_no_document_of_the_bundle() {
    let manifest = r#"{"version":1,"tool":"t","slug":"a","source":{"file":"docs/prd.md","sha256":"0"},"documents":{},"nodes":[],"edges":[]}"#;
    let bundles = Bundle::group([
        ("spec/a/spec-kit.json", manifest),
        ("spec/a/prd.md", "# PRD\n"),
        ("docs/prd.md", "# PRD\n"),
    ]);
    assert_eq!(directories(&bundles), ["docs", "spec/a"]);
    let source = bundles[1].source.as_ref().expect("the source");
    assert_eq!(source.source.file(), "docs/prd.md");
    assert_eq!(bundles[0].scope, Scope::Single);
}

#[test]
fn what_cannot_be_read_is_kept_with_its_line() {
    let bundle = Bundle::read([
        ("a/prd.md", b"# PRD\n\xff".to_vec()),
        ("a/spec-kit.json", b"{".to_vec()),
        ("a/spec-kit.lock", b"x".to_vec()),
    ]);
    let lines: Vec<(&str, u32)> = bundle
        .unreadable
        .iter()
        .map(|f| (f.file.as_str(), f.line))
        .collect();
    assert_eq!(
        lines,
        [
            ("a/spec-kit.json", 1),
            ("a/prd.md", 2),
            ("a/spec-kit.lock", 1)
        ]
    );
    assert!(bundle.prd.is_none() && bundle.manifest.is_none());
}
