//! Which crate and which folder of the UI may lean on which: ARCHITECTURE.md's arrows, checked.

use std::collections::BTreeSet;

use relook_tests::checkout::{files, metadata, packages, root, text};

/// Our crates and what of ours each may use. The tests stand outside and may use anything.
const ARROWS: &[(&str, &[&str])] = &[
    ("relook-domain", &[]),
    ("relook-formats", &["relook-domain"]),
    ("relook-store", &["relook-domain"]),
    ("relook-vision", &["relook-domain"]),
    ("relook-remote", &["relook-domain"]),
    ("relook-engine", &["relook-domain", "relook-formats", "relook-store", "relook-vision", "relook-remote"]),
    // The engine's verbs take and hand out the domain's nouns, so a door may name those too.
    ("relook-cli", &["relook-domain", "relook-engine"]),
    ("relook-window", &["relook-domain", "relook-engine"]),
];
const OUTSIDE: &str = "relook-tests";

/// Crates from elsewhere that belong to some of ours; a name that ends in `*` is a beginning.
const OWNERS: &[(&str, &[&str])] = &[
    ("anyhow", &["relook-cli", "relook-window"]),
    ("clap", &["relook-cli"]),
    ("crossbeam-channel", &["relook-engine"]),
    ("ctrlc", &["relook-cli"]),
    ("dirs", &["relook-engine"]),
    ("fast_image_resize", &["relook-vision"]),
    ("flate2", &["relook-remote"]),
    ("image", &["relook-vision"]),
    ("keyring", &["relook-engine"]),
    ("md-5", &["relook-engine"]),
    ("ndarray", &["relook-vision"]),
    ("notify", &["relook-engine"]),
    ("ort", &["relook-vision"]),
    ("pulp", &["relook-vision"]),
    ("quick-xml", &["relook-formats"]),
    ("reqwest", &["relook-remote", "relook-vision"]),
    ("ring", &["relook-vision"]),
    ("rusqlite", &["relook-store"]),
    ("tar", &["relook-remote"]),
    ("tauri*", &["relook-window"]),
    ("tracing-subscriber", &["relook-cli", "relook-window"]),
    ("turbojpeg", &["relook-vision"]),
    ("walkdir", &["relook-engine"]),
];

fn owners_of(name: &str) -> Option<&'static [&'static str]> {
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    };
    OWNERS.iter().find(|(pattern, _)| fits(pattern)).map(|(_, owners)| *owners)
}

/// What is wrong with `from` leaning on `to`; `for_tests`: as a dev-dependency.
fn wrong(from: &str, to: &str, for_tests: bool) -> Option<String> {
    if from == OUTSIDE {
        return None;
    }
    if to.starts_with("relook-") {
        let allowed = ARROWS.iter().find(|(name, _)| *name == from).map(|(_, allowed)| *allowed);
        return match allowed {
            None => Some(format!("{from} has no place in the table of arrows")),
            Some(allowed) if allowed.contains(&to) => None,
            Some(_) => Some(format!("{from} must not lean on {to}")),
        };
    }
    match owners_of(to) {
        Some(owners) if !for_tests && !owners.contains(&from) => {
            Some(format!("{from} uses {to}, which belongs to {}", owners.join(" and ")))
        }
        _ => None,
    }
}

#[test]
fn crates_lean_only_where_they_may() {
    let metadata = metadata(false);
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for package in packages(&metadata) {
        let from = text(&package["name"]);
        seen.insert(from.to_owned());
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            found.extend(wrong(from, text(&dependency["name"]), text(&dependency["kind"]) == "dev"));
        }
    }
    assert_eq!(found, Vec::<String>::new());

    let known: BTreeSet<_> =
        ARROWS.iter().map(|(name, _)| *name).chain([OUTSIDE]).map(str::to_owned).collect();
    assert_eq!(seen, known, "the crates of the workspace and those of the table of arrows");
}

#[test]
fn the_table_of_arrows_catches_what_it_should() {
    for (from, to, for_tests, caught) in [
        ("relook-window", "relook-engine", false, false),
        ("relook-window", "relook-store", false, true),
        ("relook-store", "relook-vision", false, true),
        ("relook-domain", "relook-engine", true, true),
        ("relook-new", "relook-domain", false, true),
        ("relook-engine", "rusqlite", false, true),
        ("relook-engine", "image", true, false),
        ("relook-cli", "tauri-plugin-dialog", false, true),
        ("relook-window", "tauri-plugin-dialog", false, false),
        ("relook-tests", "rusqlite", false, false),
        ("relook-domain", "serde", false, false),
    ] {
        assert_eq!(wrong(from, to, for_tests).is_some(), caught, "{from} -> {to}");
    }
}

