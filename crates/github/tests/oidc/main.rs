//! Tokens, keys and trust.

mod accepted;
mod hostile;
mod issuer;
mod keys;
mod signatures;
