//! Connections: how the file is opened, one writer, pooled readers, transactions.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, config::DbConfig,
    functions::FunctionFlags,
};

use crate::error::{Fault, Inner, StoreError};

/// How long a program waits for another one's transaction.
const PATIENCE: Duration = Duration::from_secs(10);
/// Readers kept open between uses.
const IDLE_READERS: usize = 4;

/// What must be on the disk when a transaction returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Survives the end of the program; after a power cut the newest may be missing. For what can be computed again.
    Program,
    /// Survives a power cut. For what a person decided.
    Power,
}

/// How the file was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    Read {
        reason: String,
    },
    /// Read, on a medium where not even the write-ahead log's index can be made.
    Immutable {
        reason: String,
    },
}

#[derive(Debug)]
struct Writer {
    conn: Connection,
    durability: Durability,
}

/// All connections to one file.
#[derive(Debug)]
pub(crate) struct Pool {
    path: PathBuf,
    access: Access,
    writer: Option<Mutex<Writer>>,
    /// Without a writer: the connection that tells whether others write.
    watcher: Option<Mutex<Connection>>,
    readers: Mutex<Vec<Connection>>,
    /// Which file was opened.
    identity: Option<u64>,
}

/// The file's number, as SQLite itself goes by; 0 where the system has none.
fn identity(path: &Path) -> Option<u64> {
    let there = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    return Some(std::os::unix::fs::MetadataExt::ino(&there));
    #[cfg(not(unix))]
    return Some(u64::from(!there.is_file()));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere rolled its transaction back; the connection is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// `writer` is the connection that opening was tried with.
    pub(crate) fn new(path: &Path, access: Access, first: Connection) -> Inner<Self> {
        let (writer, watcher) = if access == Access::Write {
            (Some(Mutex::new(writer(first)?)), None)
        } else {
            (None, Some(Mutex::new(first)))
        };
        Ok(Self {
            path: path.into(),
            access,
            writer,
            watcher,
            readers: Mutex::default(),
            identity: identity(path),
        })
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// A number that changes when others commit; `None` while this program is in a write transaction.
    pub(crate) fn data_version(&self) -> Inner<Option<i64>> {
        let version = |conn: &Connection| conn.pragma_query_value(None, "data_version", |row| row.get(0));
        // Asked of the writer, because every other connection counts this program's own commits too.
        let asked = match (&self.writer, &self.watcher) {
            (Some(writer), _) => writer.try_lock().ok().map(|w| version(&w.conn)),
            (None, Some(watcher)) => Some(version(&lock(watcher))),
            (None, None) => None,
        };
        Ok(asked.transpose()?)
    }

    /// Runs `work` in one write transaction; rolled back where it or the commit fails.
    pub(crate) fn write<T, E>(
        &self,
        durability: Durability,
        fault: impl Fn(Fault) -> E,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(writer) = &self.writer else {
            let (Access::Read { reason } | Access::Immutable { reason }) = &self.access else {
                return Err(fault(Fault::Stored("the writer is missing".into())));
            };
            return Err(fault(
                StoreError::ReadOnly { path: self.path.clone(), reason: reason.clone() }.into(),
            ));
        };
        let mut writer = lock(writer);
        writer.prepare(durability).map_err(&fault)?;
        let tx = writer
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|e| fault(e.into()))?;
        let done = work(&tx)?;
        // SQLite would go on writing to a file that nobody can open again.
        self.still_there().map_err(&fault)?;
        tx.commit().map_err(|e| fault(e.into()))?;
        Ok(done)
    }

    /// Runs `work` over one snapshot of the file.
    pub(crate) fn read<T, E>(
        &self,
        fault: impl Fn(Fault) -> E,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = lock(&self.readers).pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => self.open_reader().map_err(&fault)?,
        };
        let tx = conn.transaction().map_err(|e| fault(e.into()))?;
        let done = work(&tx)?;
        tx.finish().map_err(|e| fault(e.into()))?;
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(conn);
        }
        Ok(done)
    }

    /// That the path leads to the file that was opened.
    fn still_there(&self) -> Inner<()> {
        if self.identity.is_some() && identity(&self.path) == self.identity {
            return Ok(());
        }
        Err(StoreError::Gone { path: self.path.clone() }.into())
    }

    fn open_reader(&self) -> Inner<Connection> {
        let conn = match self.access {
            Access::Write => open_write(&self.path)?,
            Access::Read { .. } => open_read(&self.path)?,
            Access::Immutable { .. } => open_immutable(&self.path)?,
        };
        self.still_there()?;
        reader(&conn)?;
        Ok(conn)
    }
}

impl Writer {
    /// `synchronous` cannot be changed inside a transaction.
    fn prepare(&mut self, durability: Durability) -> Inner<()> {
        if self.durability != durability {
            self.conn.pragma_update(None, "synchronous", synchronous(durability))?;
            self.durability = durability;
        }
        Ok(())
    }
}

fn synchronous(durability: Durability) -> &'static str {
    match durability {
        Durability::Program => "NORMAL",
        Durability::Power => "FULL",
    }
}

fn writer(conn: Connection) -> Inner<Writer> {
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "synchronous", synchronous(Durability::Power))?;
    conn.pragma_update(None, "cache_size", -32_000)?;
    // A long job leaves a long log; give the space back at the next checkpoint.
    conn.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(Writer { conn, durability: Durability::Power })
}

