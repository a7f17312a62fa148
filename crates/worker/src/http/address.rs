//! Which addresses a step may reach. Loopback and private ones are allowed, because operators'
//! tools live there; those that hand out a machine's own credentials are not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Names under which clouds offer credentials to their machines.
const METADATA_NAMES: [&str; 4] = [
    "metadata.google.internal",
    "metadata.goog",
    "instance-data",
    "instance-data.ec2.internal",
];

/// The same outside of the link-local ranges: Alibaba, Azure's wire server, Oracle; AWS and
/// Google by IPv6.
const METADATA_ADDRESSES: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Where those names lead; allowing this allows them.
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));

/// One address, or all that begin with the same bits: `169.254.169.254`, `169.254.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    bits: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address and no range; write 169.254.169.254 or fd00:ec2::/32")]
pub struct InvalidAddressRange(String);

impl FromStr for AddressRange {
    type Err = InvalidAddressRange;

    fn from_str(text: &str) -> Result<Self, InvalidAddressRange> {
        let invalid = || InvalidAddressRange(text.to_string());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let first: IpAddr = address.parse().map_err(|_| invalid())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| invalid())?,
            None => most,
        };
        match bits <= most {
            true => Ok(AddressRange { first, bits }),
            false => Err(invalid()),
        }
    }
}

impl AddressRange {
    fn contains(&self, address: IpAddr) -> bool {
        let same = |a: u128, b: u128, width: u8| {
            let ignored = u32::from(width - self.bits);
            // A range of no bits at all ignores everything, which no shift can say.
            (a ^ b).checked_shr(ignored).unwrap_or(0) == 0
        };
        match (self.first, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}

/// Why an address is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    LinkLocal,
    Metadata,
    Unspecified,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Refused::LinkLocal => "a link-local address",
            Refused::Metadata => "where a cloud keeps the machine's credentials",
            Refused::Unspecified => "an unspecified address",
        })
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct AddressPolicy {
    allowed: Vec<AddressRange>,
}

impl AddressPolicy {
    pub fn new(allowed: Vec<AddressRange>) -> Self {
        AddressPolicy { allowed }
    }

    /// Judges an address that is about to be connected to.
    pub fn check(&self, address: IpAddr) -> Result<(), Refused> {
        if self.is_allowed(address) {
            return Ok(());
        }
        let meant = [Some(address), embedded(address).map(IpAddr::V4)];
        match meant.into_iter().flatten().find_map(refusal) {
            Some(why) => Err(why),
            None => Ok(()),
        }
    }

    /// Judges a name before anybody is asked where it leads.
    pub fn check_name(&self, name: &str) -> Result<(), Refused> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        match METADATA_NAMES.contains(&name.as_str()) && !self.is_allowed(METADATA) {
            true => Err(Refused::Metadata),
            false => Ok(()),
        }
    }

    fn is_allowed(&self, address: IpAddr) -> bool {
        let plain = match address {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        let mut ranges = self.allowed.iter();
        ranges.any(|range| range.contains(address) || range.contains(plain))
    }
}

fn refusal(address: IpAddr) -> Option<Refused> {
    if address == METADATA || METADATA_ADDRESSES.contains(&address) {
        return Some(Refused::Metadata);
    }
    let (is_unspecified, is_link_local) = match address {
        // All of 0.0.0.0/8 is "this host"; 0.0.0.0 is connected to as loopback.
        IpAddr::V4(v4) => (v4.octets()[0] == 0, v4.is_link_local()),
        IpAddr::V6(v6) => (v6.is_unspecified(), v6.is_unicast_link_local()),
    };
    match (is_unspecified, is_link_local) {
        (true, _) => Some(Refused::Unspecified),
        (_, true) => Some(Refused::LinkLocal),
        _ => None,
    }
}

/// The IPv4 address that a gateway or the kernel makes of an IPv6 one: mapped, compatible, NAT64
/// (64:ff9b::/96) and 6to4 (2002::/16).
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else { return None };
    let [a, b, c, d, e, f, high, low] = v6.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => Some(of(high, low)),
        // `::` and `::1` are no addresses of IPv4.
        [0, 0, 0, 0, 0, 0] if high != 0 => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(allowed: &[&str], address: &str) -> Result<(), Refused> {
        let ranges = allowed.iter().map(|range| range.parse().unwrap());
        AddressPolicy::new(ranges.collect()).check(address.parse().unwrap())
    }

    #[test]
    fn credentials_of_the_machine_are_out_of_reach_however_they_are_written() {
        for (address, why) in [
            ("169.254.169.254", Refused::Metadata),
            ("::ffff:169.254.169.254", Refused::Metadata),
            ("::169.254.169.254", Refused::Metadata),
            ("64:ff9b::a9fe:a9fe", Refused::Metadata),
            ("2002:a9fe:a9fe::1", Refused::Metadata),
            ("fd00:ec2::254", Refused::Metadata),
            ("fd20:ce::254", Refused::Metadata),
            ("100.100.100.200", Refused::Metadata),
            ("169.254.0.1", Refused::LinkLocal),
            ("::ffff:169.254.7.7", Refused::LinkLocal),
            ("fe80::1", Refused::LinkLocal),
            ("febf::1", Refused::LinkLocal),
            ("0.0.0.0", Refused::Unspecified),
            ("0.1.2.3", Refused::Unspecified),
            ("::", Refused::Unspecified),
            ("::ffff:0.0.0.0", Refused::Unspecified),
        ] {
            assert_eq!(judged(&[], address), Err(why), "{address}");
        }
    }

    #[test]
    fn loopback_private_and_public_addresses_are_in_reach() {
        for address in [
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
            "fec0::1",
            "203.0.113.9",
            "2001:db8::1",
            "169.253.0.1",
            "64:ff9b::7f00:1",
        ] {
            assert_eq!(judged(&[], address), Ok(()), "{address}");
        }
    }

    #[test]
    fn a_worker_may_allow_some() {
        assert_eq!(judged(&["169.254.169.254"], "169.254.169.254"), Ok(()));
        assert_eq!(
            judged(&["169.254.169.254"], "::ffff:169.254.169.254"),
            Ok(())
        );
        assert_eq!(
            judged(&["169.254.169.254"], "169.254.169.253"),
            Err(Refused::LinkLocal)
        );
        assert_eq!(judged(&["169.254.8.0/21"], "169.254.15.255"), Ok(()));
        assert_eq!(
            judged(&["169.254.8.0/21"], "169.254.16.0"),
            Err(Refused::LinkLocal)
        );
        assert_eq!(judged(&["fe80::/10"], "febf::1"), Ok(()));
        assert_eq!(judged(&["0.0.0.0/0"], "169.254.169.254"), Ok(()));
        assert_eq!(judged(&["0.0.0.0/0"], "fe80::1"), Err(Refused::LinkLocal));
        assert_eq!(judged(&["::/0"], "fe80::1"), Ok(()));
    }

    #[test]
    fn names_of_metadata_are_judged_before_they_are_looked_up() {
        let none = AddressPolicy::default();
        for name in ["metadata.google.internal", "Metadata.Google.Internal."] {
            assert_eq!(none.check_name(name), Err(Refused::Metadata), "{name}");
        }
        assert_eq!(none.check_name("metadata.example.org"), Ok(()));
        let some = AddressPolicy::new(vec!["169.254.169.254".parse().unwrap()]);
        assert_eq!(some.check_name("metadata.google.internal"), Ok(()));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "a",
            "1.2.3",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/",
            "1.2.3.4/-1",
        ] {
            assert!(text.parse::<AddressRange>().is_err(), "{text}");
        }
    }
}
