use super::*;

fn declared(name: &str, datatype: &str, shape: &[i64]) -> Declared {
    Declared { name: name.to_owned(), datatype: datatype.to_owned(), shape: shape.to_vec() }
}

/// Reads an answer for what is wanted of it.
fn read(body: &[u8], json: Option<usize>, wanted: &[Declared]) -> Result<Vec<Told>, String> {
    chosen(tensors(body, json)?, wanted)
}

fn input<'a>(values: &'a [f32]) -> TensorIn<'a> {
    TensorIn { name: "images", shape: [1, 1, 1, 3], values, sizes: None }
}

#[test]
fn questions_hold_the_tensor_as_numbers_or_as_bytes() {
    let outputs = [declared("output0", "FP32", &[1, 6])];
    let values = [0.5, 1.0, 254.0];
    let numbers = question(&input(&values), false, &outputs, Form::Json).unwrap();
    assert_eq!(numbers.json, None);
    assert_eq!(
        serde_json::from_slice::<Value>(&numbers.bytes).unwrap(),
        json!({
            "inputs": [{ "name": "images", "shape": [1, 1, 1, 3], "datatype": "FP32", "data": [0.5, 1.0, 254.0] }],
            "outputs": [{ "name": "output0", "parameters": { "binary_data": false } }],
        })
    );
    let told = TensorIn { sizes: Some(("sizes", [640, 480])), ..input(&values) };
    let bytes = question(&told, true, &outputs, Form::Binary).unwrap();
    let (head, behind) = bytes.bytes.split_at(bytes.json.unwrap());
    assert_eq!(
        serde_json::from_slice::<Value>(head).unwrap(),
        json!({
            "parameters": { "binary_data_output": true },
            "inputs": [
                { "name": "images", "shape": [1, 1, 1, 3], "datatype": "UINT8", "parameters": { "binary_data_size": 3 } },
                { "name": "sizes", "shape": [1, 2], "datatype": "INT64", "parameters": { "binary_data_size": 16 } },
            ],
            "outputs": [{ "name": "output0", "parameters": { "binary_data": true } }],
        })
    );
    assert_eq!(behind[..3], [0, 1, 254]);
    assert_eq!(behind[3..], [&640_i64.to_le_bytes()[..], &480_i64.to_le_bytes()[..]].concat());
}

#[test]
fn half_precision_is_read_exactly() {
    for (half, value) in [
        (0x0000, 0.0),
        (0x3c00, 1.0),
        (0xc000, -2.0),
        (0x3555, 0.333_251_95),
        (0x7bff, 65_504.0),
        (0x0001, 5.960_464_5e-8),
        (0x7c00, f32::INFINITY),
    ] {
        assert_eq!(from_half(half), value, "{half:#x}");
    }
    assert!(from_half(0x7e00).is_nan());
}

#[test]
fn every_kind_of_number_is_read_from_bytes() {
    for (word, bytes, value) in [
        ("FP16", vec![0, 0x3c], 1.0),
        ("FP32", 2.5_f32.to_le_bytes().to_vec(), 2.5),
        ("FP64", 2.5_f64.to_le_bytes().to_vec(), 2.5),
        ("INT32", (-7_i32).to_le_bytes().to_vec(), -7.0),
        ("INT64", 9_i64.to_le_bytes().to_vec(), 9.0),
        ("UINT8", vec![200], 200.0),
    ] {
        let head = json!({ "outputs": [{ "name": "o", "datatype": word, "shape": [1],
            "parameters": { "binary_data_size": bytes.len() } }] })
        .to_string();
        let body = [head.as_bytes(), &bytes].concat();
        let told = read(&body, Some(head.len()), &[declared("o", word, &[-1])]).unwrap();
        assert_eq!((told[0].shape.as_slice(), told[0].values.as_slice()), (&[1][..], &[value][..]), "{word}");
    }
}

/// As a server was recorded to answer.
#[test]
fn numbers_are_read_nested_or_not_and_in_the_order_wanted() {
    let body = br#"{"model_name":"tiny","model_version":null,"id":"a1","parameters":null,"outputs":[
        {"name":"b","shape":[2,2],"datatype":"INT64","parameters":null,"data":[[1,2],[3,4]]},
        {"name":"a","shape":[1,3],"datatype":"FP32","parameters":null,"data":[2.5,6,null]}]}"#;
    let told = read(body, None, &[declared("a", "FP32", &[-1, 3]), declared("b", "INT64", &[2, 2])]).unwrap();
    assert_eq!(told[0].values[..2], [2.5, 6.0]);
    assert!(told[0].values[2].is_nan());
    assert_eq!(told[1].values, [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn answers_that_are_none_are_refused_by_what_is_wrong() {
    let wanted = [declared("o", "FP32", &[1, 2])];
    let json = |output: &str| format!("{{\"outputs\":[{{{output}}}]}}").into_bytes();
    let behind = |size: usize| {
        json(&format!(
            r#""name":"o","datatype":"FP32","shape":[1,2],"parameters":{{"binary_data_size":{size}}}"#
        ))
    };
    let with = |mut head: Vec<u8>, bytes: usize| {
        let length = head.len();
        head.extend(vec![0; bytes]);
        (head, Some(length))
    };
    let deep =
        format!(r#"{{"outputs":[{{"name":"o","datatype":"FP32","shape":[1],"data":{}"#, "[".repeat(100_000));
    type Body = (Vec<u8>, Option<usize>);
    let cases: Vec<(Body, &str)> = vec![
        ((b"<html>".to_vec(), None), "not understood"),
        ((vec![0xff, 0xfe, 0x00], None), "not understood"),
        ((b"{}".to_vec(), None), "outputs"),
        ((deep.into_bytes(), None), "not understood"),
        ((b"{}".to_vec(), Some(9)), "ends after 2 bytes"),
        ((json(r#""name":"o","datatype":"FP32","shape":[1,2]"#), None), "has no data"),
        ((json(r#""name":"o","datatype":"BYTES","shape":[1,2],"data":[1,2]"#), None), "BYTES"),
        ((json(r#""name":"o","datatype":"FP32","shape":[1,2],"data":["1","2"]"#), None), "not understood"),
        (
            (json(r#""name":"o","datatype":"FP32","shape":[1,2],"data":[1]"#), None),
            "1 values for the shape [1, 2]",
        ),
        (
            (json(r#""name":"o","datatype":"FP32","shape":[-1,2],"data":[1,2]"#), None),
            "for the shape [-1, 2]",
        ),
        (
            (json(r#""name":"o","datatype":"FP32","shape":[9223372036854775807,9],"data":[1]"#), None),
            "1 values for the shape",
        ),
        ((json(r#""name":"o","datatype":"FP32","shape":[2,1],"data":[1,2]"#), None), "metadata says [1, 2]"),
        (
            (json(r#""name":"p","datatype":"FP32","shape":[1,2],"data":[1,2]"#), None),
            "no output o, it has: p",
        ),
        (with(behind(8), 4), "break off"),
        (with(behind(7), 7), "7 bytes"),
        (with(behind(8), 9), "1 bytes that belong to no output"),
        (with(behind(4), 4), "1 values for the shape [1, 2]"),
    ];
    for ((body, length), said) in cases {
        let why = read(&body, length, &wanted).unwrap_err();
        assert!(why.contains(said), "{said:?} is not in {why:?}");
    }
}
