//! Requests and answers held against CVAT's own description of its API (`fixtures/cvat-openapi.json`).

use serde_json::Value;

use super::http::{Asked, Reply};

pub(super) struct Schema(Value);

impl Schema {
    pub(super) fn read() -> Self {
        let text = include_str!("../fixtures/cvat-openapi.json");
        Self(serde_json::from_str(text).expect("the fixture is JSON"))
    }

    /// What the description says against an exchange. Uploads in pieces are not in it.
    pub(super) fn complaints(&self, asked: &Asked, reply: &Reply) -> Vec<String> {
        if asked.header("tus-resumable").is_some() || !(200..300).contains(&reply.status) {
            return Vec::new();
        }
        let place = format!("{} {}", asked.method, asked.path);
        // Recorded, though the description lacks it.
        if asked.path.ends_with("/dataset/download") {
            return Vec::new();
        }
        let Some(operation) = self.operation(asked) else {
            return vec![format!("{place}: CVAT knows no such request")];
        };
        let mut out = Vec::new();
        for (name, _) in &asked.query {
            let known = operation["query"].as_array().is_some_and(|q| q.iter().any(|n| n == name));
            // So was this.
            if !known && name != "conv_mask_to_poly" {
                out.push(format!("{place}: no parameter {name}"));
            }
        }
        let is_json = asked.header("content-type").is_some_and(|t| t.starts_with("application/json"));
        if is_json {
            self.check(&operation["body"], &asked.json(), true, &format!("{place}: body"), &mut out);
        }
        let schema = &operation["answers"][reply.status.to_string()];
        if !schema.is_null() && !reply.body.is_empty() {
            let body = serde_json::from_slice(&reply.body).unwrap_or_default();
            self.check(schema, &body, false, &format!("{place}: answer"), &mut out);
        }
        out
    }

    fn operation(&self, asked: &Asked) -> Option<&Value> {
        let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        let fits = |template: &str| {
            let wanted: Vec<&str> = template.trim_matches('/').split('/').collect();
            wanted.len() == parts.len()
                && wanted.iter().zip(&parts).all(|(w, p)| w.starts_with('{') || w == p)
        };
        let paths = self.0["paths"].as_object()?;
        // A whole word wins over a number.
        let mut found: Vec<_> = paths.iter().filter(|(t, _)| fits(t)).collect();
        found.sort_by_key(|(t, _)| t.matches('{').count());
        let operation = &found.first()?.1[asked.method.to_ascii_lowercase()];
        (!operation.is_null()).then_some(operation)
    }

    fn check(&self, schema: &Value, value: &Value, request: bool, at: &str, out: &mut Vec<String>) {
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
            return self.check(&self.0["schemas"][name], value, request, at, out);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check(part, value, request, at, out);
        }
        for word in ["oneOf", "anyOf"] {
            let Some(parts) = schema[word].as_array() else { continue };
            let fits = |part: &&Value| {
                let mut wrong = Vec::new();
                self.check(part, value, request, at, &mut wrong);
                wrong.is_empty()
            };
            if !parts.iter().any(|p| fits(&p)) {
                out.push(format!("{at}: {value} fits none of {word}"));
            }
        }
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            out.push(format!("{at}: {value} is none of {words:?}"));
        }
        let right = match schema["type"].as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            _ => true,
        };
        if !right {
            return out.push(format!("{at}: {value} is no {}", schema["type"]));
        }
        if let Some(text) = value.as_str() {
            let length = text.chars().count() as u64;
            let long = schema["maxLength"].as_u64().is_some_and(|most| length > most);
            if long || schema["minLength"].as_u64().is_some_and(|least| length < least) {
                out.push(format!("{at}: {text:?} is too long or too short"));
            }
        }
        if let Some(number) = value.as_f64() {
            let above = schema["maximum"].as_f64().is_some_and(|most| number > most);
            if above || schema["minimum"].as_f64().is_some_and(|least| number < least) {
                out.push(format!("{at}: {number} is out of range"));
            }
        }
        for (n, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(&schema["items"], item, request, &format!("{at}[{n}]"), out);
        }
        let Some(fields) = value.as_object() else { return };
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                out.push(format!("{at}: {name} is missing"));
            }
        }
        for (name, field) in fields {
            let known = &schema["properties"][name];
            match known.is_null() {
                // CVAT passes over what it does not know without a word.
                true if request && schema["properties"].is_object() => {
                    out.push(format!("{at}: no field {name}"));
                }
                true => {}
                false => self.check(known, field, request, &format!("{at}.{name}"), out),
            }
        }
    }
}
