//! As much of HTTP/1.1 as the stand-in needs: one request a connection.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
};

use serde_json::Value;

/// A request.
pub(super) struct Asked {
    pub method: String,
    /// Without its query, percent-decoded.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    pub(super) fn head(stream: &mut TcpStream) -> io::Result<Self> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter(|p| !p.is_empty());
        let query = query.map(|p| p.split_once('=').unwrap_or((p, "")));
        let headers = lines.filter_map(|l| l.split_once(": "));
        Ok(Self {
            method,
            path: decoded(path, false),
            query: query.map(|(k, v)| (decoded(k, true), decoded(v, true))).collect(),
            headers: headers.map(|(k, v)| (k.to_ascii_lowercase(), v.to_owned())).collect(),
            body: Vec::new(),
        })
    }

    /// Reads the body, at most `limit` bytes of it.
    pub(super) fn with_body(mut self, stream: &mut TcpStream, limit: usize) -> io::Result<Self> {
        if let Some(length) = self.header("content-length").and_then(|l| l.parse::<usize>().ok()) {
            self.body = vec![0; length.min(limit)];
            stream.read_exact(&mut self.body)?;
        } else if self.header("transfer-encoding").is_some() {
            loop {
                let mut line = Vec::new();
                let mut byte = [0];
                while !line.ends_with(b"\r\n") {
                    stream.read_exact(&mut byte)?;
                    line.push(byte[0]);
                }
                let text = String::from_utf8_lossy(&line);
                let size = usize::from_str_radix(text.trim(), 16).map_err(io::Error::other)?;
                let mut piece = vec![0; size + 2];
                stream.read_exact(&mut piece)?;
                if size == 0 {
                    break;
                }
                self.body.extend_from_slice(&piece[..size]);
            }
        }
        Ok(self)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The file of a part of a multipart body.
    pub(super) fn part(&self, name: &str) -> Option<Vec<u8>> {
        let boundary = self.header("content-type")?.split_once("boundary=")?.1.trim_matches('"');
        let find = |needle: &[u8], from: usize| {
            let rest = self.body.get(from..)?;
            rest.windows(needle.len()).position(|w| w == needle).map(|at| from + at)
        };
        let at = find(format!("name=\"{name}\"").as_bytes(), 0)?;
        let start = find(b"\r\n\r\n", at)? + 4;
        let end = find(format!("\r\n--{boundary}").as_bytes(), start)?;
        Some(self.body[start..end].to_vec())
    }
}

fn decoded(text: &str, plus: bool) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        match first {
            b'%' if others.len() >= 2 => {
                let hex = std::str::from_utf8(&others[..2]).unwrap_or_default();
                bytes.push(u8::from_str_radix(hex, 16).unwrap_or(b'?'));
                rest = &others[2..];
            }
            b'+' if plus => bytes.push(b' '),
            other => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer.
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/vnd.cvat+json".into())],
            body: body.to_string().into_bytes(),
        }
    }

    pub(super) fn status(status: u16, headers: &[(&'static str, String)]) -> Self {
        Self { status, headers: headers.to_vec(), body: Vec::new() }
    }

    pub(super) fn write(&self, stream: &mut TcpStream) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.status != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        stream.write_all(&self.body)?;
        stream.flush()
    }
}

/// Until the client hangs up.
pub(super) fn wait_for_the_end(stream: &mut TcpStream) -> io::Result<()> {
    let mut rest = [0; 1024];
    while stream.read(&mut rest)? > 0 {}
    Ok(())
}
