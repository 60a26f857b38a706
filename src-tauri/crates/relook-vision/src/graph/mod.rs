//! Graphs exported for one size of input, made to take any.
//!
//! A dense YOLO graph of a fixed size holds its grid as constants: the middle of each cell and its stride. Here these become
//! inputs that are handed in by the size of each image, and batch and sides of the input are left open. Nothing else in such a graph
//! depends on the size; that it does not is checked by running it ([`crate::Detector::proves_elastic`]).

mod tensor;
mod wire;

use self::tensor::{Constant, reshaped};
use self::wire::{Field, fields, put_bytes, rewritten};

/// A graph that takes images of any size in whole steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Elastic {
    /// The graph, in ONNX's form.
    pub bytes: Vec<u8>,
    /// What its grid is handed in by.
    pub grid: Grid,
}

/// The constants of a grid that became inputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Grid {
    /// Pixels a cell, finest first.
    pub strides: Vec<u32>,
    /// Inputs that take the middles of the cells, x then y, in cells; and how many dimensions of 1 stand before.
    pub middles: Vec<(String, usize)>,
    /// Inputs that take the stride of each cell, likewise.
    pub pitches: Vec<(String, usize)>,
}

impl Grid {
    /// Pixels a cell of the coarsest.
    pub(crate) fn largest(&self) -> usize {
        self.strides.last().map_or(1, |stride| *stride as usize)
    }

    /// Whether this input takes a part of the grid.
    pub(crate) fn takes(&self, input: &str) -> bool {
        self.middles.iter().chain(&self.pitches).any(|(name, _)| name == input)
    }

    /// What each input gets: name, shape, values.
    pub(crate) fn handed_in<'a>(
        &'a self,
        middles: &'a [f32],
        pitches: &'a [f32],
    ) -> impl Iterator<Item = (&'a str, Vec<usize>, &'a [f32])> {
        let cells = pitches.len();
        let of = |ones: usize, inner: &[usize]| [&vec![1; ones], inner].concat();
        let two =
            self.middles.iter().map(move |(name, ones)| (name.as_str(), of(*ones, &[2, cells]), middles));
        two.chain(self.pitches.iter().map(move |(name, ones)| (name.as_str(), of(*ones, &[cells]), pitches)))
    }

    /// Middles, x first, of all cells over an input of so many pixels, and the stride of each.
    pub(crate) fn over(&self, width: u32, height: u32) -> (Vec<f32>, Vec<f32>) {
        let (mut xs, mut ys, mut pitches) = (Vec::new(), Vec::new(), Vec::new());
        for &stride in &self.strides {
            let (columns, rows) = (width / stride, height / stride);
            for row in 0..rows {
                for column in 0..columns {
                    xs.push(column as f32 + 0.5);
                    ys.push(row as f32 + 0.5);
                    pitches.push(stride as f32);
                }
            }
        }
        xs.append(&mut ys);
        (xs, pitches)
    }
}

// Numbers of fields in ONNX's messages.
const MODEL_GRAPH: u64 = 7;
const MODEL_NOTE: u64 = 14;
const NOTE_KEY: u64 = 1;
const NOTE_VALUE: u64 = 2;
const GRAPH_NODE: u64 = 1;
const GRAPH_INITIALIZER: u64 = 5;
const GRAPH_INPUT: u64 = 11;
const GRAPH_OUTPUT: u64 = 12;
const GRAPH_VALUE_INFO: u64 = 13;
const NODE_INPUT: u64 = 1;
const NODE_OUTPUT: u64 = 2;
const NODE_KIND: u64 = 4;
const NODE_ATTRIBUTE: u64 = 5;
const ATTRIBUTE_NAME: u64 = 1;
const ATTRIBUTE_TENSOR: u64 = 5;
const VALUE_NAME: u64 = 1;
const VALUE_TYPE: u64 = 2;
const TYPE_TENSOR: u64 = 1;
const TENSOR_TYPE_ELEMENT: u64 = 1;
const TENSOR_TYPE_SHAPE: u64 = 2;
const SHAPE_DIMENSION: u64 = 1;
const DIMENSION_SIZE: u64 = 1;
const DIMENSION_NAME: u64 = 2;
const FLOAT32: i64 = 1;

