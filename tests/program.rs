//! The real `relook` program in a temporary place of its own: nothing of the user's is read or written.

#![expect(clippy::expect_used, reason = "for tests only: a machine that cannot start a program fails them")]

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use relook_engine::{Home, view::ImageFilter};
use serde_json::Value;

use crate::checkout::root;

/// What must be there before any of these tests can mean something.
fn needed(path: PathBuf, how: &str) -> PathBuf {
    assert!(path.exists(), "{} is missing: run {how} first", path.display());
    path
}

/// The program built in the same target folder as the running test.
pub fn relook() -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    let built = test.ancestors().nth(2).expect("tests lie in target/PROFILE/deps");
    needed(built.join(format!("relook{}", std::env::consts::EXE_SUFFIX)), "make build")
}

/// The folder of the demo photos.
pub fn demo_photos() -> PathBuf {
    needed(root().join("demo/photos"), "make setup")
}

/// The Python with the packages of the reference checks.
pub fn python() -> PathBuf {
    needed(root().join(".venv/bin/python"), "make setup")
}

/// Small graphs and images that others' tests use too.
pub fn vision_fixtures() -> PathBuf {
    root().join("src-tauri/crates/relook-vision/tests/fixtures")
}

/// Held by tests that run models: two at once would only slow each other and make timings mean nothing.
pub fn one_at_a_time() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary folder with caches and preferences of its own; the program runs in it, so that names are short.
pub struct Place {
    folder: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

impl Place {
    pub fn new() -> Self {
        needed(root().join("models/yolov8n/yolov8n.onnx"), "make run");
        needed(root().join("models/yolov8m/yolov8m.onnx"), "make run");
        needed(root().join("runtime/onnxruntime"), "make setup");
        let folder = tempfile::Builder::new().prefix("relook-test-").tempdir().expect("a temporary folder");
        Self { folder, variables: Vec::new() }
    }

    /// A project `a.relook` with COCO's labels on the demo photos of these names, in the folder `photos`.
    pub fn with_photos(names: &[&str]) -> Self {
        let place = Self::new();
        place.photos("photos", names);
        place.run("new a").ok();
        place.run("add a.relook photos").ok();
        place
    }

    /// Copies demo photos into `folder`; all of them when no name is given.
    pub fn photos(&self, folder: &str, names: &[&str]) -> PathBuf {
        let to = self.path(folder);
        std::fs::create_dir_all(&to).expect("a folder in a temporary folder");
        let mut all: Vec<PathBuf> = std::fs::read_dir(demo_photos())
            .expect("the demo photos")
            .map(|entry| entry.expect("a directory entry").path())
            .filter(|p| p.is_file() && (names.is_empty() || names.iter().any(|n| p.ends_with(n))))
            .collect();
        all.sort();
        assert!(
            all.len() >= names.len().max(1),
            "a demo photo is missing of {names:?}: run make setup first"
        );
        for photo in all {
            let name = photo.file_name().expect("a file has a name");
            std::fs::copy(&photo, to.join(name)).expect("a copy of a photo");
        }
        to
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sets an environment variable for the programs started from now on.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// A command with this place as its world.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .env("RELOOK_CACHE", self.path(".cache"))
            .env("RELOOK_CONFIG", self.path(".config"))
            // Models and runtimes that the user of this machine added are not the tests'.
            .env("XDG_DATA_HOME", self.path(".data"))
            .env_remove("RELOOK_MODELS")
            .env_remove("RELOOK_LOG")
            .env_remove("ORT_DYLIB_PATH")
            .stdin(Stdio::null())
            .envs(self.variables.iter().map(|(n, v)| (n, v)));
        command
    }

    /// `relook` with the words of `line`; blanks part them.
    pub fn run(&self, line: &str) -> Done {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub fn run_words<S: AsRef<OsStr>>(&self, words: &[S]) -> Done {
        Done::of(self.command(relook()).args(words))
    }

    /// `relook … --json`, which must succeed; what it printed.
    pub fn json(&self, line: &str) -> Value {
        self.run(&format!("{line} --json")).ok().json()
    }

    /// Starts `relook` and goes on.
    pub fn start(&self, line: &str) -> Running {
        self.start_program(relook(), line)
    }

    /// Any program with the words of `line`.
    pub fn start_program(&self, program: impl AsRef<OsStr>, line: &str) -> Running {
        let mut command = self.command(program);
        command.args(line.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let told = std::sync::Arc::new(Mutex::new(String::new()));
        let (writer, err) = (std::sync::Arc::clone(&told), child.stderr.take().expect("a pipe"));
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let mut told = writer.lock().unwrap_or_else(PoisonError::into_inner);
                told.push_str(&line);
                told.push('\n');
            }
        });
        Running { child, told, reader: Some(reader), line: line.to_owned() }
    }

