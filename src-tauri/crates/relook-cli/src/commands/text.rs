//! Answers as plain text.

use std::fmt::Write as _;

use relook_domain::{Label, LabelId, ReviewState, ShapeKind, Stage, Standing};
use relook_engine::{
    EffortReport, Part, PassSummary, ServerReport,
    view::{
        AnnotationView, BoxFilter, DoctorView, ExportSummary, HistoryEntry, HistoryState, ImageView,
        ModelView, ProjectView, QueueOrder, QueuePage, SavedFilter,
    },
};

pub fn draft(sum: &PassSummary) -> String {
    if sum.images == 0 {
        return "Every image has a draft already; --again drafts anew".into();
    }
    let rate = sum.run as f64 / sum.seconds.max(1e-3);
    let mut out = format!("{} boxes on {} images in {:.1} s ({rate:.1}/s)", sum.boxes, sum.run, sum.seconds);
    unread(&mut out, sum);
    out
}

pub fn second_look(sum: &PassSummary) -> String {
    if sum.images == 0 {
        return match sum.left {
            Some(left) if left > 0 => {
                format!("The budget is spent; {left} doubtful images wait. A larger --budget goes on")
            }
            _ => "Every drafted image had its second look already; --again looks anew".into(),
        };
    }
    let mut out = format!("Looked at {} of {} images in {:.1} s", sum.run, sum.images, sum.seconds);
    if let Some(runs) = sum.runs.filter(|runs| *runs != sum.run) {
        let _ = write!(out, ", {runs} runs of the model");
    }
    if let Some(cost) = sum.cost.filter(|cost| (cost - sum.run as f64).abs() >= 0.05) {
        let _ = write!(out, ", at the cost of {cost:.1} in full");
    }
    if let Some(left) = sum.left.filter(|left| *left > 0) {
        let _ = write!(out, "\n  {left} doubtful images were beyond the budget and wait for a later look");
    }
    for (verdict, count) in &sum.verdicts {
        let _ = write!(out, "\n  {verdict:<12} {count}");
    }
    if let Some(n) = sum.disagreements.filter(|n| *n > 0) {
        let _ = write!(out, "\n  disagreement {n}");
    }
    unread(&mut out, sum);
    out
}

fn unread(out: &mut String, sum: &PassSummary) {
    if sum.failed > 0 {
        let _ = write!(out, "\n{} images could not be read; \"relook status\" names them", sum.failed);
    }
}

pub fn status(p: &ProjectView, duplicates: u64, problems: &[(String, String)]) -> String {
    let c = &p.counts;
    let mut out = format!("{}  {}\n", p.name, p.path);
    for f in &p.folders {
        let _ = writeln!(out, "  folder       {} ({} images)", f.path, f.images);
        if let Some(missing) = &f.missing {
            let _ = writeln!(out, "               {missing}");
        }
    }
    let mut line = |word: &str, value: String| {
        let _ = writeln!(out, "  {word:<12} {value}");
    };
    line("images", c.images.to_string());
    line("drafted", c.drafted.to_string());
    line("second look", format!("{} ({} looked at)", c.looked, c.looked_at));
    line("models", format!("{}, then {}", p.settings.draft_model, p.settings.second_look_model));
    line("waiting", format!("{} boxes, {} of them disagreements", c.queued, c.disagreements));
    line("settled", format!("{} boxes by the models", c.settled));
    line("decided", format!("{} accepted, {} fixed, {} rejected", c.accepted, c.fixed, c.rejected));
    if c.confirmed_empty > 0 {
        line("empty", format!("{} images confirmed empty", c.confirmed_empty));
    }
    if duplicates > 0 {
        line("duplicates", format!("{duplicates} images have the same content as another"));
    }
    if let Some(reason) = &p.read_only {
        line("read only", reason.clone());
    }
    if !problems.is_empty() {
        line("unreadable", format!("{} images", c.problems));
    }
    for (path, reason) in problems {
        let _ = writeln!(out, "    {path}: {reason}");
    }
    out
}

fn name(labels: &[Label], id: LabelId) -> &str {
    labels.iter().find(|l| l.id == id).map_or("?", |l| l.name.as_str())
}

fn score(score: Option<f64>) -> String {
    score.map_or_else(|| "   -".into(), |s| format!("{s:.2}"))
}