/// The grids that are looked for: the usual three strides, with a fourth for large or for small inputs.
const STRIDES: [&[u32]; 4] = [&[8, 16, 32], &[8, 16, 32, 64], &[4, 8, 16, 32], &[16, 32]];

/// The graph's own notes, read without any runtime; none where the bytes are no graph.
pub(crate) fn notes(model: &[u8]) -> std::collections::BTreeMap<String, String> {
    let text = |note: &Field<'_>, number: u64| {
        let field = fields(note.bytes()?).flatten().find(|field| field.number == number)?;
        field.text().map(str::to_owned)
    };
    fields(model)
        .flatten()
        .filter(|field| field.number == MODEL_NOTE)
        .filter_map(|note| Some((text(&note, NOTE_KEY)?, text(&note, NOTE_VALUE)?)))
        .collect()
}

/// Makes a graph elastic whose image input is `image` (its only one, if that has no name), with sides of so many pixels. `None` where it is no graph of this kind;
/// then nothing is known against it but that it keeps its size.
pub(crate) fn elastic(model: &[u8], image: Option<&str>, width: u32, height: u32) -> Option<Elastic> {
    let graph = fields(model).find_map(|field| field.filter(|f| f.number == MODEL_GRAPH))?.bytes()?;
    let parts: Vec<Field<'_>> = fields(graph).collect::<Option<_>>()?;
    let nodes: Vec<Node<'_>> =
        parts.iter().filter(|f| f.number == GRAPH_NODE).map(Node::of).collect::<Option<_>>()?;
    let constants: Vec<Constant<'_>> = parts
        .iter()
        .filter_map(|part| match part.number {
            GRAPH_INITIALIZER => Constant::of(part.bytes()?),
            GRAPH_NODE => Node::of(part)?.constant(),
            _ => None,
        })
        .collect();
    let named = |name: &str| constants.iter().find(|c| c.name == name);

    let grid = STRIDES.iter().find_map(|strides| {
        let mut grid = Grid { strides: strides.to_vec(), ..Grid::default() };
        let (middles, pitches) = grid.over(width, height);
        let like = |values: &[f32], side: &[i64]| -> Vec<(String, usize)> {
            let same = |c: &&Constant<'_>| {
                c.dims.ends_with(side)
                    && c.dims[..c.dims.len() - side.len()].iter().all(|d| *d == 1)
                    && c.floats().is_some_and(|found| found == values)
            };
            let ones = |c: &Constant<'_>| c.dims.len() - side.len();
            constants.iter().filter(same).map(|c| (c.name.to_owned(), ones(c))).collect()
        };
        let cells = pitches.len() as i64;
        grid.middles = like(&middles, &[2, cells]);
        grid.pitches = like(&pitches, &[cells]);
        (!grid.middles.is_empty() && !grid.pitches.is_empty()).then_some(grid)
    })?;
    let cells: i64 = cells(&grid.strides, width, height).iter().sum();
    let handed_in = |name: &str| grid.takes(name);

    // What every Reshape makes of its tensor, with the size left open.
    let sized: Vec<i64> = self::cells(&grid.strides, width, height);
    let mut shapes: Vec<(&str, Vec<i64>)> = Vec::new();
    for node in nodes.iter().filter(|node| node.kind == "Reshape") {
        let name = *node.inputs.get(1)?;
        let Some(values) = named(name).and_then(Constant::whole_numbers) else { continue };
        shapes.push((name, open_shape(&values, cells, &sized)?));
    }

    let changed = rewritten(graph, |part| {
        let put = |bytes: &[u8]| {
            let mut into = Vec::with_capacity(bytes.len() + 12);
            put_bytes(&mut into, part.number, bytes);
            Some(into)
        };
        match part.number {
            GRAPH_VALUE_INFO => Some(Vec::new()),
            GRAPH_INITIALIZER => {
                let bytes = part.bytes()?;
                let constant = Constant::of(bytes)?;
                if handed_in(constant.name) {
                    return Some(Vec::new());
                }
                let (_, shape) = shapes.iter().find(|(name, _)| *name == constant.name)?;
                put(&reshaped(bytes, shape)?)
            }
            GRAPH_NODE => {
                let node = Node::of(part)?;
                let constant = node.constant()?;
                if handed_in(constant.name) {
                    return Some(Vec::new());
                }
                let (_, shape) = shapes.iter().find(|(name, _)| *name == constant.name)?;
                put(&node.with_constant(shape)?)
            }
            GRAPH_INPUT => {
                let bytes = part.bytes()?;
                image.is_none_or(|image| name_of(bytes) == Some(image)).then_some(())?;
                let mut into = put(&with_open_dimensions(bytes, &|at, _| at == 0 || at >= 2)?)?;
                for (name, ones) in &grid.middles {
                    put_bytes(&mut into, GRAPH_INPUT, &handed_in_as(name, *ones, &[2]));
                }
                for (name, ones) in &grid.pitches {
                    put_bytes(&mut into, GRAPH_INPUT, &handed_in_as(name, *ones, &[]));
                }
                Some(into)
            }
            GRAPH_OUTPUT => put(&with_open_dimensions(part.bytes()?, &|at, size| at == 0 || size == cells)?),
            _ => None,
        }
    })?;
    let bytes = rewritten(model, |field| {
        (field.number == MODEL_GRAPH).then(|| {
            let mut into = Vec::with_capacity(changed.len() + 12);
            put_bytes(&mut into, MODEL_GRAPH, &changed);
            into
        })
    })?;
    Some(Elastic { bytes, grid })
}

