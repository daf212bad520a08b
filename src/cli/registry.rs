//! `badgewatch import` and `badgewatch export`.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context;

use super::settings::Settings;
use super::{print, print_json};
use crate::flow::export_registry;
use crate::flow::import_registry::{self, Report, Terms};

/// Lines told one by one; all of them with --json.
const MOST_LINES: usize = 50;

#[derive(clap::Args)]
pub(super) struct Import {
    #[command(flatten)]
    settings: Settings,
    /// The whole registry, .csv or .xlsx: what it leaves out is dropped
    file: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Drop more sites than registry.max_shrink allows
    #[arg(long)]
    allow_shrink: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    /// Exit code 0: all of it is in (or would be); 1: rows were refused, or it waits for a confirmation.
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let name = self.file.display().to_string();
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {name}"))?;
        let incoming = import_registry::read(&name, &bytes).with_context(|| format!("cannot use {name}"))?;
        let (dry_run, allow_shrink) = (self.dry_run, self.allow_shrink);
        let report = self.settings.run(async |shared| {
            let terms = Terms { dry_run, allow_shrink, max_shrink: shared.config.registry.max_shrink };
            Ok(import_registry::import(&shared.db, &incoming, &terms, shared.clock.now()).await?)
        })?;
        match self.json {
            true => print_json(&report)?,
            false => print(&told(&report, dry_run))?,
        }
        Ok(u8::from(report.waits || !report.refused.is_empty()))
    }
}

fn told(report: &Report, dry_run: bool) -> String {
    let mut out = String::new();
    for refusal in report.refused.iter().take(MOST_LINES) {
        let column = refusal.column.map_or("-", |column| column.name());
        let _ =
            writeln!(out, "refused  row {:>6}  {column:<18} {:<14} {}", refusal.row, refusal.reason, refusal.sentence);
    }
    if report.refused.len() > MOST_LINES {
        let _ = writeln!(out, "refused  {} rows in all", report.refused.len());
    }
    for warning in report.warnings.iter().take(MOST_LINES) {
        let _ = writeln!(out, "warning  rows {:?}  {}  {}", warning.rows, warning.kind, warning.sentence);
    }
    if !report.unknown_regions.is_empty() {
        let rows = &report.unknown_regions[..report.unknown_regions.len().min(10)];
        let _ = writeln!(out, "warning  {} rows name no known region, such as {rows:?}", report.unknown_regions.len());
    }
    let Report { before, added, changed, restored, unchanged, dropped, kept, .. } = report;
    let _ = writeln!(
        out,
        "{before} sites on file: {added} added, {changed} changed, {restored} restored, {unchanged} unchanged, {dropped} dropped"
    );
    if *kept > 0 {
        let _ = writeln!(out, "{kept} sites are not in the file and are kept: a refused row may be theirs");
    }
    out.push_str(match (report.applied, report.waits, dry_run) {
        (true, ..) => "written\n",
        (_, true, _) => {
            "NOT written: more sites would be dropped than registry.max_shrink allows; look at the file, and \
                         confirm with --allow-shrink\n"
        }
        _ => "dry run: nothing is written\n",
    });
    out
}

#[derive(clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    settings: Settings,
    /// Where to write the CSV [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let Self { settings, output } = self;
        settings.run(async |shared| {
            match &output {
                Some(path) => {
                    let file =
                        std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
                    let count = export_registry::export(&shared.db, std::io::BufWriter::new(file)).await?;
                    eprintln!("badgewatch: {count} sites in {}", path.display());
                }
                None => {
                    export_registry::export(&shared.db, std::io::stdout().lock()).await?;
                }
            }
            Ok(0)
        })
    }
}
