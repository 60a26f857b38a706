//! Answers as plain text.

use std::fmt::Write as _;

use relook_domain::{Label, LabelId, ReviewState, Stage, Standing};
use relook_engine::{
    PassSummary,
    view::{AnnotationView, DoctorView, ExportSummary, ImageView, ModelView, ProjectView, QueuePage},
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
        return "Every drafted image had its second look already; --again looks anew".into();
    }
    let mut out = format!("Looked at {} of {} images in {:.1} s", sum.run, sum.images, sum.seconds);
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
    line("drafted", format!("{} with {}", c.drafted, p.settings.draft_model));
    line(
        "second look",
        format!("{} ({} looked at with {})", c.looked, c.looked_at, p.settings.second_look_model),
    );
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

pub fn queue(page: &QueuePage, labels: &[Label]) -> String {
    let mut out = format!("{} boxes wait\n", page.total);
    for item in &page.items {
        let _ = writeln!(out, "{}  {}", box_line(&item.annotation, labels), item.path);
    }
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
        let _ = writeln!(out, "{:<10} {size:>6.1} MB  {:<10} {}  {}", m.name, m.input, m.licence, m.summary);
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
    out.push_str("Models\n");
    for m in &d.models {
        let _ = writeln!(out, "  {:<9} {}", m.name, if m.present { m.path.as_str() } else { "not fetched" });
    }
    out
}
