//! The closing block (主办 · 版权 · 备案 · 网站标识码 …): where it begins, in the order of the visible text.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input, Match, MatchKind, Span, packed};

use crate::domain::badge::Tri;

/// What a marker of the closing block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marker {
    /// 主办单位
    Sponsor,
    /// 版权所有, ©
    Copyright,
    /// ICP备
    Icp,
    /// 公网安备
    Police,
    /// 网站标识码
    SiteCode,
    /// Words that often stand there, and elsewhere: they extend a block, they make none.
    Weak,
}

/// Latin words stand in the spellings that pages use: a search that knows case is several times as fast.
const WORDS: &[(&str, Marker)] = &[
    ("主办单位", Marker::Sponsor),
    ("主办：", Marker::Sponsor),
    ("主办:", Marker::Sponsor),
    ("主管单位", Marker::Sponsor),
    ("版权所有", Marker::Copyright),
    ("©", Marker::Copyright),
    ("opyright", Marker::Copyright),
    ("OPYRIGHT", Marker::Copyright),
    ("opyRight", Marker::Copyright),
    ("ights reserved", Marker::Copyright),
    ("ights Reserved", Marker::Copyright),
    ("IGHTS RESERVED", Marker::Copyright),
    ("ICP备", Marker::Icp),
    ("icp备", Marker::Icp),
    ("ICP证", Marker::Icp),
    ("icp证", Marker::Icp),
    ("网安备", Marker::Police),
    ("公安备", Marker::Police),
    ("网站标识码", Marker::SiteCode),
    ("承办单位", Marker::Weak),
    ("承办：", Marker::Weak),
    ("联系我们", Marker::Weak),
    ("关于我们", Marker::Weak),
    ("网站地图", Marker::Weak),
    ("网站声明", Marker::Weak),
    ("法律声明", Marker::Weak),
    ("隐私声明", Marker::Weak),
    ("技术支持", Marker::Weak),
    ("联系电话", Marker::Weak),
    ("邮编", Marker::Weak),
    ("邮政编码", Marker::Weak),
    ("地址：", Marker::Weak),
];

static FINDER: LazyLock<Searcher> = LazyLock::new(|| {
    packed::Config::new()
        .match_kind(packed::MatchKind::LeftmostFirst)
        .builder()
        .extend(WORDS.iter().map(|(word, _)| word))
        .build()
        .map_or_else(Searcher::slow, Searcher::Fast)
});

/// The vector search where the machine has it, the plain one elsewhere.
enum Searcher {
    Fast(packed::Searcher),
    Slow(AhoCorasick),
}

impl Searcher {
    fn slow() -> Self {
        let mut plain = AhoCorasick::builder();
        plain.match_kind(MatchKind::LeftmostFirst);
        Self::Slow(plain.build(WORDS.iter().map(|(word, _)| word)).expect("a fixed list of words"))
    }

    fn find(&self, text: &str, from: usize) -> Option<Match> {
        match self {
            Self::Fast(fast) => fast.find_in(text, Span { start: from, end: text.len() }),
            Self::Slow(slow) => slow.find(Input::new(text).range(from..)),
        }
    }
}

/// The markers in a piece of visible text, with their offset in it.
pub fn markers(text: &str) -> impl Iterator<Item = (usize, Marker)> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let found = FINDER.find(text, from)?;
        from = found.end();
        Some((found.start(), WORDS[found.pattern().as_usize()].1))
    })
}

/// An element around something: its number and the place in the visible text where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    pub element: u32,
    pub start: usize,
    pub footer: bool,
}

/// A marker and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub marker: Marker,
    /// Place in the visible text, in bytes.
    pub at: usize,
    /// The elements around it, the outermost first; `html` and `body` are left out.
    pub around: Vec<Around>,
}

/// The closing block of a page.
#[derive(Debug, Clone)]
pub struct Closing {
    /// Where it begins in the visible text.
    start: usize,
    /// Where the first block begins that closes a page as surely: desktop and mobile footers follow one another.
    earlier: Option<usize>,
    /// The elements around its beginning and where they begin.
    around: Vec<Around>,
    /// The elements that make it up, as far as they hold no page content.
    roots: Vec<u32>,
    /// Whether it is enough of one for "the badge is missing" to be said.
    pub certain: bool,
}

