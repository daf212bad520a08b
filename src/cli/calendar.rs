//! `badgewatch calendar`: which days are worked, how a new plan comes in, and when a limit ends.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono::{Datelike, NaiveDate};
use clap::Subcommand;

use super::print;
use super::settings::Settings;
use crate::domain::calendar::{Calendar, DayKind, Due, Problem, Weight, check, rows, whole_years};
use crate::flow::calendar::{CalendarFile, ImportReport, KnownYear, import, known_years};

/// Days shown in one line.
const DAYS_A_LINE: usize = 5;

#[derive(clap::Args)]
pub(super) struct CalendarCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Look a calendar file over, or say which years are known
    Check(Check),
    /// Take over the plan of one or more years: they replace what was known of these years
    Import(Import),
    /// Say when a limit of working days ends
    Due(DueOn),
}

impl CalendarCommand {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            Command::Check(check) => check.run(),
            Command::Import(import) => import.run(),
            Command::Due(due) => due.run(),
        }
    }
}

#[derive(clap::Args)]
struct Check {
    #[command(flatten)]
    settings: Settings,
    /// A calendar file: `date,kind,name`, where kind is `holiday` or `workday`
    file: Option<PathBuf>,
}

impl Check {
    /// Exit code of a file: 0 it can be imported, 1 it cannot. Without a file: 0 this year's calendar is known, 1 it is not.
    fn run(self) -> anyhow::Result<u8> {
        match &self.file {
            Some(file) => check_file(file),
            None => self.settings.run(async |shared| {
                let known = known_years(&mut shared.db.read().await?).await?;
                let (told, code) = standing(&known, shared.clock.today().year());
                print(&told)?;
                Ok(code)
            }),
        }
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn check_file(file: &Path) -> anyhow::Result<u8> {
    let rows = match rows(&read(file)?) {
        Ok(rows) => rows,
        Err(error) => {
            print(&format!("error: {error}\n"))?;
            return Ok(1);
        }
    };
    let problems = check(&rows);
    let any = |weight: Weight| problems.iter().any(|problem| problem.weight == weight);
    let refused = any(Weight::Error);
    let days: Vec<_> = rows.into_iter().map(|row| row.day).collect();
    let mut out = listed(&problems);
    out += &match refused {
        true => "it cannot be imported\n".to_owned(),
        false => format!("{} days can be imported; whole years: {}\n", days.len(), years(whole_years(&days))),
    };
    if any(Weight::Warning) && !refused {
        out += "look at the warnings; if it is meant, import it with --despite-warnings\n";
    }
    print(&out)?;
    Ok(u8::from(refused))
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}

fn years(years: impl IntoIterator<Item = i32>) -> String {
    let years: Vec<String> = years.into_iter().map(|year| year.to_string()).collect();
    if years.is_empty() { "none".to_owned() } else { years.join(", ") }
}

/// Which years are known and from where, whether this and the next are among them, and the exit code.
fn standing(known: &[KnownYear], this: i32) -> (String, u8) {
    let from = |imported: bool| known.iter().filter(move |year| year.imported == imported).map(|year| year.year);
    let knows = |year: i32| known.iter().any(|known| known.year == year);
    let mut out = format!("shipped:  {}\nimported: {}\n", years(from(false)), years(from(true)));
    if !knows(this) {
        let _ = writeln!(
            out,
            "error: {this} is missing: every deadline is provisional (暂定); import its plan with `calendar import`"
        );
    }
    if !knows(this + 1) {
        let next = this + 1;
        let _ = writeln!(
            out,
            "warning: {next} is missing (published October to December): deadlines into it are provisional (暂定)"
        );
    }
    (out, u8::from(!knows(this)))
}

/// A name that says something.
fn somebody(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() { Err("say who it is".to_owned()) } else { Ok(name.to_owned()) }
}

#[derive(clap::Args)]
struct Import {
    #[command(flatten)]
    settings: Settings,
    /// The calendar file: `date,kind,name`, whole years
    file: PathBuf,
    /// Who imports it; it is put on record
    #[arg(long, value_name = "WHO", value_parser = somebody)]
    by: String,
    /// Take it over although there are warnings: they were looked at, and it is meant
    #[arg(long)]
    despite_warnings: bool,
}

impl Import {
    fn run(self) -> anyhow::Result<u8> {
        let csv = read(&self.file)?;
        let name = self.file.file_name().unwrap_or_default().to_string_lossy();
        let actor = format!("operator:{}", self.by);
        self.settings.run(async |shared| {
            let file = CalendarFile { name: &name, csv: &csv, despite_warnings: self.despite_warnings };
            let report = import(&shared.db, &file, &actor, shared.clock.now()).await;
            print(&told(&report.with_context(|| format!("cannot use {}", self.file.display()))?))
        })?;
        Ok(0)
    }
}

fn told(report: &ImportReport) -> String {
    let kind = |kind: Option<DayKind>| kind.map_or("-", DayKind::name);
    let mut out = listed(&report.problems);
    if report.changes.is_empty() {
        return out + "it says what is known already: nothing is changed, nothing is put on record\n";
    }
    for change in &report.changes {
        let _ = writeln!(out, "{}  {} -> {}", change.date, kind(change.before), kind(change.after));
    }
    let ImportReport { added, turned, removed, unchanged, .. } = report;
    let _ = writeln!(
        out,
        "whole years: {}; {added} days added, {turned} turned, {removed} removed, {unchanged} unchanged",
        years(report.years.iter().copied())
    );
    let _ = writeln!(out, "on record; the calendar's version is {}", report.version);
    out
}

#[derive(clap::Args)]
struct DueOn {
    #[command(flatten)]
    settings: Settings,
    /// The day of notice, YYYY-MM-DD
    date: NaiveDate,
    /// Working days of the limit
    days: u32,
    /// Count the day of notice, too
    #[arg(long)]
    include_start_day: bool,
}

impl DueOn {
    fn run(self) -> anyhow::Result<u8> {
        self.settings.run(async |shared| {
            let calendar = shared.calendar.get();
            let due = calendar.due(self.date, self.days, self.include_start_day);
            print(&shown(&calendar, self.date, &due))
        })?;
        Ok(0)
    }
}

fn shown(calendar: &Calendar, notice: NaiveDate, due: &Due) -> String {
    let provisional = if due.provisional { "  provisional (暂定)" } else { "" };
    let mut out = format!("due {} {}, 24:00 in Beijing{provisional}\n", due.date, due.date.format("%a"));
    let unknown: Vec<i32> = (notice.year()..=due.date.year()).filter(|year| !calendar.knows(*year)).collect();
    if !unknown.is_empty() {
        let _ = writeln!(out, "no official calendar is known of: {}", years(unknown));
    }
    let _ = writeln!(out, "{} working days are counted:", due.counted.len());
    for line in due.counted.chunks(DAYS_A_LINE) {
        let days: Vec<String> = line.iter().map(|day| day.format("%Y-%m-%d %a").to_string()).collect();
        let _ = writeln!(out, "  {}", days.join("  "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [KnownYear; 2] = [KnownYear { year: 2026, imported: false }, KnownYear { year: 2027, imported: true }];

    #[test]
    fn a_missing_year_is_told_when_it_is_this_one_and_warned_of_when_it_is_the_next() {
        let (told, code) = standing(&KNOWN, 2026);
        assert_eq!((told.as_str(), code), ("shipped:  2026\nimported: 2027\n", 0));

        let (told, code) = standing(&KNOWN, 2027);
        assert!(code == 0 && told.contains("warning: 2028 is missing"), "{told}");

        let (told, code) = standing(&KNOWN, 2028);
        assert!(code == 1 && told.contains("error: 2028 is missing") && told.contains("warning: 2029"), "{told}");

        let (told, code) = standing(&KNOWN, 2025);
        assert_eq!(code, 1, "{told}");
        assert!(!told.contains("warning"), "{told}");
    }
}
