//! A server on the loopback that answers each connection by a script: one HTTP/1.1 request, one answer, then closed.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

/// What to do with the next request.
pub enum Answer {
    /// Everything, whatever was asked for.
    Whole(Vec<u8>),
    /// Honours `Range: bytes=N-` with 206, else 200 with everything.
    Ranged(Vec<u8>),
    /// Promises everything and closes after so many bytes.
    CutAfter(Vec<u8>, usize),
    /// No length told and no end but the closing of the connection.
    Endless(Vec<u8>),
    Status(u16),
    /// 302 to this address.
    Redirect(String),
    /// 206 with a piece that was not asked for.
    WrongPiece(Vec<u8>),
    /// Closes without a word.
    Silent,
}

pub struct Server {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves these answers, one per request in order, then hangs up on everyone.
    pub fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/m/tiny.onnx", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let mut answers: VecDeque<Answer> = answers.into_iter().collect();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_head(&stream);
                seen.lock().unwrap().push(request.clone());
                // A client that hangs up first is no failure of the server's.
                let _ = answer(&mut stream, &request, answers.pop_front().unwrap_or(Answer::Silent));
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
        Self { url, requests }
    }

    /// The `Range` of each request so far; `-` for none.
    pub fn ranges(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|r| range_of(r).unwrap_or("-").to_owned()).collect()
    }
}

pub fn read_head(stream: &TcpStream) -> String {
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while reader.read_line(&mut head).unwrap_or(0) > 2 {}
    head
}

fn range_of(request: &str) -> Option<&str> {
    request
        .lines()
        .find_map(|l| l.strip_prefix("range: ").or_else(|| l.strip_prefix("Range: ")))
        .map(str::trim)
}

fn answer(stream: &mut TcpStream, request: &str, answer: Answer) -> std::io::Result<()> {
    let mut send = |status: &str, headers: &str, body: &[u8]| {
        write!(stream, "HTTP/1.1 {status}\r\n{headers}connection: close\r\n\r\n")?;
        stream.write_all(body)
    };
    let length = |n: usize| format!("content-length: {n}\r\n");
    match answer {
        Answer::Whole(body) => send("200 OK", &length(body.len()), &body),
        Answer::Ranged(body) => {
            let from =
                range_of(request).and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
            match from {
                None => send("200 OK", &length(body.len()), &body),
                Some(from) if from >= body.len() => send("416 Range Not Satisfiable", &length(0), &[]),
                Some(from) => {
                    let range = format!("content-range: bytes {from}-{}/{}\r\n", body.len() - 1, body.len());
                    let rest = &body[from..];
                    send("206 Partial Content", &(length(rest.len()) + &range), rest)
                }
            }
        }
        Answer::CutAfter(body, n) => send("200 OK", &length(body.len()), &body[..n]),
        Answer::Endless(body) => send("200 OK", "", &body),
        Answer::Status(status) => send(&format!("{status} Status"), &length(0), &[]),
        Answer::Redirect(to) => send("302 Found", &format!("location: {to}\r\n{}", length(0)), &[]),
        Answer::WrongPiece(body) => {
            let range = format!("content-range: bytes 0-{}/{}\r\n", body.len() - 1, body.len());
            send("206 Partial Content", &(length(body.len()) + &range), &body)
        }
        Answer::Silent => Ok(()),
    }
}
