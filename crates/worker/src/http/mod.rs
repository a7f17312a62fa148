//! The HTTP client of `http` steps. It decides itself which addresses are reached, where a
//! redirect may lead and how much is read; of the run it knows nothing.

mod address;
mod client;
mod error;
mod redirect;
mod resolve;

pub(crate) use address::AddressPolicy;
pub use address::{AddressRange, InvalidAddressRange};
pub(crate) use client::{Answer, HttpClient, Request};
pub(crate) use error::HttpError;

#[cfg(test)]
mod tests;
