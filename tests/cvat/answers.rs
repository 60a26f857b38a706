//! What the stand-in answers, request by request.

use std::io::{Cursor, Read, Write};

use relook_domain::{
    Attribute, AttributeKind, Label, LabelId, Origin, ReviewState, ShapeKind, Skeleton, SkeletonJoint,
    export::{ExportImage, ExportShape},
};
use relook_formats::{Limits, ReadShape, cvat_xml};
use serde_json::{Value, json};

use super::{
    How,
    http::{Asked, Reply},
    world::{Frame, Project, READ_ONLY, TOKEN, Task, Thing, Work, World},
};

type Answered = Result<Reply, Reply>;

fn detail(status: u16, words: &str) -> Reply {
    Reply::json(status, &json!({ "detail": words }))
}

fn missing(what: &str) -> Reply {
    detail(404, &format!("No {what} matches the given query."))
}

impl World {
    pub(super) fn route(&mut self, asked: &Asked, how: Option<&How>) -> Answered {
        let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
        let method = asked.method.as_str();
        if (method, parts.as_slice()) == ("GET", &["api", "server", "about"]) {
            let about = json!({ "name": "Computer Vision Annotation Tool", "description": "", "version": "2.54.1", "logo_url": format!("{}/static/logo.svg", self.url), "subtitle": "" });
            return Ok(Reply::json(200, &about));
        }
        let secret =
            asked.header("authorization").and_then(|a| a.strip_prefix("Bearer ")).unwrap_or_default();
        if secret != TOKEN && secret != READ_ONLY {
            return Err(detail(401, "Invalid token."));
        }
        match asked.header("x-organization") {
            None | Some("" | "team") => {}
            Some(other) => return Err(detail(404, &format!("{other} organization does not exist."))),
        }
        if secret == READ_ONLY && !matches!(method, "GET" | "HEAD") {
            return Err(detail(403, "You do not have permission to perform this action."));
        }
        match (method, parts.as_slice()) {
            ("GET", ["api", "users", "self"]) => Ok(Reply::json(
                200,
                &json!({ "url": format!("{}/api/users/1", self.url), "id": 1, "username": "anna" }),
            )),
            ("GET", ["api", "auth", "access_tokens", "self"]) => {
                let token = json!({ "id": 2, "name": "relook", "created_date": "2026-11-22T10:20:39.268136Z", "updated_date": "2026-11-22T10:20:39.268181Z", "expiry_date": null, "last_used_date": null, "read_only": secret == READ_ONLY, "owner": { "url": format!("{}/api/users/1", self.url), "id": 1, "username": "anna", "first_name": "", "last_name": "" } });
                Ok(Reply::json(200, &token))
            }
            ("GET", ["api", kind @ ("tasks" | "projects")]) => Ok(self.list(asked, kind)),
            ("POST", ["api", "tasks"]) => self.make_task(&asked.json()),
            ("POST", ["api", "projects"]) => self.make_project(&asked.json()),
            ("GET", ["api", "labels"]) => self.labels(asked),
            ("GET" | "PATCH", ["api", kind @ ("tasks" | "projects"), id]) => self.thing(asked, kind, id),
            (_, ["api", "tasks", id, rest @ ..]) => {
                let id = id.parse().map_err(|_| missing("Task"))?;
                if !self.tasks.contains_key(&id) {
                    return Err(missing("Task"));
                }
                match (method, rest) {
                    ("POST", ["data"]) => self.data(asked, id, how),
                    ("PATCH" | "HEAD", ["data", file]) => self.piece(asked, id, file),
                    ("GET", ["data", "meta"]) => self.meta(id),
                    ("POST", ["annotations"]) => self.import(asked, id, how),
                    ("POST", ["dataset", "export"]) => self.export(id, how),
                    ("GET", ["dataset", "download"]) => self.download(asked),
                    _ => Err(detail(404, "Not found.")),
                }
            }
            ("GET", ["api", "requests", work]) => self.work(work),
            _ => Err(detail(404, "Not found.")),
        }
    }

    fn list(&self, asked: &Asked, kind: &str) -> Reply {
        let named = |t: &Thing| asked.query("name").is_none_or(|n| t.name == n);
        let results: Vec<Value> = match kind {
            "tasks" => self.tasks.values().filter(|t| named(&t.thing)).map(|t| self.task_json(t)).collect(),
            _ => self.projects.values().filter(|p| named(&p.thing)).map(|p| self.project_json(p)).collect(),
        };
        Reply::json(
            200,
            &json!({ "count": results.len(), "next": null, "previous": null, "results": results }),
        )
    }

