//! relook-vision
