//! Review by command line: lists of boxes, every shape, labels, history, settings, and what it all costs a person.

#![expect(clippy::expect_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};

use relook_domain::Rect;
use relook_tests::{
    checkout::text,
    program::{Place, count, one_at_a_time},
};
use serde_json::{Value, json};

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn items(page: &Value) -> Vec<Value> {
    list(&page["items"]).clone()
}

fn ids(page: &Value) -> Vec<u64> {
    items(page).iter().map(|i| count(&i["annotation"]["id"])).collect()
}

/// Label names by id, and ids by name.
fn labels(place: &Place) -> (BTreeMap<u64, String>, BTreeMap<String, u64>) {
    let all = place.json("labels a.relook");
    let names: BTreeMap<u64, String> =
        list(&all).iter().map(|l| (count(&l["id"]), text(&l["name"]).to_owned())).collect();
    let by_name = names.iter().map(|(id, name)| (name.clone(), *id)).collect();
    (names, by_name)
}

fn boxes(place: &Place, image: &str) -> Vec<Value> {
    list(&place.json(&format!("show a.relook --image {image}"))["annotations"]).clone()
}

fn only(boxes: &[Value], wanted: impl Fn(&Value) -> bool) -> &Value {
    let found: Vec<_> = boxes.iter().filter(|a| wanted(a)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]
}

#[test]
fn lists_hold_what_their_conditions_say_and_nothing_else() {
    let _turn = one_at_a_time();
    let photos = ["dog.jpg", "horses.jpg", "kite.jpg"];
    let place = Place::with_photos(&photos);
    place.run("draft a.relook").ok();
    place.run("second-look a.relook --model yolov8s").ok();
    place.run("decide a.relook --accept --label horse --at-least 0.8").ok();
    place.run("decide a.relook --draw --image kite.jpg --to kite --rect 5,5,50,50").ok();
    let (names, _) = labels(&place);

    let mut all = Vec::new();
    for photo in photos {
        all.extend(boxes(&place, photo).into_iter().map(|a| (photo, a)));
    }
    let named = |a: &Value, name: &str| names[&count(&a["label"])] == name;
    let score = |a: &Value| a["score"].as_f64();
    let waits = |a: &Value| a["state"] == "pending" && a["standing"] == "doubtful";
    type Holds<'a> = Box<dyn Fn(&str, &Value) -> bool + 'a>;
    let cases: Vec<(&str, Holds)> = vec![
        ("", Box::new(|_, a| waits(a))),
        ("--all", Box::new(|_, _| true)),
        (
            "--label horse --label person",
            Box::new(|_, a| waits(a) && (named(a, "horse") || named(a, "person"))),
        ),
        ("--state accepted", Box::new(|_, a| a["state"] == "accepted")),
        ("--state accepted --state pending", Box::new(|_, a| a["state"] != "rejected")),
        ("--standing settled", Box::new(|_, a| a["state"] == "pending" && a["standing"] == "settled")),
        ("--all --verdict confirmed", Box::new(|_, a| a["verdict"] == "confirmed")),
        ("--all --origin manual", Box::new(|_, a| a["origin"] == "manual")),
        ("--all --shape box", Box::new(|_, a| a["shape"]["kind"] == "box")),
        ("--all --shape polygon", Box::new(|_, _| false)),
        (
            "--all --at-least 0.4 --below 0.8",
            Box::new(|_, a| score(a).is_some_and(|s| (0.4..0.8).contains(&s))),
        ),
        ("--all --path ITE", Box::new(|image, _| image == "kite.jpg")),
        ("--all --image dog.jpg", Box::new(|image, _| image == "dog.jpg")),
        ("--all --disagreement", Box::new(|_, a| a["disagreement"] == true)),
        (
            "--all --disagreement=false --label car",
            Box::new(|_, a| a["disagreement"] == false && named(a, "car")),
        ),
    ];
    for (conditions, holds) in &cases {
        let wanted: BTreeSet<u64> =
            all.iter().filter(|(image, a)| holds(image, a)).map(|(_, a)| count(&a["id"])).collect();
        let page = place.json(&format!("queue a.relook --limit 5000 {conditions}"));
        let found: BTreeSet<u64> = ids(&page).into_iter().collect();
        assert_eq!(found, wanted, "{conditions}");
        assert_eq!((count(&page["total"]), page["more"].as_bool()), (wanted.len() as u64, Some(false)));
    }

    // Each order is one of all boxes; pages laid together are the whole.
    let key = |order: &str, i: &Value| -> (u64, u64, String) {
        let a = &i["annotation"];
        match order {
            "by-image" => (0, 0, text(&i["path"]).into()),
            "by-label" | "similar" => (count(&a["label"]), 0, String::new()),
            "disagreements-first" => (u64::from(a["disagreement"] == false), 0, String::new()),
            _ => (0, ((3.0 - a["doubt"].as_f64().expect("a doubt")) * 1e6) as u64, String::new()),
        }
    };
    for order in ["most-doubtful", "disagreements-first", "by-image", "by-label", "similar"] {
        let whole = place.json(&format!("queue a.relook --all --order {order} --limit 5000"));
        assert_eq!(ids(&whole).len(), all.len(), "{order}");
        let keys: Vec<_> = items(&whole).iter().map(|i| key(order, i)).collect();
        assert!(keys.is_sorted(), "{order}");
        let mut laid = ids(&place.json(&format!("queue a.relook --all --order {order} --limit 7")));
        laid.extend(ids(
            &place.json(&format!("queue a.relook --all --order {order} --limit 5000 --offset 7"))
        ));
        assert_eq!(laid, ids(&whole), "{order}");
    }

    place.run("queue a.relook --state done").fails(2, &["--state", "pending", "accepted"]);
    place.run("queue a.relook --label unicorn").fails(3, &["unicorn"]);
    place.run("queue a.relook --at-least 7").fails(2, &["7"]);
}

