//! Fills a fresh project to any size for measuring: `giant PROJECT PHOTOS IMAGES BOXES`.
//!
//! Boxes are spread evenly over the images, three in twenty wait in the queue, each has its draft's opinion. The images'
//! names are `PHOTOS/<thousand>/<number>.jpg`; no file is made. Rows are written past the store's own triggers, whose
//! running totals are filled in afterwards: what comes out is what the store would have written, in minutes instead of hours.

use std::error::Error;

use rusqlite::{Connection, params};

/// Pixels of every image.
const SIZE: (i64, i64) = (4000, 3000);

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [project, photos, images, boxes] = args.as_slice() else {
        return Err("giant PROJECT PHOTOS IMAGES BOXES".into());
    };
    let (images, boxes): (i64, i64) = (images.parse()?, boxes.parse()?);
    let conn = Connection::open(project)?;
    let labels: i64 = conn.query_row("SELECT count(*) FROM label", [], |row| row.get(0))?;
    conn.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -400000; BEGIN",
    )?;
    let again = set_aside(&conn)?;
    conn.execute("INSERT INTO folder (id, path) VALUES (1, ?1)", [photos])?;
    conn.execute_batch(
        "INSERT INTO run (id, stage, model, model_digest, device, runtime, params, started_at)
         VALUES (1, 0, 'yolov8n', '', 'CPU', '1', '{\"keep_above\":0.05,\"drop_below\":0.2,\"accept_at\":0.6}', 0),
                (2, 1, 'yolov8m', '', 'CPU', '1', '{\"keep_above\":0.05,\"drop_below\":0.2,\"accept_at\":0.6}', 0)",
    )?;
    conn.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO image (id, folder_id, path, width, height, bytes, modified, draft, draft_run, look, look_run)
         SELECT i, 1, printf('%04d/%07d.jpg', (i - 1) / 1000, i), ?2, ?3, 1000000, 0, 1, 1, 1, 2 FROM n",
        params![images, SIZE.0, SIZE.1],
    )?;
    // One number of 32 bits for each box, from which all else of it follows.
    conn.execute(
        "WITH RECURSIVE n (i, h) AS (
             SELECT 1, 1 UNION ALL SELECT i + 1, ((i + 1) * 2654435761) & 4294967295 FROM n WHERE i < ?1)
         INSERT INTO annotation (id, image_id, label_id, x1, y1, x2, y2, rotation, score, origin, state, standing,
             verdict, disagreement, doubt, occluded, z_order, group_id, attributes, revision)
         SELECT i, (i - 1) % ?2 + 1, h % ?3 + 1,
             h % 3500, (h >> 8) % 2500, h % 3500 + 40 + (h >> 4) % 400, (h >> 8) % 2500 + 40 + (h >> 6) % 400, 0,
             (h >> 12) % 1000 / 1000.0, 1,
             CASE WHEN (h >> 7) % 20 BETWEEN 11 AND 15 THEN 1 WHEN (h >> 7) % 20 = 16 THEN 3 ELSE 0 END,
             CASE WHEN (h >> 7) % 20 < 3 THEN 0 WHEN (h >> 7) % 20 = 19 THEN 2 ELSE 1 END,
             (h >> 9) % 5, (h >> 7) % 20 < 3 AND (h >> 13) % 50 = 0, (h >> 3) % 100000 / 33334.0, 0, 0, 0, NULL, 1
         FROM n",
        params![boxes, images, labels],
    )?;
    conn.execute_batch(
        "INSERT INTO opinion (annotation_id, stage, run_id, label_id, score, x1, y1, x2, y2, alternatives)
         SELECT id, 0, 1, label_id, score, x1, y1, x2, y2, '[]' FROM annotation",
    )?;
    totals(&conn)?;
    for sql in again {
        conn.execute_batch(&sql)?;
    }
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// Drops triggers and indexes, which would be kept up row by row; returns what makes them again.
fn set_aside(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut found = conn.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL
         ORDER BY type",
    )?;
    let all: Vec<(String, String, String)> =
        found.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect::<Result<_, _>>()?;
    for (kind, name, _) in &all {
        conn.execute_batch(&format!("DROP {kind} {name}"))?;
    }
    Ok(all.into_iter().map(|(.., sql)| sql).collect())
}

/// What the triggers would have counted.
fn totals(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "CREATE TEMP TABLE sums AS SELECT image_id,
             sum(state = 0 AND standing = 0) AS queued, sum(state = 0 AND standing = 1) AS settled,
             sum(state IN (1, 2)) AS decided, sum(state = 3) AS rejected
         FROM annotation GROUP BY image_id;
         CREATE INDEX temp.sums_by_image ON sums (image_id);
         UPDATE image SET (queued, settled, decided, rejected) =
             (SELECT queued, settled, decided, rejected FROM temp.sums WHERE image_id = image.id);
         DELETE FROM tally_image; DELETE FROM tally_folder; DELETE FROM tally_box;
         INSERT INTO tally_image SELECT status, draft, look, count(*) FROM image GROUP BY 1, 2, 3;
         INSERT INTO tally_folder SELECT folder_id, count(*) FROM image GROUP BY 1;
         INSERT INTO tally_box SELECT state, standing, disagreement, label_id, count(*) FROM annotation
             GROUP BY 1, 2, 3, 4;",
    )
}
