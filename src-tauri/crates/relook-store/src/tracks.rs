//! Tracks: shapes of one thing along the list of images.

use relook_domain::{Annotation, AnnotationId, LabelId, TrackId, track::TrackShape};
use rusqlite::Connection;

use crate::{
    annotations::{self, COLUMNS, WIDTH},
    error::{Fault, Inner, StoreError},
    project::Store,
    review::ReviewTx,
    snapshot::Snapshot,
};

impl Store {
    /// The shapes of a track by the place of their images in the list, rejected ones included; places count from the
    /// track's first image. Empty where there is no such track.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn track(&self, id: TrackId) -> Result<Vec<TrackShape>, StoreError> {
        self.read(|tx| shapes(tx, id))
    }

    /// The highest number of a track; 0 where there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_track(&self) -> Result<TrackId, StoreError> {
        let sql = "SELECT coalesce(max(track), 0) FROM annotation WHERE track IS NOT NULL";
        self.read(|tx| Ok(TrackId(tx.query_row(sql, [], |row| row.get(0))?)))
    }
}

impl ReviewTx<'_> {
    /// The track that an annotation belongs to, with its label.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn track_of(&self, annotation: AnnotationId) -> Result<Option<(TrackId, LabelId)>, StoreError> {
        self.named(|| {
            let found = annotations::by_id(self.tx, annotation)?;
            Ok(found.and_then(|a| Some((a.track?.id, a.label))))
        })
    }

    /// As [`Store::track`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn track(&self, id: TrackId) -> Result<Vec<TrackShape>, StoreError> {
        self.named(|| shapes(self.tx, id))
    }
}

impl Snapshot<'_> {
    /// Every track by its number with all its shapes, rejected ones included, in no order; one track in memory at a time.
    ///
    /// # Errors
    /// What `each` returned, or why the file could not be read.
    pub fn for_each_track<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(TrackId, Vec<Annotation>) -> Result<(), E>,
    ) -> Result<(), E> {
        let named = |fault: Fault| E::from(fault.at(self.path));
        let sql = format!(
            "SELECT {COLUMNS} FROM annotation AS a WHERE a.track IS NOT NULL ORDER BY a.track, a.image_id"
        );
        let mut statement = self.tx.prepare(&sql).map_err(|e| named(e.into()))?;
        let rows = statement.query_and_then([], annotations::annotation).map_err(|e| named(e.into()))?;
        let mut open: Option<(TrackId, Vec<Annotation>)> = None;
        for a in rows {
            let a = a.map_err(named)?;
            let Some(track) = a.track else { continue };
            match &mut open {
                Some((id, shapes)) if *id == track.id => shapes.push(a),
                _ => {
                    if let Some((id, shapes)) = open.replace((track.id, vec![a])) {
                        each(id, shapes)?;
                    }
                }
            }
        }
        open.map_or(Ok(()), |(id, shapes)| each(id, shapes))
    }
}

fn shapes(conn: &Connection, id: TrackId) -> Inner<Vec<TrackShape>> {
    let end = |way: &str| {
        format!(
            "(SELECT e.folder_id, e.path FROM annotation AS b JOIN image AS e ON e.id = b.image_id
              WHERE b.track = ?1 ORDER BY e.folder_id {way}, e.path {way} LIMIT 1)"
        )
    };
    let (first, last) = (end("ASC"), end("DESC"));
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS}, i.width, i.height
         FROM image AS i LEFT JOIN annotation AS a ON a.track = ?1 AND a.image_id = i.id
         WHERE (i.folder_id, i.path) >= {first} AND (i.folder_id, i.path) <= {last}
         ORDER BY i.folder_id, i.path"
    ))?;
    let mut rows = statement.query([id.0])?;
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(row) = rows.next()? {
        if row.get::<_, Option<i64>>(0)?.is_some() {
            let size = row.get::<_, Option<u32>>(WIDTH)?.zip(row.get(WIDTH + 1)?);
            found.push(TrackShape { place, size, annotation: annotations::annotation(row)? });
        }
        place += 1;
    }
    Ok(found)
}
