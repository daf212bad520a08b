//! Each finding in words: how a headline says it, what was seen (no blame beyond the evidence), what to do. One table, in
//! both languages.

use crate::domain::verdict::FindingCode;
use crate::web::tongue::Tongue;

use FindingCode as F;

/// What a finding is called.
pub(super) fn name(t: Tongue, code: FindingCode) -> &'static str {
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
pub(super) const fn is_of_pages(code: FindingCode) -> bool {
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
pub(super) fn seen(t: Tongue, code: FindingCode) -> &'static str {
    match code {
        F::NotHung => t.say(
            "检查时，在本网站能够正常打开的页面上均未发现网站标识。",
            "None of the pages of this site that opened carried the badge when they were looked at.",
        ),
        F::PartlyHung => t.say(
            "检查时，下列页面未发现网站标识，本网站的其他页面已发现。",
            "The pages below carried no badge when they were looked at; other pages of this site do.",
        ),
        F::Misplaced => t.say(
            "检查时，下列页面的网站标识不在页面底部的主办单位、版权等信息处，或处于不可见状态。",
            "On the pages below the badge does not stand in the closing block at the bottom, or is hidden.",
        ),
        F::Blocked => t.say(
            "检查时，下列页面的代码中有网站标识，但浏览器不予加载或无法执行，访问者看不到标识。",
            "The pages below contain the badge, but a browser refuses to load it or cannot run it: visitors see nothing.",
        ),
        F::Malformed => t.say(
            "检查时，下列页面上的标识代码不完整或前后不一致，不能识别。",
            "The badge code on the pages below is incomplete or contradicts itself.",
        ),
        F::WrongLink => t.say(
            "检查时，下列页面上的网站标识不能打开网站标识证书页面。",
            "The badge on the pages below does not open a certificate.",
        ),
        F::ErrorState => t.say(
            "检查时，下列页面上的网站标识显示为异常状态的图标。",
            "The badge on the pages below shows its error image.",
        ),
        F::UnknownBadge => t.say(
            "检查时，下列页面上的标识与本网站登记的标识不一致，且在登记信息中没有查到发放记录。",
            "The badge on the pages below is not the one registered for this site, and no record of its issue was found.",
        ),
        F::ForeignBadge => t.say(
            "检查时，下列页面上未使用本网站的标识，所用标识在登记信息中属于其他单位或其他网站。",
            "The pages below carry, instead of this site's badge, one that is registered to another unit or site.",
        ),
        F::RevokedBadge => t.say(
            "本网站的标识已撤销或停用，检查时下列页面仍在显示该标识。",
            "This site's badge was revoked or suspended; the pages below still show it.",
        ),
        F::DomainDead => t.say("检查时，登记的域名不能解析。", "A registered name did not resolve when it was asked for."),
        F::Unreachable => t.say(
            "检查期间，网站多次均无法打开。",
            "The site did not open, however often it was tried over the time of the checks.",
        ),
        F::HangOverdue => t.say(
            "自告知发放标识之日起，挂标期限已满，检查时仍未发现网站标识。",
            "The time for hanging the badge, counted from the notice of issue, is over; no badge was found.",
        ),
        F::ReportOverdue => t.say(
            "截至目前，未收到本期的网上名称和网站标识使用情况报告。",
            "The periodic report on names and badge has not come in.",
        ),
        code => name(t, code),
    }
}

