//! Graphs run by servers that speak the Open Inference Protocol, version 2 (KServe, Triton, OpenVINO Model Server, …).
//!
//! Nothing is sent but questions to the addresses that were named: redirects are not followed, and this machine is asked
//! past any proxy.

mod address;
mod fleet;
mod server;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

pub use self::address::{ServerAddress, Servers, harmless};
use self::fleet::Fleet;
pub use self::server::ServerLimits;
use self::wire::{Declared, Form};
use super::{Backend, Signature, TensorIn, TensorOut};
use crate::error::VisionError;
use crate::stop::StopToken;

/// Questions to one server at a time: one runs while the next is on its way.
const LANES: usize = 2;

/// The servers of one pass: what happens to them, to be told.
#[derive(Clone)]
pub struct ServerWatch(Arc<Fleet>);

impl ServerWatch {
    /// What happened since this was asked last: which server was set aside and why, which is back.
    #[must_use]
    pub fn news(&self) -> Vec<String> {
        self.0.news()
    }
}

/// One question after another to servers that have the same model; first to one of them, to others where that fails.
pub(crate) struct OpenInference {
    fleet: Arc<Fleet>,
    home: usize,
    signature: Signature,
    outputs: Vec<Declared>,
    /// Whether the first run was done: until then its own server must answer.
    begun: bool,
}

/// Servers that were met, ready to run a model.
pub(crate) struct Met {
    pub watch: ServerWatch,
    /// Those that answered: their addresses and as many backends as keep each busy.
    pub ready: Vec<(String, Vec<OpenInference>)>,
    /// What runs there, such as `kserve 0.21.0`.
    pub runtime: String,
}

/// Meets servers and checks that they have the same model under `model`, or the name in their address. `expected`: its input
/// as the card has it, for servers that do not say. `notes`: the graph's own, where it is at hand, since servers do not pass
/// them on.
pub(crate) fn meet(
    model: &str,
    expected: Option<(&str, [usize; 4])>,
    notes: BTreeMap<String, String>,
    servers: &Servers,
    token: Option<&str>,
    limits: &ServerLimits,
    stop: &StopToken,
) -> Result<Met, VisionError> {
    let expected = expected.map(|(name, shape)| Declared {
        name: name.to_owned(),
        datatype: "FP32".to_owned(),
        shape: shape.map(|size| size as i64).to_vec(),
    });
    let fleet = Arc::new(Fleet::new(model, servers, token, limits.clone(), expected)?);
    let met = fleet.meet(stop)?;
    let mut runtimes: Vec<String> = met
        .iter()
        .map(|(_, about)| {
            format!("{} {}", about.name, about.version.as_deref().unwrap_or_default()).trim().to_owned()
        })
        .collect();
    runtimes.sort();
    runtimes.dedup();
    let signature = Signature { metadata: notes, ..fleet.signature() };
    let outputs = fleet.outputs();
    let lane = |home: usize| OpenInference {
        fleet: Arc::clone(&fleet),
        home,
        signature: signature.clone(),
        outputs: outputs.clone(),
        begun: false,
    };
    let ready = met
        .iter()
        .map(|(at, _)| (fleet.server(*at).address.to_string(), (0..LANES).map(|_| lane(*at)).collect()))
        .collect();
    Ok(Met { ready, runtime: runtimes.join(", "), watch: ServerWatch(fleet) })
}

impl Backend for OpenInference {
    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(
        &mut self,
        input: TensorIn<'_>,
        stop: &StopToken,
        read: &mut dyn FnMut(&[TensorOut<'_>]) -> Result<(), VisionError>,
    ) -> Result<(), VisionError> {
        let bytes = self.signature.inputs.iter().any(|p| p.name == input.name && p.element == "uint8");
        let (at, told) = self.fleet.run(self.home, !self.begun, &input, bytes, &self.outputs, stop)?;
        let lent: Vec<TensorOut<'_>> = self
            .outputs
            .iter()
            .zip(&told)
            .map(|(output, told)| TensorOut { name: &output.name, shape: &told.shape, values: &told.values })
            .collect();
        // Which of the servers it was that gave this.
        let there = |model: String| format!("{model} on {}", self.fleet.server(at).address.host());
        read(&lent).map_err(|error| match error {
            VisionError::Inference { model, reason } => {
                VisionError::Inference { model: there(model), reason }
            }
            VisionError::NotANumber { model } => VisionError::NotANumber { model: there(model) },
            VisionError::LabelMismatch { model, reason } => {
                VisionError::LabelMismatch { model: there(model), reason }
            }
            other => other,
        })?;
        self.begun = true;
        Ok(())
    }
}

/// What a server says of itself and of some models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerReport {
    pub address: String,
    /// Such as `kserve 0.21.0`; nothing where it cannot be used.
    pub server: Option<String>,
    /// Whether it says that tensors may go as bytes; where it does not, that is tried.
    pub announces_binary: bool,
    /// Why it cannot be used.
    pub problem: Option<String>,
    /// By name.
    pub models: Vec<ServedModel>,
}

/// A model as a server has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServedModel {
    pub name: String,
    /// What it takes and gives, in words; nothing where it cannot be used.
    pub signature: Option<String>,
    pub problem: Option<String>,
}

/// Asks servers what they are and which of `models` they have; those that they list themselves are told too.
///
/// Errors: the token cannot be sent. A server that is not there is part of the answer.
pub fn survey_servers(
    servers: &Servers,
    models: &[String],
    token: Option<&str>,
    limits: &ServerLimits,
) -> Result<Vec<ServerReport>, VisionError> {
    let mut reports = Vec::new();
    for address in servers.all() {
        let one = address.to_string().parse()?;
        let fleet = Fleet::new("", &one, token, limits.clone(), None)?;
        let server = fleet.server(0);
        let mut report = ServerReport {
            address: address.to_string(),
            server: None,
            announces_binary: false,
            problem: None,
            models: Vec::new(),
        };
        match fleet.ask(server.about()) {
            Err(trouble) => report.problem = Some(trouble.words().to_owned()),
            Ok(about) => {
                report.server = Some(
                    format!("{} {}", about.name, about.version.as_deref().unwrap_or_default())
                        .trim()
                        .to_owned(),
                );
                report.announces_binary = server.form() == Some(Form::Binary);
                let listed = if address.model.is_some() { Vec::new() } else { fleet.ask(server.models()) };
                let mut names = address.model.clone().map_or_else(|| models.to_vec(), |model| vec![model]);
                let known = listed.is_empty().then(|| names.clone());
                names = known.unwrap_or(listed);
                names.sort();
                names.dedup();
                for name in names {
                    let its = server::Server::new(address, &name, token, limits)?;
                    let (signature, problem) = match fleet.ask(its.metadata()) {
                        Ok(metadata) if metadata.inputs.is_empty() => {
                            (Some("it does not say what it takes and gives".to_owned()), None)
                        }
                        Ok(metadata) => (Some(metadata.words()), None),
                        Err(trouble) => (None, Some(trouble.words().to_owned())),
                    };
                    report.models.push(ServedModel { name, signature, problem });
                }
            }
        }
        reports.push(report);
    }
    Ok(reports)
}
