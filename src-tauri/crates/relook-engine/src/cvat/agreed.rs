//! What stood on both sides of an image when they were last the same: what tells later who changed something.

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::{Annotation, AnnotationId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::CvatBy;
use crate::{error::EngineError, import::compare::Compared};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Agreed {
    /// Our shapes with their revisions.
    ours: BTreeMap<AnnotationId, i64>,
    /// Digests of the shapes there.
    theirs: BTreeSet<String>,
}

impl Agreed {
    pub(super) fn of(ours: &[Annotation], theirs: &[Annotation], compared: &Compared) -> Self {
        let pairs = compared.equal.iter();
        Self {
            ours: pairs.clone().map(|(o, _)| (ours[*o].id, ours[*o].revision)).collect(),
            theirs: pairs.map(|(_, t)| digest(&theirs[*t])).collect(),
        }
    }

    pub(super) fn read(text: &str) -> Result<Self, EngineError> {
        serde_json::from_str(text)
            .map_err(|e| EngineError::Failed(format!("What was sent is not understood: {e}")))
    }

    pub(super) fn text(&self) -> Result<String, EngineError> {
        serde_json::to_string(self).map_err(|e| EngineError::Failed(e.to_string()))
    }

    fn has_ours(&self, a: &Annotation) -> bool {
        self.ours.get(&a.id) == Some(&a.revision)
    }

    fn has_theirs(&self, a: &Annotation) -> bool {
        self.theirs.contains(&digest(a))
    }
}

/// Who made the difference between a shape here and there.
pub(super) fn by(agreed: Option<&Agreed>, ours: Option<&Annotation>, theirs: Option<&Annotation>) -> CvatBy {
    let Some(agreed) = agreed else { return CvatBy::Unknown };
    match (ours.map(|a| agreed.has_ours(a)), theirs.map(|a| agreed.has_theirs(a))) {
        // It was the same, and is here only or there only: the other side took it away.
        (Some(true), None) => CvatBy::Theirs,
        (None, Some(true)) => CvatBy::Ours,
        // It is new on its side.
        (Some(false), None) => CvatBy::Ours,
        (None, Some(false)) => CvatBy::Theirs,
        (Some(true), Some(_)) => CvatBy::Theirs,
        (Some(false), Some(true)) => CvatBy::Ours,
        (Some(false), Some(false)) => CvatBy::Both,
        (None, None) => CvatBy::Unknown,
    }
}

/// Of all that a file says of a shape.
pub(super) fn digest(a: &Annotation) -> String {
    let said = (a.label, a.geometry(), a.occluded, a.z_order, a.group, &a.attributes);
    let text = serde_json::to_vec(&said).unwrap_or_default();
    Sha256::digest(&text).iter().take(8).map(|b| format!("{b:02x}")).collect()
}
