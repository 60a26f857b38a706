//! Graphs behind a plain address.

use std::{cell::RefCell, path::Path};

use relook_domain::model_card::Source;
use relook_remote::{RemoteError, fetch_model};
use tempfile::TempDir;

use crate::{
    cards::{card, graph, names, sha256},
    server::{Answer, Server, read_head},
};

const SIZE: usize = 300_000;
const PART: &str = ".tiny.onnx.part";

async fn fetch(url: &str, bytes: &[u8], folder: &Path) -> Result<(), RemoteError> {
    let card = card(bytes, Some(Source::Url { url: url.to_owned() }));
    let path = fetch_model(&card, folder, &folder.join("packages"), &|_, _| {}).await?;
    assert_eq!(path, folder.join("tiny.onnx"));
    assert_eq!(sha256(&std::fs::read(path).unwrap()), card.sha256);
    Ok(())
}

#[tokio::test]
async fn arrives_whole_and_tells_how_far_it_is() {
    let bytes = graph(SIZE);
    let server = Server::start([Answer::Whole(bytes.clone())]);
    let home = TempDir::new().unwrap();
    let folder = home.path().join("models/tiny");
    let told = RefCell::new(Vec::new());
    let card = card(&bytes, Some(Source::Url { url: server.url.clone() }));
    let path = fetch_model(&card, &folder, home.path(), &|done, all| told.borrow_mut().push((done, all)))
        .await
        .unwrap();

    assert_eq!(std::fs::read(path).unwrap(), bytes);
    assert_eq!(names(&folder), ["tiny.onnx"]);
    let told = told.into_inner();
    assert_eq!(told.first(), Some(&(0, Some(SIZE as u64))));
    assert_eq!(told.last(), Some(&(SIZE as u64, Some(SIZE as u64))));
    assert!(told.is_sorted());
}

/// What the server does, request by request, and the ranges it is asked for.
#[tokio::test]
async fn goes_on_where_it_broke_off() {
    let bytes = graph(SIZE);
    let all = || bytes.clone();
    let other = graph(SIZE + 1)[1..].to_vec();
    for (name, answers, ranges) in [
        ("cut once", vec![Answer::CutAfter(all(), 1000), Answer::Ranged(all())], vec!["-", "bytes=1000-"]),
        (
            "no ranges there",
            vec![Answer::CutAfter(all(), 1000), Answer::Whole(all())],
            vec!["-", "bytes=1000-"],
        ),
        (
            "another piece than asked for",
            vec![Answer::CutAfter(all(), 1000), Answer::WrongPiece(all()), Answer::Whole(all())],
            vec!["-", "bytes=1000-", "-"],
        ),
        (
            "the file was replaced in between",
            vec![Answer::CutAfter(other.clone(), 1000), Answer::Ranged(all()), Answer::Ranged(all())],
            vec!["-", "bytes=1000-", "-"],
        ),
        ("busy twice", vec![Answer::Status(503), Answer::Silent, Answer::Whole(all())], vec!["-", "-", "-"]),
    ] {
        let server = Server::start(answers);
        let folder = TempDir::new().unwrap();
        fetch(&server.url, &bytes, folder.path()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(server.ranges(), ranges, "{name}");
        assert_eq!(names(folder.path()), ["tiny.onnx"], "{name}");
    }
}

#[tokio::test]
async fn a_later_call_goes_on_with_what_an_earlier_one_left() {
    let bytes = graph(SIZE);
    let folder = TempDir::new().unwrap();
    let cut = |n| Answer::CutAfter(bytes.clone(), n);
    let first = Server::start([cut(5000), Answer::Status(503), Answer::Status(503)]);
    let error = fetch(&first.url, &bytes, folder.path()).await.unwrap_err();
    assert!(matches!(error, RemoteError::Status { status: 503, .. }), "{error}");
    assert_eq!(names(folder.path()), [PART]);

    let second = Server::start([Answer::Ranged(bytes.clone())]);
    fetch(&second.url, &bytes, folder.path()).await.unwrap();
    assert_eq!(second.ranges(), ["bytes=5000-"]);
    assert_eq!(names(folder.path()), ["tiny.onnx"]);
}

#[tokio::test]
async fn a_beginning_longer_than_the_graph_is_thrown_away() {
    let bytes = graph(1000);
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join(PART), graph(2000)).unwrap();
    let server = Server::start([Answer::Ranged(bytes.clone())]);
    fetch(&server.url, &bytes, folder.path()).await.unwrap();
    assert_eq!(server.ranges(), ["-"]);
}

#[tokio::test]
async fn breaks_off_for_good_after_three_tries_and_says_how_far_it_came() {
    let bytes = graph(SIZE);
    let server = Server::start([0, 1000, 1000].map(|n| Answer::CutAfter(bytes.clone(), n)));
    let folder = TempDir::new().unwrap();
    let error = fetch(&server.url, &bytes, folder.path()).await.unwrap_err();
    assert!(
        matches!(error, RemoteError::BrokenOff { received: 1000, expected, .. } if expected == SIZE as u64),
        "{error}"
    );
    assert_eq!(server.ranges().len(), 3);
}