    fn new_thing(&mut self, body: &Value) -> Result<Thing, Reply> {
        let Some(name) = body["name"].as_str() else {
            return Err(Reply::json(400, &json!({ "name": ["This field is required."] })));
        };
        let bug_tracker = body["bug_tracker"].as_str().unwrap_or_default().to_owned();
        Ok(Thing { id: self.id(), name: name.to_owned(), project: body["project_id"].as_u64(), bug_tracker })
    }

    fn new_labels(body: &Value) -> Result<Vec<Value>, Reply> {
        let labels = body["labels"].as_array().cloned().unwrap_or_default();
        let mut names: Vec<&str> = labels.iter().filter_map(|l| l["name"].as_str()).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < labels.len() {
            return Err(Reply::json(400, &json!(["All label names must be unique"])));
        }
        let held = labels.iter().map(|l| {
            let mut label = l.clone();
            label["has_parent"] = false.into();
            for word in ["attributes", "sublabels"] {
                if label[word].is_null() {
                    label[word] = json!([]);
                }
            }
            label
        });
        Ok(held.collect())
    }

    fn make_task(&mut self, body: &Value) -> Answered {
        if body["project_id"].is_u64() && body["labels"].as_array().is_some_and(|l| !l.is_empty()) {
            return Err(Reply::json(400, &json!(["Task must have only one of Label set or project_id"])));
        }
        if let Some(project) = body["project_id"].as_u64()
            && !self.projects.contains_key(&project)
        {
            return Err(Reply::json(400, &json!(["The specified project does not exist."])));
        }
        let thing = self.new_thing(body)?;
        let labels = match thing.project {
            Some(project) => self.projects[&project].labels.clone(),
            None => Self::new_labels(body)?,
        };
        let id = thing.id;
        let task = Task {
            thing,
            labels,
            frames: Vec::new(),
            files: Default::default(),
            uploads: Default::default(),
            begun: 0,
        };
        let reply = Reply::json(201, &self.task_json(&task));
        self.tasks.insert(id, task);
        Ok(reply)
    }

    fn make_project(&mut self, body: &Value) -> Answered {
        let thing = self.new_thing(body)?;
        let project = Project { name: thing.name.clone(), labels: Self::new_labels(body)?, thing };
        let reply = Reply::json(201, &self.project_json(&project));
        self.projects.insert(project.thing.id, project);
        Ok(reply)
    }

    fn thing(&mut self, asked: &Asked, kind: &str, id: &str) -> Answered {
        let id = id.parse().map_err(|_| missing("Task"))?;
        let body = asked.json();
        let tracker = body["bug_tracker"].as_str();
        if kind == "tasks" {
            let task = self.tasks.get_mut(&id).ok_or_else(|| missing("Task"))?;
            task.thing.bug_tracker = tracker.map_or(task.thing.bug_tracker.clone(), str::to_owned);
            return Ok(Reply::json(200, &self.task_json(&self.tasks[&id])));
        }
        let project = self.projects.get_mut(&id).ok_or_else(|| missing("Project"))?;
        project.thing.bug_tracker = tracker.map_or(project.thing.bug_tracker.clone(), str::to_owned);
        Ok(Reply::json(200, &self.project_json(&self.projects[&id])))
    }

    fn labels(&self, asked: &Asked) -> Answered {
        let number = |name| asked.query(name).and_then(|v| v.parse::<u64>().ok());
        let labels = match (number("task_id"), number("project_id")) {
            (Some(id), _) => &self.tasks.get(&id).ok_or_else(|| missing("Task"))?.labels,
            (_, Some(id)) => &self.projects.get(&id).ok_or_else(|| missing("Project"))?.labels,
            _ => return Err(detail(400, "Name a task or a project.")),
        };
        Ok(Reply::json(
            200,
            &json!({ "count": labels.len(), "next": null, "previous": null, "results": labels }),
        ))
    }

