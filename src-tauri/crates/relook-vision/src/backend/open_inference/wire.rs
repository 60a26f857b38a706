//! Questions and answers as the protocol has them: JSON, with the tensors in it as numbers or behind it as bytes.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{Port, TensorIn};

/// The header that says where in a body the JSON ends and bytes begin.
pub(super) const JSON_LENGTH: &str = "inference-header-content-length";

/// How tensors travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the bytes they are, behind the JSON.
    Binary,
    /// As numbers in the JSON.
    Json,
}

/// A kind of number that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Fp16,
    Fp32,
    Fp64,
    Int32,
    Int64,
    Uint8,
}

impl Kind {
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "FP16" => Self::Fp16,
            "FP32" => Self::Fp32,
            "FP64" => Self::Fp64,
            "INT32" => Self::Int32,
            "INT64" => Self::Int64,
            "UINT8" => Self::Uint8,
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::Uint8 => 1,
            Self::Fp16 => 2,
            Self::Fp32 | Self::Int32 => 4,
            Self::Fp64 | Self::Int64 => 8,
        }
    }

    fn values(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::Fp16 => each(bytes, |b: [u8; 2]| from_half(u16::from_le_bytes(b))),
            Self::Fp32 => each(bytes, f32::from_le_bytes),
            Self::Fp64 => each(bytes, |b| f64::from_le_bytes(b) as f32),
            Self::Int32 => each(bytes, |b| i32::from_le_bytes(b) as f32),
            Self::Int64 => each(bytes, |b| i64::from_le_bytes(b) as f32),
            Self::Uint8 => bytes.iter().map(|b| f32::from(*b)).collect(),
        }
    }
}

fn each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|chunk| read(*chunk)).collect()
}

/// Half precision, to the float32 that is equal to it.
fn from_half(half: u16) -> f32 {
    let (sign, exponent, fraction) = (half >> 15, half >> 10 & 0x1f, half & 0x3ff);
    let size = match exponent {
        0 => f32::from(fraction) * 2.0_f32.powi(-24),
        0x1f if fraction == 0 => f32::INFINITY,
        0x1f => f32::NAN,
        _ => (1.0 + f32::from(fraction) / 1024.0) * 2.0_f32.powi(i32::from(exponent) - 15),
    };
    if sign == 1 { -size } else { size }
}

/// What the protocol calls the kind of an input, and what a graph's signature calls it.
const ELEMENTS: [(&str, &str); 6] = [
    ("FP16", "float16"),
    ("FP32", "float32"),
    ("FP64", "float64"),
    ("INT32", "int32"),
    ("INT64", "int64"),
    ("UINT8", "uint8"),
];

/// A tensor as a server's metadata has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Declared {
    pub name: String,
    pub datatype: String,
    pub shape: Vec<i64>,
}

impl Declared {
    pub(super) fn input(&self) -> Port {
        let known = ELEMENTS.iter().find(|(word, _)| *word == self.datatype);
        let element =
            known.map_or_else(|| self.datatype.to_lowercase(), |(_, element)| (*element).to_owned());
        Port { name: self.name.clone(), element, shape: self.shape.clone() }
    }

    /// Numbers of any precision are handed on as float32.
    pub(super) fn output(&self) -> Port {
        let mut port = self.input();
        if matches!(Kind::of(&self.datatype), Some(Kind::Fp16 | Kind::Fp64)) {
            port.element = "float32".to_owned();
        }
        port
    }
}

/// The body of a question, and how much of it is JSON where bytes follow.
pub(super) struct Body {
    pub bytes: Vec<u8>,
    pub json: Option<usize>,
}

#[derive(Serialize)]
struct Asked<'a> {
    name: &'a str,
    shape: Vec<usize>,
    datatype: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<Value>,
    #[serde(skip_serializing_if = "Numbers::none")]
    data: Numbers<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Numbers<'a> {
    /// They follow as bytes.
    Behind,
    Floats(&'a [f32]),
    Bytes(Vec<u8>),
    Whole([i64; 2]),
}

impl Numbers<'_> {
    fn none(&self) -> bool {
        matches!(self, Self::Behind)
    }
}

