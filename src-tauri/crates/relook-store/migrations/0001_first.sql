-- The first format. Codes (state, standing, origin, verdict, stage, outcome, status) are mapped in src/codes.rs.
-- What cannot be derived cheaply at 1,000,000 images and 20,000,000 boxes is counted by triggers, never by hand.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE folder (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

-- Labels are only ever added, so their ids are their order.
CREATE TABLE label (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    colour TEXT NOT NULL,
    attributes TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    stage INTEGER NOT NULL,
    model TEXT NOT NULL,
    model_digest TEXT NOT NULL,
    device TEXT NOT NULL,
    runtime TEXT NOT NULL,
    params TEXT NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;

-- draft, look: the done-marks (0 none, 1 done, 2 skipped, 3 failed). queued, settled, decided, rejected: boxes by the
-- triggers below. status: derived; 0 new, 1 drafted, 2 waiting, 3 done, 4 confirmed empty, 5 problem.
CREATE TABLE image (
    id INTEGER PRIMARY KEY,
    folder_id INTEGER NOT NULL REFERENCES folder (id),
    path TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    bytes INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    digest TEXT,
    confirmed_empty INTEGER NOT NULL DEFAULT 0,
    problem_code TEXT,
    problem TEXT,
    draft INTEGER NOT NULL DEFAULT 0,
    draft_run INTEGER REFERENCES run (id),
    look INTEGER NOT NULL DEFAULT 0,
    look_run INTEGER REFERENCES run (id),
    queued INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0,
    decided INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    status INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN problem_code IS NOT NULL THEN 5
            WHEN confirmed_empty THEN 4
            WHEN draft = 0 THEN 0
            WHEN look = 0 THEN 1
            WHEN queued > 0 THEN 2
            ELSE 3
        END
    ) VIRTUAL,
    UNIQUE (folder_id, path),
    CHECK ((width IS NULL) = (height IS NULL)),
    CHECK ((problem_code IS NULL) = (problem IS NULL)),
    CHECK ((draft = 0) = (draft_run IS NULL) AND (look = 0) = (look_run IS NULL))
) STRICT;

CREATE INDEX image_by_status ON image (status, folder_id, path);
CREATE INDEX image_by_digest ON image (digest) WHERE digest IS NOT NULL;
CREATE INDEX image_to_draft ON image (id) WHERE draft = 0;
CREATE INDEX image_to_look ON image (id) WHERE draft = 1 AND look = 0;
CREATE INDEX image_queued ON image (folder_id, path) WHERE queued > 0;

-- Ids are never used twice: the history names them.
CREATE TABLE annotation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id INTEGER NOT NULL REFERENCES image (id),
    label_id INTEGER NOT NULL REFERENCES label (id),
    x1 REAL NOT NULL,
    y1 REAL NOT NULL,
    x2 REAL NOT NULL,
    y2 REAL NOT NULL,
    rotation REAL NOT NULL,
    score REAL,
    origin INTEGER NOT NULL,
    state INTEGER NOT NULL,
    standing INTEGER NOT NULL,
    verdict INTEGER,
    disagreement INTEGER NOT NULL,
    doubt REAL NOT NULL,
    occluded INTEGER NOT NULL,
    z_order INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    attributes TEXT,
    revision INTEGER NOT NULL
) STRICT;

CREATE INDEX annotation_by_image ON annotation (image_id);
-- state = 0 AND standing = 0: pending and doubtful, the review queue.
CREATE INDEX annotation_queue ON annotation (doubt DESC, id) WHERE state = 0 AND standing = 0;
CREATE INDEX annotation_queue_by_label ON annotation (label_id, doubt DESC, id) WHERE state = 0 AND standing = 0;

CREATE TABLE opinion (
    annotation_id INTEGER NOT NULL REFERENCES annotation (id) ON DELETE CASCADE,
    stage INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES run (id),
    label_id INTEGER NOT NULL REFERENCES label (id),
    score REAL NOT NULL,
    x1 REAL NOT NULL,
    y1 REAL NOT NULL,
    x2 REAL NOT NULL,
    y2 REAL NOT NULL,
    alternatives TEXT NOT NULL,
    PRIMARY KEY (annotation_id, stage)
) STRICT, WITHOUT ROWID;

