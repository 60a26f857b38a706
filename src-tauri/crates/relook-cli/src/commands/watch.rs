//! `relook watch`: folders whose new photos are taken in as they come.

use std::{path::PathBuf, time::Duration};

use relook_engine::{
    EngineError, Project, WatchNews, WatchOptions,
    view::{FolderView, JobKind},
};

use super::text;
use crate::{
    args::{OnOff, WatchArgs},
    progress::task,
    report::{data, line},
};

pub fn run(project: &Project, args: &WatchArgs, json: bool, quiet: bool) -> Result<(), EngineError> {
    let task = task(JobKind::Watch, quiet)?;
    if let (Some(set), Some(folder)) = (args.set, &args.folder) {
        let id = project.folder_at(folder)?;
        project.set_watched(id, set == OnOff::On)?;
        let folders = project.view()?.folders;
        return data(json, &folders, |folders| folders.iter().map(said).collect());
    }
    let options = WatchOptions {
        folders: args.folder.iter().cloned().collect::<Vec<PathBuf>>(),
        draft: !args.no_draft,
        second_look: !args.no_second_look,
        poll: args.poll.map(Duration::from_secs),
        send: args.send.as_deref().map(str::parse).transpose()?,
        once: args.once,
    };
    let mut printed = Ok(());
    project.watch(&options, &task, |news| {
        if printed.is_ok() {
            printed = line(json, &news, told);
        }
        if printed.is_err() {
            // Nobody hears what comes any more.
            task.control().stop();
        }
    })?;
    printed
}

fn said(folder: &FolderView) -> String {
    format!("{}  {}\n", if folder.watched { "watched    " } else { "not watched" }, folder.path)
}

fn told(news: &WatchNews) -> String {
    let listed = |what: &str, folder: &str, images: &[String]| {
        images.iter().map(|image| format!("{what} {folder}/{image}")).collect::<Vec<_>>().join("\n")
    };
    match news {
        WatchNews::Watching { folder, polling: false } => format!("Watching {folder}"),
        WatchNews::Watching { folder, polling: true } => {
            format!("Watching {folder} by looking through it every few seconds")
        }
        WatchNews::Added { folder, images } => listed("New:", folder, images),
        WatchNews::Changed { folder, images } => listed("Changed, drafted anew:", folder, images),
        WatchNews::Gone { folder, images } => listed("Gone, its labels are kept:", folder, images),
        WatchNews::Drafted(sum) => text::draft(sum),
        WatchNews::SecondLook(sum) => text::second_look(sum),
        WatchNews::Sent(report) => super::cvat::pushed(report).trim_end().to_owned(),
    }
}
