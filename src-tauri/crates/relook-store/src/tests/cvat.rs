//! What was sent to CVAT servers.

use relook_domain::ImageId;

use super::Project;
use crate::CvatUpload;

#[test]
fn an_image_is_sent_to_a_server_once_and_to_another_anew() {
    let project = Project::drafted(3, 1);
    let store = &project.store;
    let ids: Vec<ImageId> = store.cvat_unsent("https://a").unwrap();
    assert_eq!(ids.len(), 3);
    let id = store.begin_cvat_upload("https://a", None, "{}", &ids[..2]).unwrap();
    assert_eq!(store.cvat_unsent("https://a").unwrap(), ids[2..]);
    assert_eq!(store.cvat_unsent("https://b").unwrap(), ids);

    assert_eq!(store.cvat_agreed(id, ids[0]).unwrap(), None);
    store.agree_with_cvat(id, &[(ids[0], "same".into()), (ids[2], "too".into())]).unwrap();
    assert_eq!(store.cvat_agreed(id, ids[0]).unwrap().as_deref(), Some("same"));
    assert_eq!(store.cvat_images(id).unwrap(), ids);

    let saved = CvatUpload { id, server: "https://a".into(), task: Some(7), done: true, state: "{1}".into() };
    store.save_cvat_upload(&saved).unwrap();
    assert_eq!(store.cvat_uploads("https://a").unwrap(), [saved]);
    store.forget_cvat_upload(id).unwrap();
    assert_eq!(store.cvat_unsent("https://a").unwrap(), ids);
}

#[test]
fn an_upload_of_an_image_that_is_not_there_is_none() {
    let project = Project::drafted(1, 1);
    assert!(project.store.begin_cvat_upload("https://a", None, "{}", &[ImageId(99)]).is_err());
    assert!(project.store.cvat_uploads("https://a").unwrap().is_empty());
}
