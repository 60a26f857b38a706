//! Progress on standard error: one line that rewrites itself on a terminal, sparse lines elsewhere.

use std::{
    io::{IsTerminal, Write},
    sync::{Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use relook_engine::{
    Control, EngineError, Task,
    view::{JobKind, JobView},
};

/// Lines to something that is not a terminal come this seldom.
const LINES_EVERY: Duration = Duration::from_secs(5);

static CONTROL: OnceLock<Control> = OnceLock::new();

/// A task that reports to standard error and that Ctrl+C ends.
pub fn task(kind: JobKind, quiet: bool) -> Result<Task, EngineError> {
    let control = CONTROL.get_or_init(Control::default).clone();
    let on_signal = control.clone();
    // A second installation in one process fails and is not needed.
    let _ = ctrlc::set_handler(move || {
        if on_signal.stopped() {
            std::process::exit(130);
        }
        on_signal.stop();
        let _ = writeln!(std::io::stderr(), "\nStopping; what was done is kept");
    });
    let terminal = std::io::stderr().is_terminal();
    let printer = Mutex::new(Printer { terminal, last: None, phase: String::new(), device: None, warned: 0 });
    Ok(Task::new(0, kind, control, move |view| {
        let mut printer = printer.lock().unwrap_or_else(PoisonError::into_inner);
        // Progress is talk: where nobody listens, the work goes on.
        let _ = printer.print(view, quiet);
    }))
}

struct Printer {
    terminal: bool,
    last: Option<Instant>,
    phase: String,
    device: Option<String>,
    warned: u64,
}

impl Printer {
    fn print(&mut self, view: &JobView, quiet: bool) -> std::io::Result<()> {
        let mut err = std::io::stderr().lock();
        let clear = if self.terminal { "\r\x1b[2K" } else { "" };
        // Warnings are said even when quiet: they tell of work not done.
        let new = usize::try_from(view.warning_count - self.warned).unwrap_or(usize::MAX);
        let listed = new.min(view.warnings.len());
        if listed < new {
            writeln!(err, "{clear}  and {} more before these", new - listed)?;
        }
        for warning in &view.warnings[view.warnings.len() - listed..] {
            writeln!(err, "{clear}  {warning}")?;
        }
        self.warned = view.warning_count;
        if quiet {
            return Ok(());
        }
        if view.device != self.device {
            self.device.clone_from(&view.device);
            if let Some(device) = &view.device {
                writeln!(err, "{clear}{device}")?;
            }
        }
        let new_phase = view.phase != self.phase;
        self.phase.clone_from(&view.phase);
        let ended = view.total > 0 && view.done == view.total;
        let due = new_phase || ended || self.last.is_none_or(|at| at.elapsed() >= LINES_EVERY);
        if self.terminal {
            write!(err, "{clear}{}", line(view))?;
            if ended {
                writeln!(err)?;
            }
        } else if due && !view.phase.is_empty() {
            self.last = Some(Instant::now());
            writeln!(err, "{}", line(view))?;
        }
        err.flush()
    }
}

fn line(view: &JobView) -> String {
    let mut text = view.phase.clone();
    let bytes = matches!(view.kind, JobKind::FetchModels | JobKind::InstallRuntime);
    let amount = |n: u64| if bytes { format!("{:.1} MB", n as f64 / 1e6) } else { n.to_string() };
    if view.total > 0 {
        text.push_str(&format!("  {} of {}", amount(view.done), amount(view.total)));
    } else if view.done > 0 {
        text.push_str(&format!("  {}", amount(view.done)));
    }
    if view.rate > 0.0 {
        let rate = if bytes { format!("{:.1} MB", view.rate / 1e6) } else { format!("{:.1}", view.rate) };
        text.push_str(&format!("  {rate}/s"));
    }
    if let Some(left) = view.left_s.filter(|_| view.done < view.total) {
        text.push_str(&format!("  {} left", duration(left)));
    }
    text
}

fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3600, s % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn time_left_in_words() {
        for (seconds, want) in [(0.2, "0 s"), (59.0, "59 s"), (61.0, "1 min 01 s"), (3720.0, "1 h 02 min")] {
            assert_eq!(duration(seconds), want);
        }
    }
}
