-- Every kind of shape, labels that can be edited, and indexes for every order of the queue and the gallery.

-- kind: the shape's kind by number (src/codes.rs), 0 a box. shape: JSON of what the rectangle and the rotation do not say;
-- NULL for a box.
ALTER TABLE annotation ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE annotation ADD COLUMN shape TEXT;

-- shape: the one kind of shape the label is for, NULL any. archived: deleted, but models and the history may name it; its
-- name then ends in U+001F and the id, so that the name is free. merged_into: the label its boxes were given then.
ALTER TABLE label ADD COLUMN shape INTEGER;
ALTER TABLE label ADD COLUMN shortcut TEXT NOT NULL DEFAULT '';
ALTER TABLE label ADD COLUMN skeleton TEXT;
ALTER TABLE label ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE label ADD COLUMN merged_into INTEGER REFERENCES label (id);

-- images: those the model ran on.
ALTER TABLE run ADD COLUMN images INTEGER NOT NULL DEFAULT 0;
UPDATE run SET images = n
FROM (SELECT draft_run AS id, count(*) AS n FROM image WHERE draft = 1 GROUP BY draft_run) AS counted
WHERE counted.id = run.id;
UPDATE run SET images = n
FROM (SELECT look_run AS id, count(*) AS n FROM image WHERE look = 1 GROUP BY look_run) AS counted
WHERE counted.id = run.id;

DROP INDEX annotation_by_image;
DROP INDEX annotation_queue;
DROP INDEX annotation_queue_by_label;
-- An image's boxes, and which of them a filter lets through.
CREATE INDEX annotation_by_image ON annotation (image_id, state, standing, label_id);
-- The queue: pending and doubtful. And boxes of a label by doubt. The last four columns are what filters ask, so that a
-- box that a filter leaves out need not be read.
CREATE INDEX annotation_queue ON annotation (disagreement, doubt DESC, score, verdict, origin, kind)
WHERE state = 0 AND standing = 0;
CREATE INDEX annotation_by_label ON annotation (
    label_id, state, standing, disagreement, doubt DESC, score, verdict, origin, kind
);
-- Boxes of a label by area: like beside like.
CREATE INDEX annotation_alike ON annotation (label_id, state, standing, (x2 - x1) * (y2 - y1));
