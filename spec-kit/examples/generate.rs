//! Generates a bundle, or brings the one in the folder up to date: `cargo run -p ops-spec-kit --example generate -- docs/prd.md out slug [link]`.
#![allow(clippy::unwrap_used)]

use ops_spec_kit::generate::{DOCUMENTS, Existing, Request, generate};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let bytes = std::fs::read(&args[0]).unwrap();
    let document = ops_spec_kit::read::document(&args[0], &bytes).unwrap();
    let there: Vec<(String, String)> = DOCUMENTS
        .into_iter()
        .chain(["spec-kit.json", "spec-kit.lock"])
        .filter_map(|name| {
            let text = std::fs::read_to_string(format!("{}/{name}", args[1]));
            Some((name.to_owned(), text.ok()?))
        })
        .collect();
    let existing = Existing::of(there.iter().map(|(n, t)| (n.as_str(), t.as_str())));
    let mut request = Request::new(&document, &args[2]);
    request.existing = Some(&existing);
    request.link = args.get(3).map(String::as_str);
    match generate(&request) {
        Ok(output) => {
            std::fs::create_dir_all(&args[1]).unwrap();
            for (name, text) in &output.files {
                std::fs::write(format!("{}/{name}", args[1]), text).unwrap();
            }
            for note in &output.notes {
                println!("note: {note}");
            }
        }
        Err(refusal) => {
            eprintln!("{refusal}");
            std::process::exit(1);
        }
    }
}
