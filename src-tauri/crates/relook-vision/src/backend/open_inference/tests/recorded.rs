//! Held against what a real server was recorded to be asked and to answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::stand_in::{Reply, StandIn};
use super::*;
use crate::backend::{Backend, TensorIn, meet};

/// One question of the recording.
struct Recorded {
    line: String,
    request: String,
    status: u16,
    /// Bytes that are no text were not recorded as they were.
    body: Vec<u8>,
}

fn recordings() -> Option<Vec<Recorded>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data/kserve/log.txt");
    let Ok(bytes) = std::fs::read(&file) else {
        println!("SKIPPED: {} is not here, so nothing is held against the recordings", file.display());
        return None;
    };
    let mut all: Vec<Recorded> = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        if text.starts_with("GET ") || text.starts_with("POST ") {
            all.push(Recorded {
                line: text.into_owned(),
                request: String::new(),
                status: 0,
                body: Vec::new(),
            });
        } else if let (Some(one), Some(request)) = (all.last_mut(), text.strip_prefix(" request ")) {
            one.request = request.to_owned();
        } else if let (Some(one), Some(answer)) = (all.last_mut(), text.strip_prefix(" -> ")) {
            one.status = answer[..3].parse().unwrap();
            // After the status and the kind of content.
            let start =
                4 + line[4..].iter().enumerate().filter(|(_, byte)| **byte == b' ').nth(1).unwrap().0 + 1;
            one.body = line[start..].to_vec();
        }
    }
    Some(all)
}

fn find<'a>(all: &'a [Recorded], line: &str, status: u16) -> &'a Recorded {
    all.iter().find(|one| one.line == line && one.status == status).unwrap()
}

#[test]
fn a_recorded_server_is_met_and_run() {
    let Some(all) = recordings() else { return };
    let infer = "POST /v2/models/tiny/infer";
    let json = find(&all, infer, 200).body.clone();
    let binary = all.iter().rfind(|one| one.line == infer && one.body.contains(&0)).unwrap();
    let mut bytes = binary.body.clone();
    // 6.0 is 00 00 c0 40; the recording shows its third byte as a character that stands for what is no text.
    while let Some(at) = bytes.windows(3).position(|three| three == [0xef, 0xbf, 0xbd]) {
        bytes.splice(at..at + 3, [0xc0]);
    }
    let head = bytes.iter().position(|byte| *byte == 0).unwrap();
    let answers: BTreeMap<String, (u16, Vec<u8>)> = all
        .iter()
        .filter(|one| one.line.starts_with("GET "))
        .map(|one| (one.line.clone(), (one.status, one.body.clone())))
        .collect();
    let server = StandIn::new(move |asked| {
        if asked.is_binary() {
            let headers = vec![("inference-header-content-length", head.to_string())];
            return Reply::Say { status: 200, headers, body: bytes.clone() };
        }
        if asked.is_infer() {
            return Reply::bytes(200, &json);
        }
        answers
            .get(&asked.line)
            .map_or_else(|| Reply::error(404, "Not Found"), |(status, body)| Reply::bytes(*status, body))
    });
    let met = meet("tiny", None, BTreeMap::new(), &servers(&[&server]), None, &limits(), &StopToken::new())
        .unwrap();
    assert_eq!(met.runtime, "kserve 0.21.0");
    let (_, mut lanes) = met.ready.into_iter().next().unwrap();
    let values: Vec<f32> = (0..192).map(|n| (n % 7) as f32).collect();
    let mut seen = Vec::new();
    let input = TensorIn { name: "images", shape: [1, 3, 8, 8], values: &values, sizes: None };
    lanes[0]
        .run(input, &StopToken::new(), &mut |outputs| {
            seen = outputs.iter().map(|o| (o.name.to_owned(), o.shape.to_vec(), o.values.to_vec())).collect();
            Ok(())
        })
        .unwrap();
    let expected = vec![2.953_125, 2.968_75, 2.984_375, 6.0, 6.0, 6.0];
    assert_eq!(seen, [("output0".to_owned(), vec![1, 6], expected)]);
    // What was asked is what the recorded client asked, as bytes.
    let asked = server.infers().pop().unwrap();
    let (question, behind) = asked.parts();
    assert_eq!(behind.len(), 192 * 4);
    assert_eq!(question["inputs"][0]["datatype"], "FP32");
    let recorded = &find(&all, infer, 200).request;
    let recorded: Vec<&str> = recorded.split("\"data\"").next().unwrap().split("\"inputs\": ").collect();
    let tensor: Value = serde_json::from_str(&format!("{}\"data\": 0}}]", recorded[1])).unwrap();
    for key in ["name", "shape", "datatype"] {
        assert_eq!(question["inputs"][0][key], tensor[0][key], "{key}");
    }
}

#[test]
fn recorded_refusals_are_told_in_the_servers_own_words() {
    let Some(all) = recordings() else { return };
    let refused: Vec<&Recorded> =
        all.iter().filter(|one| one.line.ends_with("tiny/infer") && one.status == 400).collect();
    assert_eq!(refused.len(), 2);
    for one in refused {
        let body = one.body.clone();
        let said: Value = serde_json::from_slice(&body).unwrap();
        let server = StandIn::new(but(move |asked| asked.is_infer().then(|| Reply::bytes(400, &body))));
        let error = load(&[&server]).err().unwrap();
        assert_says(&error, "server_unfit", &["tiny", &server.address, said["error"].as_str().unwrap()]);
    }
    let missing = find(&all, "GET /v2/models/nosuch", 404).body.clone();
    let server = StandIn::new(but(move |asked| {
        (asked.line == "GET /v2/models/tiny").then(|| Reply::bytes(404, &missing))
    }));
    let error = load(&[&server]).err().unwrap();
    assert_says(
        &error,
        "server_unfit",
        &["Model with name nosuch does not exist", "It has: tiny", "/v2/models/NAME"],
    );
}
