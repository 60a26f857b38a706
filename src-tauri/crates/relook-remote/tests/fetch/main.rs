//! Fetching as a whole: real sockets on the loopback, the real package clients on local packages.

mod address;
mod cards;
mod packages;
mod server;
