//! Inference servers: models that run elsewhere.

use std::time::Duration;

pub use relook_vision::backend::{ServedModel, ServerReport};
use relook_vision::{InputShape, RunsOn, Served, ServerLimits, ServerWatch, Servers, survey_servers};

use crate::{
    bench::{Bench, aside},
    error::EngineError,
    home::Home,
    models::Model,
    settings,
    task::Task,
};

/// Where the token for servers that want one is, if anywhere.
const TOKEN: &str = "RELOOK_INFERENCE_TOKEN";
/// How many seconds a run is waited for.
const TIMEOUT: &str = "RELOOK_INFERENCE_TIMEOUT";

fn token() -> Option<String> {
    std::env::var(TOKEN).ok().filter(|token| !token.trim().is_empty())
}

fn limits() -> Result<ServerLimits, EngineError> {
    let usual = ServerLimits::default();
    let Some(text) = std::env::var(TIMEOUT).ok().filter(|text| !text.trim().is_empty()) else {
        return Ok(usual);
    };
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| (0.01..=86_400.0).contains(seconds));
    let seconds = seconds.ok_or_else(|| {
        EngineError::Invalid(format!("{TIMEOUT} is a number of seconds up to 86400, not {text:?}"))
    })?;
    Ok(ServerLimits { answer: Duration::from_secs_f64(seconds), ..usual })
}

impl Bench {
    /// A model that servers run.
    pub(crate) fn on_servers(
        model: &Model,
        shape: InputShape,
        servers: &Servers,
        task: &Task,
    ) -> Result<Self, EngineError> {
        let (card, graph, servers) = (model.card.clone(), model.graph.clone(), servers.clone());
        let (token, limits, stop) = (token(), limits()?, task.control().token().clone());
        let served = aside(&model.card.name, task, move || {
            Served::load(&card, &graph, shape, &servers, token.as_deref(), &limits, &stop)
        })?;
        let Served { detectors, device, runtime, watch } = served;
        tell_of_servers(Some(&watch), task);
        let first = detectors
            .first()
            .ok_or_else(|| EngineError::Failed(format!("No server runs {}", model.card.name)))?;
        task.device(format!("{} on {device}", first.name()));
        Ok(Self {
            name: first.name().to_owned(),
            digest: first.digest().to_owned(),
            runtime,
            device,
            agreement: None,
            labels: first.labels().to_vec(),
            preparer: first.preparer(),
            detectors,
            decode_ahead: true,
            watch: Some(watch),
        })
    }
}

/// Passes on which servers failed or came back.
pub(crate) fn tell_of_servers(watch: Option<&ServerWatch>, task: &Task) {
    for news in watch.map(ServerWatch::news).unwrap_or_default() {
        task.warn(news);
    }
}

impl Home {
    /// Asks inference servers what they are and which models they have: those they list, else those that have a card here.
    ///
    /// # Errors
    /// No addresses; a server that is not there is part of the answer.
    pub fn servers(&self, device: &str) -> Result<Vec<ServerReport>, EngineError> {
        let RunsOn::Servers(servers) = settings::device(device)? else {
            return Err(EngineError::Invalid(format!(
                "{device} is a device of this machine, and servers are named by their addresses, such as http://127.0.0.1:8080"
            )));
        };
        let known: Vec<String> = self.known_models()?.into_iter().map(|model| model.card.name).collect();
        Ok(survey_servers(&servers, &known, token().as_deref(), &limits()?)?)
    }
}
