//! The ways of taking the second look: what the larger model is shown, and what it may cost.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use relook_tests::{
    checkout::text,
    program::{Place, count, one_at_a_time},
};
use serde_json::Value;

fn drafted() -> Place {
    let place = Place::with_photos(&["dog.jpg", "eagle.jpg", "horses.jpg", "person.jpg"]);
    place.run("draft a.relook").ok();
    place
}

fn copy(place: &Place, to: &str) {
    std::fs::copy(place.path("a.relook"), place.path(to)).expect("a copy of a closed project");
}

fn boxes(rows: &[Value]) -> impl Iterator<Item = &Value> {
    rows.iter().flat_map(|r| r["annotations"].as_array().expect("a list of boxes"))
}

/// Boxes without what only ever grows.
fn still(rows: &[Value]) -> Vec<Value> {
    let mut boxes: Vec<Value> = boxes(rows).cloned().collect();
    boxes.iter_mut().for_each(|a| a["revision"] = Value::Null);
    boxes
}

#[test]
fn a_budget_leaves_the_rest_for_later_and_is_spent_only_once() {
    let _turn = one_at_a_time();
    let place = drafted();
    place.run("settings a.relook input-shape model").ok();
    copy(&place, "b.relook");
    let at_once = place.json("second-look b.relook --model yolov8s");
    let doubtful = count(&at_once["run"]);
    assert!(doubtful >= 2 && at_once["left"].is_null(), "{at_once}");

    let nothing = place.json("second-look a.relook --model yolov8s --budget 0");
    assert_eq!((count(&nothing["run"]), count(&nothing["left"])), (0, doubtful));
    let one = place.json("second-look a.relook --model yolov8s --budget 0.25");
    assert_eq!((count(&one["runs"]), count(&one["left"])), (1, doubtful - 1), "a quarter of four photos");
    // The most doubtful first.
    let rows = place.rows("a.relook");
    let doubt = |row: &Value| {
        let scores = boxes(std::slice::from_ref(row)).filter_map(|a| {
            let said = a["opinions"].as_array().expect("opinions").iter().find(|o| o["stage"] == "draft")?;
            said["score"].as_f64().filter(|s| (0.2..0.6).contains(s))
        });
        scores.map(|s| 1.0 - (2.0 * s - 1.0).abs()).fold(0.0, f64::max)
    };
    let looked = |row: &&Value| {
        boxes(std::slice::from_ref(*row))
            .any(|a| a["opinions"].as_array().expect("opinions").iter().any(|o| o["stage"] == "second_look"))
    };
    let (seen, others): (Vec<&Value>, Vec<&Value>) = rows.iter().partition(looked);
    assert_eq!(seen.len(), 1);
    assert!(
        others.iter().all(|row| doubt(row) <= doubt(seen[0])),
        "{:?} was looked at",
        seen[0]["image"]["path"]
    );

    let spent = place.json("second-look a.relook --model yolov8s --budget 0.25");
    assert_eq!(
        (count(&spent["run"]), count(&spent["left"])),
        (0, doubtful - 1),
        "the same budget buys no more"
    );
    let said = place.run("second-look a.relook --model yolov8s --budget 0.25").ok().out;
    assert!(said.contains("budget is spent") && said.contains("wait"), "{said}");
    let rest = place.json("second-look a.relook --model yolov8s");
    assert_eq!(count(&rest["run"]), doubtful - 1);
    assert!(place.rows("a.relook") == place.rows("b.relook"), "in parts or at once, the same comes of it");
    for bad in ["1.5", "-0.1", "NaN"] {
        place.run(&format!("second-look a.relook --budget={bad}")).fails(2, &["share from 0 to 1"]);
    }
    place.assert_sound("a.relook");
}

#[test]
fn a_budget_is_spent_on_every_photo_at_sizes_that_it_allows() {
    let _turn = one_at_a_time();
    let place = drafted();
    let mut dearest = 0.0;
    for budget in ["0.15", "0.3", "0.5", "1"] {
        copy(&place, "b.relook");
        let sum = place.json(&format!("second-look b.relook --model yolov8s --budget {budget}"));
        let (cost, most) =
            (sum["cost"].as_f64().expect("a cost"), 4.0 * budget.parse::<f64>().expect("a number"));
        assert!(cost <= most + 1e-6 && cost > dearest, "{sum}");
        dearest = cost;
        if budget == "0.15" {
            assert!(count(&sum["run"]) < 4, "{sum}");
        } else {
            assert_eq!((count(&sum["run"]), count(&sum["left"])), (4, 0), "{sum}");
        }
    }
    assert!(dearest < 4.0, "no photo is square: {dearest}");
    // The project's own budget, and none at all.
    place.run("settings a.relook look-budget 0.3").ok();
    copy(&place, "b.relook");
    let by_setting = place.json("second-look b.relook --model yolov8s");
    copy(&place, "c.relook");
    let by_option = place.json("second-look c.relook --model yolov8s --budget 0.3");
    assert_eq!((&by_setting["cost"], &by_setting["verdicts"]), (&by_option["cost"], &by_option["verdicts"]));
    assert!(place.rows("b.relook") == place.rows("c.relook"));
    assert_eq!(count(&place.json("second-look b.relook --model yolov8s")["images"]), 0, "nothing is left");
}

#[test]
fn windows_are_seen_larger_and_their_boxes_come_back_to_their_place() {
    let _turn = one_at_a_time();
    let place = drafted();
    for mode in ["zoom", "both"] {
        copy(&place, "b.relook");
        let sum = place.json(&format!("second-look b.relook --model yolov8s --mode {mode}"));
        assert!(count(&sum["runs"]) >= count(&sum["run"]), "{sum}");
        let verdict = |word: &str| sum["verdicts"][word].as_u64().unwrap_or_default();
        let agreed = verdict("confirmed") + verdict("moved");
        assert!(agreed > 0 && agreed >= verdict("rejected"), "in another place nothing would match: {sum}");
        let rows = place.rows("b.relook");
        for row in &rows {
            let (w, h) = (row["image"]["width"].as_f64(), row["image"]["height"].as_f64());
            for a in boxes(std::slice::from_ref(row)) {
                let at = |k: &str| a["rect"][k].as_f64();
                assert!(
                    at("x1") >= Some(0.0) && at("x2") <= w && at("y1") >= Some(0.0) && at("y2") <= h,
                    "{a}"
                );
            }
        }
        if mode == "both" {
            assert!(count(&sum["runs"]) > count(&sum["run"]), "{sum}");
        }
        // Each low-confidence box has been asked about.
        let open = boxes(&rows).find(|a| {
            let opinions = a["opinions"].as_array().expect("opinions");
            let drafted = opinions.iter().find(|o| o["stage"] == "draft").and_then(|o| o["score"].as_f64());
            drafted.is_some_and(|s| (0.2..0.6).contains(&s)) && a["verdict"].is_null()
        });
        assert_eq!(open.map(|a| text(&a["state"])), None, "{mode}: {open:?}");
        let again = place.json(&format!("second-look b.relook --model yolov8s --mode {mode} --again"));
        assert_eq!(count(&again["runs"]), count(&sum["runs"]));
        assert!(
            still(&place.rows("b.relook")) == still(&rows),
            "{mode}: looked at anew, the same comes of it"
        );
    }
}