fn box_line(a: &AnnotationView, labels: &[Label]) -> String {
    let r = &a.rect;
    let mut what = match (a.state, a.standing) {
        (ReviewState::Pending, Standing::Doubtful) => "waiting".to_owned(),
        (ReviewState::Pending, Standing::Settled) => "settled".to_owned(),
        (ReviewState::Pending, Standing::Withdrawn) => "withdrawn".to_owned(),
        (state, _) => state.word().to_owned(),
    };
    if let Some(verdict) = a.verdict {
        let _ = write!(what, ", {}", verdict.word());
    }
    if a.disagreement {
        what.push_str(", disagreement");
    }
    if a.shape.kind() != ShapeKind::Box {
        let _ = write!(what, ", {}", a.shape.kind().word());
    }
    if let Some(track) = a.track {
        let how = if track.keyframe { "keyframe" } else { "interpolated" };
        let _ = write!(what, ", track {} ({how})", track.id);
    }
    let corners = format!("{:.1},{:.1} {:.1},{:.1}", r.x1, r.y1, r.x2, r.y2);
    format!("{:>6}  {:<16} {}  {corners:<32} {what}", a.id, name(labels, a.label), score(a.score))
}

pub fn image(view: &ImageView, labels: &[Label], all: bool) -> String {
    let i = &view.image;
    let size = match (i.width, i.height) {
        (Some(w), Some(h)) => format!("{w} × {h}"),
        _ => "size not read yet".into(),
    };
    let mut out = format!("{}  {size}\n", i.path);
    if let Some(problem) = &i.problem {
        let _ = writeln!(out, "  {problem}");
    }
    let hidden = |a: &AnnotationView| {
        a.state == ReviewState::Rejected
            || (a.state == ReviewState::Pending && a.standing == Standing::Withdrawn)
    };
    for a in view.annotations.iter().filter(|a| all || !hidden(a)) {
        let _ = writeln!(out, "{}", box_line(a, labels));
        for o in &a.opinions {
            let stage = match o.stage {
                Stage::Draft => "draft",
                Stage::SecondLook => "second look",
            };
            let _ = writeln!(
                out,
                "        {stage:<12} {:<16} {:.2}  {} on {}, model {}",
                name(labels, o.label),
                o.score,
                o.model,
                o.device,
                &o.model_digest[..12.min(o.model_digest.len())]
            );
        }
    }
    let left_out = view.annotations.iter().filter(|a| hidden(a)).count();
    if !all && left_out > 0 {
        let _ = writeln!(out, "{left_out} withdrawn or rejected boxes are not shown (--all)");
    }
    out
}

pub fn queue(page: &QueuePage, labels: &[Label], waiting: bool) -> String {
    let more = if page.more { "more than " } else { "" };
    let verb = if waiting { " wait" } else { "" };
    let mut out = format!("{more}{} boxes{verb}\n", page.total);
    for item in &page.items {
        let _ = writeln!(out, "{}  {}", box_line(&item.annotation, labels), item.path);
    }
    out
}

pub fn filters(all: &[SavedFilter], labels: &[Label]) -> String {
    if all.is_empty() {
        return "No filter is saved; \"relook filters PROJECT save NAME …\" saves one".into();
    }
    let line =
        |f: &SavedFilter| format!("{:<20} {}, {}\n", f.name, conditions(&f.filter, labels), order(f.order));
    all.iter().map(line).collect()
}

fn order(order: QueueOrder) -> &'static str {
    match order {
        QueueOrder::MostDoubtful => "most doubtful first",
        QueueOrder::DisagreementsFirst => "disagreements first",
        QueueOrder::ByImage => "by image",
        QueueOrder::ByLabel => "by label",
        QueueOrder::Similar => "like beside like",
    }
}