/// Cells of each stride.
fn cells(strides: &[u32], width: u32, height: u32) -> Vec<i64> {
    strides.iter().map(|stride| i64::from(width / stride) * i64::from(height / stride)).collect()
}

/// A Reshape's shape with batch and cells left open; `None` where it holds a size that cannot be.
fn open_shape(shape: &[i64], cells: i64, sized: &[i64]) -> Option<Vec<i64>> {
    let mut open = shape.to_vec();
    if let Some(batch) = open.first_mut().filter(|batch| **batch == 1) {
        // As it comes in.
        *batch = 0;
    }
    for size in &mut open {
        if *size == cells {
            *size = -1;
        }
    }
    let unknown = open.iter().filter(|size| **size == -1).count();
    (unknown <= 1 && !open.iter().any(|size| sized.contains(size))).then_some(open)
}

struct Node<'a> {
    bytes: &'a [u8],
    kind: &'a str,
    inputs: Vec<&'a str>,
    output: &'a str,
}

impl<'a> Node<'a> {
    fn of(part: &Field<'a>) -> Option<Self> {
        let bytes = part.bytes()?;
        let mut node = Self { bytes, kind: "", inputs: Vec::new(), output: "" };
        for field in fields(bytes) {
            let field = field?;
            match field.number {
                NODE_INPUT => node.inputs.push(field.text()?),
                NODE_OUTPUT => node.output = field.text()?,
                NODE_KIND => node.kind = field.text()?,
                _ => {}
            }
        }
        Some(node)
    }

    /// What a Constant holds, under the name of its output.
    fn constant(&self) -> Option<Constant<'a>> {
        (self.kind == "Constant").then_some(())?;
        let attribute = fields(self.bytes).flatten().find(|f| f.number == NODE_ATTRIBUTE)?.bytes()?;
        let of = |number| fields(attribute).flatten().find(move |f| f.number == number);
        (of(ATTRIBUTE_NAME)?.text()? == "value").then_some(())?;
        Some(Constant::of(of(ATTRIBUTE_TENSOR)?.bytes()?)?.named(self.output))
    }

    /// The same Constant with other whole numbers.
    fn with_constant(&self, numbers: &[i64]) -> Option<Vec<u8>> {
        rewritten(self.bytes, |field| {
            (field.number == NODE_ATTRIBUTE).then_some(())?;
            let attribute = rewritten(field.bytes()?, |field| {
                (field.number == ATTRIBUTE_TENSOR).then_some(())?;
                let mut into = Vec::new();
                put_bytes(&mut into, ATTRIBUTE_TENSOR, &reshaped(field.bytes()?, numbers)?);
                Some(into)
            })?;
            let mut into = Vec::new();
            put_bytes(&mut into, NODE_ATTRIBUTE, &attribute);
            Some(into)
        })
    }
}

