//! Each finding in words: how a headline says it, what was seen (no blame beyond the evidence), what to do. In Chinese the
//! page says what the letter says.

use crate::domain::letter::Fault;
use crate::domain::verdict::FindingCode;
use crate::mail::remedy as letters;
use crate::web::tongue::Tongue;

use FindingCode as F;

/// What a finding is called.
pub(in crate::web) fn name(t: Tongue, code: FindingCode) -> &'static str {
    match t {
        Tongue::Chinese => code.label(),
        Tongue::English => english_name(code),
    }
}

fn english_name(code: FindingCode) -> &'static str {
    match code {
        F::NotHung => "No badge on the site",
        F::PartlyHung => "Badge missing on some pages",
        F::Misplaced => "Badge misplaced or not visible",
        F::Blocked => "Badge cannot be shown",
        F::Malformed => "Badge code broken",
        F::WrongLink => "Badge leads to the wrong place",
        F::ErrorState => "Badge shows its error image",
        F::UnknownBadge => "Badge not on file",
        F::ForeignBadge => "Badge of another unit",
        F::RevokedBadge => "Revoked or suspended badge still shown",
        F::DomainDead => "Name does not resolve",
        F::Unreachable => "Site does not open",
        F::HangOverdue => "Badge not hung in time",
        F::ReportOverdue => "Periodic report missing",
        F::BadgeElsewhere => "Badge on a site that is not registered",
        F::CannotLook => "Site cannot be looked at",
        F::NameMismatch => "Site name differs",
        F::InfoMismatch => "Registered data to be checked",
        F::AddressMismatch => "Address differs from the registered one",
        F::SuffixWrong => "Domain suffix to be checked",
        F::DomainExpiring => "Name about to expire",
    }
}

/// Is it told page by page?
pub(in crate::web) const fn is_of_pages(code: FindingCode) -> bool {
    matches!(
        code,
        F::NotHung
            | F::PartlyHung
            | F::Misplaced
            | F::Blocked
            | F::Malformed
            | F::WrongLink
            | F::ErrorState
            | F::UnknownBadge
            | F::ForeignBadge
            | F::RevokedBadge
            | F::HangOverdue
    )
}

/// The few words of a headline; they stand after `3 个页面` where the finding is of pages.
pub(super) fn short(t: Tongue, code: FindingCode) -> &'static str {
    match code {
        F::NotHung | F::PartlyHung => t.say("检查时未发现标识", "had no badge when looked at"),
        F::HangOverdue => t.say("挂标期限已满，检查时未发现标识", "had no badge when the time for hanging it was over"),
        F::Misplaced => t.say("标识位置不符或不可见", "showed the badge in the wrong place, or hidden"),
        F::Blocked => t.say("标识无法显示", "carried a badge that visitors cannot see"),
        F::Malformed => t.say("标识代码错误", "carried a broken badge code"),
        F::WrongLink => t.say("标识链接错误", "carried a badge that leads to no certificate"),
        F::ErrorState => t.say("标识显示异常", "showed the badge's error image"),
        F::UnknownBadge => t.say("标识未登记", "carried a badge that is not on file"),
        F::ForeignBadge => t.say("标识登记在他人名下", "carried a badge that is registered to somebody else"),
        F::RevokedBadge => t.say("仍在显示已停用的标识", "still showed a badge that is not in force"),
        F::DomainDead => t.say("域名不能解析", "the registered name does not resolve"),
        F::Unreachable => t.say("网站打不开", "the site did not open"),
        F::ReportOverdue => t.say("未收到定期报告", "the periodic report has not come in"),
        code => name(t, code),
    }
}

/// What was seen.
pub(in crate::web) fn seen(t: Tongue, code: FindingCode) -> &'static str {
    t.say(letters::seen(code), english_seen(code))
}

