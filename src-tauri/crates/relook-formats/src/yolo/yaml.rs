//! The names of classes in a `data.yaml`: as much YAML as trainers and exporters write there.

/// The names by class number, and whether the set is of poses (`kpt_shape`). Numbers that are left out are named after
/// themselves.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn names(text: &str, most: usize) -> Result<(Vec<String>, bool), String> {
    let mut lines = text.lines();
    let mut found = None;
    let mut poses = false;
    while let Some(line) = lines.next() {
        poses |= line.starts_with("kpt_shape:");
        let Some(rest) = line.strip_prefix("names:") else { continue };
        let rest = plain(rest);
        found = Some(if rest.is_empty() {
            let below: Vec<&str> = lines.clone().take_while(|l| belongs(l)).collect();
            block(&below, most)?
        } else {
            let mut flow = rest.to_owned();
            if !closed(&flow) {
                for line in lines.by_ref() {
                    flow.push(' ');
                    flow.push_str(plain(line));
                    if closed(&flow) || flow.len() > text.len() * 2 {
                        break;
                    }
                }
            }
            flowing(&flow, most)?
        });
    }
    let found = found.ok_or("it has no names")?;
    let count = found.iter().map(|(n, _)| n + 1).max().unwrap_or(0);
    let mut names: Vec<String> = (0..count).map(|n| n.to_string()).collect();
    for (n, name) in found {
        names[n] = name;
    }
    Ok((names, poses))
}

type Numbered = Vec<(usize, String)>;

/// Whether a line still belongs to the list above it.
fn belongs(line: &str) -> bool {
    line.starts_with([' ', '\t', '-', '#']) || line.trim().is_empty()
}

/// A line without a comment and the spaces around; a `#` in quotes is none.
fn plain(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') if before.is_whitespace() => return line[..at].trim(),
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(c),
            (Some(q), c) if c == q && before != '\\' => quote = None,
            _ => {}
        }
        before = c;
    }
    line.trim()
}

fn closed(flow: &str) -> bool {
    flow.ends_with([']', '}'])
}

fn block(lines: &[&str], most: usize) -> Result<Numbered, String> {
    let mut found = Vec::new();
    for line in lines {
        let line = plain(line);
        if line.is_empty() {
            continue;
        }
        let entry = match line.strip_prefix('-') {
            Some(name) => (found.len(), scalar(name.trim())?.0),
            None => numbered(line)?,
        };
        add(&mut found, entry, most)?;
    }
    Ok(found)
}

fn flowing(flow: &str, most: usize) -> Result<Numbered, String> {
    let inner = |open, close| flow.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let (mut rest, map) = match (inner('[', ']'), inner('{', '}')) {
        (Some(list), _) => (list.trim(), false),
        (_, Some(map)) => (map.trim(), true),
        (None, None) => return Err("its names are neither a list nor numbered".to_owned()),
    };
    let mut found = Vec::new();
    while !rest.is_empty() {
        let number = if map {
            let (key, after) = rest.split_once(':').ok_or("a name has no number")?;
            rest = after.trim_start();
            number(key)?
        } else {
            found.len()
        };
        let (name, after) = scalar(rest)?;
        add(&mut found, (number, name), most)?;
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(format!("a comma is missing before {:?}", start(rest))),
        };
    }
    Ok(found)
}

fn add(found: &mut Numbered, entry: (usize, String), most: usize) -> Result<(), String> {
    if found.len() >= most || entry.0 >= most {
        return Err(format!("it has more than {most} names"));
    }
    found.push(entry);
    Ok(())
}

fn numbered(line: &str) -> Result<(usize, String), String> {
    let (key, name) = line.split_once(':').ok_or_else(|| format!("{:?} has no number", start(line)))?;
    Ok((number(key)?, scalar(name.trim())?.0))
}

fn number(key: &str) -> Result<usize, String> {
    key.trim().trim_matches(['"', '\'']).parse().map_err(|_| format!("{:?} is no class number", start(key)))
}

fn start(text: &str) -> String {
    text.chars().take(40).collect()
}

/// One name, and what follows it.
fn scalar(text: &str) -> Result<(String, &str), String> {
    let mut chars = text.char_indices();
    let mut out = String::new();
    let unended = || format!("the quote of {:?} does not end", start(text));
    match text.chars().next() {
        Some('"') => {
            chars.next();
            while let Some((at, c)) = chars.next() {
                match c {
                    '"' => return Ok((out, &text[at + 1..])),
                    '\\' => {
                        let (_, c) = chars.next().ok_or_else(unended)?;
                        let digits = match c {
                            'x' => 2,
                            'u' => 4,
                            'U' => 8,
                            _ => 0,
                        };
                        if digits > 0 {
                            let hex: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
                            let code = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                            out.push(code.ok_or_else(|| format!("\\{c}{hex} is no character"))?);
                        } else {
                            out.push(match c {
                                'n' => '\n',
                                't' => '\t',
                                'r' => '\r',
                                '0' => '\0',
                                c => c,
                            });
                        }
                    }
                    c => out.push(c),
                }
            }
            Err(unended())
        }
        Some('\'') => {
            chars.next();
            while let Some((at, c)) = chars.next() {
                if c == '\'' {
                    if !text[at + 1..].starts_with('\'') {
                        return Ok((out, &text[at + 1..]));
                    }
                    chars.next();
                }
                out.push(c);
            }
            Err(unended())
        }
        _ => {
            let end = text.find(',').unwrap_or(text.len());
            Ok((text[..end].trim().to_owned(), &text[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn every_way_to_list_names() {
        let want = ["person", "traffic light", "it's #1"];
        for text in [
            "path: .\nnc: 3\nnames: ['person', \"traffic light\", 'it''s #1']  # three\nval: x\n",
            "names:\n  0: person\n  1: traffic light # stop\n  2: \"it's #1\"\nnc: 3",
            "names:\n- person\n- traffic light\n\n- 'it''s #1'\ntrain: a\n",
            "names: {0: person, 1: traffic light, 2: \"it's #1\"}\r\n",
            "names: [person,\n  traffic light,   # a comment\n  \"it's #1\",\n]\n",
            "names:\n  2: \"it's #1\"\n  0: person\n  1: traffic light\n",
        ] {
            assert_eq!(names(text, 9).unwrap(), (want.map(str::to_owned).to_vec(), false), "{text}");
        }
        assert_eq!(names("names: {}\n", 9).unwrap().0, Vec::<String>::new());
        assert_eq!(
            names("names: {1: b}\nkpt_shape: [17, 3]\n", 9).unwrap(),
            (vec!["0".into(), "b".into()], true)
        );
        assert_eq!(names(r#"names: ["\u2028\x41\"\\"]"#, 9).unwrap().0, ["\u{2028}A\"\\"]);
    }

    #[test]
    fn what_is_no_list_of_names_is_told() {
        for (text, part) in [
            ("nc: 3\n", "no names"),
            ("names: 5\n", "neither a list"),
            ("names: [a, b\n", "neither a list"),
            ("names:\n  a: b\n", "no class number"),
            ("names:\n  stray\n", "has no number"),
            ("names: {99999999999: a}\n", "more than 9"),
            ("names: [\"a]", "does not end"),
            ("names: ['a' 'b']", "a comma is missing"),
            ("names: [\"\\ud800\"]", "is no character"),
            ("names: [0,1,2,3,4,5,6,7,8,9]", "more than 9"),
        ] {
            let error = names(text, 9).unwrap_err();
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }
}