    fn data(&mut self, asked: &Asked, id: u64, how: Option<&How>) -> Answered {
        let task = self.tasks.get_mut(&id).ok_or_else(|| missing("Task"))?;
        if asked.header("upload-start").is_some() {
            return match task.frames.is_empty() {
                true => Ok(Reply::status(202, &[])),
                false => Err(Reply::json(400, &json!("Adding more data is not supported"))),
            };
        }
        if let Some(length) = asked.header("upload-length").and_then(|l| l.parse::<usize>().ok()) {
            // CVAT makes the address of the upload from it.
            if asked.header("origin").is_none() || !asked.path.ends_with('/') {
                return Err(Reply::status(500, &[]));
            }
            let coded = asked.header("upload-metadata").and_then(|m| m.strip_prefix("filename "));
            let name = match coded {
                Some("aW1hZ2VzLnppcA==") => "images.zip",
                Some("bWFuaWZlc3QuanNvbmw=") => "manifest.jsonl",
                _ => return Err(detail(400, "No filename")),
            };
            if task.files.contains_key(name) {
                return Err(Reply::json(409, &json!("File with same name already exists")));
            }
            task.begun += 1;
            let file = format!("1_{:08}-e7a0-4c1e-9b7e-{id:012}", task.begun);
            task.uploads.insert(file.clone(), (name.to_owned(), length, Vec::new()));
            let place = format!("https://cvat.test/api/tasks/{id}/data/{file}");
            let headers = [("Location", place), ("Upload-Filename", name.to_owned())];
            return Ok(Reply::status(201, &headers));
        }
        if asked.header("upload-finish").is_none() {
            return Err(detail(400, "Only uploads in pieces"));
        }
        let key = format!("action=create&target=task&target_id={id}");
        if let Some(work) = self.works.get(&key)
            && work.asked == 0
        {
            return Err(Reply::json(409, &json!({ "rq_id": key })));
        }
        if !task.frames.is_empty() {
            return Err(Reply::json(400, &json!("Adding more data is not supported")));
        }
        let failed = match how {
            Some(How::Fail(words)) => Some((*words).to_owned()),
            _ => match frames(task) {
                Ok(frames) => {
                    task.frames = frames;
                    None
                }
                Err(words) => Some(words),
            },
        };
        self.works
            .insert(key.clone(), Work { asked: 0, failed, result: None, task: id, kind: "create:task" });
        Ok(Reply::json(202, &json!({ "rq_id": key })))
    }

    fn piece(&mut self, asked: &Asked, id: u64, file: &str) -> Answered {
        let task = self.tasks.get_mut(&id).ok_or_else(|| missing("Task"))?;
        let Some((name, length, bytes)) = task.uploads.get_mut(file) else {
            return Err(Reply::status(404, &[]));
        };
        if asked.method == "HEAD" {
            let headers = [("Upload-Offset", bytes.len().to_string()), ("Upload-Length", length.to_string())];
            return Ok(Reply::status(200, &headers));
        }
        if asked.header("content-type") != Some("application/offset+octet-stream") {
            return Err(Reply::status(415, &[]));
        }
        if asked.header("upload-offset").and_then(|o| o.parse::<usize>().ok()) != Some(bytes.len()) {
            return Err(Reply::status(409, &[]));
        }
        bytes.extend_from_slice(&asked.body);
        if bytes.len() > *length {
            return Err(Reply::status(413, &[]));
        }
        let headers = [("Upload-Offset", bytes.len().to_string())];
        if bytes.len() == *length {
            let (name, bytes) = (name.clone(), std::mem::take(bytes));
            task.files.insert(name, bytes);
            task.uploads.remove(file);
        }
        Ok(Reply::status(204, &headers))
    }

    fn meta(&self, id: u64) -> Answered {
        let frames: Vec<Value> = self.tasks[&id].frames.iter().map(|f| json!({ "width": f.width, "height": f.height, "name": f.name, "related_files": 0, "has_related_context": false })).collect();
        let last = frames.len().saturating_sub(1);
        let meta = json!({ "chapters": null, "chunks_updated_date": "2026-11-22T10:22:28.155014Z", "chunk_size": 72, "size": frames.len(), "image_quality": 70, "start_frame": 0, "stop_frame": last, "frame_filter": "", "frames": frames, "deleted_frames": [], "included_frames": null, "storage": "local", "cloud_storage_id": null });
        Ok(Reply::json(200, &meta))
    }

    /// The work of this key, unless one is under way.
    fn begin(&mut self, key: String, work: Work) -> Answered {
        if self.works.get(&key).is_some_and(|w| w.asked == 0) {
            return Err(Reply::json(409, &json!({ "rq_id": key })));
        }
        self.works.insert(key.clone(), work);
        Ok(Reply::json(202, &json!({ "rq_id": key })))
    }

    fn import(&mut self, asked: &Asked, id: u64, how: Option<&How>) -> Answered {
        if asked.query("format") != Some("CVAT 1.1") {
            return Err(Reply::json(400, &json!("Unknown import format")));
        }
        let Some(xml) = asked.part("annotation_file") else {
            return Err(Reply::json(400, &json!({ "annotation_file": ["No file was submitted."] })));
        };
        let key = format!("action=import&target=task&target_id={id}&subresource=annotations");
        if self.works.get(&key).is_some_and(|w| w.asked == 0) {
            return Err(Reply::json(409, &json!({ "rq_id": key })));
        }
        let task = self.tasks.get_mut(&id).ok_or_else(|| missing("Task"))?;
        let failed = match how {
            Some(How::Fail(words)) => Some((*words).to_owned()),
            how => taken_in(task, &xml, matches!(how, Some(How::MoveFrame))).err(),
        };
        self.begin(key, Work { asked: 0, failed, result: None, task: id, kind: "import:annotations" })
    }

