//! `badgewatch import` and `badgewatch export`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::settings::{Settings, runtime};
use super::{print, print_json};
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::flow::export_registry::{self, ExportError};
use crate::flow::import_registry::{self, Report, Terms};
use crate::store::Db;

/// Lines told one by one; all of them with --json.
const MOST_LINES: usize = 50;

#[derive(clap::Args)]
struct Target {
    #[command(flatten)]
    settings: Settings,
    /// sqlite:FILE or postgres://…, instead of the setting database.url
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Target {
    fn read(&self) -> anyhow::Result<Config> {
        let mut config = self.settings.read()?;
        if let Some(url) = &self.database {
            config.database.url = Secret::new(url);
        }
        Ok(config)
    }
}

#[derive(clap::Args)]
pub(super) struct Import {
    #[command(flatten)]
    target: Target,
    /// The whole registry, .csv (UTF-8 or GBK) or .xlsx (its first sheet): what it leaves out is dropped
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

/// The report as JSON: fields may be added, these stay.
#[derive(serde::Serialize)]
struct Shown<'a> {
    schema: &'static str,
    #[serde(flatten)]
    report: &'a Report,
}

impl Import {
    /// Exit code 0: all of it is in (or would be); 1: rows were refused, or it waits for a confirmation (`waits` in the
    /// JSON tells which); 64 and above: usage, a file that cannot be used at all, or the database.
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let config = self.target.read()?;
        let name = self.file.display();
        let bytes = std::fs::read(&self.file).with_context(|| format!("cannot read {name}"))?;
        let short = self.file.file_name().unwrap_or_default().to_string_lossy();
        let incoming = import_registry::read(&short, &bytes).with_context(|| format!("cannot use {name}"))?;
        drop(bytes);
        let (dry_run, allow_shrink) = (self.dry_run, self.allow_shrink);
        let terms = Terms { dry_run, allow_shrink, max_shrink: config.registry.max_shrink };
        let report = runtime()?.block_on(async {
            let db = if dry_run { open_as_it_is(&config).await? } else { open(&config).await? };
            let report = import_registry::import(&db, &incoming, &terms, Clock::System.now()).await;
            db.close().await;
            anyhow::Ok(report?)
        })?;
        match self.json {
            true => print_json(&Shown { schema: "badgewatch.import/1", report: &report })?,
            false => print(&told(&report, dry_run))?,
        }
        Ok(u8::from(report.waits || !report.refused.is_empty()))
    }
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    // An error only says that a provider was installed before us.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let db = Db::open(config.database.url.reveal(), config.database.connections).await?;
    db.migrate().await?;
    Ok(db)
}

/// Opens the database without touching its schema. A SQLite file that is not there yet is not made: an empty database in
/// memory stands for it.
async fn open_as_it_is(config: &Config) -> anyhow::Result<Db> {
    let url = config.database.url.reveal();
    let file = url.strip_prefix("sqlite:").map(|file| file.trim_start_matches("//"));
    let file = file.and_then(|file| file.split('?').next());
    if file.is_some_and(|file| !Path::new(file).exists()) {
        let mut empty = config.clone();
        empty.database.url = Secret::new("sqlite::memory:");
        return open(&empty).await;
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(Db::open(url, config.database.connections).await?)
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
    if report.warnings.len() > MOST_LINES {
        let _ = writeln!(out, "warning  {} in all", report.warnings.len());
    }
    let Report { before, added, changed, restored, unchanged, dropped, kept, .. } = report;
    let _ = writeln!(
        out,
        "{before} sites on file: {added} added, {changed} changed, {restored} restored, {unchanged} unchanged, {dropped} dropped"
    );
    if *kept > 0 {
        let _ = writeln!(out, "{kept} sites are not in the file and are kept: a refused row is theirs, or may be");
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
    target: Target,
    /// Where to write the CSV; it holds personal data, and only its owner may read it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    /// Exit code 0: written. 64 and above: usage, the database, or what could not be written.
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let config = self.target.read()?;
        runtime()?.block_on(async {
            let db = open(&config).await?;
            let done = match &self.output {
                Some(file) => to_file(&db, file).await,
                None => to_output(&db).await,
            };
            db.close().await;
            done
        })?;
        Ok(0)
    }
}

async fn to_output(db: &Db) -> anyhow::Result<()> {
    match export_registry::export(db, std::io::stdout().lock()).await {
        Err(ExportError::Write(error)) => super::written(Err(error)),
        done => Ok(done.map(|_| ())?),
    }
}

/// The file appears when it is whole.
async fn to_file(db: &Db, file: &Path) -> anyhow::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let out = options.open(&part).with_context(|| format!("cannot write {}", file.display()))?;
    let count = export_registry::export(db, std::io::BufWriter::new(&out)).await?;
    out.sync_all()?;
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))?;
    eprintln!("badgewatch: {count} sites in {}", file.display());
    Ok(())
}
