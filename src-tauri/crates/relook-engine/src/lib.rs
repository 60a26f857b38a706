//! relook-engine
