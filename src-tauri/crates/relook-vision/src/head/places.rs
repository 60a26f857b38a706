//! Which output holds what, where there are several: told by shape, and by name where shapes leave it open.

use crate::backend::Port;

/// Places in the graph's list of outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub boxes: usize,
    pub scores: usize,
    /// Classes by number, in heads that give them.
    pub classes: Option<usize>,
}

/// The place of the only output that `fits`, or of the only one of those whose name holds one of the words.
fn only(outputs: &[Port], words: &[&str], fits: impl Fn(&Port) -> bool) -> Option<usize> {
    let fitting: Vec<usize> = (0..outputs.len()).filter(|&at| fits(&outputs[at])).collect();
    if let &[at] = fitting.as_slice() {
        return Some(at);
    }
    let named = |at: &usize| {
        let name = outputs[*at].name.to_lowercase();
        words.iter().any(|word| name.contains(word))
    };
    match fitting.into_iter().filter(named).collect::<Vec<_>>().as_slice() {
        &[at] => Some(at),
        _ => None,
    }
}

pub(super) fn is_float(port: &Port) -> bool {
    port.element == "float32"
}

/// The batch is 1 or open.
pub(super) fn is_single(port: &Port) -> bool {
    port.shape.first().is_some_and(|batch| *batch <= 1)
}

/// Boxes `[1, n, 4]`, or `[1, n, 1, 4]` as TensorFlow has them, and their scores `[1, n, classes]`; and the classes.
pub(super) fn queries(outputs: &[Port]) -> Result<(Places, usize), String> {
    let table = |p: &Port| p.shape.len() == 3 && is_float(p) && is_single(p);
    let shared = |p: &Port| is_float(p) && is_single(p) && matches!(*p.shape, [_, _, 1, 4]);
    let boxes = only(outputs, &["box", "dets"], |p| shared(p) || table(p) && p.shape[2] == 4)
        .ok_or("no single output [1, n, 4] holds boxes")?;
    let count = outputs[boxes].shape[1];
    let alike = |p: &Port| p.shape[1] == count || p.shape[1] < 0 || count < 0;
    let scores = only(outputs, &["logit", "score", "label", "class", "cls"], |p| {
        table(p) && *p != outputs[boxes] && p.shape[2] > 0 && alike(p)
    })
    .ok_or("no single output [1, n, labels] holds scores of the boxes")?;
    let classes = usize::try_from(outputs[scores].shape[2]).map_err(|error| error.to_string())?;
    Ok((Places { boxes, scores, classes: None }, classes))
}

/// Boxes `[n, 4]`, their scores `[n]` and classes `[n]`, each perhaps with a batch of 1 before.
pub(super) fn lists(outputs: &[Port]) -> Result<Places, String> {
    let boxes = only(outputs, &["box"], |p| {
        let rank = p.shape.len();
        is_float(p) && matches!(p.shape.last(), Some(4 | -1)) && (rank == 2 || rank == 3 && is_single(p))
    })
    .ok_or("no single output [n, 4] or [1, n, 4] holds boxes")?;
    let rank = outputs[boxes].shape.len();
    let list = |p: &Port| p.shape.len() + 1 == rank && (rank == 2 || is_single(p));
    let whole = |p: &Port| p.element == "int64" || p.element == "int32";
    let classes = only(outputs, &["class", "label"], |p| list(p) && whole(p))
        .or_else(|| only(outputs, &["class", "label"], |p| list(p) && is_float(p)))
        .ok_or("no single output holds the boxes' classes")?;
    let scores = only(outputs, &["score", "conf"], |p| list(p) && is_float(p) && *p != outputs[classes])
        .ok_or("no single output holds the boxes' scores")?;
    Ok(Places { boxes, scores, classes: Some(classes) })
}
