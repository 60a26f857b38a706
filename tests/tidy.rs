//! Rules for every committed file that no compiler knows.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use relook_tests::checkout::{files, root};

const LARGEST: u64 = 1024 * 1024;
const LONGEST: usize = 600;

/// Joined here only, so that this file does not hold what it looks for.
fn needles(pieces: &[(&str, &str)]) -> Vec<String> {
    pieces.iter().map(|(a, b)| format!("{a}{b}")).collect()
}

/// What is said of each file that is text: `check` returns complaints.
fn complaints(check: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let mut found = Vec::new();
    for file in files() {
        let bytes = std::fs::read(root().join(&file)).expect("a listed file can be read");
        if bytes.contains(&0) {
            continue;
        }
        let Ok(content) = String::from_utf8(bytes) else { continue };
        found.extend(check(&file, &content).into_iter().map(|what| format!("{file}: {what}")));
    }
    found
}

/// Written by a program, and as long as that makes it.
const GENERATED: &str = "ui/src/api/types.ts";

fn is_source(file: &str) -> bool {
    file != GENERATED && [".rs", ".ts", ".svelte"].iter().any(|ending| file.ends_with(ending))
}

/// `needle` in `line`, and not as a part of a longer word.
fn has_word(line: &str, needle: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(needle).any(|(at, _)| {
        !inside(line[..at].chars().next_back()) && !inside(line[at + needle.len()..].chars().next())
    })
}

#[test]
fn nothing_large_is_committed() {
    let mut found = Vec::new();
    for file in files() {
        let bytes = std::fs::metadata(root().join(&file)).expect("a listed file is there").len();
        if bytes > LARGEST {
            found.push(format!("{file}: {bytes} bytes"));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn sources_hold_one_concept_each() {
    let found = complaints(|file, content| {
        let lines = content.lines().count();
        if is_source(file) && lines > LONGEST { vec![format!("{lines} lines")] } else { Vec::new() }
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn nothing_is_left_unfinished() {
    let words = needles(&[
        ("TO", "DO"),
        ("FIX", "ME"),
        ("to", "do!"),
        ("unimple", "mented!"),
        ("not imple", "mented"),
    ]);
    let found = complaints(|file, content| {
        if !is_source(file) {
            return Vec::new();
        }
        let numbered = content.lines().enumerate();
        numbered
            .flat_map(|(at, line)| words.iter().filter(move |w| has_word(line, w)).map(move |w| (at + 1, w)))
            .map(|(line, word)| format!("line {line} says {word}"))
            .collect()
    });
    assert_eq!(found, Vec::<String>::new());
}

/// Packages are named, never the hosts they come from: a user's mirror is as good.
#[test]
fn no_registry_host_is_named() {
    let hosts = needles(&[
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("npmjs", ".org"),
        ("npmjs", ".com"),
        ("static.crates", ".io"),
        ("index.crates", ".io"),
        ("debian", ".org"),
    ]);
    let found = complaints(|_, content| hosts.iter().filter(|h| content.contains(*h)).cloned().collect());
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn no_path_of_one_machine_is_named() {
    let places = needles(&[("/wo", "rk/"), ("/fa", "rm/"), ("/ro", "ot/")]);
    let found = complaints(|_, content| places.iter().filter(|p| content.contains(*p)).cloned().collect());
    assert_eq!(found, Vec::<String>::new());
}

/// Fixtures may hold whatever a reader has to stand.
#[test]
fn lines_end_in_one_way() {
    let found = complaints(|file, content| {
        let wrong = content.contains("\r\n") && !file.starts_with("tests/fixtures/");
        wrong.then(|| "has CRLF line ends".to_owned()).into_iter().collect()
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn words_are_found_whole() {
    for (line, needle, found) in [
        ("a MARK here", "MARK", true),
        ("MARK", "MARK", true),
        ("REMARKS", "MARK", false),
        ("MARK_ED", "MARK", false),
        ("mark!()", "mark!", true),
        ("REMARK MARK", "MARK", true),
    ] {
        assert_eq!(has_word(line, needle), found, "{line:?}");
    }
}
