//! Places that refuse: to be read, to be written, to hold any more. The superuser is refused nothing, so these run the
//! program as nobody, or inside a mount of their own that ends with them.

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
};

use relook_tests::program::{Done, Place, relook};

fn superuser() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0)
}

pub fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions can be set");
}

/// `relook` as somebody without special rights. What it may write must be writable by anyone.
pub fn run_as_nobody(place: &Place, line: &str) -> Done {
    if !superuser() {
        return place.run(line);
    }
    // Where nobody may go; the program as built may lie in a folder that is the superuser's own.
    let folder = std::fs::metadata(place.path(".")).expect("a folder").mode();
    mode(&place.path("."), folder | 0o055);
    let program = place.path("relook");
    if !program.exists() {
        std::fs::copy(relook(), &program).expect("a copy of the program");
    }
    let mut command = place.command("setpriv");
    command
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(&program)
        .args(line.split_whitespace())
        .env("RELOOK_CACHE", "/nonexistent/cache")
        .env("RELOOK_CONFIG", "/nonexistent/config");
    Done::of(&mut command)
}

/// Runs a shell script in mounts of its own, with the program as `$RELOOK`. `None`, and said why, where this machine
/// does not let anyone make mounts.
pub fn run_with_mounts(place: &Place, script: &str) -> Option<Done> {
    let own: &[&str] = if superuser() { &["--mount"] } else { &["--map-root-user", "--mount"] };
    let unshare = |script: &str| -> Command {
        let mut command = place.command("unshare");
        command.args(own).args(["sh", "-eu", "-c", script]).env("RELOOK", relook());
        command
    };
    std::fs::create_dir_all(place.path("mount")).expect("a folder");
    let tried = unshare("mount -t tmpfs -o size=64k none mount").output();
    if !tried.as_ref().is_ok_and(|o| o.status.success()) {
        println!("SKIPPED: this machine does not let a test make mounts: {tried:?}");
        return None;
    }
    Some(Done::of(&mut unshare(script)))
}
