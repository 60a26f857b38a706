//! Servers that share the work: whose turn it is, who fails, and who takes over.
//!
//! Asking a server to run a model changes nothing anywhere, so a question may be put again, to the same server or another,
//! however it ended; one answer is handed on.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::runtime::{Handle, Runtime};
use tokio::sync::Notify;

use super::super::{Signature, TensorIn};
use super::address::Servers;
use super::server::{About, Metadata, Server, ServerLimits, Trouble};
use super::wire::{Declared, Told};
use crate::error::VisionError;
use crate::stop::{Breakable, StopToken};

/// A server that failed again and again is looked at no more seldom than after so many times the first rest.
const LONGEST_REST: u32 = 16;

/// Servers with the same model.
pub(super) struct Fleet {
    /// The model's name on its card.
    pub model: String,
    handle: Handle,
    _runtime: Ends,
    servers: Vec<Arc<Server>>,
    /// The input that the card names, for servers that do not say what a model has.
    expected: Option<Declared>,
    state: Mutex<State>,
    limits: ServerLimits,
}

/// Ended without waiting for what may hang in it, such as the look-up of a name.
struct Ends(Option<Runtime>);

impl Drop for Ends {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

struct State {
    /// By server.
    turns: Vec<Turn>,
    /// How often each failed since it ran the model last.
    failures: Vec<u32>,
    /// As all of them have it.
    metadata: Option<Metadata>,
    /// What happened and was not told yet.
    news: Vec<String>,
}

#[derive(Clone, Debug)]
enum Turn {
    /// It takes part.
    In,
    /// It failed, and may be well again from then on.
    Rests { until: Instant, why: String },
    /// It would fail again.
    Out { why: String },
}

impl Fleet {
    pub(super) fn new(
        model: &str,
        servers: &Servers,
        token: Option<&str>,
        limits: ServerLimits,
        expected: Option<Declared>,
    ) -> Result<Self, VisionError> {
        let all: Result<Vec<_>, _> = servers
            .all()
            .iter()
            .map(|address| Server::new(address, model, token, &limits).map(Arc::new))
            .collect();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("servers")
            .enable_all()
            .build()
            .map_err(|error| VisionError::ServersGone {
                model: model.to_owned(),
                reason: format!("The thread for its connections could not be started: {error}"),
            })?;
        let servers = all?;
        let turns = vec![Turn::In; servers.len()];
        let state =
            Mutex::new(State { failures: vec![0; turns.len()], turns, metadata: None, news: Vec::new() });
        let handle = runtime.handle().clone();
        Ok(Self {
            model: model.to_owned(),
            handle,
            _runtime: Ends(Some(runtime)),
            servers,
            expected,
            state,
            limits,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happened since this was asked last.
    pub(super) fn news(&self) -> Vec<String> {
        std::mem::take(&mut self.state().news)
    }

    pub(super) fn server(&self, at: usize) -> &Server {
        &self.servers[at]
    }

    /// Does something with servers, and breaks it off when the token stops.
    pub(super) fn wait<T>(
        &self,
        stop: &StopToken,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let bell = Arc::new(Bell(Notify::new()));
        if !stop.enrol(&bell) {
            return Err(Trouble::Stopped);
        }
        self.handle.block_on(async {
            tokio::select! {
                biased;
                () = bell.0.notified() => Err(Trouble::Stopped),
                done = work => done,
            }
        })
    }

    /// Looks at all servers at once: those that are ready with the same model take part, their places are returned. One
    /// that is not there now rests; what cannot be right is an error.
    pub(super) fn meet(&self, stop: &StopToken) -> Result<Vec<(usize, About)>, VisionError> {
        if stop.stopped() {
            return Err(VisionError::Stopped);
        }
        let looks: Vec<_> = self
            .servers
            .iter()
            .map(|server| {
                let (server, expected) = (Arc::clone(server), self.expected.clone());
                self.handle.spawn(async move { look(&server, expected.as_ref()).await })
            })
            .collect();
        let mut met = Vec::new();
        for (at, look) in looks.into_iter().enumerate() {
            let seen = self.wait(stop, async {
                look.await.unwrap_or_else(|error| Err(Trouble::Passing(error.to_string())))
            });
            match seen.and_then(|(about, metadata)| self.admit(at, metadata).map(|()| about)) {
                Ok(about) => met.push((at, about)),
                Err(Trouble::Stopped) => return Err(VisionError::Stopped),
                Err(Trouble::Lasting(reason)) => return Err(self.unfit(at, reason)),
                Err(trouble) => self.set_aside(at, &trouble, false),
            }
        }
        if met.is_empty() { Err(self.none_left()) } else { Ok(met) }
    }

    /// Lets a server take part whose model is the one that the others have.
    fn admit(&self, at: usize, metadata: Metadata) -> Result<(), Trouble> {
        let mut state = self.state();
        if let Some(known) = &state.metadata
            && !known.is_as(&metadata)
        {
            return Err(Trouble::Lasting(format!(
                "its model {} is another one: {}. The others have: {}",
                self.servers[at].model,
                metadata.words(),
                known.words()
            )));
        }
        state.metadata.get_or_insert(metadata);
        state.turns[at] = Turn::In;
        Ok(())
    }

    pub(super) fn signature(&self) -> Signature {
        self.state().metadata.as_ref().map(Metadata::signature).unwrap_or_default()
    }

    pub(super) fn outputs(&self) -> Vec<Declared> {
        self.state().metadata.as_ref().map(Metadata::promised).unwrap_or_default()
    }

    pub(super) fn unfit(&self, at: usize, reason: String) -> VisionError {
        let address = self.servers[at].address.host().to_owned();
        VisionError::ServerUnfit { model: self.model.clone(), address, reason }
    }

    /// The server failed; others do its work meanwhile. `again`: it was looked at anew.
    pub(super) fn set_aside(&self, at: usize, trouble: &Trouble, again: bool) {
        let address = self.servers[at].address.host();
        let mut state = self.state();
        let took_part = matches!(state.turns[at], Turn::In);
        // Else another question to it failed before this one.
        let counts = took_part || again || trouble.is_lasting();
        if !counts || matches!(state.turns[at], Turn::Out { .. }) {
            return;
        }
        let why = trouble.words().to_owned();
        if took_part || trouble.is_lasting() {
            tracing::warn!(server = address, %why, "a server was set aside");
            state.news.push(format!("{address} was set aside: {why}"));
        }
        state.turns[at] = if trouble.is_lasting() {
            Turn::Out { why }
        } else {
            let rest = self.limits.rest * (1 << state.failures[at].min(8)).min(LONGEST_REST);
            state.failures[at] += 1;
            Turn::Rests { until: Instant::now() + rest, why }
        };
    }

    fn none_left(&self) -> VisionError {
        let state = self.state();
        let told: Vec<(usize, bool, String)> = state
            .turns
            .iter()
            .enumerate()
            .filter_map(|(at, turn)| match turn {
                Turn::In => None,
                Turn::Rests { why, .. } => Some((at, false, why.clone())),
                Turn::Out { why } => Some((at, true, why.clone())),
            })
            .collect();
        drop(state);
        if let [(at, true, why)] = told.as_slice() {
            return self.unfit(*at, why.clone());
        }
        let reasons: Vec<String> = told
            .into_iter()
            .map(|(at, _, why)| format!("{}: {why}", self.servers[at].address.host()))
            .collect();
        VisionError::ServersGone { model: self.model.clone(), reason: reasons.join("; ") }
    }

    /// Whether the server may be asked now. One that rested enough, or all where none is left (`anyhow`), is looked at
    /// anew first.
    fn may_ask(&self, at: usize, anyhow: bool, stop: &StopToken) -> Result<bool, Trouble> {
        {
            let mut state = self.state();
            match &mut state.turns[at] {
                Turn::In => return Ok(true),
                Turn::Out { .. } => return Ok(false),
                Turn::Rests { until, .. } => {
                    let now = Instant::now();
                    if !anyhow && *until > now {
                        return Ok(false);
                    }
                    // Others need not wait for what this one finds.
                    *until = now + self.limits.rest;
                }
            }
        }
        let server = &self.servers[at];
        match self
            .wait(stop, look(server, self.expected.as_ref()))
            .and_then(|(_, metadata)| self.admit(at, metadata))
        {
            Ok(()) => {
                self.state().news.push(format!("{} is back", server.address.host()));
                Ok(true)
            }
            Err(Trouble::Stopped) => Err(Trouble::Stopped),
            Err(trouble) => {
                self.set_aside(at, &trouble, true);
                Ok(false)
            }
        }
    }

    /// Runs the model over `input` on the server `home`, or on the next that can; with the place of the one that did. At
    /// load a server stands for itself (`alone`).
    pub(super) fn run(
        &self,
        home: usize,
        alone: bool,
        input: &TensorIn<'_>,
        bytes: bool,
        outputs: &[Declared],
        stop: &StopToken,
    ) -> Result<(usize, Vec<Told>), VisionError> {
        let others = if alone { 1 } else { self.servers.len() };
        let mut pauses = self.limits.pauses.iter();
        let (mut round, mut slow) = (0, false);
        loop {
            for at in (0..others).map(|n| (home + n) % self.servers.len()) {
                match self.may_ask(at, round > 0, stop) {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(_) => return Err(VisionError::Stopped),
                }
                match self.wait(stop, self.servers[at].infer(input, bytes, outputs)) {
                    Ok(told) => {
                        self.state().failures[at] = 0;
                        return Ok((at, told));
                    }
                    Err(Trouble::Stopped) => return Err(VisionError::Stopped),
                    Err(Trouble::Lasting(reason)) if alone => return Err(self.unfit(at, reason)),
                    Err(trouble) => {
                        // Waiting for long a third time helps nobody.
                        slow |= round > 0 && matches!(trouble, Trouble::Slow(_));
                        self.set_aside(at, &trouble, false);
                    }
                }
            }
            let hope = self.state().turns.iter().any(|turn| !matches!(turn, Turn::Out { .. }));
            let Some(pause) = pauses.next().filter(|_| hope && !slow && !alone) else {
                return Err(self.none_left());
            };
            let paused = self.wait(stop, async {
                tokio::time::sleep(*pause).await;
                Ok(())
            });
            if paused.is_err() {
                return Err(VisionError::Stopped);
            }
            round += 1;
        }
    }

    /// What one server says of itself and of these models.
    pub(super) fn ask<T>(&self, work: impl Future<Output = T>) -> T {
        self.handle.block_on(work)
    }
}

async fn look(server: &Server, expected: Option<&Declared>) -> Result<(About, Metadata), Trouble> {
    let about = server.about().await?;
    Ok((about, server.met(expected).await?))
}

struct Bell(Notify);

impl Breakable for Bell {
    fn break_off(&self) {
        self.0.notify_one();
    }
}
