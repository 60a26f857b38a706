//! Text into XML 1.0, quoted as CVAT's exporter (Python's `xml.sax.saxutils`) quotes it.

use std::fmt::Write as _;

use crate::FormatError;

/// Whether XML 1.0 can hold the character at all, escaped or not.
pub(crate) fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
        && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// The first character of `text` that XML 1.0 cannot hold.
pub(crate) fn impossible(text: &str) -> Option<char> {
    text.chars().find(|c| !allowed(*c))
}

/// Appends element content. A carriage return is written as a reference, since readers turn a bare one into a line feed.
///
/// # Errors
/// [`FormatError::Character`] with `place()` when XML cannot hold it.
pub(crate) fn push_text(out: &mut String, text: &str, place: impl Fn() -> String) -> Result<(), FormatError> {
    refuse_impossible(text, place)?;
    let escaped = quick_xml::escape::partial_escape(text);
    if escaped.contains('\r') {
        out.push_str(&escaped.replace('\r', "&#13;"))
    } else {
        out.push_str(&escaped)
    }
    Ok(())
}

/// Appends a line with an element that holds text.
///
/// # Errors
/// [`FormatError::Character`] with `place()` when XML cannot hold it.
pub(crate) fn push_element(
    text: &mut String,
    indent: usize,
    name: &str,
    value: &str,
    place: impl Fn() -> String,
) -> Result<(), FormatError> {
    let _ = write!(text, "{:indent$}<{name}>", "");
    push_text(text, value, place)?;
    let _ = writeln!(text, "</{name}>");
    Ok(())
}

/// Appends ` name="value"`. Line feeds, returns and tabs become references, or readers would turn them into spaces;
/// a value with double quotes and no single ones stands in single quotes, as CVAT writes it.
///
/// # Errors
/// [`FormatError::Character`] with `place()` when XML cannot hold it.
pub(crate) fn push_attribute(
    out: &mut String,
    name: &str,
    value: &str,
    place: impl Fn() -> String,
) -> Result<(), FormatError> {
    refuse_impossible(value, place)?;
    let quote = if value.contains('"') && !value.contains('\'') { '\'' } else { '"' };
    out.push(' ');
    out.push_str(name);
    out.push('=');
    out.push(quote);
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out.push(quote);
    Ok(())
}

fn refuse_impossible(text: &str, place: impl Fn() -> String) -> Result<(), FormatError> {
    match impossible(text) {
        Some(c) => Err(FormatError::Character { place: place(), code: u32::from(c) }),
        None => Ok(()),
    }
}
