//! The answer first: what a citizen is told in one sentence, and what to do.

use chrono::NaiveDate;

use super::card::first_name;
use crate::domain::certificate::Certificate;
use crate::domain::click::{ClickVerdict, From};
use crate::web::tongue::Tongue;

/// The top of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Banner {
    /// The colour, of which nothing hangs: `pass`, `check`, `fail`, `undetermined`, `na`.
    pub tone: &'static str,
    /// What the mark says to who does not see it.
    pub sign: &'static str,
    pub headline: String,
    pub lines: Vec<Line>,
}

/// A sentence in pieces.
pub(super) type Line = Vec<Piece>;

/// What a sentence is made of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Words(&'static str),
    /// A host: from left to right, whatever stands around it.
    Host(String),
    /// A name as it is registered: Chinese.
    Name(String),
}

/// A sentence with the pieces that stand where it has `{}`.
pub(super) fn line(sentence: &'static str, pieces: impl IntoIterator<Item = Piece>) -> Line {
    let mut line = Vec::new();
    let mut pieces = pieces.into_iter();
    for words in sentence.split("{}") {
        line.push(Piece::Words(words));
        line.extend(pieces.next());
    }
    line
}

fn plain(sentence: &'static str) -> Line {
    vec![Piece::Words(sentence)]
}

/// What the banner says of a certificate.
pub(super) struct Said<'a> {
    pub verdict: ClickVerdict,
    pub from: &'a From,
    pub held: Option<&'a Certificate>,
}

/// The host that a visitor came from: as it is read and, where that differs, as it is written, for look-alikes.
pub(super) fn visited(from: &From) -> Option<String> {
    match from {
        From::Unknown => None,
        From::Other(text) => Some(text.clone()),
        From::Host(host) if host.unicode() == host.ascii() => Some(host.ascii().to_owned()),
        From::Host(host) => Some(format!("{} ({})", host.unicode(), host.ascii())),
    }
}

pub(super) fn banner(t: Tongue, said: Said<'_>) -> Banner {
    match said.verdict {
        ClickVerdict::ValidHere => here(t, said),
        ClickVerdict::ValidElsewhere => elsewhere(t, said),
        ClickVerdict::Valid => unknown(t),
        ClickVerdict::Suspended => suspended(t, said.held.and_then(|held| held.since)),
        ClickVerdict::Revoked => revoked(t, said.held.and_then(|held| held.since)),
        ClickVerdict::NotIssued | ClickVerdict::Malformed => not_issued(t),
    }
}

fn here(t: Tongue, said: Said<'_>) -> Banner {
    let visited = visited(said.from).map(Piece::Host);
    let sentence = t.say(
        "您从 {} 来到本页，该域名属于下面这个登记网站。",
        "You came here from {}, which is a name of the registered site below.",
    );
    Banner {
        tone: "pass",
        sign: t.say("有效", "Valid"),
        headline: t.say("此网站标识有效", "This badge is valid").to_owned(),
        lines: vec![line(sentence, visited)],
    }
}

fn elsewhere(t: Tongue, said: Said<'_>) -> Banner {
    let visited = visited(said.from).unwrap_or_default();
    let site = Piece::Name(said.held.map(|held| held.site_name.clone()).unwrap_or_default());
    let name = Piece::Host(said.held.and_then(first_name).unwrap_or_default());
    let whose = t.say(
        "您从 {} 来到本页。此标识属于“{}”，其登记域名是 {}。",
        "You came here from {}. This badge belongs to {}, whose registered name is {}.",
    );
    let what = t.say(
        "如果 {} 把此标识当作自己的标识，请不要在那里填写个人信息、付款或下载文件，并请举报。",
        "If {} shows this badge as its own, do not enter personal data, pay or download anything there, and please report it.",
    );
    let else_ = t.say(
        "如果您只是经由搜索结果或其他网站的链接来到本页，请以下面的登记域名为准。",
        "If you merely followed a link from a search or another site, go by the registered names below.",
    );
    Banner {
        tone: "fail",
        sign: t.say("警告", "Warning"),
        headline: t.say("此标识不属于您访问的网站", "This badge does not belong to the site you came from").to_owned(),
        lines: vec![
            line(whose, [Piece::Host(visited.clone()), site, name]),
            line(what, [Piece::Host(visited)]),
            plain(else_),
        ],
    }
}

