//! A project's settings, kept in its file as JSON.

use relook_domain::doubt::Thresholds;
use relook_vision::{Device, InputShape, RunsOn, Servers, backend::harmless};

use crate::{
    cvat::CvatSend,
    error::EngineError,
    view::{SettingsView, ThresholdsView},
};

impl Default for SettingsView {
    fn default() -> Self {
        let t = Thresholds::default();
        Self {
            draft_model: "yolov8n".into(),
            second_look_model: "yolov8m".into(),
            device: "auto".into(),
            keep_above: 0.05,
            drop_below: t.drop_below,
            accept_at: t.accept_at,
            input_shape: photo(),
            precision: auto(),
            look_budget: 0.0,
            send_new: off(),
        }
    }
}

/// The word for inputs of each photo's own shape; also what a project without the setting has.
pub(crate) fn photo() -> String {
    "photo".into()
}

pub(crate) fn input_shape(word: &str) -> Result<InputShape, EngineError> {
    match word {
        "photo" => Ok(InputShape::Photo),
        "model" => Ok(InputShape::Model),
        _ => Err(EngineError::Invalid(format!("The input shape is photo or model, not {word:?}"))),
    }
}

/// The word for half precision where it holds; also what a project without the setting has.
pub(crate) fn auto() -> String {
    "auto".into()
}

/// Whether half precision may be used.
pub(crate) fn halves(word: &str) -> Result<bool, EngineError> {
    match word {
        "auto" => Ok(true),
        "full" => Ok(false),
        _ => Err(EngineError::Invalid(format!("The precision is auto or full, not {word:?}"))),
    }
}

pub(crate) fn budget(share: f64) -> Result<f64, EngineError> {
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err(EngineError::Invalid(format!("A budget is a share from 0 to 1, such as 0.6, not {share}")))
    }
}

/// The word for sending nothing; also what a project without the setting has.
pub(crate) fn off() -> String {
    "off".into()
}

impl SettingsView {
    /// Where new photos of watched folders are sent on to, if anywhere.
    pub(crate) fn send(&self) -> Result<Option<CvatSend>, EngineError> {
        if self.send_new == off() { Ok(None) } else { self.send_new.parse().map(Some) }
    }

    pub(crate) fn thresholds(&self) -> Result<Thresholds, EngineError> {
        thresholds(self.drop_below, self.accept_at)
    }

    pub(crate) fn checked(self) -> Result<Self, EngineError> {
        self.thresholds()?;
        keep_above(self.keep_above)?;
        // Addresses are kept as they are understood.
        let device = match device(&self.device)? {
            RunsOn::Servers(servers) => servers.to_string(),
            RunsOn::Machine(_) => self.device.clone(),
        };
        input_shape(&self.input_shape)?;
        halves(&self.precision)?;
        budget(self.look_budget)?;
        self.send()?;
        Ok(Self { device, ..self })
    }
}

pub(crate) fn thresholds(drop_below: f64, accept_at: f64) -> Result<Thresholds, EngineError> {
    Thresholds::new(drop_below, accept_at).ok_or_else(|| {
        EngineError::Invalid(format!(
            "Thresholds must be 0 <= drop below <= accept at <= 1, not {drop_below} and {accept_at}"
        ))
    })
}

pub(crate) fn keep_above(score: f64) -> Result<f64, EngineError> {
    if (0.0..=1.0).contains(&score) {
        Ok(score)
    } else {
        Err(EngineError::Invalid(format!("Keep above must be a score from 0 to 1, not {score}")))
    }
}

/// A device of this machine by its word, or servers by their addresses.
pub(crate) fn device(word: &str) -> Result<RunsOn, EngineError> {
    if Servers::are_meant(word) {
        return Ok(RunsOn::Servers(word.parse()?));
    }
    Device::from_word(word).map(RunsOn::Machine).ok_or_else(|| {
        let known: Vec<_> = Device::ALL.iter().map(|d| d.word()).collect();
        EngineError::Invalid(format!(
            "There is no device {:?}; known are {}, and addresses of inference servers such as http://127.0.0.1:8080",
            harmless(word),
            known.join(", ")
        ))
    })
}

pub(crate) fn thresholds_view(keep_above: f64, t: &Thresholds) -> ThresholdsView {
    ThresholdsView { keep_above, drop_below: t.drop_below, accept_at: t.accept_at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused_by_name() {
        let good = SettingsView::default();
        assert!(good.clone().checked().is_ok());
        let crossed = SettingsView { drop_below: 0.8, ..good.clone() }.checked().unwrap_err();
        assert!(crossed.to_string().contains("0.8"));
        let device = SettingsView { device: "gpu".into(), ..good.clone() }.checked().unwrap_err();
        assert!(device.to_string().contains("cuda"));
        let secret = SettingsView { device: "http://me:secret@host:1".into(), ..good.clone() };
        let secret = secret.checked().unwrap_err();
        assert_eq!(secret.code(), crate::error::Code::Invalid);
        assert!(
            !secret.to_string().contains("secret") && secret.to_string().contains("RELOOK_INFERENCE_TOKEN")
        );
        let servers = SettingsView { device: "http://a:1/v2/, https://b".into(), ..good.clone() };
        assert_eq!(servers.checked().unwrap().device, "http://a:1,https://b");
        let nowhere = SettingsView { send_new: "team".into(), ..good.clone() }.checked().unwrap_err();
        assert!(nowhere.to_string().contains("team/12"));
        let shape = SettingsView { input_shape: "round".into(), ..good.clone() }.checked().unwrap_err();
        assert!(shape.to_string().contains("round"));
        let precision = SettingsView { precision: "double".into(), ..good.clone() }.checked().unwrap_err();
        assert!(precision.to_string().contains("double"));
        assert!(SettingsView { look_budget: 1.5, ..good.clone() }.checked().is_err());
        assert!(SettingsView { keep_above: f64::NAN, ..good }.checked().is_err());
    }
}