/// The domain is pure and the formats read and write what they are handed: no clock, disk, thread or network there.
#[test]
fn inner_crates_touch_nothing_outside() {
    const BANNED: &[&str] = &["std::env", "std::fs", "std::net", "std::process", "std::thread", "std::time"];
    let mut found = Vec::new();
    for file in files() {
        let inner =
            ["relook-domain", "relook-formats"].iter().any(|c| file.contains(&format!("crates/{c}/src/")));
        if !inner || !file.ends_with(".rs") {
            continue;
        }
        let source = std::fs::read_to_string(root().join(&file)).expect("a source file is text");
        let product = source.split("#[cfg(test)]").next().unwrap_or_default();
        found.extend(BANNED.iter().filter(|b| product.contains(*b)).map(|b| format!("{file} uses {b}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

/// The folders of the UI that everything else stands on, and what each may take from; other folders may take from any.
const UI_ARROWS: &[(&str, &[&str])] =
    &[("shared", &[]), ("canvas", &["shared"]), ("commands", &["shared"]), ("api", &["shared"])];

/// The quoted words after `from` or `import` in a TypeScript or Svelte file.
fn imports(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["from ", "import ", "import("] {
        for (at, _) in source.match_indices(word) {
            let rest = &source[at + word.len()..];
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else { continue };
            found.extend(rest[1..].split(quote).next());
        }
    }
    found
}

/// What is wrong with a file below `ui/src` importing `target`.
fn wrong_import(file: &str, target: &str) -> Option<String> {
    let folder = file.split_once('/').map_or("", |(folder, _)| folder);
    if target.starts_with("@tauri-apps/") {
        return (folder != "api").then(|| format!("{file} imports {target}, which only api/ may"));
    }
    let (_, allowed) = UI_ARROWS.iter().find(|(name, _)| *name == folder)?;
    if !target.starts_with('.') {
        return None;
    }
    let mut place: Vec<&str> = file.split('/').collect();
    place.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => drop(place.pop()),
            other => place.push(other),
        }
    }
    let to = place.first().copied().unwrap_or_default();
    (to != folder && !allowed.contains(&to))
        .then(|| format!("{file} imports {target}: {folder}/ must not know {to}/"))
}

#[test]
fn folders_of_the_ui_lean_only_where_they_may() {
    let mut found = Vec::new();
    let mut read = 0;
    for file in files() {
        let Some(place) = file.strip_prefix("ui/src/") else { continue };
        if ![".ts", ".svelte"].iter().any(|ending| place.ends_with(ending)) {
            continue;
        }
        read += 1;
        let source = std::fs::read_to_string(root().join(&file)).expect("a source file is text");
        found.extend(imports(&source).into_iter().filter_map(|target| wrong_import(place, target)));
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(read > 0, "no sources of the UI were found");
}

#[test]
fn the_rules_of_the_ui_catch_what_they_should() {
    for (file, target, caught) in [
        ("api/tauri.ts", "@tauri-apps/api/core", false),
        ("review/desk.ts", "@tauri-apps/api/core", true),
        ("App.svelte", "@tauri-apps/api/core", true),
        ("canvas/paint.ts", "./geometry", false),
        ("canvas/paint.ts", "../shared/colour", false),
        ("canvas/paint.ts", "../api", true),
        ("canvas/deep/paint.ts", "../geometry", false),
        ("shared/Button.svelte", "../commands/registry", true),
        ("shared/Button.svelte", "svelte", false),
        ("review/desk.ts", "../canvas/view", false),
    ] {
        assert_eq!(wrong_import(file, target).is_some(), caught, "{file} <- {target}");
    }
    let source =
        "import a from './a'\nimport type { B } from \"../b\"\nimport './c.css'\nawait import('./d')";
    let mut targets = imports(source);
    targets.sort_unstable();
    assert_eq!(targets, ["../b", "./a", "./c.css", "./d"]);
}
