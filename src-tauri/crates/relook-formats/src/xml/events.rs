//! The file as a bounded row of events, each with its line.

use std::io::BufRead;

use quick_xml::{Reader, XmlVersion, errors::Error, escape::resolve_predefined_entity, events as raw};

use super::escape::impossible;
use crate::{
    FormatError,
    limits::{Limits, Metered},
};

/// What stands next in the file; comments and processing instructions are passed over.
pub(crate) enum Event {
    Open(Element),
    Close,
    Text(String),
    End,
}

/// A start tag.
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub line: u64,
}

impl Element {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An error at a line.
pub(crate) fn fault(line: u64, message: impl Into<String>) -> FormatError {
    FormatError::Xml { line, message: message.into() }
}

pub(crate) struct Events<R> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    pub limits: Limits,
    depth: usize,
    broken: bool,
    /// Where the last event began.
    pub line: u64,
}

impl<R: BufRead> Events<R> {
    pub fn new(source: R, limits: Limits) -> Self {
        let mut reader = Reader::from_reader(Metered::new(source, &limits));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), limits, depth: 0, broken: false, line: 1 }
    }

    /// The next event.
    ///
    /// # Errors
    /// [`FormatError::Xml`] with the line: not well formed, not UTF-8, a DOCTYPE, an entity of its own, over a limit;
    /// [`FormatError::Read`] when the source fails.
    pub fn next(&mut self) -> Result<Event, FormatError> {
        let event = self.one();
        self.broken |= event.is_err();
        event
    }

    /// Whether the file itself could not be read on; an error without it is about what was read.
    pub fn broken(&self) -> bool {
        self.broken
    }

    /// Bytes read so far.
    pub fn at(&self) -> u64 {
        self.reader.get_ref().at(&self.limits)
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Passes over what is left of an element that was the `depth`-th open one.
    ///
    /// # Errors
    /// As [`Events::next`].
    pub fn leave(&mut self, depth: usize) -> Result<(), FormatError> {
        while self.depth >= depth {
            if let Event::End = self.next()? {
                break;
            }
        }
        Ok(())
    }

    fn one(&mut self) -> Result<Event, FormatError> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin(&self.limits);
            self.line = self.reader.get_ref().line;
            let line = self.line;
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(e) => return Err(trouble(e, self.reader.get_ref(), &self.limits)),
            };
            return match event {
                raw::Event::Start(tag) => {
                    self.depth += 1;
                    if self.depth > self.limits.depth {
                        return Err(fault(
                            line,
                            format!("Elements are nested deeper than {}", self.limits.depth),
                        ));
                    }
                    element(&tag, line, self.limits.attributes).map(Event::Open)
                }
                raw::Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Ok(Event::Close)
                }
                raw::Event::Text(text) => legal(text.xml10_content().into_owned(), line).map(Event::Text),
                raw::Event::CData(text) => legal(text.xml10_content().into_owned(), line).map(Event::Text),
                raw::Event::GeneralRef(reference) => resolve(&reference, line).map(Event::Text),
                raw::Event::Decl(declaration) => {
                    declared(&declaration, line)?;
                    continue;
                }
                raw::Event::DocType(_) => Err(fault(
                    line,
                    "The file has a DOCTYPE, which CVAT never writes and which can hide entities; remove it",
                )),
                raw::Event::Comment(_) | raw::Event::PI(_) => continue,
                raw::Event::Eof if self.depth > 0 => {
                    Err(fault(line, "The file ends in the middle; it was probably not copied whole"))
                }
                raw::Event::Eof => Ok(Event::End),
                // Without expansion turned on this would be an element and its end.
                raw::Event::Empty(_) => Err(fault(line, "An empty element was not expanded")),
            };
        }
    }

    /// Passes over the rest of the element just opened, children included.
    pub fn skip(&mut self) -> Result<(), FormatError> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next()? {
                Event::Open(_) => open += 1,
                Event::Close => open -= 1,
                Event::Text(_) => {}
                Event::End => return Ok(()),
            }
        }
        Ok(())
    }

    /// The text of the element just opened, up to its end.
    pub fn text(&mut self, of: &str) -> Result<String, FormatError> {
        let mut all = String::new();
        loop {
            match self.next()? {
                Event::Text(piece) => all.push_str(&piece),
                Event::Open(child) => {
                    return Err(fault(
                        child.line,
                        format!("<{of}> holds <{}> where text belongs", child.name),
                    ));
                }
                Event::Close | Event::End => return Ok(all),
            }
            if all.len() as u64 > self.limits.event_bytes {
                return Err(fault(self.line, format!("The text of <{of}> is too long")));
            }
        }
    }

    /// The next child element of the one just opened; `None` at its end.
    pub fn child(&mut self) -> Result<Option<Element>, FormatError> {
        loop {
            match self.next()? {
                Event::Open(child) => return Ok(Some(child)),
                Event::Close | Event::End => return Ok(None),
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Text(text) => {
                    let start: String = text.trim().chars().take(40).collect();
                    return Err(fault(self.line, format!("The text {start:?} stands where elements belong")));
                }
            }
        }
    }
}

fn element(tag: &raw::BytesStart<'_>, line: u64, most: usize) -> Result<Element, FormatError> {
    let name = tag.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        if attributes.len() == most {
            return Err(fault(line, format!("<{name}> has more than {most} attributes")));
        }
        let attribute = attribute.map_err(|e| fault(line, format!("<{name}>: {e}")))?;
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|e| fault(line, format!("<{name}>: {e}")))?;
        attributes.push((attribute.key.as_ref().to_owned(), legal(value.into_owned(), line)?));
    }
    Ok(Element { name, attributes, line })
}

fn legal(text: String, line: u64) -> Result<String, FormatError> {
    match impossible(&text) {
        Some(c) => Err(fault(line, format!("The character U+{:04X} is not allowed in XML", u32::from(c)))),
        None => Ok(text),
    }
}

fn resolve(reference: &raw::BytesRef<'_>, line: u64) -> Result<String, FormatError> {
    let character = reference.resolve_char_ref().map_err(|e| fault(line, e.to_string()))?;
    let text = match character {
        Some(c) => c.to_string(),
        None => resolve_predefined_entity(reference)
            .ok_or_else(|| {
                let name: String = reference.chars().take(40).collect();
                fault(line, format!("The entity &{name}; is not one of XML's five"))
            })?
            .to_owned(),
    };
    legal(text, line)
}

fn declared(declaration: &raw::BytesDecl<'_>, line: u64) -> Result<(), FormatError> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(Ok(name)) => Err(fault(line, format!("The file is in {name}; save it as UTF-8"))),
        Some(Err(e)) => Err(fault(line, e.to_string())),
    }
}

fn trouble<R>(error: Error, source: &Metered<R>, limits: &Limits) -> FormatError {
    if let Some(what) = source.exceeded {
        let most = if what.starts_with("The file") { limits.bytes } else { limits.event_bytes };
        return fault(source.line, format!("{what} {most} bytes"));
    }
    match error {
        Error::Io(e) => FormatError::Read(std::io::Error::new(e.kind(), e.to_string())),
        Error::Encoding(_) => fault(source.line, "The text is not UTF-8; save the file as UTF-8"),
        other => fault(source.line, other.to_string()),
    }
}