#[test]
fn filters_are_kept_in_the_project_and_decide_like_lists() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg", "horses.jpg"]);
    place.run("draft a.relook").ok();
    assert_eq!(place.json("filters a.relook"), json!([]));
    place.run("filters a.relook save strong --standing settled --at-least 0.7 --order by-label").ok();
    let saved = place.json("filters a.relook save animals --label horse --label dog --all");
    let names: Vec<_> = list(&saved).iter().map(|f| text(&f["name"])).collect();
    assert_eq!(names, ["strong", "animals"]);
    let lists = |words: &str| ids(&place.json(&format!("queue a.relook --limit 5000 {words}")));
    assert_eq!(lists("--filter strong"), lists("--standing settled --at-least 0.7 --order by-label"));
    assert_eq!(lists("--filter strong --label dog"), lists("--standing settled --at-least 0.7 --label dog"));
    assert!(!lists("--filter strong").is_empty());

    // A rule decides what a list with the same conditions shows.
    let dogs = lists("--label dog --standing doubtful --standing settled");
    let done = place.json("decide a.relook --accept --label dog");
    assert_eq!(count(&done["count"]), dogs.len() as u64);
    let accepted: BTreeSet<_> = lists("--state accepted").into_iter().collect();
    assert_eq!(accepted, dogs.into_iter().collect());

    place.run("filters a.relook save strong --standing settled --at-least 0.9").ok();
    assert_eq!(list(&place.json("filters a.relook")).len(), 2, "of one name there is one");
    place.run("filters a.relook delete animals").ok();
    place.run("queue a.relook --filter animals").fails(3, &["animals", "strong"]);
    place.run("filters a.relook delete animals").fails(3, &["animals"]);
    place.assert_sound("a.relook");
}

