//! One site of the county: who runs it, what state it is in, and what a look at it must say.

use crate::domain::registry::{BadgeState, Hosting, UnitType};
use crate::domain::verdict::{Cause, FindingCode, Reason, Verdict};

/// A site of the sample county and its story.
#[derive(Debug, Clone, Copy)]
pub struct DemoSite {
    /// Its number in the county; its badge is made from it.
    pub number: u16,
    /// The unit that runs it.
    pub unit: &'static str,
    /// What kind of body the unit is.
    pub kind: UnitType,
    /// The name at which it is looked at, as people write it.
    pub host: &'static str,
    /// The folder that it consists of, where it lives under another unit's host.
    pub folder: Option<&'static str>,
    /// What a look must say.
    pub verdict: Verdict,
    /// … and why.
    pub cause: Cause,
    /// Its story in a line of English.
    pub story: &'static str,
    /// Its story in a line of Chinese.
    pub story_zh: &'static str,
    /// A Chinese name besides `host`; its alias in the DNS.
    pub(super) chinese_name: Option<&'static str>,
    pub(super) hosting: Hosting,
    pub(super) state: BadgeState,
    pub(super) on_file: OnFile,
    /// The notice of issue came so many days before today.
    pub(super) notified_days_ago: Option<u64>,
    pub(super) naming: Naming,
    pub(super) door: Door,
    pub(super) charset: Charset,
    pub(super) badge: Badge,
    /// Pages that lack the badge although the others carry it.
    pub(super) bare_pages: &'static [&'static str],
    /// Does the home page lead to a page that is no more, which is said with status 200?
    pub(super) has_dead_link: bool,
    /// How many pages it has.
    pub pages: usize,
}

/// Which of the two identifiers of its badge the office holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnFile {
    Both,
    Code,
    Id,
}

/// What the DNS says of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// The county's own server.
    Here,
    /// An address at which nothing listens.
    Nobody,
    NoName,
    ServFail,
    Silent,
}

/// How the site meets a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    Open,
    /// Every page takes its time.
    Slow,
    /// An anti-bot test (412) in every page's place.
    Challenge,
    /// A firewall's refusal (403) in every page's place.
    Firewall,
    /// Every page is a 503.
    Failing,
}

/// The encoding of the pages and how it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Declared by header and page.
    Utf8,
    /// Declared by the page as gb2312, by the header not at all.
    Gbk,
    /// Declared nowhere.
    GbkUndeclared,
    /// Little endian with a byte order mark.
    Utf16,
}

/// The badge that the pages carry, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Badge {
    None,
    /// The embed code as issued.
    Embed,
    /// The embed code as issued, inside a comment.
    CommentedOut,
    /// The embed code before everything else.
    AtTop,
    /// The embed code of the site with this number.
    Foreign(u16),
    /// A code that nobody was issued.
    Unknown,
    /// A script whose folder and file name contradict each other.
    Malformed,
    /// Link and picture without a script.
    Link,
    /// Written by a footer script of the site.
    FooterScript,
    /// The data attribute of a content management system.
    DataAttribute,
    /// In the foot frame of a frameset, and in a framed footer of the other pages.
    Frame,
    /// In a footer that only a browser puts together.
    Rendered,
}

/// In order: what every story differs from.
pub(super) const PLAIN: DemoSite = DemoSite {
    number: 0,
    unit: "",
    kind: UnitType::Organ,
    host: "",
    folder: None,
    verdict: Verdict::Pass,
    cause: Cause::Reason(Reason::Verified),
    story: "",
    story_zh: "",
    chinese_name: None,
    hosting: Hosting::Own,
    state: BadgeState::Valid,
    on_file: OnFile::Both,
    notified_days_ago: None,
    naming: Naming::Here,
    door: Door::Open,
    charset: Charset::Utf8,
    badge: Badge::Embed,
    bare_pages: &[],
    has_dead_link: false,
    pages: 4,
};

impl DemoSite {
    pub(super) const fn organ(number: u16, host: &'static str, unit: &'static str) -> Self {
        Self { number, host, unit, ..PLAIN }
    }

    pub(super) const fn fails(self, code: FindingCode) -> Self {
        Self { verdict: Verdict::Fail, cause: Cause::Finding(code), ..self }
    }

    pub(super) const fn undetermined(self, reason: Reason) -> Self {
        Self { verdict: Verdict::Undetermined, cause: Cause::Reason(reason), ..self }
    }

    /// The registered name of the site.
    pub fn name(&self) -> String {
        format!("{}网站", self.unit)
    }

    /// Where a look starts: the host, with its folder where it has one.
    pub fn address(&self) -> String {
        format!("{}{}", self.host, self.folder.unwrap_or_default())
    }

    /// The path that all its pages begin with.
    pub(super) fn root(&self) -> &'static str {
        self.folder.unwrap_or("/")
    }

    /// The names at which it is served.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.host).chain(self.chinese_name)
    }
}
