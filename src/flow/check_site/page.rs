//! The look at one page of a crawl: judge, follow what it needs, judge again.

use reqwest::header::SET_COOKIE;
use url::Url;

use super::crawl::Crawl;
use super::follow::header;
use crate::domain::crawl::{Origin, Task, UrlKind};
use crate::domain::identity::Subject;
use crate::domain::look::{Document, Looked, PageLook, look};
use crate::domain::page::kind;
use crate::domain::verdict::{PageKind, Reason, Verdict};
use crate::probe::http::Answer;
use crate::store::StoreResult;

/// Rounds in which scripts and frames may need further ones.
const MOST_ROUNDS: usize = 6;

impl Crawl<'_> {
    /// Judges an answer and offers its links.
    pub(super) async fn judge(&mut self, task: &Task, url: &Url, answer: &Answer) -> StoreResult<PageLook> {
        let policies: Vec<String> = answer
            .headers
            .get_all("content-security-policy")
            .iter()
            .filter_map(|value| value.to_str().ok().map(str::to_owned))
            .collect();
        let document = Document {
            url,
            url_known: true,
            body: &answer.body,
            answer: kind::Answer {
                status: Some(answer.status),
                content_type: header(&answer.headers, "content-type"),
                sets_cookie: answer.headers.contains_key(SET_COOKIE),
                is_attachment: header(&answer.headers, "content-disposition")
                    .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("attachment")),
            },
            policies: &policies,
            exempt: self.exemption(task, url),
            not_owed: self.view.not_owed,
        };
        let looked = self.look(&document).await?;
        if self.crawled.pages.is_empty() {
            self.crawled.site_name = looked.facts.site_name.clone();
        }
        self.offer(task, url, &looked);
        Ok(looked.page)
    }

    fn exemption(&self, task: &Task, url: &Url) -> Option<(PageKind, Reason)> {
        if task.from == Origin::Frame || self.frames.contains(url) {
            return Some((PageKind::Frame, Reason::Frame));
        }
        (UrlKind::of(url) == UrlKind::PrintView).then_some((PageKind::Page, Reason::PrintView))
    }

    /// Looks, follows what the page needs, and looks again until nothing more is needed.
    async fn look(&mut self, document: &Document<'_>) -> StoreResult<Looked> {
        let mut looked = self.look_once(document);
        for _ in 0..MOST_ROUNDS {
            let learnt = self.checker.book.learn_badges(&mut self.view.known, &looked.page.readings).await?;
            if self.learns_pairs(&looked).await || learnt {
                looked = self.look_once(document);
            }
            if looked.page.verdict == Verdict::Pass
                || looked.page.kind != PageKind::Page
                || looked.facts.needed.is_empty()
            {
                break;
            }
            self.follower.fetch(self.checker, &mut self.robots, &looked.facts.needed, self.deadline).await;
            looked = self.look_once(document);
        }
        Ok(looked)
    }

    fn look_once(&self, document: &Document<'_>) -> Looked {
        let registry = self.view.known.registry.as_deref();
        let mut subject = Subject::of(registry, Some(document.url), &self.view.pairs);
        subject.site = self.view.site.or(subject.site);
        look(document, &self.checker.hosts, &self.follower.followed, &subject)
    }

    /// A site on file by its certificate id alone: the ids of the codes on the page are asked for.
    async fn learns_pairs(&mut self, looked: &Looked) -> bool {
        let by_id_alone = self.view.site.is_some_and(|site| site.badge_code.is_none() && site.certificate_id.is_some());
        if !by_id_alone {
            return false;
        }
        let known = self.view.pairs.len();
        for code in looked.page.readings.iter().filter_map(|reading| reading.code.as_ref()) {
            if let Some(id) = self.checker.id_of(code).await {
                self.view.pairs.insert(code.clone(), id);
            }
        }
        self.view.pairs.len() > known
    }
}