fn conditions(f: &BoxFilter, labels: &[Label]) -> String {
    fn any_of(parts: &mut Vec<String>, words: impl Iterator<Item = String>) {
        let words: Vec<_> = words.collect();
        if !words.is_empty() {
            parts.push(words.join(" or "));
        }
    }
    let mut parts = Vec::new();
    any_of(&mut parts, f.labels.iter().map(|id| name(labels, *id).to_owned()));
    any_of(&mut parts, f.states.iter().map(|w| w.word().to_owned()));
    any_of(&mut parts, f.standings.iter().map(|w| w.word().to_owned()));
    any_of(&mut parts, f.verdicts.iter().map(|w| w.word().to_owned()));
    any_of(&mut parts, f.origins.iter().map(|w| format!("from {}", w.word())));
    any_of(&mut parts, f.shapes.iter().map(|w| w.word().to_owned()));
    parts.extend(f.at_least.map(|s| format!("scoring at least {s}")));
    parts.extend(f.below.map(|s| format!("scoring less than {s}")));
    parts.extend((!f.path.is_empty()).then(|| format!("path with {:?}", f.path)));
    parts.extend(f.image.map(|id| format!("image {id}")));
    parts.extend(f.disagreement.map(|yes| if yes { "disagreements" } else { "no disagreements" }.to_owned()));
    if parts.is_empty() { "all boxes".into() } else { parts.join(", ") }
}

pub fn history(all: &[HistoryEntry]) -> String {
    if all.is_empty() {
        return "Nothing was done yet".into();
    }
    let line = |e: &HistoryEntry| {
        let step = e.step.map_or_else(String::new, |s| s.to_string());
        let state = match e.state {
            HistoryState::Done | HistoryState::Run => "",
            HistoryState::Undone => "  (undone)",
            HistoryState::Dropped => "  (undone for good)",
        };
        format!("{step:>6}  {}  {:<12}  {}{state}\n", time(e.at), e.actor, e.title)
    };
    all.iter().map(line).collect()
}

