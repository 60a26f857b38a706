//! The `relook` command: every use case of the engine, for people at a terminal and for scripts.
//!
//! Standard output is data, standard error is talk. Exit codes are listed in [`report::exit_code`].

mod args;
mod commands;
mod progress;
mod report;
mod window;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("RELOOK_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off")),
        )
        .with_writer(std::io::stderr)
        .init();
    report::finish(args.json, commands::run(&args))
}
