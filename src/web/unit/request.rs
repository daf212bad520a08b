//! What the unit asked for, and what it was answered.

use crate::domain::notice::{Request, RequestKind};
use crate::flow::notices::unit_view::UnitView;
use crate::web::tongue::Tongue;

/// A request, ready to be written.
pub(super) struct RequestCard {
    pub title: &'static str,
    pub chip: (&'static str, &'static str),
    pub at: String,
    pub text: String,
    pub until: Option<String>,
    pub files: Vec<File>,
    pub answer: Option<(String, String)>,
}

/// A file that came with it.
pub(super) struct File {
    pub name: String,
    pub sha256: String,
}

/// The requests, the latest first.
pub(super) fn cards(t: Tongue, view: &UnitView) -> Vec<RequestCard> {
    view.notice.requests.iter().rev().map(|request| card(t, view, request)).collect()
}

fn card(t: Tongue, view: &UnitView, request: &Request) -> RequestCard {
    let files = view.files.iter().filter(|file| file.at == request.at);
    RequestCard {
        title: match request.kind {
            RequestKind::Objection => t.say("异议", "Objection"),
            RequestKind::Extension => t.say("延期申请", "Request for more time"),
        },
        chip: chip(t, request),
        at: t.moment(request.at),
        text: request.text.clone(),
        until: request.until.map(|until| t.date(until)),
        files: files.map(|file| File { name: file.name.clone(), sha256: file.sha256.clone() }).collect(),
        answer: request.answer.as_ref().map(|answer| (t.moment(answer.at), answer.text.clone())),
    }
}

fn chip(t: Tongue, request: &Request) -> (&'static str, &'static str) {
    match (request.kind, request.answer.as_ref().map(|answer| answer.granted)) {
        (_, None) => ("undetermined", t.say("… 待答复", "… waits for an answer")),
        (RequestKind::Objection, Some(true)) => ("pass", t.say("✔ 异议成立", "✔ upheld")),
        (RequestKind::Objection, Some(false)) => ("na", t.say("－ 异议不成立", "－ not upheld")),
        (RequestKind::Extension, Some(true)) => ("pass", t.say("✔ 同意延期", "✔ granted")),
        (RequestKind::Extension, Some(false)) => ("na", t.say("－ 不同意延期", "－ not granted")),
    }
}
