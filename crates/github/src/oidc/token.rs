use super::object::Object;
use super::refused::Refused;
use crate::text::quoted;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Largest token that is looked at. GitHub's have about 1.5 KiB.
pub const TOKEN_BYTES: usize = 16 * 1024;

/// Parameters of a header that would bring their own key, or another way to read the token.
const FORBIDDEN: [&str; 9] = [
    "crit", "jwk", "jku", "x5u", "x5c", "b64", "zip", "enc", "cty",
];

/// A token in its parts. Nothing is verified.
pub struct Token<'a> {
    pub kid: String,
    pub payload: Object,
    /// What the signature is of.
    pub signed: &'a str,
    pub signature: Vec<u8>,
}

impl<'a> Token<'a> {
    pub fn read(token: &'a str) -> Result<Self, Refused> {
        if token.len() > TOKEN_BYTES {
            return Err(Refused::TooLarge(token.len()));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refused::Shape("it has other than three parts"));
        };
        let kid = kid(&decode(header)?)?;
        let payload = Object::parse(&decode(payload)?).map_err(Refused::Payload)?;
        let signature = decode(signature)?;
        let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
        Ok(Token {
            kid,
            payload,
            signed,
            signature,
        })
    }
}

/// Strict: no padding, and no bits left over, so that a token has one spelling.
fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    if part.is_empty() {
        return Err(Refused::Shape("a part is empty"));
    }
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| Refused::Shape("a part is not base64url without padding"))
}

/// The algorithm is ours to choose, never the token's: it may only agree.
fn kid(header: &[u8]) -> Result<String, Refused> {
    let header = Object::parse(header).map_err(Refused::Header)?;
    let alg = header.get("alg").and_then(|alg| alg.as_str());
    if alg != Some("RS256") {
        return Err(Refused::Algorithm(alg.map_or("nothing".into(), quoted)));
    }
    if let Some(name) = FORBIDDEN.into_iter().find(|name| header.has(name)) {
        return Err(Refused::HeaderParameter(name));
    }
    let kid = header.get("kid").and_then(|kid| kid.as_str());
    let kid = kid.filter(|kid| !kid.is_empty()).ok_or(Refused::NoKid)?;
    Ok(kid.into())
}