/// The question to run a model over `input` for these outputs. `bytes`: the image goes as UINT8.
pub(super) fn question(
    input: &TensorIn<'_>,
    bytes: bool,
    outputs: &[Declared],
    form: Form,
) -> serde_json::Result<Body> {
    let binary = form == Form::Binary;
    let datatype = if bytes { "UINT8" } else { "FP32" };
    let size = if bytes { input.values.len() } else { input.values.len() * 4 };
    let behind = |size: usize| binary.then(|| json!({ "binary_data_size": size }));
    let data = match (binary, bytes) {
        (true, _) => Numbers::Behind,
        (false, true) => Numbers::Bytes(input.values.iter().map(|value| *value as u8).collect()),
        (false, false) => Numbers::Floats(input.values),
    };
    let mut inputs = vec![Asked {
        name: input.name,
        shape: input.shape.to_vec(),
        datatype,
        parameters: behind(size),
        data,
    }];
    if let Some((name, sizes)) = input.sizes {
        let data = if binary { Numbers::Behind } else { Numbers::Whole(sizes) };
        inputs.push(Asked { name, shape: vec![1, 2], datatype: "INT64", parameters: behind(16), data });
    }
    #[derive(Serialize)]
    struct Question<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        parameters: Option<Value>,
        inputs: Vec<Asked<'a>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        outputs: Vec<Value>,
    }
    let outputs =
        outputs.iter().map(|output| json!({ "name": output.name, "parameters": { "binary_data": binary } }));
    let parameters = binary.then(|| json!({ "binary_data_output": true }));
    let question = Question { parameters, inputs, outputs: outputs.collect() };
    let mut body = Vec::with_capacity(if binary { size + 1024 } else { input.values.len() * 12 });
    serde_json::to_writer(&mut body, &question)?;
    if !binary {
        return Ok(Body { bytes: body, json: None });
    }
    let json = body.len();
    if bytes {
        body.extend(input.values.iter().map(|value| *value as u8));
    } else {
        for value in input.values {
            body.extend_from_slice(&value.to_le_bytes());
        }
    }
    if let Some((_, sizes)) = input.sizes {
        body.extend(sizes.iter().flat_map(|size| size.to_le_bytes()));
    }
    Ok(Body { bytes: body, json: Some(json) })
}

/// One tensor of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub name: String,
    pub datatype: String,
    pub shape: Vec<i64>,
    pub values: Vec<f32>,
}

#[derive(Deserialize)]
struct Answer {
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    name: String,
    datatype: String,
    shape: Vec<i64>,
    #[serde(default)]
    parameters: Option<Parameters>,
    #[serde(default)]
    data: Option<Flat>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    binary_data_size: Option<usize>,
}

/// The tensors of an answer; or why it is none. `json`: how many bytes of the body are JSON, if not all.
pub(super) fn tensors(body: &[u8], json: Option<usize>) -> Result<Vec<Told>, String> {
    let (head, mut behind) = body
        .split_at_checked(json.unwrap_or(body.len()))
        .ok_or_else(|| format!("its answer ends after {} bytes, before what it announces", body.len()))?;
    let answer: Answer =
        serde_json::from_slice(head).map_err(|error| format!("its answer is not understood: {error}"))?;
    let mut told = Vec::new();
    for output in answer.outputs {
        let Output { name, datatype, shape, parameters, data } = output;
        let kind = Kind::of(&datatype);
        let known =
            || kind.ok_or_else(|| format!("its output {name} is of {datatype}, which is not understood"));
        let values = match (parameters.and_then(|p| p.binary_data_size), data) {
            (Some(size), _) => {
                let (bytes, rest) = behind
                    .split_at_checked(size)
                    .ok_or_else(|| format!("the bytes of its output {name} break off"))?;
                behind = rest;
                let kind = known()?;
                if size % kind.size() != 0 {
                    return Err(format!("its output {name} of {datatype} has {size} bytes"));
                }
                kind.values(bytes)
            }
            (None, Some(Flat(values))) => known().map(|_| values)?,
            (None, None) => return Err(format!("its output {name} has no data")),
        };
        let count = shape.iter().try_fold(1_usize, |all, size| {
            usize::try_from(*size).ok().and_then(|size| all.checked_mul(size))
        });
        if count != Some(values.len()) {
            return Err(format!("its output {name} has {} values for the shape {shape:?}", values.len()));
        }
        told.push(Told { name, datatype, shape, values });
    }
    if !behind.is_empty() {
        return Err(format!("its answer has {} bytes that belong to no output", behind.len()));
    }
    Ok(told)
}

/// Those that were declared, in that order; or why they are not among them.
pub(super) fn chosen(mut told: Vec<Told>, wanted: &[Declared]) -> Result<Vec<Told>, String> {
    let named = told.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    let mut found = Vec::with_capacity(wanted.len());
    for port in wanted {
        let Some(place) = told.iter().position(|one| one.name == port.name) else {
            return Err(format!("its answer has no output {}, it has: {named}", port.name));
        };
        let tensor = told.swap_remove(place);
        let fits = tensor.shape.len() == port.shape.len()
            && tensor.shape.iter().zip(&port.shape).all(|(is, said)| *said < 0 || is == said);
        if !fits {
            return Err(format!(
                "its output {} is of the shape {:?}, and its metadata says {:?}",
                port.name, tensor.shape, port.shape
            ));
        }
        found.push(tensor);
    }
    Ok(found)
}

/// Numbers, nested or not, in their order. `null` is how servers write what is no number.
struct Flat(Vec<f32>);

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut values = Vec::new();
        Into(&mut values).deserialize(deserializer)?;
        Ok(Self(values))
    }
}

struct Into<'a>(&'a mut Vec<f32>);

impl<'de> DeserializeSeed<'de> for Into<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Into<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers")
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.push(value as f32);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.push(value as f32);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.push(value as f32);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push(f32::NAN);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Into(self.0))?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests;
