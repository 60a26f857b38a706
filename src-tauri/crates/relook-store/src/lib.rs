//! relook-store
