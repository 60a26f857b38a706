//! That the big queries go by an index, on a project large enough for a wrong one to be chosen. No timings.

use super::*;
use crate::{BoxFilter, ImageFilter, ImageStatus, QueueOrder, image_list, jobs::left_sql, queue};

fn assert_no_scan(plan: &[String], what: &str, index: &str) {
    let text = plan.join("\n");
    assert!(text.contains(index), "{what} does not use {index}:\n{text}");
    // A page's own rows, picked by then, may be sorted.
    for line in plan.iter().take_while(|line| !line.contains("SCAN (subquery")) {
        let table_scan = line.contains("SCAN") && !line.contains("INDEX");
        assert!(!table_scan, "{what}:\n{text}");
        let sorts = line.contains("USE TEMP B-TREE FOR ORDER BY");
        assert!(!sorts, "{what} sorts:\n{text}");
    }
}

#[test]
fn the_queue_and_the_list_go_by_an_index() {
    let project = Project::drafted(20_000, 5);
    let store = &project.store;
    let queued = BoxFilter {
        states: vec![ReviewState::Pending],
        standings: vec![Standing::Doubtful],
        ..BoxFilter::default()
    };
    let horses = BoxFilter { labels: vec![HORSE], ..queued.clone() };
    let gallery = BoxFilter { standings: vec![Standing::Doubtful, Standing::Settled], ..horses.clone() };
    let accepted = BoxFilter { states: vec![ReviewState::Accepted], standings: vec![], ..horses.clone() };
    meddle(store, "UPDATE annotation SET state = 1 WHERE id % 7 = 0");
    use QueueOrder::{ByImage, ByLabel, DisagreementsFirst, MostDoubtful, Similar};
    let of_label = "COVERING INDEX annotation_by_label (label_id=? AND state=? AND standing=?";
    let alike = "COVERING INDEX annotation_alike (label_id=? AND state=? AND standing=?";
    for (filter, order, index) in [
        (&queued, MostDoubtful, "COVERING INDEX annotation_queue (disagreement=?)"),
        (&queued, DisagreementsFirst, "COVERING INDEX annotation_queue (disagreement=?)"),
        (&queued, ByLabel, of_label),
        (&queued, Similar, alike),
        (&horses, MostDoubtful, of_label),
        (&horses, DisagreementsFirst, of_label),
        (&horses, ByLabel, of_label),
        (&horses, Similar, alike),
        (&gallery, MostDoubtful, of_label),
        (&gallery, Similar, alike),
        (&accepted, MostDoubtful, of_label),
        (&accepted, Similar, alike),
    ] {
        let plans = store.read(|tx| Ok(queue::plans(tx, filter, order))).unwrap();
        assert!(!plans.is_empty());
        for plan in plans {
            assert_no_scan(&plan, &format!("{order:?} {filter:?}"), index);
        }
    }
    for filter in [&queued, &horses] {
        let plans = store.read(|tx| Ok(queue::plans(tx, filter, ByImage))).unwrap();
        assert_no_scan(&plans[0], "image by image", "image_queued");
        assert!(plans[0].join("\n").contains("annotation_by_image (image_id=? AND state=? AND standing=?"));
    }
    let list = |text: &str, status, deep| {
        let filter = ImageFilter { text: text.into(), status };
        store.read(|tx| Ok(image_list::plan(tx, &filter, deep))).unwrap()
    };
    assert_no_scan(&list("", None, false), "the list", "COVERING INDEX sqlite_autoindex_image_1");
    assert_no_scan(
        &list("", None, true),
        "deep in the list",
        "sqlite_autoindex_image_1 ((folder_id,path)>(?,?))",
    );
    assert_no_scan(
        &list("", Some(ImageStatus::Drafted), false),
        "by status",
        "INDEX image_by_status (status=?)",
    );
    assert_no_scan(&list("a", None, false), "by text", "COVERING INDEX sqlite_autoindex_image_1");

    for (stage, index) in [(Stage::Draft, "image_to_draft"), (Stage::SecondLook, "image_to_look")] {
        let sql = format!("EXPLAIN QUERY PLAN {}", left_sql("*", stage, None, "ORDER BY id LIMIT ?4"));
        let plan: Vec<String> = store
            .read(|tx| {
                let mut statement = tx.prepare(&sql)?;
                let rows = statement
                    .query_map(rusqlite::params![None::<i64>, 5, None::<i64>, 10], |row| row.get(3))?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        assert_no_scan(&plan, "what is left to do", index);
    }

    let explain = |sql: &str| -> Vec<String> {
        store
            .read(|tx| {
                let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                Ok(statement.query_map([], |row| row.get(3))?.collect::<Result<_, _>>()?)
            })
            .unwrap()
    };
    for (what, sql, index) in [
        ("boxes of an image", "SELECT * FROM annotation WHERE image_id = 5", "annotation_by_image"),
        ("the next undo", "SELECT id FROM step WHERE state = 0 ORDER BY id DESC LIMIT 1", "step_by_state"),
        ("a step's log", "SELECT body FROM change WHERE step_id = 5 ORDER BY id DESC", "change_by_step"),
        (
            "duplicates",
            "SELECT count(*) FROM image WHERE digest IS NOT NULL GROUP BY digest",
            "image_by_digest",
        ),
    ] {
        assert_no_scan(&explain(sql), what, index);
    }

    assert_eq!(store.counts().unwrap().images, 20_000);
    let page = store.images_page(&ImageFilter::default(), 15_000, 200).unwrap();
    assert_eq!((page.rows[0].path.as_str(), page.rows.len()), ("015000.jpg", 200));
    assert_eq!(store.boxes(&queued, ByImage, 0, 50).unwrap().rows.len(), 50);
    let all = BoxFilter { states: vec![ReviewState::Pending], ..BoxFilter::default() };
    let pending = store.matching(&all).unwrap();
    let (_, changed) =
        store.bulk_set_state(&all, ReviewState::Accepted, |_| "All".into(), "script", 1).unwrap().unwrap();
    assert_eq!((changed, store.matching(&all).unwrap()), (pending, 0));
    store.undo(2).unwrap().unwrap();
    assert_sound(store);
}
