//! Shared set-up for the integration tests.

pub mod checkout;
pub mod program;