fn reader(conn: &Connection) -> Inner<()> {
    conn.pragma_update(None, "query_only", true)?;
    conn.pragma_update(None, "cache_size", -16_000)?;
    Ok(())
}

/// Whether `path` contains `text`, letter case aside; `text` is in lower case.
fn contains(path: &str, text: &str) -> bool {
    if path.is_ascii() {
        let (path, text) = (path.as_bytes(), text.as_bytes());
        return text.is_empty() || path.windows(text.len()).any(|w| w.eq_ignore_ascii_case(text));
    }
    path.to_lowercase().contains(text)
}

fn common(conn: Connection) -> Inner<Connection> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(64);
    // Else statements that come back from the cache are parsed again, in case a bound value calls for another plan; that
    // takes longer than most of them run.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("path_contains", 2, flags, |call| {
        let path = call.get_raw(0).as_str().unwrap_or_default();
        let text = call.get_raw(1).as_str().unwrap_or_default();
        Ok(contains(path, text))
    })?;
    Ok(conn)
}

pub(crate) fn open_write(path: &Path) -> Inner<Connection> {
    common(Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?)
}

fn open_read(path: &Path) -> Inner<Connection> {
    common(Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?)
}

fn open_immutable(path: &Path) -> Inner<Connection> {
    let mut uri = OsString::from("file:");
    uri.push(uri_path(path));
    uri.push("?immutable=1");
    common(Connection::open_with_flags(
        Path::new(&uri),
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )?)
}

/// The path with the characters escaped that mean something in a URI.
fn uri_path(path: &Path) -> OsString {
    let Some(text) = path.to_str() else {
        return path.as_os_str().to_owned();
    };
    let text = if cfg!(windows) { format!("/{}", text.replace('\\', "/")) } else { text.to_owned() };
    OsString::from(text.replace('%', "%25").replace('?', "%3f").replace('#', "%23"))
}

/// Touches the file so that what is wrong with it shows now.
fn try_out(conn: &Connection) -> Inner<i64> {
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Whether a write transaction can begin; one of another program's in progress shows that it can.
fn try_writing(conn: &Connection) -> Inner<()> {
    conn.busy_timeout(Duration::ZERO)?;
    let begun = conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK");
    conn.busy_timeout(PATIENCE)?;
    match begun {
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(()),
        other => Ok(other?),
    }
}

/// Opens the file for writing where that is possible, else for reading. Gives the format's number too.
pub(crate) fn open(path: &Path) -> Inner<(Connection, Access, i64)> {
    let reason = match write_protection(path) {
        Some(reason) => reason,
        None => {
            let conn = open_write(path)?;
            match try_out(&conn).and_then(|version| try_writing(&conn).map(|()| version)) {
                Ok(version) => return Ok((conn, Access::Write, version)),
                Err(fault) if cannot_write(&fault) => "files cannot be made in its folder".to_owned(),
                Err(fault) => return Err(fault),
            }
        }
    };
    let conn = open_read(path)?;
    match try_out(&conn) {
        Ok(version) => return Ok((conn, Access::Read { reason }, version)),
        Err(fault) if cannot_write(&fault) => {}
        Err(fault) => return Err(fault),
    }
    // Without its log an immutable file is complete; with one it would be read as it was before the log.
    if log_size(path) > 0 {
        let detail = "its newest changes lie in the file beside it that ends in -wal, which cannot be read here; copy both \
                      to a place that can be written"
            .into();
        return Err(StoreError::Io { path: path.into(), detail }.into());
    }
    let conn = open_immutable(path)?;
    let version = try_out(&conn)?;
    Ok((conn, Access::Immutable { reason }, version))
}

fn cannot_write(fault: &Fault) -> bool {
    matches!(fault.code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
}

/// Bytes in the write-ahead log.
pub(crate) fn log_size(path: &Path) -> u64 {
    std::fs::metadata(beside(path, "-wal")).map_or(0, |m| if m.is_file() { m.len() } else { 0 })
}

/// The path with `ending` put after its name.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Why the file cannot be written, as far as can be told without trying to.
fn write_protection(path: &Path) -> Option<String> {
    let protected = |p: &Path| std::fs::metadata(p).is_ok_and(|m| m.permissions().readonly());
    if protected(path) {
        return Some("the file is write-protected".into());
    }
    // On Windows the mark on a folder does not keep files from being made in it.
    if cfg!(unix) && path.parent().is_some_and(protected) {
        return Some("its folder is write-protected".into());
    }
    let tried = std::fs::OpenOptions::new().write(true).open(path);
    match tried.map_err(|e| e.kind()) {
        Err(std::io::ErrorKind::PermissionDenied) => Some("you are not allowed to write to it".into()),
        Err(std::io::ErrorKind::ReadOnlyFilesystem) => Some("it lies on a read-only disk".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_aside_in_any_script() {
        for (path, text, want) in [
            ("a/Horse.JPG", "horse.j", true),
            ("a/Horse.JPG", "", true),
            ("ab", "abc", false),
            ("ÄRGER/ß.png", "ärger", true),
            ("ПЁС.png", "пёс", true),
            ("犬.png", "犬", true),
            ("dog.png", "犬", false),
        ] {
            assert_eq!(contains(path, text), want, "{path} {text}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_means_something_in_a_uri_is_escaped() {
        assert_eq!(uri_path(Path::new("/a %41?b#c.relook")), OsString::from("/a %2541%3fb%23c.relook"));
    }
}
