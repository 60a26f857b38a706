//! Constants inside a graph.

use super::wire::{Field, Value, fields, numbers, put_bytes, put_number, rewritten};

const DIMS: u64 = 1;
const ELEMENT: u64 = 2;
const FLOATS: u64 = 4;
const WHOLE: u64 = 7;
const NAME: u64 = 8;
const RAW: u64 = 9;
const FLOAT32: i64 = 1;
const INT64: i64 = 7;

/// A tensor of a graph, not larger than what is ever looked at.
pub(super) struct Constant<'a> {
    pub name: &'a str,
    pub dims: Vec<i64>,
    element: i64,
    values: Field<'a>,
}

/// Weights are larger and never looked at.
const MOST: i64 = 1 << 18;

impl<'a> Constant<'a> {
    /// `None` for what is too large, lies outside the graph's file, or is no tensor.
    pub fn of(tensor: &'a [u8]) -> Option<Self> {
        let (mut name, mut dims, mut element, mut values) = ("", Vec::new(), 0, None);
        for field in fields(tensor) {
            let field = field?;
            match field.number {
                DIMS => dims.extend(numbers(&field)?),
                ELEMENT => element = *numbers(&field)?.first()?,
                NAME => name = field.text()?,
                FLOATS | WHOLE | RAW => values = Some(field),
                _ => {}
            }
        }
        let fits = dims.iter().try_fold(1_i64, |all, d| all.checked_mul(*d)).is_some_and(|all| all <= MOST);
        fits.then_some(Self { name, dims, element, values: values? })
    }

    /// The same under another name.
    pub fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// Its values, if they are float32.
    pub fn floats(&self) -> Option<Vec<f32>> {
        let bytes = match (self.element, self.values.number, self.values.value) {
            (FLOAT32, RAW | FLOATS, Value::Bytes(bytes)) => bytes,
            _ => return None,
        };
        Some(bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect())
    }

    /// Its values, if they are int64.
    pub fn whole_numbers(&self) -> Option<Vec<i64>> {
        match (self.element, self.values.number, self.values.value) {
            (INT64, RAW, Value::Bytes(bytes)) => {
                Some(bytes.as_chunks().0.iter().map(|eight| i64::from_le_bytes(*eight)).collect())
            }
            (INT64, WHOLE, _) => numbers(&self.values),
            _ => None,
        }
    }
}

/// The same tensor of int64 with other values, as many as it had.
pub(super) fn reshaped(tensor: &[u8], values: &[i64]) -> Option<Vec<u8>> {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut into =
        rewritten(tensor, |field| matches!(field.number, WHOLE | RAW | DIMS | ELEMENT).then(Vec::new))?;
    put_number(&mut into, DIMS, values.len() as i64);
    put_number(&mut into, ELEMENT, INT64);
    put_bytes(&mut into, RAW, &raw);
    Some(into)
}
