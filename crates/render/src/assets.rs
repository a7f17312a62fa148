//! Style sheets, scripts and icons. Each address holds a hash of the content, so that a browser may
//! keep it for ever.

use crate::packed::file;
use crate::tone::Tone;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::sync::LazyLock;

/// One file below `/assets/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// `app.css`
    pub name: &'static str,
    /// `/assets/app-1f2e3d4c5b6a.css`
    pub path: String,
    pub content_type: &'static str,
    pub bytes: Cow<'static, [u8]>,
    /// With its quotes.
    pub etag: String,
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Modules, each before those that import it.
const MODULES: [&str; 7] = [
    "idiomorph.mjs",
    "time.mjs",
    "page.mjs",
    "forms.mjs",
    "log.mjs",
    "keys.mjs",
    "live.mjs",
];

/// All of them.
pub fn assets() -> &'static [Asset] {
    &ASSETS
}

/// The one at an address, such as `/assets/app-1f2e3d4c5b6a.css`.
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// The address of one by its plain name; the name itself where there is no such file.
pub(crate) fn path_of(name: &str) -> &str {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map_or(name, |asset| asset.path.as_str())
}

/// Name of the page's icon in a state.
pub(crate) fn icon_of(state: Option<Tone>) -> &'static str {
    match state {
        None => "icon.svg",
        Some(Tone::Queued | Tone::Held) => "icon-queued.svg",
        Some(Tone::Running) => "icon-running.svg",
        Some(Tone::Ok) => "icon-ok.svg",
        Some(Tone::Bad) => "icon-bad.svg",
        Some(Tone::Off) => "icon-off.svg",
        Some(Tone::Warn) => "icon-warn.svg",
    }
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let mut all = vec![
        make("app.css", CSS, file("app.css").into()),
        make("pages.css", CSS, file("pages.css").into()),
        make("ansi.css", CSS, crate::ansi::stylesheet().into()),
        make("icons.svg", SVG, file("icons.svg").into()),
    ];
    for (name, colour) in [
        ("icon.svg", None),
        ("icon-queued.svg", Some("#7d8896")),
        ("icon-running.svg", Some("#3b82f6")),
        ("icon-ok.svg", Some("#1f9d55")),
        ("icon-bad.svg", Some("#e5484d")),
        ("icon-off.svg", Some("#7d8896")),
        ("icon-warn.svg", Some("#e3a008")),
    ] {
        all.push(make(name, SVG, page_icon(colour).into()));
    }
    for name in MODULES {
        // Modules import each other by their plain names; browsers need the hashed ones.
        let mut script = file(name).to_string();
        for asset in &all {
            let hashed = asset.path.trim_start_matches("/assets/");
            script = script.replace(&format!("\"./{}\"", asset.name), &format!("\"./{hashed}\""));
        }
        all.push(make(name, SCRIPT, script.into()));
    }
    all
});

fn make(name: &'static str, content_type: &'static str, text: Cow<'static, str>) -> Asset {
    let bytes = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    let hash: String = Sha256::digest(&bytes)
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    Asset {
        name,
        path: format!("/assets/{stem}-{hash}.{ending}"),
        content_type,
        bytes,
        etag: format!("\"{hash}\""),
    }
}

/// The product's mark, with a dot in the colour of a state.
fn page_icon(dot: Option<&str>) -> String {
    let dot = dot.map_or(String::new(), |colour| {
        format!("<circle cx=\"24\" cy=\"24\" r=\"8\" fill=\"{colour}\" stroke=\"#fff\" stroke-width=\"2\"/>")
    });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">\
         <rect width=\"32\" height=\"32\" rx=\"7\" fill=\"#2f5bd7\"/>\
         <path d=\"M8 10h9M8 16h16M8 22h12\" stroke=\"#fff\" stroke-width=\"3\" stroke-linecap=\"round\"/>{dot}</svg>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Tab, Theme};
    use std::collections::BTreeMap;

    #[test]
    fn addresses_change_with_the_content() {
        for asset in assets() {
            let found = super::asset(&asset.path).unwrap();
            assert_eq!(found, asset);
            assert!(
                asset.path.starts_with("/assets/") && asset.etag.len() == 14,
                "{}",
                asset.path
            );
        }
        assert_eq!(super::asset("/assets/app.css"), None);
    }

    #[test]
    fn modules_import_hashed_names_only() {
        for asset in assets().iter().filter(|asset| asset.name.ends_with(".mjs")) {
            let text = std::str::from_utf8(&asset.bytes).unwrap();
            for import in text.split("\"./").skip(1) {
                let (name, _) = import.split_once('"').unwrap();
                assert!(
                    super::asset(&format!("/assets/{name}")).is_some(),
                    "{} imports {name}",
                    asset.name
                );
            }
        }
    }

    /// Adds what `path` is and what it imports, but not what it asks for later.
    fn follow(path: &str, seen: &mut BTreeMap<&'static str, usize>) {
        let asset = super::asset(path).unwrap_or_else(|| panic!("no asset {path}"));
        if seen.insert(asset.name, asset.bytes.len()).is_some() {
            return;
        }
        let text = std::str::from_utf8(&asset.bytes).unwrap();
        let imports = text.lines().filter_map(|line| {
            let is_static = line.starts_with("import ")
                || line.starts_with("} from ")
                || line.starts_with("export * ");
            line.split_once("\"./").filter(|_| is_static)
        });
        for (_, rest) in imports {
            let (name, _) = rest.split_once('"').unwrap();
            follow(&format!("/assets/{name}"), seen);
        }
    }

    /// By name and size, what the scripts and the hints in the head of a page make a browser load.
    fn loaded_by(page: &str) -> BTreeMap<&'static str, usize> {
        let mut seen = BTreeMap::new();
        for part in page.split("/assets/").skip(1) {
            let (name, _) = part.split_once('"').unwrap();
            if name.ends_with(".mjs") {
                follow(&format!("/assets/{name}"), &mut seen);
            }
        }
        seen
    }

    #[test]
    fn a_plain_page_loads_twelve_kilobytes_of_script_at_most() {
        let pages = crate::Pages::new().unwrap();
        let layout = crate::fixtures::layout("Runs", Tab::Runs, Theme::Auto);
        let plain = loaded_by(&pages.runs(&layout, &crate::fixtures::runs_busy()).unwrap());
        assert!(plain.contains_key("live.mjs"), "{plain:?}");
        assert!(plain.values().sum::<usize>() <= 12_288, "{plain:?}");
        let run = loaded_by(&pages.run(&layout, &crate::fixtures::run_running()).unwrap());
        let more: Vec<_> = run
            .keys()
            .filter(|name| !plain.contains_key(*name))
            .collect();
        assert_eq!(more, ["log.mjs"].iter().collect::<Vec<_>>());
    }

    #[test]
    fn scripts_stay_small() {
        let total: usize = assets()
            .iter()
            .filter(|asset| asset.name.ends_with(".mjs"))
            .map(|asset| asset.bytes.len())
            .sum();
        assert!(total < 48 * 1024, "{total} bytes of script");
    }
}