fn name_of(value: &[u8]) -> Option<&str> {
    fields(value).flatten().find(|f| f.number == VALUE_NAME)?.text()
}

/// The description of an input or output with some dimensions left open, told by place and size (-1: open already).
fn with_open_dimensions(value: &[u8], open: &dyn Fn(usize, i64) -> bool) -> Option<Vec<u8>> {
    let within = |message: &[u8], number: u64, change: &dyn Fn(&[u8]) -> Option<Vec<u8>>| {
        rewritten(message, |field| {
            (field.number == number).then_some(())?;
            let mut into = Vec::new();
            put_bytes(&mut into, number, &change(field.bytes()?)?);
            Some(into)
        })
    };
    let dimensions = |shape: &[u8]| {
        let mut at = 0;
        rewritten(shape, |field| {
            (field.number == SHAPE_DIMENSION).then_some(())?;
            let size = fields(field.bytes()?).flatten().find(|f| f.number == DIMENSION_SIZE);
            let size = size.and_then(|f| wire::numbers(&f)?.first().copied()).unwrap_or(-1);
            at += 1;
            open(at - 1, size).then(|| {
                let mut into = Vec::new();
                put_bytes(&mut into, SHAPE_DIMENSION, &open_dimension(&format!("open{}", at - 1)));
                into
            })
        })
    };
    within(value, VALUE_TYPE, &|kind| {
        within(kind, TYPE_TENSOR, &|tensor| within(tensor, TENSOR_TYPE_SHAPE, &dimensions))
    })
}

fn open_dimension(name: &str) -> Vec<u8> {
    let mut into = Vec::new();
    put_bytes(&mut into, DIMENSION_NAME, name.as_bytes());
    into
}

/// The description of a float32 input of shape `[1, …, inner, cells]`.
fn handed_in_as(name: &str, ones: usize, inner: &[i64]) -> Vec<u8> {
    let mut shape = Vec::new();
    for size in std::iter::repeat_n(&1, ones).chain(inner) {
        let mut dimension = Vec::new();
        wire::put_number(&mut dimension, DIMENSION_SIZE, *size);
        put_bytes(&mut shape, SHAPE_DIMENSION, &dimension);
    }
    put_bytes(&mut shape, SHAPE_DIMENSION, &open_dimension("cells"));
    let mut tensor = Vec::new();
    wire::put_number(&mut tensor, TENSOR_TYPE_ELEMENT, FLOAT32);
    put_bytes(&mut tensor, TENSOR_TYPE_SHAPE, &shape);
    let mut kind = Vec::new();
    put_bytes(&mut kind, TYPE_TENSOR, &tensor);
    let mut value = Vec::new();
    put_bytes(&mut value, VALUE_NAME, name.as_bytes());
    put_bytes(&mut value, VALUE_TYPE, &kind);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_opened_or_refused() {
        let (cells, sized) = (8400, [6400, 1600, 400]);
        for (shape, want) in [
            (&[1, 144, -1][..], Some(vec![0, 144, -1])),
            (&[1, 4, 16, 8400], Some(vec![0, 4, 16, -1])),
            (&[2, 4, 16], Some(vec![2, 4, 16])),
            (&[1, -1, 8400], None),
            (&[1, 2, 128, 400], None),
        ] {
            assert_eq!(open_shape(shape, cells, &sized), want, "{shape:?}");
        }
    }

    #[test]
    fn a_grid_row_by_row_stride_by_stride() {
        let grid = Grid { strides: vec![16, 32], ..Grid::default() };
        let (middles, pitches) = grid.over(64, 32);
        assert_eq!(middles[..10], [0.5, 1.5, 2.5, 3.5, 0.5, 1.5, 2.5, 3.5, 0.5, 1.5]);
        assert_eq!(middles[10..], [0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 1.5, 1.5, 0.5, 0.5]);
        assert_eq!(pitches, [16.0, 16.0, 16.0, 16.0, 16.0, 16.0, 16.0, 16.0, 32.0, 32.0]);
    }

    #[test]
    fn what_is_no_such_graph_keeps_its_size() {
        for bytes in [&b""[..], b"no graph at all", &[0x3a, 2, 0x0a, 0]] {
            assert_eq!(elastic(bytes, Some("images"), 640, 640), None);
        }
    }
}
