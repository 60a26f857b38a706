//! XML as a bounded row of events, and text on its way into XML.

pub(crate) mod escape;
pub(crate) mod events;
