//! How a command ends: data on standard output, an error as a sentence (or JSON) on standard error, an exit code.

use std::{
    io::{ErrorKind, Write},
    process::ExitCode,
};

use relook_engine::{Code, EngineError, ErrorView};
use serde::Serialize;

/// The exit code of an error. Stable: scripts rely on them.
pub fn exit_code(code: Code) -> u8 {
    match code {
        Code::Failed => 1,
        Code::Invalid => 2,
        Code::NotFound => 3,
        Code::BadProject => 4,
        Code::RuntimeMissing | Code::DeviceUnavailable | Code::ModelMissing | Code::BadModel => 5,
        Code::Busy => 6,
        Code::DiskFull | Code::ReadOnly => 7,
        Code::Stale | Code::Refused => 8,
        Code::Cancelled => 130,
    }
}

pub fn finish(json: bool, result: Result<(), EngineError>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let ErrorView { code, mut message } = error.view();
    if error.code() == Code::DeviceUnavailable {
        let stop = if message.ends_with('.') { "" } else { "." };
        message.push_str(&format!("{stop} To go on with the CPU, add --device cpu."));
    }
    // Nothing more can be done where standard error is closed too.
    let _ = if json {
        let value = serde_json::json!({ "error": { "code": code, "message": message } });
        writeln!(std::io::stderr(), "{value}")
    } else {
        writeln!(std::io::stderr(), "relook: {message}")
    };
    ExitCode::from(exit_code(error.code()))
}

/// Prints `value` as JSON, or what `text` makes of it.
pub fn data<T: Serialize>(json: bool, value: &T, text: impl FnOnce(&T) -> String) -> Result<(), EngineError> {
    let mut out = if json {
        serde_json::to_string_pretty(value).map_err(|e| EngineError::Failed(e.to_string()))?
    } else {
        text(value)
    };
    if !out.ends_with('\n') {
        out.push('\n');
    }
    print(&out)
}

/// Prints `value` as one line of JSON, or what `text` makes of it: of data that comes bit by bit.
pub fn line<T: Serialize>(json: bool, value: &T, text: impl FnOnce(&T) -> String) -> Result<(), EngineError> {
    let out = if json {
        serde_json::to_string(value).map_err(|e| EngineError::Failed(e.to_string()))?
    } else {
        text(value)
    };
    print(&format!("{}\n", out.trim_end()))
}

fn print(out: &str) -> Result<(), EngineError> {
    match std::io::stdout().write_all(out.as_bytes()) {
        // `relook … | head`: whoever read has enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(EngineError::Failed(format!("Could not print: {error}"))),
        Ok(()) => Ok(()),
    }
}