#[test]
fn every_shape_is_drawn_described_undone_and_exported() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let point = |x: f64, y: f64| json!({ "x": x, "y": y });
    let corners = |x1: f64, y1: f64, x2: f64, y2: f64| json!({ "x1": x1, "y1": y1, "x2": x2, "y2": y2 });
    let three = [point(10.0, 10.0), point(60.0, 20.0), point(30.0, 70.0)];
    let eight: Vec<_> =
        (0..8).map(|n| point(100.0 + f64::from(n) * 9.0, 100.0 + f64::from(n % 3) * 30.0)).collect();
    let shapes = [
        json!({ "rect": corners(10.0, 20.0, 110.0, 90.0), "rotation": 30.0, "shape": { "kind": "box" } }),
        json!({ "rect": corners(50.0, 50.0, 90.0, 120.0), "shape": { "kind": "ellipse" } }),
        json!({ "shape": { "kind": "polygon", "points": three } }),
        json!({ "shape": { "kind": "polyline", "points": three } }),
        json!({ "shape": { "kind": "points", "points": three } }),
        json!({ "rect": corners(4.0, 4.0, 8.0, 6.0), "shape": { "kind": "mask", "runs": [1, 3, 2, 2] } }),
        json!({ "shape": { "kind": "cuboid", "points": eight } }),
        json!({ "shape": { "kind": "skeleton", "joints": [{ "name": "head", "x": 9.0, "y": 9.0 }] } }),
        json!({ "shape": { "kind": "tag" } }),
    ];
    let skeleton = r#"{"joints":[{"name":"head","x":0.5,"y":0.5}],"edges":[]}"#;
    place
        .run_words(&["labels", "a.relook", "add", "body", "--shape", "skeleton", "--skeleton", skeleton])
        .ok();
    for shape in &shapes {
        let label = if shape["shape"]["kind"] == "skeleton" { "body" } else { "dog" };
        let line = ["decide", "a.relook", "--draw", "--image", "dog.jpg", "--to", label, "--geometry"];
        let geometry = shape.to_string();
        let words: Vec<&str> = line.into_iter().chain([geometry.as_str(), "--json"]).collect();
        let done = place.run_words(&words).ok().json();
        assert_eq!(count(&done["count"]), 1, "{shape}");
    }
    let drawn = boxes(&place, "dog.jpg");
    let kinds: Vec<_> = drawn.iter().map(|a| text(&a["shape"]["kind"])).collect();
    let wanted: Vec<_> = shapes.iter().map(|s| text(&s["shape"]["kind"])).collect();
    assert_eq!(kinds, wanted);
    assert_eq!(drawn[2]["rect"], corners(10.0, 10.0, 60.0, 70.0), "drawn around the points");
    assert_eq!(drawn[0]["rotation"], 30.0);
    // Revisions only ever grow.
    let seen = || -> Vec<Value> {
        let all = boxes(&place, "dog.jpg");
        all.iter()
            .map(|a| json!([a["id"], a["rect"], a["rotation"], a["shape"], a["state"], a["label"]]))
            .collect()
    };
    let before = seen();

    // All taken back and all done again, step by step and at one go.
    let history = place.json("history a.relook");
    let steps: Vec<u64> = list(&history).iter().map(|e| count(&e["step"])).collect();
    assert_eq!(steps.len(), shapes.len() + 1, "and one for the label");
    assert!(steps.is_sorted_by(|a, b| a > b), "newest first");
    assert!(list(&history).iter().all(|e| e["actor"] == "command line" && e["state"] == "done"));
    place.run("history a.relook --to 0").ok();
    assert_eq!(boxes(&place, "dog.jpg"), Vec::<Value>::new());
    assert!(list(&place.json("history a.relook")).iter().all(|e| e["state"] == "undone"));
    place.run(&format!("history a.relook --to {}", steps[4])).ok();
    assert_eq!(boxes(&place, "dog.jpg").len(), 5);
    place.run(&format!("history a.relook --to {}", steps[0])).ok();
    assert_eq!(seen(), before);
    place.run("history a.relook --to 9999").fails(8, &["9999"]);
    assert_eq!(list(&place.json(&format!("history a.relook --before {} --limit 2", steps[0]))).len(), 2);

    // Several at once are one step.
    let (one, other) = (count(&drawn[0]["id"]), count(&drawn[1]["id"]));
    place.run(&format!("decide a.relook --describe {one},{other} --z-order 3 --group-id 7")).ok();
    let described = boxes(&place, "dog.jpg");
    let in_group: Vec<_> = described.iter().filter(|a| a["group"] == 7 && a["z_order"] == 3).collect();
    assert_eq!(in_group.len(), 2);
    place.run("undo a.relook").ok();
    assert!(boxes(&place, "dog.jpg").iter().all(|a| a["group"] == 0 && a["z_order"] == 0));

    let exported = place.json("export a.relook --out a.xml");
    assert_eq!(count(&exported["boxes"]), shapes.len() as u64, "{exported}");
    for bad in [
        r#"{"shape":{"kind":"polygon","points":[{"x":1,"y":1}]}}"#,
        r#"{"rect":{"x1":5,"y1":5,"x2":5,"y2":9},"shape":{"kind":"box"}}"#,
    ] {
        let line = ["decide", "a.relook", "--draw", "--image", "dog.jpg", "--to", "dog", "--geometry", bad];
        place.run_words(&line).fails(8, &["too few points"]);
    }
    place.run("decide a.relook --draw --image dog.jpg --to dog --geometry {}").fails(2, &["--geometry"]);
    place.assert_sound("a.relook");
}

