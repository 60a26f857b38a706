//! relook-formats
