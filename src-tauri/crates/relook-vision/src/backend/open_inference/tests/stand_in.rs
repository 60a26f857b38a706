//! A server that answers as one was recorded to, and otherwise when it is told to.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

/// One question as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Such as `POST /v2/models/tiny/infer`.
    pub line: String,
    /// By name in small letters.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn is_binary(&self) -> bool {
        self.headers.contains_key("inference-header-content-length")
    }

    pub fn is_infer(&self) -> bool {
        self.line.starts_with("POST ") && self.line.ends_with("/infer")
    }

    /// The JSON of the body and what follows it.
    pub fn parts(&self) -> (Value, &[u8]) {
        let length = self.headers.get("inference-header-content-length").map(|n| n.parse().unwrap());
        let (head, behind) = self.body.split_at(length.unwrap_or(self.body.len()));
        (serde_json::from_slice(head).unwrap(), behind)
    }
}

#[derive(Clone, Debug)]
pub enum Reply {
    Say {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without a word.
    Drop,
    /// Keeps the connection and says nothing.
    Silence,
}

impl Reply {
    pub fn json(status: u16, value: &Value) -> Self {
        Self::Say { status, headers: Vec::new(), body: value.to_string().into_bytes() }
    }

    pub fn error(status: u16, words: &str) -> Self {
        Self::json(status, &json!({ "error": words }))
    }

    pub fn bytes(status: u16, body: &[u8]) -> Self {
        Self::Say { status, headers: Vec::new(), body: body.to_vec() }
    }
}

type Ways = dyn Fn(&Asked) -> Reply + Send + Sync;

/// Listens until it is dropped.
pub struct StandIn {
    pub address: String,
    shared: Arc<Shared>,
    port: u16,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    ways: Mutex<Arc<Ways>>,
    asked: Mutex<Vec<Asked>>,
    /// Connections that are kept in silence.
    kept: Mutex<Vec<TcpStream>>,
    over: AtomicBool,
}

impl StandIn {
    pub fn new(ways: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            ways: Mutex::new(Arc::new(ways)),
            asked: Mutex::default(),
            kept: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let known = Arc::clone(&shared);
        let listening = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if known.over.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&known);
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address: format!("http://127.0.0.1:{port}"), shared, port, listening: Some(listening) }
    }

    /// Answers otherwise from now on.
    pub fn now(&self, ways: impl Fn(&Asked) -> Reply + Send + Sync + 'static) {
        *self.shared.ways.lock().unwrap() = Arc::new(ways);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub fn infers(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(Asked::is_infer).collect()
    }
}

impl Drop for StandIn {
    /// The port is closed when this returns.
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Wakes the listener, so that it ends.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        for stream in self.shared.kept.lock().unwrap().drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
        if let Some(listening) = self.listening.take() {
            drop(listening.join());
        }
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) {
    let Some(asked) = read(&mut stream) else { return };
    shared.asked.lock().unwrap().push(asked.clone());
    let ways = Arc::clone(&shared.ways.lock().unwrap());
    match ways(&asked) {
        Reply::Say { status, headers, body } => {
            let mut head =
                format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            // Whoever asked may have gone.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
            let _ = stream.shutdown(Shutdown::Write);
            // Waits until the other side has read it and closes.
            let _ = stream.read(&mut [0]);
        }
        Reply::Drop => {}
        Reply::Silence => shared.kept.lock().unwrap().push(stream),
    }
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&piece[..read]);
    }
    Some(Asked { line, headers, body })
}

/// How a sound server with the model `tiny` answers: one box in the middle, as a dense head of one label has it.
pub fn sound(asked: &Asked) -> Reply {
    match asked.line.as_str() {
        "GET /v2" => Reply::json(
            200,
            &json!({ "name": "kserve", "version": "0.21.0", "extensions": ["model_repository_extension"] }),
        ),
        "GET /v2/health/ready" => Reply::json(200, &json!({ "ready": true })),
        "GET /v2/models" => Reply::json(200, &json!({ "models": ["tiny"] })),
        "GET /v2/models/tiny" => Reply::json(
            200,
            &json!({ "name": "tiny", "versions": null, "platform": "",
                "inputs": [{ "name": "images", "datatype": "FP32", "shape": [1, 3, 32, 32] }],
                "outputs": [{ "name": "output0", "datatype": "FP32", "shape": [1, 5, 21] }] }),
        ),
        "GET /v2/models/tiny/ready" => Reply::json(200, &json!({ "name": "tiny", "ready": true })),
        "POST /v2/models/tiny/infer" => tensor(asked, "output0", &[1, 5, 21], &one_box()),
        line => {
            let name = line.split('/').nth(3).unwrap_or_default();
            Reply::error(404, &format!("Model with name {name} does not exist."))
        }
    }
}

pub fn one_box() -> Vec<f32> {
    let mut values = vec![0.0; 5 * 21];
    for (row, value) in [16.0, 16.0, 8.0, 4.0, 0.75].into_iter().enumerate() {
        values[row * 21 + 3] = value;
    }
    values
}

/// An answer in the form of the question.
pub fn tensor(asked: &Asked, name: &str, shape: &[i64], values: &[f32]) -> Reply {
    if !asked.is_binary() {
        return Reply::json(
            200,
            &json!({ "model_name": "tiny", "model_version": null, "id": "", "parameters": null,
                "outputs": [{ "name": name, "shape": shape, "datatype": "FP32", "parameters": null, "data": values }] }),
        );
    }
    let head = json!({ "id": "", "model_name": "tiny", "model_version": null, "outputs": [{ "name": name,
        "shape": shape, "datatype": "FP32", "parameters": { "binary_data_size": values.len() * 4 } }] })
    .to_string();
    let body = head.bytes().chain(values.iter().flat_map(|value| value.to_le_bytes())).collect();
    Reply::Say {
        status: 200,
        headers: vec![("inference-header-content-length", head.len().to_string())],
        body,
    }
}
