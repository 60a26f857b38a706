//! relook-remote