/// Seconds since 1970 as date and time of day in UTC.
fn time(at: i64) -> String {
    let (days, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    // Days since 1 March of year 0, whose leap day is the last of its year; 400 years have 146,097 days.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (y, m) = if month < 10 { (0, month + 3) } else { (1, month - 9) };
    format!(
        "{:04}-{m:02}-{:02} {:02}:{:02}Z",
        era * 400 + year + y,
        day - (153 * month + 2) / 5 + 1,
        second / 3600,
        second / 60 % 60
    )
}

pub fn labels(all: &[Label]) -> String {
    let line = |l: &Label| {
        let shape = l.shape.map_or("any", ShapeKind::word);
        let attributes: Vec<_> = l.attributes.iter().map(|a| a.name.as_str()).collect();
        let line =
            format!("{:<20} {}  {shape:<8}  {:<3}  {}", l.name, l.colour, l.key, attributes.join(", "));
        format!("{}\n", line.trim_end())
    };
    all.iter().map(line).collect()
}

pub fn effort(r: &EffortReport) -> String {
    let mut out = format!("{} images with {} boxes", r.images, r.boxes);
    if r.part != Part::ALL {
        let _ = write!(out, ", part {} of {}", r.part.which, r.part.of);
    }
    for (count, what) in [
        (r.crowds, "crowd regions left out"),
        (r.unusable, "boxes outside their image or too small left out"),
        (r.unknown, "images left out that the truth does not know"),
        (r.absent, "images of the truth not in the project"),
    ] {
        if count > 0 {
            let _ = write!(out, "; {count} {what}");
        }
    }
    let _ = write!(
        out,
        "\n\n{:<22} {:>5} {:>6} {:>7} {:>6} {:>6} {:>6} {:>5} {:>6}  {:>9}  wrong left\n",
        "", "draw", "adjust", "relabel", "delete", "accept", "crops", "pages", "glance", "s / image"
    );
    for w in &r.ways {
        let a = &w.actions;
        let _ = writeln!(
            out,
            "{:<22} {:>5} {:>6} {:>7} {:>6} {:>6} {:>6} {:>5} {:>6}  {:>9.1}  {}",
            w.way.title(),
            a.draw,
            a.adjust,
            a.relabel,
            a.delete,
            a.accept,
            a.sweep,
            a.page,
            a.glance,
            w.seconds_per_image,
            w.wrong
        );
        for one in &w.wrong_such_as {
            let _ = writeln!(out, "  {one}");
        }
    }
    let p = &r.prices;
    let _ = write!(
        out,
        "\nSeconds: draw {}, adjust {}, relabel {}, delete {}, accept {}, a crop looked at {}, the key that ends a page of \
         {} crops {}, an image looked over {}.\n",
        p.draw, p.adjust, p.relabel, p.delete, p.accept, p.sweep, r.page, p.page, p.look
    );
    match r.glance {
        None => out.push_str(
            "One by one each box that stands is decided by its own key, those the models settled too.\n",
        ),
        Some(s) => {
            let _ = writeln!(
                out,
                "A box that the models settled rightly is left as it is; to see that takes {s} s."
            );
        }
    }
    out.push_str(
        "In the gallery a crop that is not right costs its own action besides. A box is adjusted where it meets the true \
         one at\nan IoU of 0.3 to 0.75 and that is cheaper than to delete and draw it. In the end what stands is held against \
         the truth\none to one: same label, IoU at least 0.75.\n",
    );
    out
}

pub fn export(s: &ExportSummary) -> String {
    let mut out = format!(
        "Wrote {}\n  {} images, {} boxes: {} reviewed, {} settled by the models, {} still waiting\n",
        s.out, s.images, s.boxes, s.reviewed, s.settled, s.undecided
    );
    if s.unreadable > 0 {
        let _ = writeln!(out, "  {} images left out: they could not be read", s.unreadable);
    }
    for finding in &s.findings {
        let _ = writeln!(out, "  {finding}");
    }
    out
}

pub fn models(models: &[ModelView]) -> String {
    let mut out = String::new();
    for m in models {
        let place = if m.present { m.path.as_str() } else { "not fetched" };
        let size = m.bytes as f64 / 1e6;
        let _ = writeln!(
            out,
            "{:<10} {size:>6.1} MB  {:<10} {:<18} {}  {}",
            m.name, m.input, m.head, m.licence, m.summary
        );
        let _ = writeln!(out, "{:<10} {place}", "");
    }
    out
}

pub fn doctor(d: &DoctorView) -> String {
    let mut out = format!("Relook {}, {} cores\n", d.version, d.cores);
    match (&d.runtime, &d.runtime_path, &d.runtime_problem) {
        (Some(version), Some(path), _) => {
            let _ = writeln!(out, "ONNX Runtime {version}  {path}");
        }
        (_, _, problem) => {
            let _ = writeln!(out, "{}", problem.as_deref().unwrap_or("ONNX Runtime was not found"));
        }
    }
    for device in &d.devices {
        let mark = if device.available { "yes" } else { "no" };
        let _ = writeln!(out, "  {:<9} {mark:<4} {}", device.device, device.reason);
    }
    let _ = writeln!(out, "  auto      {}", d.auto_device);
    out.push_str("Runtimes\n");
    for r in &d.runtimes.runtimes {
        let version = r.installed.as_deref().unwrap_or("no");
        let _ = writeln!(out, "  {:<9} {version:<8} {}", r.kind.word(), r.reason);
    }
    out.push_str("Models\n");
    for m in &d.models {
        let _ = writeln!(out, "  {:<9} {}", m.name, if m.present { m.path.as_str() } else { "not fetched" });
    }
    out
}

pub fn servers(all: &[ServerReport]) -> String {
    let mut out = String::new();
    for one in all {
        let _ = writeln!(out, "{}", one.address);
        match (&one.server, &one.problem) {
            (_, Some(problem)) => {
                let _ = writeln!(out, "  cannot be used: {problem}");
            }
            (server, None) => {
                let how =
                    if one.announces_binary { "binary tensors" } else { "binary tensors if it takes them" };
                let _ = writeln!(out, "  {}, {how}", server.as_deref().unwrap_or("ready"));
            }
        }
        for model in &one.models {
            let said = model.signature.as_ref().or(model.problem.as_ref());
            let mark = if model.problem.is_none() { "yes" } else { "no" };
            let _ = writeln!(out, "  {:<9} {mark:<4} {}", model.name, said.map_or("", String::as_str));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_of_day_and_leap_days() {
        for (at, want) in [
            (0, "1970-01-01 00:00Z"),
            (951_782_400, "2000-02-29 00:00Z"),
            (951_868_799, "2000-02-29 23:59Z"),
            (1_709_251_200, "2024-03-01 00:00Z"),
            (4_107_542_399, "2100-02-28 23:59Z"),
            (-1, "1969-12-31 23:59Z"),
        ] {
            assert_eq!(time(at), want);
        }
    }
}
