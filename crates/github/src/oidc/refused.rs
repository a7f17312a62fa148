use super::claims::{CLAIM_CHARACTERS, LIFETIME_SECONDS};
use super::keys::JWKS_BYTES;
use super::rs256::KEY_BITS;
use super::token::TOKEN_BYTES;

/// Why a token is refused. The text is for the audit trail and quotes nothing that is a secret; a
/// caller gets [`Refused::PUBLIC`], whatever it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the token has {0} bytes; at most {TOKEN_BYTES} are read")]
    TooLarge(usize),
    #[error("this is no signed token: {0}")]
    Shape(&'static str),
    #[error("the token's header cannot be read: {0}")]
    Header(String),
    #[error("the token's header has `{0}`, which could change how it is verified")]
    HeaderParameter(&'static str),
    #[error("the token is signed by {0}, not RS256")]
    Algorithm(String),
    #[error("the token's header names no key (`kid`)")]
    NoKid,
    #[error("the token's claims cannot be read: {0}")]
    Payload(String),
    #[error("the issuer {0} is not on the list")]
    Issuer(String),
    #[error("the issuer's keys are not to be had: {0}")]
    Keys(#[from] KeysError),
    #[error("the issuer has no key {0}")]
    UnknownKey(String),
    #[error("the issuer's key {kid} is of no use: {fault}")]
    Key { kid: String, fault: KeyFault },
    #[error("the signature is not of this token")]
    Signature,
    #[error("the claim `{name}` {fault}")]
    Claim {
        name: &'static str,
        fault: ClaimFault,
    },
    #[error("the audience is {0}, and not this control room alone")]
    Audience(String),
    #[error("the token expired {0} s ago")]
    Expired(i64),
    #[error("the token is valid only in {0} s")]
    NotYetValid(i64),
    #[error("the token was issued {0} s in the future")]
    IssuedInFuture(i64),
    #[error("the token lives {0} s; more than 0 and at most {LIFETIME_SECONDS} are accepted")]
    Lifetime(i64),
    /// Whoever can open a pull request can start these with the rights of the repository.
    #[error("jobs of the event `{0}` are never trusted")]
    Event(&'static str),
}

impl Refused {
    /// The one text that a caller gets.
    pub const PUBLIC: &'static str = "the token is not accepted";

    /// Whether the same token may be accepted later: the cause is at the issuer or on the road.
    pub fn is_passing(&self) -> bool {
        matches!(self, Refused::Keys(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    #[error("is missing")]
    Missing,
    #[error("has another type than GitHub gives it")]
    Type,
    #[error("is empty")]
    Empty,
    #[error("has more than {CLAIM_CHARACTERS} characters")]
    Long,
    #[error("has characters that do not belong there")]
    Characters,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    #[error("{0}")]
    Unavailable(String),
    #[error("HTTP {0}")]
    Status(u16),
    #[error("the answer has {0} bytes; at most {JWKS_BYTES} are read")]
    TooLarge(usize),
    #[error("the answer is no list of keys: {0}")]
    Malformed(String),
    #[error("they were asked for just now")]
    CoolingDown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("it is no RSA key for RS256 signatures")]
    Kind,
    #[error("it has {0} bits, and {min} to {max} are accepted", min = KEY_BITS.start(), max = KEY_BITS.end())]
    Bits(usize),
    #[error("its exponent is not 65537")]
    Exponent,
    #[error("it cannot be read")]
    Malformed,
    #[error("its name stands twice")]
    Twice,
}