/// The badge is in force, and that is all that is known: not what a copied page may hand its visitors as “all well”.
fn unknown(t: Tongue) -> Banner {
    Banner {
        tone: "check",
        sign: t.say("请核对", "To be compared"),
        headline: t.say("此网站标识有效，请核对域名", "This badge is valid: now compare the name").to_owned(),
        lines: vec![plain(t.say(
            "无法得知您从哪个网站来到本页。您访问的网站，其地址栏中的域名应与下面的登记域名一致；不一致的，请勿相信。",
            "We cannot tell which site you came from. The name in its address bar must be one of those below; if it is not, do \
             not trust that site.",
        ))],
    }
}

fn suspended(t: Tongue, since: Option<NaiveDate>) -> Banner {
    let headline = match (t, since) {
        (Tongue::Chinese, Some(day)) => format!("此网站标识自 {}起停用", t.plain(day)),
        (Tongue::Chinese, None) => "此网站标识已停用".to_owned(),
        (Tongue::English, Some(day)) => format!("This badge has been suspended since {}", t.plain(day)),
        (Tongue::English, None) => "This badge is suspended".to_owned(),
    };
    let means = t.say(
        "停用期间，此标识不能证明网站的身份。网站通过重新审核后，标识方可恢复。",
        "While it is suspended it does not prove whose site you are on. It comes back only after a new review.",
    );
    Banner { tone: "undetermined", sign: t.say("停用", "Suspended"), headline, lines: vec![plain(means)] }
}

fn revoked(t: Tongue, since: Option<NaiveDate>) -> Banner {
    let headline = match (t, since) {
        (Tongue::Chinese, Some(day)) => format!("此网站标识已于 {}撤销", t.plain(day)),
        (Tongue::Chinese, None) => "此网站标识已被撤销".to_owned(),
        (Tongue::English, Some(day)) => format!("This badge was revoked on {}", t.plain(day)),
        (Tongue::English, None) => "This badge has been revoked".to_owned(),
    };
    let means = t.say(
        "此标识不再有效，仍展示它的网站不受其证明。请勿凭此标识相信该网站，下面是撤销前的登记内容。",
        "It is not in force any more and proves nothing about a site that still shows it. Do not trust a site because of it. \
         Below is what was registered before.",
    );
    Banner { tone: "fail", sign: t.say("撤销", "Revoked"), headline, lines: vec![plain(means)] }
}

fn not_issued(t: Tongue) -> Banner {
    Banner {
        tone: "undetermined",
        sign: t.say("未查到", "Not found"),
        headline: t.say("未查到此网站标识", "No such badge is on file").to_owned(),
        lines: vec![
            plain(t.say(
                "本系统的登记信息中没有这个编号。请先核对编号是否抄写完整；也可以按单位、网站名称或域名查询。",
                "This number is not in our register. Check that it was copied whole, or search by unit, site name or domain.",
            )),
            plain(t.say(
                "如果您是点击某个网站上的标识来到本页的，在核实之前，请不要在那里填写个人信息或付款。",
                "If you came here by clicking a badge on a site, do not enter personal data or pay there before it is cleared up.",
            )),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_takes_its_pieces_in_their_places() {
        let pieces = [Piece::Host("a.test".into()), Piece::Name("云".into())];
        let expected =
            [Piece::Words("从 "), Piece::Host("a.test".into()), Piece::Words(" 到 "), Piece::Name("云".into())];
        assert_eq!(line("从 {} 到 {}。", pieces)[..4], expected);
        assert_eq!(line("无", []), [Piece::Words("无")]);
    }
}
