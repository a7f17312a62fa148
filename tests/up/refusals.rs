use ops_tests::harness::process::{Folder, Up, ops, shown};
use std::net::TcpListener;

#[test]
fn a_second_up_on_the_same_folder_says_who_holds_it() {
    let folder = Folder::new();
    let up = Up::start(&folder.data(), &["--workers", "0"]);
    let second = ops()
        .args(["up", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.data())
        .output()
        .expect("refuses");
    assert!(!second.status.success(), "{}", shown(&second));
    assert!(
        String::from_utf8_lossy(&second.stderr).contains(&up.pid().to_string()),
        "{}",
        shown(&second)
    );
}

#[test]
fn a_busy_port_is_named() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = ops()
        .args(["up", "--listen", &address, "--data"])
        .arg(folder.data())
        .output()
        .expect("refuses");
    assert!(!output.status.success(), "{}", shown(&output));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains(&address),
        "{}",
        shown(&output)
    );
    assert!(
        !folder.data().join("postgres").exists(),
        "no database was made for it"
    );
}
