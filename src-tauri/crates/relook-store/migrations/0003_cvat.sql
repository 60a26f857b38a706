-- What was sent to CVAT servers and how far it got.

-- state: JSON of the engine's. task_id: NULL until the server has made the task.
CREATE TABLE cvat_upload (
    id INTEGER PRIMARY KEY,
    server TEXT NOT NULL,
    task_id INTEGER,
    done INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;

-- agreed: JSON of the engine's: what stood on both sides when they were last the same.
CREATE TABLE cvat_image (
    upload_id INTEGER NOT NULL REFERENCES cvat_upload (id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    agreed TEXT NOT NULL,
    PRIMARY KEY (upload_id, image_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX cvat_image_by_image ON cvat_image (image_id);
