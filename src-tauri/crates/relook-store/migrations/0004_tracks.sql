-- Tracks: the shapes of one thing along the images, in the order of the list.

-- track: NULL for a shape of its own. keyframe: 0 where the shape of a track is interpolated.
ALTER TABLE annotation ADD COLUMN track INTEGER;
ALTER TABLE annotation ADD COLUMN keyframe INTEGER NOT NULL DEFAULT 0;

-- A track has one shape on an image.
CREATE UNIQUE INDEX annotation_by_track ON annotation (track, image_id) WHERE track IS NOT NULL;
