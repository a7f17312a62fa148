//! RS256 (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017, 8.2.2), for public keys only.
//!
//! The arithmetic is `crypto-bigint`'s. What is decided here is one comparison: what the signature
//! holds is, byte by byte, the one encoding of this digest. Nothing of it is parsed, so there is no
//! padding that a forger could choose.

use super::refused::KeyFault;
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U4096};
use sha2::{Digest, Sha256};

/// Sizes of keys that are accepted: smaller ones can be broken, larger ones cost us time.
pub const KEY_BITS: std::ops::RangeInclusive<usize> = 2_048..=4_096;

/// 65537, as everybody has it.
const EXPONENT: [u8; 3] = [1, 0, 1];
const EXPONENT_SQUARES: usize = 16;

/// DER of `DigestInfo` up to the digest: SHA-256, no parameters, 32 bytes.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// Bytes of the largest key.
const WIDTH: usize = 512;

pub struct PublicKey {
    modulus: FixedMontyParams<{ U4096::LIMBS }>,
    /// Of the modulus, and of each signature.
    bytes: usize,
}

impl PublicKey {
    /// Big-endian numbers.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyFault> {
        if without_zeros(exponent) != EXPONENT {
            return Err(KeyFault::Exponent);
        }
        let modulus = without_zeros(modulus);
        let bits = bits(modulus);
        if !KEY_BITS.contains(&bits) {
            return Err(KeyFault::Bits(bits));
        }
        let number = number(modulus).ok_or(KeyFault::Malformed)?;
        let number = Odd::new(number).into_option();
        Ok(PublicKey {
            modulus: FixedMontyParams::new_vartime(number.ok_or(KeyFault::Malformed)?),
            bytes: modulus.len(),
        })
    }

    /// Whether this is the signature of that text by the holder of the key.
    pub fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        if signature.len() != self.bytes {
            return false;
        }
        let Some(signature) = number(signature) else {
            return false;
        };
        // Else each signature would have several spellings.
        if signature >= *self.modulus.modulus().as_ref() {
            return false;
        }
        let base = FixedMontyForm::new(&signature, &self.modulus);
        let mut power = base;
        for _ in 0..EXPONENT_SQUARES {
            power = power.square();
        }
        let opened = (power * base).retrieve().to_be_bytes();
        opened.as_ref() == self.encoded(text)
    }

    /// `00 01 FF … FF 00`, the digest's description, and the digest, right in the widest number.
    fn encoded(&self, text: &[u8]) -> [u8; WIDTH] {
        let digest = Sha256::digest(text);
        let tail = [0].iter().chain(&DIGEST_INFO).chain(&digest);
        let ones = self
            .bytes
            .saturating_sub(3 + DIGEST_INFO.len() + digest.len());
        let start = WIDTH.saturating_sub(self.bytes);
        let ones = std::iter::repeat_n(&0xff, ones);
        let all = std::iter::repeat_n(&0, start)
            .chain(&[0, 1])
            .chain(ones)
            .chain(tail);
        let mut encoded = [0; WIDTH];
        encoded
            .iter_mut()
            .zip(all)
            .for_each(|(to, from)| *to = *from);
        encoded
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Of a number without leading zeros.
fn bits(number: &[u8]) -> usize {
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    (number.len() * 8).saturating_sub(zeros as usize)
}

fn number(bytes: &[u8]) -> Option<U4096> {
    let mut wide = [0; WIDTH];
    let start = WIDTH.checked_sub(bytes.len())?;
    wide.get_mut(start..)?.copy_from_slice(bytes);
    Some(U4096::from_be_slice(&wide))
}