/// Markers nearer than this to one another (bytes of visible text, ~130 Chinese characters) belong together.
const CLUSTER_GAP: usize = 400;
/// An unnamed element still belongs to the block when it begins this shortly before the first marker.
const LEAD_IN: usize = 60;
/// Text behind the block (links, dialogs) up to this much leaves it the closing one.
const TAIL: usize = 2000;

impl Closing {
    /// Finds the block in a page's markers, given in the order of the text, whose whole length is `length`.
    pub fn find(marks: &[Mark], length: usize) -> Option<Self> {
        let last = marks.iter().rposition(|mark| mark.marker != Marker::Weak)?;
        let mut first = last;
        while first > 0 && marks[first].at - marks[first - 1].at <= CLUSTER_GAP {
            first -= 1;
        }
        let cluster = &marks[first..=last];
        let opening = &cluster[0];
        let root = opening
            .around
            .iter()
            .find(|around| around.footer)
            .or_else(|| opening.around.iter().find(|around| around.start + LEAD_IN >= opening.at));
        let roots = match root {
            Some(root) => opening.around.iter().skip_while(|a| a.element != root.element).map(|a| a.element).collect(),
            None => Vec::new(),
        };
        let start = root.map_or(opening.at, |root| root.start.min(opening.at));
        let earlier = first_closing(&marks[..first]).filter(|at| at * 3 >= length);
        Some(Self { start, earlier, around: opening.around.clone(), roots, certain: is_certain(cluster, length) })
    }

    /// Does something at `at` inside `around` stand in the closing block?
    pub fn holds(&self, at: usize, around: &[Around], length: usize) -> Tri {
        if at + LEAD_IN >= self.start || around.iter().any(|a| a.footer || self.roots.contains(&a.element)) {
            return Tri::Yes;
        }
        let gap = self.start - at;
        let near = gap <= CLUSTER_GAP && gap * 20 <= length;
        let behind_earlier = self.earlier.is_some_and(|earlier| at + LEAD_IN >= earlier);
        if near || behind_earlier || self.opens_block(at, around, length) { Tri::Unknown } else { Tri::No }
    }

    /// Does it open, in the lower half of the page, an element that the closing block ends?
    fn opens_block(&self, at: usize, around: &[Around], length: usize) -> bool {
        let opened = |a: &&Around| a.start + LEAD_IN >= at && a.start * 2 >= length;
        around.iter().filter(opened).any(|a| self.around.iter().any(|own| own.element == a.element))
    }
}

/// Where the first cluster with two kinds of markers begins.
fn first_closing(marks: &[Mark]) -> Option<usize> {
    marks
        .chunk_by(|a, b| b.at.saturating_sub(a.at) <= CLUSTER_GAP)
        .find(|cluster| has_two_kinds(cluster))
        .map(|cluster| cluster[0].at)
}

fn has_two_kinds(cluster: &[Mark]) -> bool {
    let mut strong = cluster.iter().map(|mark| mark.marker).filter(|marker| *marker != Marker::Weak);
    strong.next().is_some_and(|first| strong.any(|marker| marker != first))
}

/// One word may stand in an article; two kinds together, or a filing number, or a named footer, do not.
fn is_certain(cluster: &[Mark], length: usize) -> bool {
    let strong: Vec<&Mark> = cluster.iter().filter(|mark| mark.marker != Marker::Weak).collect();
    let Some(last) = strong.last() else { return false };
    let tail = length.saturating_sub(last.at);
    let kinds = has_two_kinds(cluster);
    let filed = strong.iter().any(|mark| matches!(mark.marker, Marker::SiteCode | Marker::Police | Marker::Icp));
    let named = strong.iter().any(|mark| mark.around.iter().any(|around| around.footer));
    let closes = tail <= TAIL || tail * 2 <= length;
    closes && (kinds || named || filed && tail <= TAIL)
}
