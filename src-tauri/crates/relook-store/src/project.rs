//! A project: making it, opening it, its settings.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use relook_domain::{FolderId, Label};
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::{
    connection::{self, Access, Durability, Pool},
    error::{Fault, Inner, StoreError},
    image_list::Anchors,
    labels,
    migrations::{self, APPLICATION_ID, MIGRATIONS},
};

/// What a new project starts with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewProject {
    /// Their ids do not matter.
    pub labels: Vec<Label>,
    /// The engine's settings, JSON text.
    pub settings: String,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// An open project. Cheap to share between threads (`Arc<Store>`); several programs may hold one file open.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    pub(crate) pool: Pool,
    /// The newest [`Store::data_version`], for while a transaction keeps the writer.
    data_version: Mutex<i64>,
    pub(crate) anchors: Mutex<Anchors>,
}

impl Store {
    /// Makes a project file.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there is a file already; it is left as it is.
    pub fn create(path: &Path, new: &NewProject) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => {}
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Err(StoreError::Exists { path }),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Err(StoreError::Io { path, detail: "its folder is not there".into() });
            }
            Err(e) if e.kind() == ErrorKind::StorageFull => return Err(StoreError::DiskFull { path }),
            Err(e) => return Err(StoreError::Io { path, detail: e.to_string() }),
        }
        let made = fill(&path, new).map_err(|fault| fault.at(&path));
        if made.is_err() {
            // Made by us a moment ago and good for nothing; the first error is the one to tell.
            for ending in ["", "-journal", "-wal", "-shm"] {
                let _ = fs::remove_file(connection::beside(&path, ending));
            }
        }
        made?;
        Self::open(&path)
    }

    /// Opens a project file, bringing an older one up to date after a backup beside it (`PROJECT.relook.bak-v<N>`).
    ///
    /// # Errors
    /// [`StoreError`] says what the file is instead of a project this Relook can open; it is left as it is.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, MIGRATIONS)
    }

    pub(crate) fn open_with(path: &Path, migrations: &[&str]) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        look_at_header(&path)?;
        let pool = open_pool(&path, migrations).map_err(|fault| fault.at(&path))?;
        let store =
            Self { path, pool, data_version: Mutex::default(), anchors: Mutex::new(Anchors::default()) };
        store.settings()?;
        store.data_version()?;
        Ok(store)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Why the project can only be read, if so.
    #[must_use]
    pub fn read_only(&self) -> Option<&str> {
        match self.pool.access() {
            Access::Write => None,
            Access::Read { reason } | Access::Immutable { reason } => Some(reason),
        }
    }

    /// A number that changes when another program (or another `Store` on the file) has committed something.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        let mut known = self.data_version.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = self.pool.data_version().map_err(|fault| fault.at(&self.path))? {
            *known = now;
        }
        Ok(*known)
    }

    /// The engine's settings, JSON text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn settings(&self) -> Result<String, StoreError> {
        self.read(|tx| meta(tx, "settings"))
    }

    /// Replaces the engine's settings.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_settings(&self, settings: &str) -> Result<(), StoreError> {
        self.write(Durability::Power, |tx| set_meta(tx, "settings", settings))
    }

    /// The engine's saved filters, JSON text; `None`: none was ever saved.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn filters(&self) -> Result<Option<String>, StoreError> {
        self.read(|tx| find_meta(tx, FILTERS))
    }

    /// Replaces the saved filters by what `edit` makes of them, in one transaction.
    ///
    /// # Errors
    /// What `edit` returned, or why the file cannot be written; nothing is changed then.
    pub fn edit_filters<E: From<StoreError>>(
        &self,
        edit: impl FnOnce(Option<String>) -> Result<String, E>,
    ) -> Result<(), E> {
        let fault = |fault: Fault| E::from(fault.at(&self.path));
        self.pool.write(Durability::Power, fault, |tx| {
            let edited = edit(find_meta(tx, FILTERS).map_err(fault)?)?;
            set_meta(tx, FILTERS, &edited).map_err(fault)
        })
    }

    /// The folders to be watched for new photos.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn watched(&self) -> Result<BTreeSet<FolderId>, StoreError> {
        self.read(watched)
    }

    /// Sets whether a folder is to be watched.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_watched(&self, folder: FolderId, on: bool) -> Result<(), StoreError> {
        self.write(Durability::Power, |tx| {
            let mut folders = watched(tx)?;
            if on {
                folders.insert(folder)
            } else {
                folders.remove(&folder)
            };
            set_meta(tx, WATCHED, &serde_json::to_string(&folders)?)
        })
    }

    /// When the project was made, seconds since 1970.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn created_at(&self) -> Result<i64, StoreError> {
        self.read(|tx| {
            let text = meta(tx, "created_at")?;
            text.parse().map_err(|_| Fault::Stored(format!("{text} is not a time")))
        })
    }

    /// Runs `work` over one snapshot.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Inner<T>) -> Result<T, StoreError> {
        self.pool.read(|fault| fault, work).map_err(|fault| fault.at(&self.path))
    }

    /// Runs `work` in one transaction.
    pub(crate) fn write<T>(
        &self,
        durability: Durability,
        work: impl FnOnce(&Transaction<'_>) -> Inner<T>,
    ) -> Result<T, StoreError> {
        self.pool.write(durability, |fault| fault, work).map_err(|fault| fault.at(&self.path))
    }
}

fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|e| StoreError::Io { path: path.into(), detail: e.to_string() })
}

/// Writes a new project into the empty file: all of it in one transaction, so that a file cut off while being made is
/// empty.
fn fill(path: &Path, new: &NewProject) -> Inner<()> {
    let mut conn = connection::open_write(path)?;
    let tx = conn.transaction()?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrations::run(&tx, MIGRATIONS)?;
    set_meta(&tx, "settings", &new.settings)?;
    set_meta(&tx, "created_at", &new.created_at.to_string())?;
    for label in &new.labels {
        labels::insert(&tx, label)?;
    }
    tx.commit()?;
    write_ahead(&conn)
}

/// The journal mode is kept in the file; where the disk cannot do it (some network disks), SQLite keeps the other one.
fn write_ahead(conn: &Connection) -> Inner<()> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    Ok(())
}

fn open_pool(path: &Path, migrations: &[&str]) -> Inner<Pool> {
    let (mut conn, access, found) = connection::open(path)?;
    let known = migrations::newest(migrations);
    if found > known {
        return Err(StoreError::Newer { path: path.into(), found, known }.into());
    }
    match &access {
        Access::Write => {
            write_ahead(&conn)?;
            if found < known {
                migrations::bring_up_to_date(&mut conn, path, migrations)?;
            }
        }
        Access::Read { reason } | Access::Immutable { reason } if found < known => {
            let reason = reason.clone();
            return Err(StoreError::OlderReadOnly { path: path.into(), reason }.into());
        }
        Access::Read { .. } | Access::Immutable { .. } => {}
    }
    Pool::new(path, access, conn)
}

/// Refuses what is no project without letting the database touch it.
fn look_at_header(path: &Path) -> Result<(), StoreError> {
    let io = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => StoreError::Missing { path: path.into() },
        _ => StoreError::Io { path: path.into(), detail: e.to_string() },
    };
    let not = |why| StoreError::NotAProject { path: path.into(), why };
    let size = fs::metadata(path).map_err(io)?;
    if size.is_dir() {
        return Err(not("it is a folder"));
    }
    let mut header = Vec::new();
    File::open(path).map_err(io)?.take(100).read_to_end(&mut header).map_err(io)?;
    if header.is_empty() {
        return Err(not("it is empty; delete it and make the project again"));
    }
    if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
        return Err(not("it is another kind of file"));
    }
    if number(&header, 68, 4) != u64::from(APPLICATION_ID) {
        return Err(not("it is another program's database"));
    }
    let page = match number(&header, 16, 2) {
        1 => 65_536,
        bytes => bytes,
    };
    let whole = page * number(&header, 28, 4);
    // Pages that are still in the log need not be in the file.
    if connection::log_size(path) == 0 && size.len() < whole {
        let detail = format!("{} of its {whole} bytes are there", size.len());
        return Err(StoreError::Corrupt { path: path.into(), detail });
    }
    Ok(())
}

/// A big-endian number of the header.
fn number(header: &[u8], at: usize, bytes: usize) -> u64 {
    header.iter().skip(at).take(bytes).fold(0, |n, byte| n << 8 | u64::from(*byte))
}

/// Key of the saved filters.
const FILTERS: &str = "filters";
const WATCHED: &str = "watched";

fn watched(tx: &Transaction<'_>) -> Inner<BTreeSet<FolderId>> {
    find_meta(tx, WATCHED)?.map_or_else(|| Ok(BTreeSet::new()), |text| Ok(serde_json::from_str(&text)?))
}

fn meta(tx: &Transaction<'_>, key: &str) -> Inner<String> {
    find_meta(tx, key)?.ok_or_else(|| Fault::Stored(format!("its {key} are missing")))
}

pub(crate) fn find_meta(tx: &Transaction<'_>, key: &str) -> Inner<Option<String>> {
    Ok(tx.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?)
}

pub(crate) fn set_meta(tx: &Transaction<'_>, key: &str, value: &str) -> Inner<()> {
    tx.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        [key, value],
    )?;
    Ok(())
}