#[test]
fn labels_are_added_changed_and_deleted_without_losing_a_box() {
    let _turn = one_at_a_time();
    let place = Place::with_photos(&["dog.jpg"]);
    let attributes = r#"[{"name":"pose","kind":"select","default":"sits","values":["sits","stands"]}]"#;
    let line = [
        "labels",
        "a.relook",
        "add",
        "puppy",
        "--colour",
        "#112233",
        "--key",
        "p",
        "--attributes",
        attributes,
    ];
    place.run_words(&line).ok();
    let (_, by_name) = labels(&place);
    assert_eq!(by_name.len(), 81);
    place.run("labels a.relook add puppy").fails(2, &["puppy"]);
    place.run("decide a.relook --draw --image dog.jpg --to puppy --rect 5,5,50,50").ok();
    let id = count(&only(&boxes(&place, "dog.jpg"), |_| true)["id"]);
    let describe = format!("decide a.relook --describe {id} --attributes");
    let with = |value: &str| describe.split(' ').chain([value]).map(str::to_owned).collect::<Vec<_>>();
    place.run_words(&with(r#"{"pose":"stands"}"#)).ok();
    assert_eq!(boxes(&place, "dog.jpg")[0]["attributes"], json!({ "pose": "stands" }));
    place.run_words(&with(r#"{"pose":"flies"}"#)).fails(8, &["pose", "flies", "sits"]);

    place.run("labels a.relook edit puppy --rename whelp --colour #445566 --shape box").ok();
    let all = place.json("labels a.relook list");
    let whelp = only(list(&all), |l| l["name"] == "whelp");
    let kept = (text(&whelp["colour"]), text(&whelp["key"]), text(&whelp["shape"]));
    assert_eq!(kept, ("#445566", "p", "box"));
    assert_eq!(count(&whelp["id"]), by_name["puppy"]);
    assert_eq!(list(&whelp["attributes"]).len(), 1, "what was not named stays");

    place.run("labels a.relook delete whelp").fails(8, &["1 box"]);
    place.run("labels a.relook delete whelp --into unicorn").fails(3, &["unicorn"]);
    place.run("labels a.relook delete whelp --into dog").ok();
    let (_, after) = labels(&place);
    assert!(!after.contains_key("whelp"));
    assert_eq!(count(&boxes(&place, "dog.jpg")[0]["label"]), after["dog"]);
    place.run("undo a.relook").ok();
    let (_, again) = labels(&place);
    assert_eq!(count(&boxes(&place, "dog.jpg")[0]["label"]), again["whelp"]);
    place.assert_sound("a.relook");
}

#[test]
fn settings_are_shown_and_changed_one_by_one() {
    let place = Place::new();
    place.run("new a").ok();
    let before = place.json("settings a.relook");
    let after = place.json("settings a.relook accept-at 0.75");
    assert_eq!(after["accept_at"], 0.75);
    let shown = place.run("settings a.relook second-look-model yolov8s").ok().out;
    assert!(shown.lines().any(|l| l.starts_with("second-look-model") && l.ends_with("yolov8s")), "{shown}");
    let now = place.json("settings a.relook");
    assert_eq!((&now["draft_model"], &now["accept_at"]), (&before["draft_model"], &after["accept_at"]));
    for (words, told) in [("drop-below 0.9", "0.9"), ("accept-at high", "high"), ("speed 9", "accept-at")] {
        place.run(&format!("settings a.relook {words}")).fails(2, &[told]);
    }
    place.run("settings a.relook accept-at").fails(2, &["VALUE"]);
    assert_eq!(place.json("settings a.relook"), now);
}

fn rect(a: &Value) -> Rect {
    serde_json::from_value(a["rect"].clone()).expect("a rectangle")
}

/// The truth is what the draft says, but for four boxes: one is really another thing, one lies elsewhere, one is not
/// there, and one was missed. So what the work costs is known.
#[test]
fn effort_counts_just_what_a_person_would_have_to_do() {
    let _turn = one_at_a_time();
    let photos = ["dog.jpg", "horses.jpg", "kite.jpg"];
    let place = Place::with_photos(&photos);
    place.run("draft a.relook").ok();
    let (names, _) = labels(&place);
    let stands: Vec<(&str, Value)> = photos
        .into_iter()
        .flat_map(|photo| boxes(&place, photo).into_iter().map(move |a| (photo, a)))
        .filter(|(_, a)| a["standing"] != "withdrawn")
        .collect();
    // Boxes that meet no other, so that nothing else could take their part.
    let alone: Vec<usize> = (0..stands.len())
        .filter(|n| {
            let (photo, a) = &stands[*n];
            stands.iter().enumerate().all(|(m, (p, b))| m == *n || p != photo || rect(a).iou(&rect(b)) < 0.05)
        })
        .collect();
    let [relabelled, moved, wrong, ..] = alone[..] else { unreachable!("too few lonely boxes: {stands:?}") };
    let categories: Vec<Value> = names.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
    let images: Vec<Value> =
        photos.iter().enumerate().map(|(n, p)| json!({ "id": n, "file_name": format!("val/{p}") })).collect();
    let image = |photo: &str| photos.iter().position(|p| *p == photo);
    let mut truth = Vec::new();
    for (n, (photo, a)) in stands.iter().enumerate() {
        let r = rect(a);
        // A third to the side is an IoU of one half.
        let x = if n == moved { r.x1 + r.width() / 3.0 } else { r.x1 };
        let width = if n == moved { r.width() / 1.5 } else { r.width() };
        let label = if n == relabelled { count(&a["label"]) % 80 + 1 } else { count(&a["label"]) };
        if n != wrong {
            truth.push(json!({ "image_id": image(photo), "category_id": label, "iscrowd": 0,
                "bbox": [x, r.y1, width, r.height()] }));
        }
    }
    truth.push(json!({ "image_id": 0, "category_id": 80, "bbox": [1.0, 1.0, 9.0, 9.0] }));
    truth.push(json!({ "image_id": 0, "category_id": 1, "bbox": [0.0, 0.0, 300.0, 300.0], "iscrowd": 1 }));
    let boxes_true = truth.len() as u64 - 1;
    let instances = json!({ "images": images, "annotations": truth, "categories": categories });
    std::fs::write(place.path("truth.json"), instances.to_string()).expect("a file");

    let rows = place.rows("a.relook");
    let bench =
        |words: &str| place.json(&format!("--quiet bench effort a.relook --truth truth.json {words}"));
    let report = bench("--way drafts");
    let way = &report["ways"][0];
    let right = stands.len() as u64 - 3;
    assert_eq!(
        (count(&report["images"]), count(&report["boxes"]), count(&report["crowds"])),
        (3, boxes_true, 1)
    );
    assert_eq!(
        way["actions"],
        json!({ "draw": 1, "adjust": 1, "relabel": 1, "delete": 1, "accept": right,
            "sweep": 0, "page": 0, "glance": 0 })
    );
    assert_eq!((count(&way["wrong"]), way["wrong_such_as"].clone()), (0, json!([])));
    let seconds = 7.0 + 5.0 + 2.0 + 1.5 + 1.5 * right as f64;
    assert!((way["seconds"].as_f64().expect("seconds") - seconds).abs() < 1e-9);
    let hand = bench("--way hand --draw 10 --look 1");
    let by_hand = hand["ways"][0]["seconds"].as_f64().expect("seconds");
    let parts: Vec<u64> =
        (1..=2).map(|n| count(&bench(&format!("--way hand --part {n}/2"))["boxes"])).collect();
    assert!(parts.iter().sum::<u64>() == boxes_true && !parts.contains(&0), "{parts:?}");
    place.run("bench effort a.relook --truth truth.json --part 3/2").fails(2, &["part 3 of 2"]);
    assert!((by_hand - 10.0 * boxes_true as f64 - 3.0).abs() < 1e-9, "{hand}");
    let glance = bench("--way drafts --glance 0.5");
    let (glances, accepted) =
        (count(&glance["ways"][0]["actions"]["glance"]), count(&glance["ways"][0]["actions"]["accept"]));
    assert!(glances > 0 && glances + accepted == right, "{glance}");

    // All ways end with the truth; the gallery looks at each box once.
    let line = "bench effort a.relook --truth truth.json";
    place.run(line).fails(2, &["second look", "--way drafts"]);
    place.run("second-look a.relook --model yolov8s").ok();
    let all = bench("--no-take-withdrawn --one-label --no-reject-rest");
    let ways = list(&all["ways"]);
    assert_eq!(
        ways.iter().map(|w| text(&w["way"])).collect::<Vec<_>>(),
        ["hand", "drafts", "second-look", "gallery"]
    );
    assert!(ways.iter().all(|w| count(&w["wrong"]) == 0), "{all}");
    assert_eq!(ways[1]["actions"], way["actions"], "the draft is what it was before the second look");
    let of = |n: usize, what: &str| count(&ways[n]["actions"][what]);
    for what in ["draw", "adjust", "relabel", "delete"] {
        assert_eq!(of(2, what), of(3, what), "{what}: only accepting is cheaper in the gallery");
    }
    assert_eq!(of(3, "accept"), 0);
    assert!(of(3, "sweep") >= of(2, "accept") + of(2, "delete"));
    let quicker = bench("--way gallery --withdrawn-from 0.1");
    let way = &quicker["ways"][0];
    assert_eq!(count(&way["wrong"]), 0, "{quicker}");
    assert!(count(&way["actions"]["page"]) < of(3, "page"));

    assert_eq!(place.rows("a.relook").len(), rows.len());
    assert_eq!(count(&place.counts("a.relook")["accepted"]), 0, "the project itself is left alone");
    let table = place.run(line).ok().out;
    assert!(table.contains("By hand") && table.contains("s / image"), "{table}");

    place.run("bench effort a.relook --truth nothing.json").fails(3, &["nothing.json"]);
    std::fs::write(place.path("other.json"), r#"{"images":[],"annotations":[],"categories":[]}"#)
        .expect("a file");
    place
        .run("bench effort a.relook --truth other.json")
        .fails(2, &["other.json", "none of the project's images"]);
    place.run(&format!("{line} --draw=-1")).fails(2, &["-1"]);
    place.run("decide a.relook --accept-at-least 0.9").ok();
    place.run(line).fails(2, &["decisions already", "new project"]);
}