/// Each leaves the file that was there before as it was, and nothing beside it.
#[tokio::test]
async fn what_is_refused_touches_nothing() {
    let bytes = graph(SIZE);
    let longer = graph(SIZE + 1);
    let wrong = vec![0; SIZE];
    for (name, answer, words) in [
        ("not there", Answer::Status(404), "answered 404"),
        ("wrong bytes", Answer::Whole(wrong.clone()), "has sha256"),
        ("too short, no length", Answer::Endless(bytes[..SIZE - 1].to_vec()), "has sha256"),
        ("too long", Answer::Whole(longer.clone()), "more than the 300000 bytes"),
        ("too long, no length", Answer::Endless(longer.clone()), "more than the 300000 bytes"),
    ] {
        let server = Server::start([answer]);
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("tiny.onnx"), "the old one").unwrap();
        let error = fetch(&server.url, &bytes, folder.path()).await.unwrap_err();
        assert!(error.to_string().contains(words), "{name}: {error}");
        assert_eq!(std::fs::read(folder.path().join("tiny.onnx")).unwrap(), b"the old one", "{name}");
        assert_eq!(names(folder.path()), ["tiny.onnx"], "{name}");
        assert_eq!(server.ranges().len(), 1, "{name}: asked again though it cannot pass");
    }
}

#[tokio::test]
async fn a_wrong_hash_names_both() {
    let bytes = graph(1000);
    let server = Server::start([Answer::Whole(vec![7; 1000])]);
    let folder = TempDir::new().unwrap();
    let message = fetch(&server.url, &bytes, folder.path()).await.unwrap_err().to_string();
    assert!(message.contains(&sha256(&bytes)), "{message}");
    assert!(message.contains(&sha256(&[7; 1000])), "{message}");
}

#[tokio::test]
async fn follows_redirects() {
    let bytes = graph(SIZE);
    let there = Server::start([Answer::Whole(bytes.clone())]);
    let here = Server::start([Answer::Redirect(there.url.clone())]);
    let folder = TempDir::new().unwrap();
    fetch(&here.url, &bytes, folder.path()).await.unwrap();
    assert_eq!(there.ranges().len(), 1);
}

#[tokio::test]
async fn no_message_carries_a_secret() {
    let bytes = graph(1000);
    let folder = TempDir::new().unwrap();
    let server =
        Server::start([Answer::Status(403), Answer::Whole(vec![0; 1000]), Answer::Whole(graph(2000))]);
    let secret = format!("{}?signature=hush", server.url.replace("http://", "http://anna:geheim@"));
    // Nothing listens on port 1 of the loopback.
    let nowhere = "http://anna:geheim@127.0.0.1:1/m/tiny.onnx?signature=hush".to_owned();
    let odd = "ftp://anna:geheim@127.0.0.1/m/tiny.onnx?signature=hush".to_owned();
    for url in [&secret, &secret, &secret, &nowhere, &odd] {
        let error = fetch(url, &bytes, folder.path()).await.unwrap_err();
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(
                !shown.contains("hush") && !shown.contains("geheim") && !shown.contains("anna"),
                "{shown}"
            );
            assert!(shown.contains("/m/tiny.onnx"), "{shown}");
        }
    }
}

#[tokio::test]
async fn two_at_once_do_not_mix() {
    let bytes = graph(1000);
    let folder = TempDir::new().unwrap();
    let held = std::fs::File::create(folder.path().join(PART)).unwrap();
    held.lock().unwrap();
    let server = Server::start([Answer::Whole(bytes.clone())]);
    let error = fetch(&server.url, &bytes, folder.path()).await.unwrap_err();
    assert!(matches!(error, RemoteError::Busy { .. }), "{error}");
    drop(held);
    fetch(&server.url, &bytes, folder.path()).await.unwrap();
}

#[tokio::test]
async fn dropped_it_leaves_a_beginning_and_no_graph() {
    let bytes = graph(SIZE);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/m/tiny.onnx", listener.local_addr().unwrap());
    let begun = bytes[..100_000].to_vec();
    let (held, keep) = std::sync::mpsc::channel::<()>();
    let server = std::thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = listener.accept().unwrap();
        read_head(&stream);
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\n\r\n").unwrap();
        stream.write_all(&begun).unwrap();
        // Open and silent until the test is over.
        let _ = keep.recv();
    });
    let folder = TempDir::new().unwrap();
    let card = card(&bytes, Some(Source::Url { url }));
    let arrived = tokio::sync::Notify::new();
    {
        let progress = |done: u64, _: Option<u64>| {
            if done == 100_000 {
                arrived.notify_one();
            }
        };
        tokio::select! {
            _ = fetch_model(&card, folder.path(), folder.path(), &progress) => panic!("it cannot have ended"),
            () = arrived.notified() => {}
        }
    }
    drop(held);
    server.join().unwrap();
    assert_eq!(names(folder.path()), [PART]);
    let rest = Server::start([Answer::Ranged(bytes.clone())]);
    let card =
        relook_domain::model_card::ModelCard { source: Some(Source::Url { url: rest.url.clone() }), ..card };
    fetch_model(&card, folder.path(), folder.path(), &|_, _| {}).await.unwrap();
    assert_eq!(rest.ranges(), ["bytes=100000-"]);
}
