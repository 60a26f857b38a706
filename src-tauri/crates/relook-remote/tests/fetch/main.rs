//! Fetching as a whole: real sockets on the loopback, the real package clients on local packages.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod address;
mod cards;
mod packages;
mod server;
mod wheels;
