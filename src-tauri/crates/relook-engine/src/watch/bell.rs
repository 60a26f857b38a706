//! Is told by the file system that something happened in a folder. Only a hint: looking decides.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use crossbeam_channel::{Receiver, bounded};
use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{ModifyKind, RenameMode},
};

use crate::task::lock;

pub(super) struct Bell {
    /// Kept: it ends when dropped.
    _hung: Option<RecommendedWatcher>,
    rings: Receiver<()>,
    rung: bool,
    renamed: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Bell {
    /// One that never rings.
    pub(super) fn silent() -> Self {
        Self { _hung: None, rings: crossbeam_channel::never(), rung: false, renamed: Arc::default() }
    }

    /// One that rings for all below these folders; silent where the system does not tell.
    pub(super) fn hung<'a>(folders: impl Iterator<Item = &'a Path>) -> Self {
        let (ring, rings) = bounded(1);
        let renamed: Arc<Mutex<HashSet<PathBuf>>> = Arc::default();
        let into = Arc::clone(&renamed);
        let heard = move |event: notify::Result<Event>| {
            if let Ok(Event { kind: EventKind::Access(_), .. }) = event {
                return;
            }
            if let Ok(Event {
                kind: EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)),
                paths,
                ..
            }) = event
            {
                lock(&into).extend(paths);
            }
            // It rings already where there is no room.
            let _ = ring.try_send(());
        };
        let hung = notify::recommended_watcher(heard).and_then(|mut watcher| {
            for folder in folders {
                watcher.watch(folder, RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        });
        match hung {
            Ok(hung) => Self { _hung: Some(hung), rings, rung: false, renamed },
            Err(error) => {
                tracing::warn!("The file system does not tell what happens: {error}");
                Self::silent()
            }
        }
    }

    pub(super) fn is_silent(&self) -> bool {
        self._hung.is_none()
    }

    /// Whether it rang since the last look.
    pub(super) fn rang(&self) -> bool {
        self.rung
    }

    /// What was renamed into place since the last look, which begins now.
    pub(super) fn renamed(&mut self) -> HashSet<PathBuf> {
        self.rung = false;
        std::mem::take(&mut lock(&self.renamed))
    }

    /// Waits for a ring, at most so long; so long where it rang already.
    pub(super) fn wait(&mut self, at_most: Duration) {
        if self.rung {
            std::thread::sleep(at_most);
        }
        self.rung |= self.rings.recv_timeout(at_most).is_ok();
    }
}
