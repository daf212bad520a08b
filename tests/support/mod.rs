//! What the integration tests share: web farm, name server, runner of the binary, and the cases with their judge.
#![allow(dead_code, reason = "every test binary uses its own part")]

pub mod axe;
pub mod browser;
pub mod bureau;
pub mod case;
pub mod console;
pub mod db;
pub mod encode;
pub mod expect;
pub mod farm;
pub mod gallery;
pub mod keyboard;
pub mod letter;
pub mod lossy;
pub mod names;
pub mod office;
pub mod registry;
pub mod reply;
pub mod report;
pub mod scale;
pub mod smtp;
pub mod standing;
pub mod tls;
pub mod words;
pub mod world;
pub mod xlsx;

use std::ffi::OsString;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use farm::Farm;
use names::Names;

/// Longer than any run may take: what is still going then hangs.
const HANGS: Duration = Duration::from_secs(900);

/// What one run of the binary left behind.
#[derive(Debug)]
pub struct Run {
    /// The exit code, `None` where a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Standard output as JSON, null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_default()
    }
}

/// Runs `badgewatch` with these arguments.
pub fn badgewatch(args: impl IntoIterator<Item = impl Into<OsString>>) -> Run {
    let child = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
        .args(args.into_iter().map(Into::into))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id().to_string();
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let Output { status, stdout, stderr } = ended.recv_timeout(HANGS).map_or_else(
        |_| {
            let _ = Command::new("kill").args(["-9", &pid]).status();
            panic!("badgewatch hangs: no end after {HANGS:?}")
        },
        Result::unwrap,
    );
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

/// `badgewatch check --json` of `sites` against the farm, with the names that the name server knows.
pub fn check<S: AsRef<str>>(farm: &Farm, names: &Names, sites: &[S], extra: &[S]) -> Run {
    let mut args: Vec<OsString> = vec!["check".into()];
    args.extend(sites.iter().chain(extra).map(|arg| arg.as_ref().into()));
    for (option, value) in [
        ("--resolver", names.address.to_string()),
        ("--http-port", farm.http_port.to_string()),
        ("--https-port", farm.https_port.to_string()),
        ("--allow-net", "127.0.0.0/8".to_owned()),
    ] {
        args.extend([option.into(), value.into()]);
    }
    args.extend(["--ca-file".into(), farm.ca_file().into(), "--json".into()]);
    badgewatch(args)
}

/// The site of a check report at the place of its argument, null where the report has none.
pub fn site(report: &Value, place: usize) -> &Value {
    &report["sites"][place]
}
