//! Licences and bans of everything the workspace leans on, all platforms included; read from what cargo has locally.

use relook_tests::checkout::{metadata, packages, text};
use spdx::{Expression, ParseMode};

/// Licences that Relook may be shipped with under MIT OR Apache-2.0. A crate needs one way through its expression.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    // Binds only the files under it, which are used unchanged.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come in, however far down, and why.
const BANNED: &[(&str, &str)] = &[
    (
        "aws-lc-sys",
        "TLS is the system's, through native-tls; a second stack costs minutes of every cold build",
    ),
    ("openssl-src", "the system's OpenSSL is used, so that the system's updates reach it"),
    ("opentelemetry", "no telemetry"),
    ("rustls", "TLS is the system's, through native-tls"),
    ("sentry", "no telemetry"),
    (
        "ureq",
        "comes in when ort may download its library at build time; set-up fetches it, checked by sha256",
    ),
];

/// The one place that crates come from; `None` in cargo's words is this workspace.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Why a crate with this licence expression may not be used.
fn refused(licence: &str) -> Option<String> {
    if licence.is_empty() {
        return Some("states no licence".to_owned());
    }
    match Expression::parse_mode(licence, ParseMode::LAX) {
        Err(error) => {
            Some(format!("states a licence that is no SPDX expression, {licence:?}: {}", error.reason))
        }
        Ok(expression) => {
            let fits = expression.evaluate(|wanted| ALLOWED.contains(&wanted.to_string().as_str()));
            (!fits).then(|| format!("is under {licence}, which is not among the allowed ones"))
        }
    }
}

#[test]
fn every_crate_is_allowed() {
    let metadata = metadata(true);
    let mut found = Vec::new();
    let packages = packages(&metadata);
    for package in &packages {
        let (name, version) = (text(&package["name"]), text(&package["version"]));
        let mut say = |what: String| found.push(format!("{name} {version} {what}"));
        if let Some(why) = refused(text(&package["license"])) {
            say(why);
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            say(format!("is banned: {why}"));
        }
        match package["source"].as_str() {
            None | Some(REGISTRY) => {}
            Some(other) => say(format!("comes from {other}: only the crates registry is allowed")),
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(packages.len() > 100, "only {} crates were looked at", packages.len());
}

#[test]
fn the_licence_rule_catches_what_it_should() {
    for (licence, caught) in [
        ("MIT", false),
        ("MIT/Apache-2.0", false),
        ("MIT OR GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", false),
        ("Apache-2.0 WITH LLVM-exception", false),
        ("GPL-3.0-only", true),
        ("MIT AND GPL-3.0-only", true),
        ("AGPL-3.0-or-later", true),
        ("LGPL-2.1-or-later", true),
        ("MIT WITH Classpath-exception-2.0", true),
        ("", true),
        ("my own terms", true),
    ] {
        assert_eq!(refused(licence).is_some(), caught, "{licence:?}");
    }
}
