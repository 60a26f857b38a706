//! `relook settings`: the project's settings.

use relook_engine::{EngineError, Project, view::SettingsView};
use serde_json::{Map, Value};

use crate::report::data;

pub fn run(project: &Project, change: Option<(&str, &str)>, json: bool) -> Result<(), EngineError> {
    if let Some((key, value)) = change {
        project.save_settings(changed(&project.settings()?, key, value)?)?;
    }
    data(json, &project.settings()?, |now| {
        let line =
            |(key, value): (String, Value)| format!("{:<18} {}\n", key.replace('_', "-"), plain(&value));
        fields(now).map_or_else(|e| e.to_string(), |all| all.into_iter().map(line).collect())
    })
}

fn changed(now: &SettingsView, key: &str, value: &str) -> Result<SettingsView, EngineError> {
    let mut all = fields(now)?;
    let known = all.keys().map(|k| k.replace('_', "-")).collect::<Vec<_>>().join(", ");
    let field = all
        .get_mut(&key.replace('-', "_"))
        .ok_or_else(|| EngineError::Invalid(format!("There is no setting {key:?}; there are {known}")))?;
    *field = if field.is_number() {
        let number: f64 = value
            .parse()
            .map_err(|_| EngineError::Invalid(format!("{key} is a number, which {value:?} is not")))?;
        number.into()
    } else {
        value.into()
    };
    serde_json::from_value(Value::Object(all)).map_err(|e| EngineError::Invalid(format!("{key}: {e}")))
}

fn fields(settings: &SettingsView) -> Result<Map<String, Value>, EngineError> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(all)) => Ok(all),
        Ok(other) => Err(EngineError::Failed(format!("{other} are no settings"))),
        Err(e) => Err(EngineError::Failed(e.to_string())),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_setting_is_changed_and_nonsense_named() {
        let now = SettingsView::default();
        let raised = changed(&now, "accept-at", "0.7").unwrap();
        assert_eq!(SettingsView { accept_at: now.accept_at, ..raised.clone() }, now);
        assert!((raised.accept_at - 0.7).abs() < 1e-12);
        assert_eq!(changed(&now, "draft_model", "yolov8s").unwrap().draft_model, "yolov8s");
        assert!(changed(&now, "accept-at", "high").unwrap_err().to_string().contains("high"));
        let error = changed(&now, "colour", "red").unwrap_err().to_string();
        assert!(error.contains("colour") && error.contains("accept-at"), "{error}");
    }
}
