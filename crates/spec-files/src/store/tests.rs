use super::*;

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("ops-spec-files-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn where_one_file_cannot_be_written_all_are_as_they_were() {
    let folder = folder("torn");
    fs::write(folder.join("a.md"), "old").expect("written");
    // A folder in the place of a file: only its rename fails, after those before it.
    fs::create_dir_all(folder.join("c.md/inside")).expect("a folder");
    let files: [(&str, &[u8]); 3] = [("a.md", b"new"), ("b.md", b"new"), ("c.md", b"new")];
    let error = replace_all(&folder, &files).expect_err("a folder is in the way");
    assert!(
        error.to_string().ends_with("the bundle is as it was"),
        "{error}"
    );
    assert_eq!(fs::read(folder.join("a.md")).expect("there"), b"old");
    assert_eq!(names(&folder), ["a.md", "c.md"]);
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn files_are_replaced_and_nothing_else_is_left() {
    let folder = folder("whole");
    fs::write(folder.join("a.md"), "old").expect("written");
    replace_all(&folder.join("deep/er"), &[("a.md", b"new")]).expect("written");
    replace_all(&folder, &[("a.md", b"new"), ("b.md", b"b")]).expect("written");
    assert_eq!(fs::read(folder.join("a.md")).expect("there"), b"new");
    assert_eq!(names(&folder), ["a.md", "b.md", "deep"]);
    fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_link_stays_one_and_its_target_is_replaced() {
    let folder = folder("link");
    fs::write(folder.join("a.md"), "old").expect("written");
    std::os::unix::fs::symlink("a.md", folder.join("l.md")).expect("a link");
    replace(&folder.join("l.md"), b"new").expect("written");
    assert_eq!(fs::read(folder.join("a.md")).expect("there"), b"new");
    assert!(folder.join("l.md").is_symlink());
    assert_eq!(names(&folder), ["a.md", "l.md"]);
    fs::remove_dir_all(folder).expect("removed");
}
