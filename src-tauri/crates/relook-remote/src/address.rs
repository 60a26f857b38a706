//! Addresses as they may be shown: without what only their owner should see.

/// Words before `=` that stand for a secret in the talk of package clients.
const SECRET_KEYS: &[&str] = &["_auth", "_authtoken", "_password", "password", "token", "access_token"];

/// The text with user name, password, query and fragment cut out of every address in it, and with the values of
/// secret settings replaced by `…`.
pub(crate) fn without_secrets(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(clean_word).collect()
}

fn clean_word(word: &str) -> String {
    let Some(scheme_end) = word.find("://") else { return clean_setting(word) };
    let (before, rest) = word.split_at(scheme_end + "://".len());
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.trim_end().len());
    let (authority, path) = rest.split_at(authority_end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let cut = path.find(['?', '#']).unwrap_or(path.len());
    let end = &word[word.trim_end().len()..];
    let kept = path[..cut].trim_end();
    format!("{}{host}{kept}{end}", clean_setting(before))
}

fn clean_setting(word: &str) -> String {
    if let Some((key, value)) = word.split_once('=') {
        let name = key.rsplit([':', '/']).next().unwrap_or(key).trim_start_matches('-').to_ascii_lowercase();
        if SECRET_KEYS.contains(&name.as_str()) && !value.trim().is_empty() {
            return format!("{key}=…{}", &word[word.trim_end().len()..]);
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn secrets_are_cut_out() {
        for (text, shown) in [
            ("https://example.org/a/b.onnx", "https://example.org/a/b.onnx"),
            ("https://me:pass@example.org/a", "https://example.org/a"),
            ("https://me:p@ss@example.org", "https://example.org"),
            ("https://example.org/a?key=1&sig=2", "https://example.org/a"),
            ("https://example.org?key=1", "https://example.org"),
            ("https://example.org/a#part", "https://example.org/a"),
            (
                "https://example.org/@scope/name/-/name-1.0.tgz",
                "https://example.org/@scope/name/-/name-1.0.tgz",
            ),
            ("GET https://u:p@h/x?q 404\nGET http://v@h:81/y", "GET https://h/x 404\nGET http://h:81/y"),
            ("//host/:_authToken=abc end", "//host/:_authToken=… end"),
            ("--password=abc", "--password=…"),
            ("name==1.0 a=b", "name==1.0 a=b"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(text), shown, "{text:?}");
        }
    }
}
