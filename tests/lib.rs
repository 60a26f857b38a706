//! Shared set-up for the integration tests.

pub mod checkout;
pub mod cvat;
pub mod program;