-- state: 0 done, 1 undone, 2 dropped.
CREATE TABLE step (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    title TEXT NOT NULL,
    state INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    replayed_at INTEGER
) STRICT;

CREATE INDEX step_by_state ON step (state, id);

CREATE TABLE change (
    id INTEGER PRIMARY KEY,
    step_id INTEGER NOT NULL REFERENCES step (id),
    body TEXT NOT NULL
) STRICT;

CREATE INDEX change_by_step ON change (step_id, id);

-- Running totals.
CREATE TABLE tally_image (
    status INTEGER NOT NULL,
    draft INTEGER NOT NULL,
    look INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (status, draft, look)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally_folder (
    folder_id INTEGER PRIMARY KEY,
    n INTEGER NOT NULL
) STRICT;

CREATE TABLE tally_box (
    state INTEGER NOT NULL,
    standing INTEGER NOT NULL,
    disagreement INTEGER NOT NULL,
    label_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (state, standing, disagreement, label_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER image_added AFTER INSERT ON image BEGIN
    INSERT INTO tally_image VALUES (NEW.status, NEW.draft, NEW.look, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
    INSERT INTO tally_folder VALUES (NEW.folder_id, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER image_changed AFTER UPDATE OF problem_code, confirmed_empty, draft, look, queued ON image
WHEN OLD.status <> NEW.status OR OLD.draft <> NEW.draft OR OLD.look <> NEW.look BEGIN
    UPDATE tally_image SET n = n - 1 WHERE status = OLD.status AND draft = OLD.draft AND look = OLD.look;
    INSERT INTO tally_image VALUES (NEW.status, NEW.draft, NEW.look, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER annotation_added AFTER INSERT ON annotation BEGIN
    INSERT INTO tally_box VALUES (NEW.state, NEW.standing, NEW.disagreement, NEW.label_id, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
    UPDATE image SET
        queued = queued + (NEW.state = 0 AND NEW.standing = 0),
        settled = settled + (NEW.state = 0 AND NEW.standing = 1),
        decided = decided + (NEW.state IN (1, 2)),
        rejected = rejected + (NEW.state = 3)
    WHERE id = NEW.image_id AND NOT (NEW.state = 0 AND NEW.standing = 2);
END;

CREATE TRIGGER annotation_removed AFTER DELETE ON annotation BEGIN
    UPDATE tally_box SET n = n - 1
    WHERE state = OLD.state AND standing = OLD.standing AND disagreement = OLD.disagreement AND label_id = OLD.label_id;
    UPDATE image SET
        queued = queued - (OLD.state = 0 AND OLD.standing = 0),
        settled = settled - (OLD.state = 0 AND OLD.standing = 1),
        decided = decided - (OLD.state IN (1, 2)),
        rejected = rejected - (OLD.state = 3)
    WHERE id = OLD.image_id AND NOT (OLD.state = 0 AND OLD.standing = 2);
END;

CREATE TRIGGER annotation_changed AFTER UPDATE OF state, standing, disagreement, label_id ON annotation
WHEN OLD.state <> NEW.state OR OLD.standing <> NEW.standing OR OLD.disagreement <> NEW.disagreement
    OR OLD.label_id <> NEW.label_id BEGIN
    UPDATE tally_box SET n = n - 1
    WHERE state = OLD.state AND standing = OLD.standing AND disagreement = OLD.disagreement AND label_id = OLD.label_id;
    INSERT INTO tally_box VALUES (NEW.state, NEW.standing, NEW.disagreement, NEW.label_id, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
    UPDATE image SET
        queued = queued + (NEW.state = 0 AND NEW.standing = 0) - (OLD.state = 0 AND OLD.standing = 0),
        settled = settled + (NEW.state = 0 AND NEW.standing = 1) - (OLD.state = 0 AND OLD.standing = 1),
        decided = decided + (NEW.state IN (1, 2)) - (OLD.state IN (1, 2)),
        rejected = rejected + (NEW.state = 3) - (OLD.state = 3)
    WHERE id = NEW.image_id AND (OLD.state <> NEW.state OR OLD.standing <> NEW.standing);
END;