    fn export(&mut self, id: u64, how: Option<&How>) -> Answered {
        let key = format!(
            "action=export&target=task&target_id={id}&user_id=1&format=CVAT_for_images_1~1&subresource=annotations"
        );
        let failed = match how {
            Some(How::Fail(words)) => Some((*words).to_owned()),
            _ => None,
        };
        let result = Some(written(&self.tasks[&id]));
        self.begin(key, Work { asked: 0, failed, result, task: id, kind: "export:annotations" })
    }

    fn work(&mut self, key: &str) -> Answered {
        let Some(work) = self.works.get_mut(key) else { return Err(detail(404, "Not found.")) };
        work.asked += 1;
        let (status, words) = match (&work.failed, work.asked) {
            (_, 1) => ("started", ""),
            (Some(words), _) => ("failed", words.as_str()),
            (None, _) => ("finished", ""),
        };
        // The server calls itself by another name than the one it was asked under.
        let result = work.result.as_ref().filter(|_| status == "finished").map(|_| {
            format!(
                "https://cvat.test/api/tasks/{}/dataset/download?rq_id={}",
                work.task,
                key.replace('=', "%3D").replace('&', "%26")
            )
        });
        let answer = json!({ "status": status, "message": words, "id": key, "operation": { "type": work.kind, "target": "task", "project_id": null, "task_id": work.task, "job_id": null, "format": null, "lightweight": null }, "progress": 0.0, "created_date": "2026-11-22T10:22:20.585124Z", "started_date": "2026-11-22T10:22:20.600477Z", "finished_date": null, "expiry_date": null, "owner": { "id": 1, "username": "anna" }, "result_url": result, "result_id": null });
        Ok(Reply::json(200, &answer))
    }

    fn download(&self, asked: &Asked) -> Answered {
        let result = asked.query("rq_id").and_then(|key| self.works.get(key)).and_then(|w| w.result.clone());
        let body = result.ok_or_else(|| detail(400, "Unknown rq_id"))?;
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zipped.write_all(&body).expect("a vector takes every write");
        Ok(Reply {
            status: 200,
            headers: vec![("Content-Type", "application/zip".into()), ("Content-Encoding", "gzip".into())],
            body: zipped.finish().expect("a vector takes every write"),
        })
    }
}

