//! Formats of the file: numbered, append-only, each in a transaction.

use std::path::Path;

use rusqlite::{Connection, Transaction, backup::Progress};

use crate::{
    connection::{beside, open_write},
    error::{Inner, StoreError},
};

/// Marks a project file; "RLOK".
pub(crate) const APPLICATION_ID: u32 = 0x524c_4f4b;

/// The n-th (from 1) brings format n - 1 to format n. Never change one that was released: add the next.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_first.sql"),
    include_str!("../migrations/0002_shapes.sql"),
    include_str!("../migrations/0003_cvat.sql"),
    include_str!("../migrations/0004_tracks.sql"),
];

/// The format that `migrations` lead to.
pub(crate) fn newest(migrations: &[&str]) -> i64 {
    i64::try_from(migrations.len()).unwrap_or(i64::MAX)
}

/// Runs the migrations that the file has not had yet.
pub(crate) fn run(tx: &Transaction<'_>, migrations: &[&str]) -> Inner<()> {
    let had: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for sql in migrations.iter().skip(usize::try_from(had).unwrap_or(usize::MAX)) {
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "user_version", newest(migrations).max(had))?;
    Ok(())
}

/// Backs an older file up and brings it up to date. A newer one is refused.
pub(crate) fn bring_up_to_date(conn: &mut Connection, path: &Path, migrations: &[&str]) -> Inner<()> {
    // Holding the write lock: a second program that opens the same old file waits here and then finds nothing to do.
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let had: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if had >= newest(migrations) {
        return Ok(());
    }
    back_up(path, had)?;
    run(&tx, migrations)?;
    tx.commit()?;
    Ok(())
}

/// Copies the file as it is to `PROJECT.relook.bak-v<format>`.
fn back_up(path: &Path, format: i64) -> Inner<()> {
    let part = beside(path, &format!(".bak-v{format}.part"));
    let backup = beside(path, &format!(".bak-v{format}"));
    let io = |e: std::io::Error| StoreError::Io {
        path: backup.clone(),
        detail: format!("the backup before the update failed: {e}"),
    };
    match std::fs::remove_file(&part) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e).into()),
        _ => {}
    }
    let source = open_write(path)?;
    source.backup("main", &part, None::<fn(Progress)>)?;
    std::fs::File::options().write(true).open(&part).and_then(|f| f.sync_all()).map_err(io)?;
    std::fs::rename(&part, &backup).map_err(io)?;
    Ok(())
}
