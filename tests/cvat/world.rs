//! What the stand-in knows: tasks, projects, uploads, work under way.

use std::collections::BTreeMap;

use relook_formats::ReadShape;
use serde_json::{Value, json};

use super::{
    Fault, How,
    http::{Asked, Reply},
    schema::Schema,
};

/// The token that may write; any other but [`READ_ONLY`] is unknown.
pub const TOKEN: &str = "standin.0123456789secret";
pub(super) const READ_ONLY: &str = "readonly.0123456789secret";

pub(super) struct Thing {
    pub id: u64,
    pub name: String,
    pub project: Option<u64>,
    pub bug_tracker: String,
}

pub(super) struct Project {
    pub name: String,
    pub thing: Thing,
    pub labels: Vec<Value>,
}

pub(super) struct Frame {
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub shapes: Vec<ReadShape>,
}

pub(super) struct Task {
    pub thing: Thing,
    pub labels: Vec<Value>,
    pub frames: Vec<Frame>,
    /// Whole files by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Name, length and bytes of files under way, by id.
    pub uploads: BTreeMap<String, (String, usize, Vec<u8>)>,
    /// How many files were begun; no id is given twice.
    pub begun: usize,
}

/// A piece of work: it is `started` when it is first asked for, and ended from then on.
pub(super) struct Work {
    pub asked: u32,
    pub failed: Option<String>,
    pub result: Option<Vec<u8>>,
    pub task: u64,
    pub kind: &'static str,
}

pub(super) struct World {
    pub url: String,
    pub schema: Schema,
    pub faults: Vec<Fault>,
    /// How many requests met a fault.
    pub met: usize,
    pub complaints: Vec<String>,
    pub asked: Vec<String>,
    pub tasks: BTreeMap<u64, Task>,
    pub projects: BTreeMap<u64, Project>,
    pub works: BTreeMap<String, Work>,
    next: u64,
}

impl World {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            schema: Schema::read(),
            faults: Vec::new(),
            met: 0,
            complaints: Vec::new(),
            asked: Vec::new(),
            tasks: BTreeMap::new(),
            projects: BTreeMap::new(),
            works: BTreeMap::new(),
            next: 1,
        }
    }

    pub(super) fn id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// The fault that a request meets.
    pub(super) fn fault(&mut self, asked: &Asked) -> Option<How> {
        let fits = |f: &&mut Fault| f.method == asked.method && asked.path.contains(f.path);
        let fault = self.faults.iter_mut().find(fits)?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        if fault.times == 0 {
            return None;
        }
        fault.times -= 1;
        self.met += 1;
        Some(fault.how.clone())
    }

    /// A connection that broke off: what has arrived of an upload stays.
    pub(super) fn cut(&mut self, asked: &Asked) {
        let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        if let ("PATCH", ["api", "tasks", task, "data", file]) = (asked.method.as_str(), parts.as_slice())
            && let Some((_, _, bytes)) = task
                .parse()
                .ok()
                .and_then(|id: u64| self.tasks.get_mut(&id))
                .and_then(|t| t.uploads.get_mut(*file))
        {
            bytes.extend_from_slice(&asked.body);
        }
    }

    pub(super) fn answer(&mut self, asked: &Asked, how: Option<&How>) -> Reply {
        let reply = self.route(asked, how).unwrap_or_else(|refused| refused);
        let complaints = self.schema.complaints(asked, &reply);
        self.complaints.extend(complaints);
        reply
    }

    pub(super) fn task_json(&self, task: &Task) -> Value {
        let id = task.thing.id;
        let mut out = self.thing_json(&task.thing, "tasks");
        out["size"] = task.frames.len().into();
        out["mode"] = if task.frames.is_empty() { "" } else { "annotation" }.into();
        out["jobs"] = json!({ "count": 0, "completed": 0, "validation": 0, "url": format!("{}/api/jobs?task_id={id}", self.url) });
        out["project_id"] = task.thing.project.into();
        out["subset"] = "".into();
        out
    }

    pub(super) fn project_json(&self, project: &Project) -> Value {
        let id = project.thing.id;
        let mut out = self.thing_json(&project.thing, "projects");
        let count = self.tasks.values().filter(|t| t.thing.project == Some(id)).count();
        out["tasks"] = json!({ "count": count, "url": format!("{}/api/tasks?project_id={id}", self.url) });
        out
    }

    fn thing_json(&self, thing: &Thing, kind: &str) -> Value {
        let (id, one) = (thing.id, kind.trim_end_matches('s'));
        json!({
            "url": format!("{}/api/{kind}/{id}", self.url),
            "id": id,
            "name": thing.name,
            "owner": self.owner(),
            "assignee": null,
            "bug_tracker": thing.bug_tracker,
            "created_date": "2026-11-22T10:20:42.006007Z",
            "updated_date": "2026-11-22T10:20:42.006041Z",
            "status": "annotation",
            "dimension": "2d",
            "organization": null,
            "organization_id": null,
            "target_storage": null,
            "source_storage": null,
            "labels": { "url": format!("{}/api/labels?{one}_id={id}", self.url) },
        })
    }

    fn owner(&self) -> Value {
        json!({ "url": format!("{}/api/users/1", self.url), "id": 1, "username": "anna", "first_name": "", "last_name": "" })
    }
}