/// What to do.
pub(super) fn remedy(t: Tongue, code: FindingCode) -> &'static str {
    match code {
        F::NotHung | F::HangOverdue => t.say(
            "把发放给本网站的标识代码放入全站共用的页脚模板，位置在页面底部居中、</body> 之前；不要放在注释中，静态发布的网站请重新发布全部页面并清除缓存。",
            "Put the badge code that was issued to this site into the footer template all pages share, centred at the bottom and \
             before </body>, not inside a comment; publish static pages anew and clear the caches.",
        ),
        F::PartlyHung => t.say(
            "把标识代码放入全站共用的页脚模板；所列页面使用单独模板的（专题、旧栏目、子系统等），在这些模板的页脚中同样加入，然后重新发布并清除缓存。",
            "Put the badge code into the footer all pages share; where the pages below have templates of their own, put it there, \
             too. Then publish them anew and clear the caches.",
        ),
        F::Misplaced => t.say(
            "把标识代码移到页面底部居中的显著位置，与主办单位、版权、备案号等信息在一起，并取消使其不可见的样式。",
            "Move the badge to the middle of the page's bottom, beside sponsor, copyright and filing numbers, and take away what \
             hides it.",
        ),
        F::Blocked => t.say(
            "页面以 https 打开的，把标识代码中的 http:// 改为 https:// 或 //，其余不要改动；设置了内容安全策略的，允许加载标识脚本所在的主机。",
            "On https pages write https:// or // for http:// in the badge code and change nothing else; where a content security \
             policy is set, let it allow the badge's host.",
        ),
        F::Malformed => t.say(
            "使用发放给本网站的原始代码，整段复制到模板源文件中，不要手工改写，也不要经可视化编辑器粘贴。",
            "Use the code as it was issued; copy it whole into the template's source, neither rewritten nor through a visual editor.",
        ),
        F::WrongLink => t.say(
            "恢复发放给本网站的原始代码，标识的链接必须指向本网站的证书页面。",
            "Restore the code as it was issued: the badge must lead to this site's certificate.",
        ),
        F::ErrorState => t.say(
            "核对打开页面所用的域名是否为登记的域名；无误仍显示异常的，请与办理机关联系。",
            "Check that the pages are opened by a registered name; if they are, get in touch with the office.",
        ),
        F::UnknownBadge => t.say(
            "移除页面上现有的标识，换成发放给本网站的原始代码；现有标识确为发放给本网站的，请提出异议并附发放通知。",
            "Replace the badge by the one issued to this site; if it is the one, object and attach the notice of issue.",
        ),
        F::ForeignBadge => t.say(
            "移除属于其他单位或其他网站的标识，换成发放给本网站的原始代码；登记有误的，请提出异议并说明情况。",
            "Replace the badge that belongs to others by the one issued to this site; if the register is wrong, object and say why.",
        ),
        F::RevokedBadge => t.say(
            "从所有页面移除该标识；需要继续使用的，请按规定重新申请。",
            "Take the badge off every page; to use one again, apply anew.",
        ),
        F::DomainDead => t.say(
            "检查域名是否到期或被暂停，域名服务器和解析记录是否正常；不再使用的，请办理变更或注销。",
            "See whether the name has expired or was suspended, and whether its name servers and records are in order; if it is \
             no longer used, have the registration changed.",
        ),
        F::Unreachable => t.say(
            "检查服务器、网络和防火墙，确保从公网能打开网站；已停办或迁移的，请办理注销或变更。",
            "See that server, network and firewall let the public in; if the site was closed or moved, have the registration changed.",
        ),
        F::ReportOverdue => t.say(
            "提交本期网上名称和网站标识使用情况报告；信息有变化的，同时办理变更。",
            "Hand in the report on names and badge; where data have changed, have the registration changed, too.",
        ),
        _ => t.say("请核实情况，并与办理机关联系。", "See to it, and get in touch with the office."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::basis::articles;

    #[test]
    fn what_a_letter_may_tell_has_words_of_its_own_in_both_languages() {
        for code in FindingCode::ALL.iter().filter(|code| !articles(**code).is_empty()) {
            for text in [short as fn(Tongue, F) -> &'static str, seen, remedy] {
                let (zh, en) = (text(Tongue::Chinese, *code), text(Tongue::English, *code));
                assert!(!zh.is_empty() && en.is_ascii() && zh != en, "{code}: {zh} / {en}");
            }
        }
    }
}
