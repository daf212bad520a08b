//! The command line: what an operator types, and the exit codes scripts rely on.

mod backup;
mod badge;
mod calendar;
mod check;
mod demo;
mod doctor;
mod inspect;
mod mail;
mod office;
mod operate;
mod registry;
mod report;
mod serve;
mod settings;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::domain::registry::Registry;
use crate::domain::verdict::Verdict;

/// Bad usage, or trouble of our own (sysexits.h: EX_USAGE and above).
const USAGE: u8 = 64;
/// A file that cannot be read (EX_NOINPUT).
const NO_INPUT: u8 = 66;
/// Refused rows and warnings told one by one.
const MOST_COMPLAINTS: usize = 20;

#[derive(Parser)]
#[command(name = "badgewatch", version, about = "Checks website badges (网站标识) of public bodies")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge one page from a file, offline
    Inspect(inspect::Inspect),
    /// Look at sites now: names, pages, verdicts
    Check(check::Check),
    /// Watch the sample county: invented sites on loopback, the real daemon
    Demo(demo::Demo),
    /// Take over a registry: CSV or spreadsheet
    Import(registry::Import),
    /// Write the registry as CSV
    Export(registry::Export),
    /// Watch the registered sites
    Serve(serve::Serve),
    /// Bring the database's schema up to date
    Migrate(serve::Migrate),
    /// Say what is well and what to do about the rest
    Doctor(doctor::Doctor),
    /// Ask for a re-check: it goes before the schedule
    Recheck(operate::Recheck),
    /// List mass changes that were held
    Holds(operate::Holds),
    /// Decide a mass change
    Hold(operate::Hold),
    /// Working days: check and import calendars, count limits
    Calendar(calendar::CalendarCommand),
    /// What a unit needs to hang its badge
    Badge(badge::Badge),
    /// Write all that is kept into one file, from a running database
    Backup(backup::Backup),
    /// Put a backup in the place of what a database holds
    Restore(backup::Restore),
    /// Prove that the evidence is what it was
    Audit(operate::Audit),
    /// People who act for an office
    User(office::accounts::User),
    /// What lets their programs in
    Token(office::accounts::Token),
    /// Rectification notices: what waits, and what officers do
    Notice(office::notice::Notice),
    /// Cases: what is proposed, decided and carried out
    Case(office::cases::Case),
    /// Leads: badges on other hosts, and what the public reports
    Lead(office::leads::Lead),
    /// Announced maintenance
    Maintenance(office::mail::Maintenance),
    /// Periodic reports (art. 17)
    Report(office::mail::Report),
    /// Letters on their way
    Mail(office::mail::Mail),
}

/// Runs a command line, the program's name first. Exit codes: 0 pass, 1 fail, 2 undetermined or not applicable, 64 and above usage or own trouble.
pub fn run(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let done = match arguments.command {
        Command::Inspect(inspect) => inspect.run(),
        Command::Check(check) => check.run(),
        Command::Demo(demo) => demo.run(),
        Command::Import(import) => import.run(),
        Command::Export(export) => export.run(),
        Command::Serve(serve) => serve.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Recheck(recheck) => recheck.run(),
        Command::Holds(holds) => holds.run(),
        Command::Hold(hold) => hold.run(),
        Command::Calendar(calendar) => calendar.run(),
        Command::Badge(badge) => badge.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Audit(audit) => audit.run(),
        Command::User(user) => user.run(),
        Command::Token(token) => token.run(),
        Command::Notice(notice) => notice.run(),
        Command::Case(case) => case.run(),
        Command::Lead(lead) => lead.run(),
        Command::Maintenance(maintenance) => maintenance.run(),
        Command::Report(report) => report.run(),
        Command::Mail(mail) => mail.run(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("badgewatch: {error:#}");
            ExitCode::from(NO_INPUT)
        }
    }
}

/// The exit code of one verdict.
fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Undetermined | Verdict::NotApplicable => 2,
    }
}

/// Reads a registry file; refused rows and warnings are told on standard error, the good rows count.
fn read_registry(path: &Path) -> anyhow::Result<Registry> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the registry {}", path.display()))?;
    let registry = Registry::read(&bytes).with_context(|| format!("cannot use the registry {}", path.display()))?;
    for refusal in registry.refused.iter().take(MOST_COMPLAINTS) {
        let column = refusal.column.map_or("", |column| column.name());
        eprintln!(
            "badgewatch: registry row {} refused: {column} {}: {}",
            refusal.row, refusal.reason, refusal.sentence
        );
    }
    if registry.refused.len() > MOST_COMPLAINTS {
        eprintln!("badgewatch: registry: {} rows refused in all", registry.refused.len());
    }
    if registry.sites().is_empty() && !registry.refused.is_empty() {
        anyhow::bail!("the registry {} has not one row that can be used", path.display());
    }
    for warning in registry.warnings.iter().take(MOST_COMPLAINTS) {
        eprintln!("badgewatch: registry rows {:?}: {}: {}", warning.rows, warning.kind, warning.sentence);
    }
    Ok(registry)
}

/// Writes to standard output; a reader that has gone away is no trouble.
fn print(text: &str) -> anyhow::Result<()> {
    written(std::io::stdout().lock().write_all(text.as_bytes()))
}

/// Writes JSON as it is made: a report of many sites is never held in memory as a whole.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let json = serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from);
    written(json.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()))
}

fn written(result: std::io::Result<()>) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}