/// Frames in the order of the manifest, which must name what the zip holds.
fn frames(task: &Task) -> Result<Vec<Frame>, String> {
    let zip = task.files.get("images.zip").ok_or("ValueError: No media data found")?;
    let manifest = task.files.get("manifest.jsonl").ok_or(
        "FileNotFoundError: Can't find upload manifest file 'manifest.jsonl' in the uploaded files.",
    )?;
    let archive = zip::ZipArchive::new(Cursor::new(zip)).map_err(|e| e.to_string())?;
    let mut there: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let invalid = || "ValidationError: Invalid manifest was uploaded".to_owned();
    let text = String::from_utf8(manifest.clone()).map_err(|_| invalid())?;
    let mut lines = text.lines().map(|l| serde_json::from_str::<Value>(l).map_err(|_| invalid()));
    let (version, kind) = (lines.next().ok_or_else(invalid)??, lines.next().ok_or_else(invalid)??);
    if version != json!({ "version": "1.1" }) || kind != json!({ "type": "images" }) {
        return Err(invalid());
    }
    let mut frames = Vec::new();
    for line in lines {
        let line = line?;
        let (Some(name), Some(extension)) = (line["name"].as_str(), line["extension"].as_str()) else {
            return Err(invalid());
        };
        let size = |side: &str| line[side].as_u64().and_then(|n| u32::try_from(n).ok()).ok_or_else(invalid);
        if line["checksum"].as_str().is_none_or(|c| c.len() != 32) {
            return Err(invalid());
        }
        let name = format!("{name}{extension}");
        frames.push(Frame { name, width: size("width")?, height: size("height")?, shapes: Vec::new() });
    }
    let mut named: Vec<String> = frames.iter().map(|f| f.name.clone()).collect();
    named.sort();
    there.sort();
    if named != there {
        return Err("FileNotFoundError: Uploaded files do no match the upload manifest file contents.".into());
    }
    Ok(frames)
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Replaces all annotations of a task, or leaves them as they are.
fn taken_in(task: &mut Task, xml: &[u8], moved: bool) -> Result<(), String> {
    let read =
        cvat_xml::read(Cursor::new(xml), &Limits::default()).map_err(|e| format!("ParseError: {e}"))?;
    let mut shapes: Vec<Vec<ReadShape>> = task.frames.iter().map(|_| Vec::new()).collect();
    for image in read.images {
        let by_name = task.frames.iter().position(|f| stem(&f.name) == stem(&image.name));
        let by_number = usize::try_from(image.frame).ok().filter(|n| *n < task.frames.len());
        let frame = by_name.or(by_number).ok_or_else(|| {
            format!("cvat.apps.dataset_manager.bindings.CvatImportError: Could not match item id: '{}' with any task frame", stem(&image.name))
        })?;
        let frame = if moved { (frame + 1) % task.frames.len() } else { frame };
        for mut shape in image.shapes {
            let label = task.labels.iter().find(|l| l["name"] == shape.label.as_str());
            let label = label.ok_or_else(|| {
                format!("ValueError: Label '{}' is not registered for this task", shape.label)
            })?;
            let attributes = label["attributes"].as_array().into_iter().flatten();
            let value = |a: &Value| {
                let name = a["name"].as_str()?.to_owned();
                let default = a["default_value"].as_str().unwrap_or_default().to_owned();
                let said = shape.attributes.get(&name).cloned().unwrap_or(default);
                Some((name, said))
            };
            shape.attributes = attributes.filter_map(value).collect();
            shapes[frame].push(shape);
        }
    }
    for (frame, shapes) in task.frames.iter_mut().zip(shapes) {
        frame.shapes = shapes;
    }
    Ok(())
}

/// The task's annotations as CVAT writes them.
fn written(task: &Task) -> Vec<u8> {
    let labels: Vec<Label> = task.labels.iter().enumerate().map(|(n, l)| label(n, l)).collect();
    let job = cvat_xml::Job {
        name: &task.thing.name,
        size: task.frames.len() as u64,
        labels: &labels,
        created: "",
        updated: "",
        dumped: "",
    };
    let mut writer = cvat_xml::Writer::new(Vec::new(), &job).expect("a head");
    for (n, frame) in task.frames.iter().enumerate() {
        let shape = |s: &ReadShape| ExportShape {
            label: labels.iter().position(|l| l.name == s.label).expect("a label of the task"),
            rect: s.rect,
            rotation: s.rotation,
            shape: s.shape.clone(),
            score: None,
            origin: Origin::Imported,
            state: ReviewState::Accepted,
            occluded: s.occluded,
            z_order: s.z_order,
            group: s.group,
            attributes: s.attributes.clone(),
        };
        let image = ExportImage {
            frame: n as u64,
            name: frame.name.clone(),
            width: frame.width,
            height: frame.height,
            shapes: frame.shapes.iter().map(shape).collect(),
        };
        writer.image(&image).expect("an image");
    }
    let xml = writer.finish().expect("a document");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("annotations.xml", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(&xml).expect("a vector takes every write");
    let mut done = zip.finish().expect("a zip");
    let mut bytes = Vec::new();
    done.set_position(0);
    done.read_to_end(&mut bytes).expect("a vector can be read");
    bytes
}

fn label(n: usize, said: &Value) -> Label {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let kind = match said["type"].as_str().unwrap_or("any") {
        "rectangle" => Some(ShapeKind::Box),
        word => ShapeKind::from_word(word),
    };
    let attribute = |a: &Value| Attribute {
        name: text(&a["name"]),
        kind: serde_json::from_value::<AttributeKind>(a["input_type"].clone()).expect("a kind of attribute"),
        mutable: a["mutable"] == true,
        default: text(&a["default_value"]),
        values: a["values"].as_array().into_iter().flatten().map(text).collect(),
    };
    let joint = |j: &Value| SkeletonJoint { name: text(&j["name"]), x: 0.5, y: 0.5 };
    let joints: Vec<_> = said["sublabels"].as_array().into_iter().flatten().map(joint).collect();
    Label {
        id: LabelId(n as i64 + 1),
        name: text(&said["name"]),
        colour: said["color"].as_str().unwrap_or("#336699").to_owned(),
        attributes: said["attributes"].as_array().into_iter().flatten().map(attribute).collect(),
        shape: kind,
        key: String::new(),
        skeleton: (!joints.is_empty()).then_some(Skeleton { joints, edges: Vec::new() }),
        archived: false,
    }
}
