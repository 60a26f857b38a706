use relook_formats::{Problem, cvat_xml};

#[test]
fn names_that_cvat_would_mix_up_are_found() {
    use Problem::{Character, Duplicate, Empty, SameStem};
    for (names, want) in [
        (&["a.jpg", "b.jpg", "d/a.jpg"][..], &[][..]),
        (&["a.jpg", "a.png"], &[("a.jpg", SameStem), ("a.png", SameStem)]),
        (&["b/a.jpg", "b/a"], &[("b/a", SameStem), ("b/a.jpg", SameStem)]),
        (&["a.jpg", "A.jpg", "a.b.jpg"], &[]),
        (&["a.jpg", "a.jpg"], &[("a.jpg", Duplicate)]),
        (&["a.jpg", "a.jpg", "a.gif"], &[("a.gif", SameStem), ("a.jpg", Duplicate), ("a.jpg", SameStem)]),
        (&["x\u{7}.jpg", "line\nbreak.jpg", "\u{85}.jpg"], &[("x\u{7}.jpg", Character)]),
        (&["", "a.jpg"], &[("", Empty)]),
        (&[".jpg", ".png"], &[]),
    ] {
        let found = cvat_xml::check(names);
        let got: Vec<_> = found.iter().map(|f| (f.image.as_str(), f.problem)).collect();
        assert_eq!(got, want, "{names:?}");
        assert!(found.iter().all(|f| !f.message.is_empty() && f.consequence.contains("CVAT")));
    }
}
