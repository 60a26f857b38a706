//! Protocol buffers' wire form, as far as changing a few fields of a message needs it: what is not understood is copied
//! byte for byte.

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Field<'a> {
    pub number: u64,
    pub value: Value<'a>,
    /// The whole field, its key included.
    pub raw: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Number(u64),
    /// A text, a message or packed numbers.
    Bytes(&'a [u8]),
    /// Four or eight bytes.
    Fixed,
}

impl<'a> Field<'a> {
    pub fn bytes(&self) -> Option<&'a [u8]> {
        if let Value::Bytes(bytes) = self.value { Some(bytes) } else { None }
    }

    pub fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }
}

/// The fields of a message in their order; ends with `None` where the bytes are no message.
pub(super) fn fields(mut bytes: &[u8]) -> impl Iterator<Item = Option<Field<'_>>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let field = take_field(&mut bytes);
        if field.is_none() {
            bytes = &[];
        }
        Some(field)
    })
}

fn take_field<'a>(bytes: &mut &'a [u8]) -> Option<Field<'a>> {
    let all = *bytes;
    let key = take_number(bytes)?;
    let value = match key & 7 {
        0 => Value::Number(take_number(bytes)?),
        1 => take(bytes, 8).map(|_| Value::Fixed)?,
        2 => {
            let length = usize::try_from(take_number(bytes)?).ok()?;
            Value::Bytes(take(bytes, length)?)
        }
        5 => take(bytes, 4).map(|_| Value::Fixed)?,
        _ => return None,
    };
    Some(Field { number: key >> 3, value, raw: &all[..all.len() - bytes.len()] })
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Packed numbers, or one of a repeated field.
pub(super) fn numbers(field: &Field<'_>) -> Option<Vec<i64>> {
    match field.value {
        Value::Number(number) => Some(vec![number.cast_signed()]),
        Value::Bytes(mut bytes) => {
            let mut all = Vec::new();
            while !bytes.is_empty() {
                all.push(take_number(&mut bytes)?.cast_signed());
            }
            Some(all)
        }
        Value::Fixed => None,
    }
}

fn put_varint(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

pub(super) fn put_number(into: &mut Vec<u8>, field: u64, number: i64) {
    put_varint(into, field << 3);
    put_varint(into, number.cast_unsigned());
}

pub(super) fn put_bytes(into: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(into, field << 3 | 2);
    put_varint(into, bytes.len() as u64);
    into.extend_from_slice(bytes);
}

/// The message with some fields changed: `change` says for each what stands in its place, `None` for the field itself.
/// `None` where the bytes are no message.
pub(super) fn rewritten<'a>(
    message: &'a [u8],
    mut change: impl FnMut(&Field<'a>) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let mut into = Vec::with_capacity(message.len() + 64);
    for field in fields(message) {
        let field = field?;
        match change(&field) {
            Some(changed) => into.extend_from_slice(&changed),
            None => into.extend_from_slice(field.raw),
        }
    }
    Some(into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_read_and_the_rest_is_kept() {
        let mut message = Vec::new();
        put_number(&mut message, 1, -5);
        put_bytes(&mut message, 300, b"name");
        message.extend_from_slice(&[0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8]);
        let found: Vec<_> = fields(&message).map(Option::unwrap).collect();
        assert_eq!(numbers(&found[0]), Some(vec![-5]));
        assert_eq!((found[1].number, found[1].text()), (300, Some("name")));
        assert_eq!((found[2].value, found[3].value), (Value::Fixed, Value::Fixed));
        assert_eq!(rewritten(&message, |_| None), Some(message.clone()));
        let renamed = rewritten(&message, |field| {
            (field.number == 300).then(|| {
                let mut new = Vec::new();
                put_bytes(&mut new, 300, b"other");
                new
            })
        });
        let renamed = renamed.unwrap();
        assert_eq!(fields(&renamed).nth(1).unwrap().unwrap().text(), Some("other"));
        assert_eq!(renamed.len(), message.len() + 1);
    }

    #[test]
    fn bytes_that_are_no_message_end_it() {
        for bad in [&[0x0a, 5, 1][..], &[0x07], &[0xff; 12], &[0x09, 1]] {
            assert!(fields(bad).any(|field| field.is_none()), "{bad:?}");
            assert_eq!(rewritten(bad, |_| None), None, "{bad:?}");
        }
    }
}