fn english_seen(code: FindingCode) -> &'static str {
    match code {
        F::NotHung => "None of the pages of this site that opened carried the badge when they were looked at.",
        F::PartlyHung => "The pages below carried no badge when they were looked at; other pages of this site do.",
        F::Misplaced => "On the pages below the badge does not stand in the closing block at the bottom, or is hidden.",
        F::Blocked => {
            "The pages below contain the badge, but a browser refuses to load it or cannot run it: visitors see nothing."
        }
        F::Malformed => "The badge code on the pages below is incomplete or contradicts itself.",
        F::WrongLink => "The badge on the pages below does not open a certificate.",
        F::ErrorState => "The badge on the pages below shows its error image.",
        F::UnknownBadge => {
            "The badge on the pages below is not the one registered for this site, and no record of its issue was found."
        }
        F::ForeignBadge => {
            "The pages below carry, instead of this site's badge, one that is registered to another unit or site."
        }
        F::RevokedBadge => "This site's badge was revoked or suspended; the pages below still show it.",
        F::DomainDead => "A registered name did not resolve when it was asked for.",
        F::Unreachable => "The site did not open, however often it was tried over the time of the checks.",
        F::HangOverdue => {
            "The time for hanging the badge, counted from the notice of issue, is over; no badge was found."
        }
        F::ReportOverdue => "The periodic report on names and badge has not come in.",
        code => english_name(code),
    }
}

/// What to do, step by step.
pub(in crate::web) fn remedies(t: Tongue, fault: &Fault) -> Vec<&'static str> {
    match t {
        Tongue::Chinese => letters::steps(fault).into_iter().chain(letters::last(fault.code).iter().copied()).collect(),
        Tongue::English => vec![english_remedy(fault.code)],
    }
}

fn english_remedy(code: FindingCode) -> &'static str {
    match code {
        F::NotHung | F::HangOverdue => {
            "Put the badge code that was issued to this site into the footer template all pages share, centred at the bottom and \
             before </body>, not inside a comment; publish static pages anew and clear the caches."
        }
        F::PartlyHung => {
            "Put the badge code into the footer all pages share; where the pages below have templates of their own, put it there, \
             too. Then publish them anew and clear the caches."
        }
        F::Misplaced => {
            "Move the badge to the middle of the page's bottom, beside sponsor, copyright and filing numbers, and take away what \
             hides it."
        }
        F::Blocked => {
            "On https pages write https:// or // for http:// in the badge code and change nothing else; where a content security \
             policy is set, let it allow the badge's host."
        }
        F::Malformed => {
            "Use the code as it was issued; copy it whole into the template's source, neither rewritten nor through a visual \
             editor."
        }
        F::WrongLink => "Restore the code as it was issued: the badge must lead to this site's certificate.",
        F::ErrorState => {
            "Check that the pages are opened by a registered name; if they are, get in touch with the office."
        }
        F::UnknownBadge => {
            "Replace the badge by the one issued to this site; if it is the one, object and attach the notice of issue."
        }
        F::ForeignBadge => {
            "Replace the badge that belongs to others by the one issued to this site; if the register is wrong, object and say \
             why."
        }
        F::RevokedBadge => "Take the badge off every page; to use one again, apply anew.",
        F::DomainDead => {
            "See whether the name has expired or was suspended, and whether its name servers and records are in order; if it is \
             no longer used, have the registration changed."
        }
        F::Unreachable => {
            "See that server, network and firewall let the public in; if the site was closed or moved, have the registration \
             changed."
        }
        F::ReportOverdue => {
            "Hand in the report on names and badge; where data have changed, have the registration changed, too."
        }
        _ => "See to it, and get in touch with the office.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::basis::articles;

    #[test]
    fn what_a_letter_may_tell_has_words_of_its_own_in_both_languages() {
        for code in FindingCode::ALL.iter().filter(|code| !articles(**code).is_empty()) {
            for text in [short as fn(Tongue, F) -> &'static str, seen] {
                let (zh, en) = (text(Tongue::Chinese, *code), text(Tongue::English, *code));
                assert!(!zh.is_empty() && en.is_ascii() && zh != en, "{code}: {zh} / {en}");
            }
            assert!(english_remedy(*code).is_ascii());
        }
    }
}
