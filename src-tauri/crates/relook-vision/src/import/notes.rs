//! What a graph's notes say, as the tools that wrote them spell it.

use std::collections::BTreeMap;

/// The `[640, 480]` or `640` of a note.
pub(super) fn sides(note: &str) -> Option<(i64, i64)> {
    let note = note.trim();
    let Some((a, b)) = note.trim_matches(['[', ']', '(', ')']).split_once(',') else {
        return note.parse().ok().map(|side| (side, side));
    };
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}

/// Label names from a graph's `names` note: a table from index to name as Python or JSON writes it. `None`: no note,
/// or one that does not number its names from 0 without gaps.
pub(crate) fn labels_in(metadata: &BTreeMap<String, String>) -> Option<Vec<String>> {
    let note = metadata.get("names")?;
    let mut names = BTreeMap::new();
    let mut rest = note.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':')?;
        let index: usize = key.trim().trim_matches(['"', '\'']).parse().ok()?;
        let (name, after) = quoted(after.trim_start())?;
        names.insert(index, name);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    let gapless = names.keys().enumerate().all(|(i, &index)| i == index);
    (gapless && !names.is_empty()).then(|| names.into_values().collect())
}

/// A quoted text at the start, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.char_indices();
    let (_, quote) = chars.next().filter(|(_, c)| matches!(c, '\'' | '"'))?;
    let mut value = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.push(chars.next()?.1),
            c if c == quote => return Some((value, &text[at + c.len_utf8()..])),
            c => value.push(c),
        }
    }
    None
}
