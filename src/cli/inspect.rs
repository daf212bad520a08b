//! `badgewatch inspect`: one page from bytes, offline.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use url::Url;

use super::{exit_code, print, print_json, read_registry, report};
use crate::clock::Clock;
use crate::domain::badge::BadgeHosts;
use crate::domain::calendar::Calendar;
use crate::domain::identity::{Pairs, Subject};
use crate::domain::look::{Document, PageLook, look};
use crate::domain::page::FollowedSet;
use crate::domain::page::kind::Answer;
use crate::domain::site::{Hanging, not_owed};

#[derive(clap::Args)]
pub(super) struct Inspect {
    /// The address the page was served at: links, host and mixed content are judged by it
    #[arg(long)]
    url: Option<Url>,
    /// The Content-Type header it was served with
    #[arg(long, value_name = "CT")]
    content_type: Option<String>,
    /// Registry CSV to hold the badge against
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// Print JSON (badgewatch.inspect/1)
    #[arg(long)]
    json: bool,
    /// The page, or - for standard input
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    #[serde(flatten)]
    page: &'a PageLook,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let body = read(&self.file)?;
        let registry = self.registry.as_deref().map(read_registry).transpose()?;
        let nowhere = Url::parse("http://unknown.invalid/").expect("a fixed address");
        let pairs = Pairs::new();
        let subject = Subject::of(registry.as_ref(), self.url.as_ref(), &pairs);
        let document = Document {
            url: self.url.as_ref().unwrap_or(&nowhere),
            url_known: self.url.is_some(),
            body: &body,
            answer: Answer { content_type: self.content_type.as_deref(), ..Answer::default() },
            policies: &[],
            exempt: None,
            not_owed: subject
                .site
                .and_then(|site| not_owed(site, Hanging::default().days, Clock::System.today(), &Calendar::builtin())),
        };
        let page = look(&document, &BadgeHosts::default(), &FollowedSet::new(), &subject).page;
        if self.json {
            let output = Output { schema: "badgewatch.inspect/1", page: &page };
            print_json(&output)?;
        } else {
            print(&report::page(&page))?;
        }
        Ok(exit_code(page.verdict))
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut body).context("cannot read standard input")?;
    } else {
        body = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(body)
}
