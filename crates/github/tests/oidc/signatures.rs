//! What a signature may be. The `rsa` crate signs; what verifies here is our own.

use crate::issuer::*;
use ops_github::oidc::Refused;
use rsa::{Pkcs1v15Sign, PrivateKey};
use serde_json::json;
use sha2::{Digest, Sha256};

/// `DigestInfo` of SHA-256, up to the digest.
const INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

fn issuer_of(name: &'static str) -> Issuer {
    let issuer = Issuer::with(&[]);
    issuer.publish(&[name]);
    issuer
}

#[tokio::test]
async fn keys_of_all_sizes_sign_as_they_should() {
    for name in ["one", "2056", "3072", "4096"] {
        let verifier = issuer_of(name).verifier();
        for number in 0..4 {
            let claims = claims_with(json!({ "jti": format!("{name}-{number}") }));
            let token = token_under(name, &header(name), &claims);
            assert!(verifier.verify(&token, NOW).await.is_ok(), "{name}");
            let (text, _) = token.rsplit_once('.').expect("parts");
            let other = sign(name, &format!("{text}x"));
            let forged = format!("{text}.{}", encoded(other));
            let refused = verifier.verify(&forged, NOW).await;
            assert_eq!(refused, Err(Refused::Signature), "{name}");
        }
    }
}

/// Signs `00 01 FF … 00` and these bytes, as only the holder of the key can.
fn sign_raw(key: &PrivateKey, bytes: &[u8]) -> Vec<u8> {
    key.sign(Pkcs1v15Sign::new_unprefixed(), bytes)
        .expect("signs")
}

#[tokio::test]
async fn one_encoding_of_the_digest_is_accepted() {
    let verifier = issuer_of("one").verifier();
    let text = format!(
        "{}.{}",
        encoded(header("one").to_string()),
        encoded(claims().to_string())
    );
    let digest = Sha256::digest(text.as_bytes());
    let whole = [&INFO[..], &digest].concat();
    let verify = async |bytes: &[u8]| {
        let token = format!("{text}.{}", encoded(sign_raw(key("one"), bytes)));
        verifier.verify(&token, NOW).await.map(|_| ())
    };
    assert_eq!(verify(&whole).await, Ok(()));

    let mut without_null = whole.clone();
    without_null.drain(15..17);
    without_null[1] = 0x2f;
    without_null[3] = 0x0b;
    let mut of_sha1 = vec![
        0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14,
    ];
    of_sha1.extend(&digest[..20]);
    let mut of_sha384 = whole.clone();
    of_sha384[14] = 0x02;
    let mut long_form = vec![0x30, 0x81, 0x31];
    long_form.extend(&whole[2..]);
    for (name, bytes) in [
        ("the digest alone", digest.to_vec()),
        ("nothing", Vec::new()),
        ("more behind it", [&whole[..], &[0; 8]].concat()),
        ("more before it", [&[0x30, 0x33][..], &whole].concat()),
        ("a zero before it", [&[0][..], &whole].concat()),
        ("without parameters", without_null),
        ("a longer length", long_form),
        ("SHA-1", of_sha1),
        ("another algorithm's name", of_sha384),
        ("a short digest", whole[..whole.len() - 1].to_vec()),
    ] {
        assert_eq!(verify(&bytes).await, Err(Refused::Signature), "{name}");
    }
}

#[tokio::test]
async fn a_signature_has_one_spelling() {
    let verifier = issuer_of("2056").verifier();
    let text = format!(
        "{}.{}",
        encoded(header("2056").to_string()),
        encoded(claims().to_string())
    );
    let signature = sign("2056", &text);
    let with = async |bytes: &[u8]| {
        let token = format!("{text}.{}", encoded(bytes));
        verifier.verify(&token, NOW).await.map(|_| ())
    };
    assert_eq!(with(&signature).await, Ok(()));
    // The same number, and the same number modulo the key.
    let longer = [&[0][..], &signature].concat();
    assert_eq!(with(&longer).await, Err(Refused::Signature));
    assert_eq!(
        with(&plus_modulus("2056", &signature)).await,
        Err(Refused::Signature)
    );
    assert_eq!(with(&[]).await, Err(Refused::Shape("a part is empty")));
    // With bits left over in the last character.
    let token = format!("{text}.{}", encoded(&signature));
    let last = token.chars().last().expect("a character");
    let next = char::from_u32(last as u32 + 1).expect("a character");
    let bent = format!("{}{next}", token.trim_end_matches(last));
    assert!(verifier.verify(&bent, NOW).await.is_err());
}

/// Schoolbook addition; one byte longer where it has to be.
fn plus_modulus(name: &'static str, number: &[u8]) -> Vec<u8> {
    use rsa::traits::PublicKeyParts;
    let modulus = key(name).n_bytes();
    let mut sum: Vec<u8> = Vec::new();
    let mut carry = 0;
    for (a, b) in number.iter().rev().zip(modulus.iter().rev()) {
        carry += u16::from(*a) + u16::from(*b);
        sum.push(carry.to_le_bytes()[0]);
        carry >>= 8;
    }
    if carry > 0 {
        sum.push(carry.to_le_bytes()[0]);
    }
    sum.reverse();
    sum
}