    /// `counts` of `relook status`.
    pub fn counts(&self, project: &str) -> Value {
        self.json(&format!("status {project}"))["project"]["counts"].clone()
    }

    /// Everything a project says about its images and boxes, less what differs from run to run: ids, times, and how
    /// many sessions the work was spread over. Sorted by path, then label and corners.
    pub fn rows(&self, project: &str) -> Vec<Value> {
        let home = Home {
            models: Vec::new(),
            own_models: self.path("models"),
            runtimes: Vec::new(),
            named_runtime: None,
            own_runtimes: self.path("runtime"),
            cache: self.path(".cache"),
            config: self.path(".config"),
        };
        let project = home.open(&self.path(project)).expect("a sound project");
        let page = project.images(&ImageFilter::default(), 0, 1000).expect("a list of images");
        let mut rows = Vec::new();
        for row in page.rows {
            let view = project.image(row.id).expect("a listed image");
            let mut image = serde_json::to_value(view).expect("a view is JSON");
            for key in ["id", "folder"] {
                image["image"][key] = Value::Null;
            }
            let boxes = image["annotations"].as_array_mut().expect("a list of boxes");
            for a in boxes.iter_mut() {
                for key in ["id", "image"] {
                    a[key] = Value::Null;
                }
                for opinion in a["opinions"].as_array_mut().expect("a list of opinions") {
                    for key in ["at", "device"] {
                        opinion[key] = Value::Null;
                    }
                }
            }
            boxes.sort_by_key(ToString::to_string);
            rows.push(image);
        }
        rows.sort_by_key(|r| r["image"]["path"].to_string());
        rows
    }

    /// What SQLite says of the file's own soundness: `ok`.
    pub fn integrity(&self, project: &str) -> String {
        let file = rusqlite::Connection::open(self.path(project)).expect("the project file opens");
        file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer")
    }

    /// The project is sound, and the program says so too.
    pub fn assert_sound(&self, project: &str) {
        assert_eq!(self.integrity(project), "ok");
        self.run(&format!("status {project}")).ok();
    }
}

/// A program that ended.
#[derive(Debug)]
pub struct Done {
    pub line: String,
    /// `None`: ended by a signal.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Done {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program starts");
        let words: Vec<_> = command.get_args().map(|w| w.to_string_lossy().into_owned()).collect();
        Self {
            line: words.join(" "),
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// It failed with this exit code, and its message holds each of these words. No message may show a panic.
    #[track_caller]
    pub fn fails(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.out.is_empty(), "standard output is for data: {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "the message lacks {word:?}: {self:?}");
        }
        self
    }

    /// All of standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        let value = serde_json::from_str(&self.out);
        assert!(value.is_ok(), "standard output is not JSON: {self:?}");
        value.unwrap_or_default()
    }
}

/// A program at work; killed when dropped.
pub struct Running {
    child: Child,
    told: std::sync::Arc<Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
    line: String,
}

impl Running {
    /// What it wrote to standard error so far.
    pub fn told(&self) -> String {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_some()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Ctrl+C.
    pub fn interrupt(&self) {
        let status = Command::new("sh").args(["-c", &format!("kill -INT {}", self.child.id())]).status();
        assert!(status.expect("sh starts").success(), "the program ended before it was interrupted");
    }

    pub fn wait(mut self) -> Done {
        let mut out = String::new();
        let mut pipe = self.child.stdout.take().expect("a pipe");
        std::io::Read::read_to_string(&mut pipe, &mut out).expect("standard output is text");
        let code = self.child.wait().expect("a child ends").code();
        if let Some(reader) = self.reader.take() {
            // It ends with the pipe.
            let _ = reader.join();
        }
        Done { line: self.line.clone(), code, out, err: self.told() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks `done` again and again until it says yes; fails after two minutes.
#[track_caller]
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(120), "waited two minutes for: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A number of a JSON answer.
#[track_caller]
pub fn count(value: &Value) -> u64 {
    assert!(value.is_u64(), "{value} is not a count");
    value.as_u64().unwrap_or_default()
}

/// The path of a file as text.
pub fn text_of(path: &Path) -> &str {
    path.to_str().expect("temporary paths are Unicode")
}
