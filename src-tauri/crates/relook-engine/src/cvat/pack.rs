//! The photos of an upload in one zip, with the manifest that tells CVAT their names and order.
//!
//! A plain upload loses the folders of a name, so everything goes through a zip.

use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use md5::{Digest, Md5};
use serde_json::json;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{error::EngineError, export::sending::Sent, task::Task};

/// What is sent of an upload, in the order in which it is sent.
pub(super) const FILES: [&str; 2] = ["images.zip", "manifest.jsonl"];
/// From this size on a zip needs the wider numbers.
const WIDE: u64 = u32::MAX as u64;

/// Makes both files in `folder`, unless they are there; equal photos give equal bytes, so an upload can go on with files
/// that were made anew.
///
/// # Errors
/// A photo cannot be read, or the disk refuses.
pub(super) fn pack(folder: &Path, images: &[Sent], task: &Task) -> Result<[PathBuf; 2], EngineError> {
    let files = FILES.map(|name| folder.join(name));
    if files.iter().all(|f| f.is_file()) {
        return Ok(files);
    }
    std::fs::create_dir_all(folder).map_err(EngineError::file("Could not make", folder))?;
    task.phase("Packing the photos", 0, images.len() as u64);
    let [zip_path, manifest_path] = &files;
    let part = folder.join("images.zip.part");
    let mut zip = ZipWriter::new(BufWriter::new(File::create(&part).map_err(|e| unwritten(&part, e))?));
    let mut manifest = String::from("{\"version\": \"1.1\"}\n{\"type\": \"images\"}\n");
    let mut buffer = vec![0; 256 * 1024];
    for image in images {
        task.checkpoint()?;
        let read = || EngineError::file("Could not read", &image.file);
        let mut photo = File::open(&image.file).map_err(read())?;
        let wide = photo.metadata().map_err(read())?.len() >= WIDE;
        // Photos are packed tightly already.
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(wide);
        zip.start_file(image.name.as_str(), options).map_err(|e| unwritten(&part, e.into()))?;
        let mut hasher = Md5::new();
        loop {
            match photo.read(&mut buffer).map_err(read())? {
                0 => break,
                n => {
                    hasher.update(&buffer[..n]);
                    zip.write_all(&buffer[..n]).map_err(|e| unwritten(&part, e))?;
                }
            }
        }
        let (stem, extension) = split(&image.name);
        let checksum: String = hasher.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let line = json!({
            "name": stem, "extension": extension, "width": image.width, "height": image.height,
            "meta": { "related_images": [] }, "checksum": checksum,
        });
        manifest.push_str(&format!("{line}\n"));
        task.advance(1);
    }
    let out = zip.finish().map_err(|e| unwritten(&part, e.into()))?;
    let file = out.into_inner().map_err(|e| unwritten(&part, e.into_error()))?;
    file.sync_all().map_err(|e| unwritten(&part, e))?;
    std::fs::write(manifest_path, manifest).map_err(|e| unwritten(manifest_path, e))?;
    std::fs::rename(&part, zip_path).map_err(|e| unwritten(zip_path, e))?;
    Ok(files)
}

fn unwritten(path: &Path, error: std::io::Error) -> EngineError {
    EngineError::file("Could not write", path)(error)
}

/// A name and its extension with the dot, as Python's `os.path.splitext` cuts it.
fn split(name: &str) -> (&str, &str) {
    let base = name.rfind('/').map_or(0, |at| at + 1);
    let start = base + name[base..].len() - name[base..].trim_start_matches('.').len();
    name[start..].rfind('.').map_or((name, ""), |at| name.split_at(start + at))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn names_are_cut_at_the_last_dot() {
        for (name, want) in [
            ("a/b.c/d.JPG", ("a/b.c/d", ".JPG")),
            ("a.b/c", ("a.b/c", "")),
            (".hidden", (".hidden", "")),
            ("x.tar.gz", ("x.tar", ".gz")),
        ] {
            assert_eq!(split(name), want);
        }
    }
}
