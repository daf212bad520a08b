//! Every letter there is, as a unit reads it: rendered from the samples and looked at.

mod support;

use badgewatch::domain::letter::{Going, Letter, LetterKind};
use badgewatch::mail::clean::is_hidden;
use badgewatch::mail::render;
use badgewatch::mail::sample::sample;
use proptest::prelude::*;
use support::badgewatch;

#[test]
fn every_letter_reads_as_it_should() {
    for kind in LetterKind::ALL {
        let (letter, going) = sample(*kind);
        let rendered = render(&letter, &going).unwrap();
        let files: String = rendered.attachments.iter().map(|file| format!("附件：{}\n", file.name)).collect();
        insta::assert_snapshot!(
            format!("letter_{}", kind.name()),
            format!("主题：{}\n{files}\n{}", rendered.subject, rendered.text)
        );
        insta::assert_snapshot!(format!("letter_{}_html", kind.name()), rendered.html);
    }
}
