//! Tracks along the list of images.

use relook_domain::{ImageId, TrackId, Tracked, review::Change};

use super::*;

/// Puts a box of the track on an image.
fn put(store: &Store, image: ImageId, track: i64, keyframe: bool) -> Result<AnnotationId, StoreError> {
    store.review(|tx| {
        let id = tx.next_annotation_id()?;
        let a = Annotation {
            id,
            image,
            label: PERSON,
            rect: Rect { x1: 1.0, y1: 2.0, x2: 30.0, y2: 40.0 },
            rotation: 0.0,
            shape: Shape::Box,
            score: None,
            origin: relook_domain::Origin::Imported,
            state: ReviewState::Accepted,
            standing: Standing::Settled,
            verdict: None,
            disagreement: false,
            doubt: 0.0,
            occluded: false,
            z_order: 0,
            group: 0,
            attributes: std::collections::BTreeMap::new(),
            track: Some(Tracked { id: TrackId(track), keyframe }),
            revision: 1,
        };
        tx.record("Put", "person", 1, &[Change::Create { annotation: Box::new(a) }])?;
        Ok(id)
    })
}

#[test]
fn a_track_runs_along_the_images_of_all_folders_in_their_order() {
    let project = Project::new(0);
    let store = &project.store;
    let mut images = Vec::new();
    for folder in ["/b", "/a"] {
        let folder = store.add_folder(folder).unwrap();
        // Added in another order than listed.
        store.add_images(folder, [2, 0, 1].map(file)).unwrap();
    }
    store
        .for_each_image_in_order(|row, _| {
            images.push(row.id);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    for (place, keyframe) in [(4, false), (1, true), (2, false)] {
        put(store, images[place], 7, keyframe).unwrap();
    }
    put(store, images[0], 8, true).unwrap();
    assert_eq!(store.last_track().unwrap(), TrackId(8));
    let track = store.track(TrackId(7)).unwrap();
    let found: Vec<_> =
        track.iter().map(|s| (s.place, s.annotation.image, s.annotation.track.unwrap().keyframe)).collect();
    assert_eq!(found, [(0, images[1], true), (1, images[2], false), (3, images[4], false)]);
    assert_eq!(store.track(TrackId(9)).unwrap(), []);

    let mut all = Vec::new();
    store
        .snapshot(|snapshot| {
            snapshot.for_each_track(|id, shapes| {
                all.push((id, shapes.len()));
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
    assert_eq!(all, [(TrackId(7), 3), (TrackId(8), 1)]);
    assert!(put(store, images[1], 7, true).is_err(), "a track has one shape on an image");

    store.undo(2).unwrap();
    store.undo(2).unwrap();
    assert_eq!(store.track(TrackId(7)).unwrap().len(), 2);
    store.redo(2).unwrap();
    assert_eq!(store.track(TrackId(7)).unwrap(), track);
}
