//! Each head on small tensors whose boxes are worked out by hand. Whole graphs against an independent reference are in
//! `tests/heads.rs`.

use relook_domain::model_card::{ChannelOrder, Layout, ResizeMode};

use super::*;

fn input(width: u32, height: u32) -> Input {
    Input {
        name: None,
        width,
        height,
        layout: Layout::Nchw,
        channels: ChannelOrder::Rgb,
        resize: ResizeMode::Letterbox,
        pad: 114,
        mean: [0.0; 3],
        std: [255.0; 3],
    }
}

fn port(name: &str, element: &str, shape: &[i64]) -> Port {
    Port { name: name.to_owned(), element: element.to_owned(), shape: shape.to_vec() }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Boxes of at least `keep_above` in one output, at 64x32.
fn read_one(
    head: Head,
    labels: &[&str],
    keep_above: f64,
    shape: &[i64],
    values: &[f32],
) -> Result<Vec<Candidate>, Misread> {
    let labels = names(labels);
    let fit = Fit { labels: None, places: Places::default() };
    let ask = Ask { head, fit, width: 64, height: 32, labels: &labels, keep_above };
    read(&ask, &[TensorOut { name: "o", shape, values }], &mut Scratch::default())
}

/// Two labels, three cells, cells last.
const DENSE: [f32; 18] = [
    10.0, 50.0, 90.0, // cx
    20.0, 60.0, 95.0, // cy
    4.0, 10.0, 8.0, // w
    6.0, 20.0, 8.0, // h
    0.9, 0.2, 0.1, // label 0
    0.3, 0.7, 0.1, // label 1
];

#[test]
fn the_best_label_of_each_cell_is_read_whichever_way_they_lie() {
    let turned: Vec<f32> = (0..18).map(|i| DENSE[i % 6 * 3 + i / 6]).collect();
    for (shape, values) in [([1, 6, 3], DENSE.to_vec()), ([1, 3, 6], turned)] {
        let found = read_one(Head::YoloDense, &["a", "b"], 0.5, &shape, &values).unwrap();
        let seen: Vec<_> = found.iter().map(|c| (c.class, (c.score * 10.0).round() as i64, c.rect)).collect();
        assert_eq!(
            seen,
            [
                (0, 9, Rect { x1: 8.0, y1: 17.0, x2: 12.0, y2: 23.0 }),
                (1, 7, Rect { x1: 45.0, y1: 50.0, x2: 55.0, y2: 70.0 }),
            ]
        );
        let classes: Vec<_> = found[1].alternatives.iter().map(|(class, _)| *class).collect();
        assert_eq!(classes, [1, 0]);
    }
}

#[test]
fn equal_scores_take_the_first_label_and_a_threshold_includes_its_value() {
    let found = read_one(Head::YoloDense, &["a", "b"], f64::from(0.1_f32), &[1, 6, 3], &DENSE).unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!(found[2].class, 0);
}

#[test]
fn a_class_without_a_name_is_none() {
    let found = read_one(Head::YoloDense, &["", "b"], 0.25, &[1, 6, 3], &DENSE).unwrap();
    let seen: Vec<_> = found.iter().map(|c| (c.class, c.alternatives.len())).collect();
    assert_eq!(seen, [(1, 1), (1, 1)]);
    let list = [1.0, 2.0, 3.0, 4.0, 0.9, 0.0, 5.0, 6.0, 7.0, 8.0, 0.8, 1.0];
    let found = read_one(Head::YoloEnd2end, &["", "b"], 0.25, &[1, 2, 6], &list).unwrap();
    assert_eq!((found.len(), found[0].class), (1, 1));
}

#[test]
fn values_that_are_no_numbers_are_said_and_none_is_lost_among_others() {
    for at in [0, 7, 17] {
        let mut values = DENSE;
        values[at] = f32::NAN;
        let read = read_one(Head::YoloDense, &["a", "b"], 0.25, &[1, 6, 3], &values);
        assert_eq!(read, Err(Misread::NotANumber), "{at}");
    }
}

#[test]
fn a_box_without_an_end_is_dropped_and_a_score_above_one_is_said() {
    let mut values = DENSE;
    values[0] = f32::INFINITY;
    assert_eq!(read_one(Head::YoloDense, &["a", "b"], 0.25, &[1, 6, 3], &values).unwrap().len(), 1);
    values[12] = 7.5;
    let read = read_one(Head::YoloDense, &["a", "b"], 0.25, &[1, 6, 3], &values);
    assert_eq!(read, Err(Misread::Score(7.5)));
}

#[test]
fn another_shape_and_a_class_beyond_the_labels_are_said() {
    for (shape, labels) in [([1, 3, 7], 2), ([1, 7, 3], 2), ([1, 6, 3], 3), ([2, 6, 3], 2)] {
        let labels = &["a", "b", "c"][..labels];
        let read = read_one(Head::YoloDense, labels, 0.25, &shape, &DENSE);
        assert!(matches!(read, Err(Misread::Shape(_))), "{shape:?} {labels:?}");
    }
    for class in [2.0, -1.0, 0.5] {
        let read =
            read_one(Head::YoloEnd2end, &["a", "b"], 0.25, &[1, 1, 6], &[1.0, 2.0, 3.0, 4.0, 0.9, class]);
        assert_eq!(read, Err(Misread::Class(class)));
    }
    // A place that holds no box may hold anything.
    assert_eq!(
        read_one(Head::YoloEnd2end, &["a"], 0.25, &[1, 1, 6], &[0.0, 0.0, 0.0, 0.0, 0.0, -1.0]),
        Ok(vec![])
    );
    assert_eq!(read_one(Head::YoloEnd2end, &["a"], 0.25, &[1, 0, 6], &[]), Ok(vec![]));
}

#[test]
fn outputs_are_told_apart_by_shape_and_then_by_name() {
    let f = |name, shape: &[i64]| port(name, "float32", shape);
    // 64x32: 32 + 8 + 2 = 42 cells.
    for (outputs, heads) in [
        (vec![f("o", &[1, 6, 42])], vec![Head::YoloDense]),
        (vec![f("o", &[1, 126, 7])], vec![Head::YoloObjectness]),
        (vec![f("o", &[1, 126, 7]), f("p", &[1, 3, 4, 8, 7])], vec![Head::YoloObjectness]),
        (vec![f("o", &[1, 42, 7])], vec![Head::YoloDense, Head::YoloObjectness, Head::Yolox]),
        (vec![f("o", &[1, 300, 6])], vec![Head::YoloEnd2end]),
        (vec![f("o", &[1, 6, 43])], vec![]),
        (vec![f("o", &[2, 6, 42])], vec![]),
        (vec![f("o", &[1, 6, 42]), f("masks", &[1, 32, 16, 16])], vec![]),
        (
            vec![f("logits", &[-1, 100, 92]), f("pred_boxes", &[-1, 100, 4]), f("last", &[-1, 100, 256])],
            vec![Head::Detr, Head::DetrSigmoid, Head::SsdTensorflow],
        ),
        (
            vec![f("dets", &[1, 300, 4]), f("labels", &[1, 300, 4])],
            vec![Head::Detr, Head::DetrSigmoid, Head::SsdTensorflow],
        ),
        (
            vec![port("labels", "int64", &[-1, 300]), f("boxes", &[-1, 300, 4]), f("scores", &[-1, 300])],
            vec![Head::DetrPostprocessed, Head::SsdTensorflow, Head::SsdTorchvision],
        ),
        (
            vec![
                f("detection_boxes", &[1, 10, 4]),
                f("detection_classes", &[1, 10]),
                f("detection_scores", &[1, 10]),
                f("num_detections", &[1]),
            ],
            vec![Head::DetrPostprocessed, Head::SsdTensorflow, Head::SsdTorchvision],
        ),
    ] {
        let found: Vec<_> = fitting(&outputs, &input(64, 32)).into_iter().map(|(head, _)| head).collect();
        assert_eq!(found, heads, "{}", in_words(&outputs));
    }
}
