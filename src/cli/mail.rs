//! `badgewatch mail`: how letters look.

use std::path::PathBuf;

use anyhow::Context;

use super::{USAGE, print};
use crate::domain::letter::{Going, LetterKind};
use crate::mail::render;
use crate::mail::sample::sample;

#[derive(clap::Args)]
pub(super) struct Mail {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Show a letter made of invented data; nothing is sent
    Preview(Preview),
}

#[derive(clap::Args)]
struct Preview {
    /// Which letter; --list names them
    #[arg(required_unless_present = "list")]
    kind: Option<String>,
    /// List the letters there are
    #[arg(long)]
    list: bool,
    /// The HTML instead of the text
    #[arg(long)]
    html: bool,
    /// As it goes to ourselves in a trial
    #[arg(long)]
    trial: bool,
    /// As a copy (抄送) looks
    #[arg(long)]
    copy: bool,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Mail {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let Action::Preview(preview) = self.action;
        preview.run()
    }
}

impl Preview {
    fn run(&self) -> anyhow::Result<u8> {
        if self.list {
            return self.put(&list());
        }
        let named = self.kind.as_deref().unwrap_or_default();
        let Some(kind) = LetterKind::from_name(named) else {
            eprintln!("badgewatch: there is no letter {named:?}; these there are:\n{}", list());
            return Ok(USAGE);
        };
        let (letter, going) = sample(kind);
        let link = going.link.filter(|_| !self.copy);
        let letter = render(&letter, &Going { trial: self.trial, copy: self.copy, link, ..going })?;
        if self.html {
            return self.put(&letter.html);
        }
        let files: String = letter.attachments.iter().map(|file| format!("附件：{}\n", file.name)).collect();
        self.put(&format!("主题：{}\n{files}\n{}", letter.subject, letter.text))
    }

    fn put(&self, text: &str) -> anyhow::Result<u8> {
        match &self.output {
            None => print(text)?,
            Some(file) => {
                std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
            }
        }
        Ok(0)
    }
}

fn list() -> String {
    LetterKind::ALL.iter().map(|kind| format!("{:<20} {}\n", kind.name(), kind.help())).collect()
}
