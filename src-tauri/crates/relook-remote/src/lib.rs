//! What Relook fetches from elsewhere and sends there, and only when asked to: the graphs that model cards name,
//! the libraries of a runtime, and what passes between a project and a CVAT server.
//!
//! Knows no project and no database. One call may try again within itself, never beyond; a partial file of a plain
//! address is kept and the next call goes on from it. No error carries a secret: user names, passwords and queries are
//! cut out of every address. Dropping a call's future stops it and leaves no half-written graph behind.

mod address;
pub mod cvat;
mod error;
mod fetch;
mod http;
mod intake;
mod package;
mod wheels;

pub use error::RemoteError;
pub use fetch::fetch_model;
pub use wheels::{Wheel, Wheels};
