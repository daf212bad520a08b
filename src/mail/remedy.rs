//! Each finding in three sentences: what was seen (no blame beyond the evidence), how a subject line says it, and what to
//! do about it. One table, so that letters, the unit's page and the console tell the same.

use crate::domain::letter::{Exhibit, Fault};
use crate::domain::verdict::FindingCode;

use FindingCode as F;

/// What was seen.
pub fn seen(code: FindingCode) -> &'static str {
    match code {
        F::NotHung => "检查时，在本网站能够正常打开的页面上均未发现网站标识。",
        F::PartlyHung => "检查时，下列页面未发现网站标识；本网站的其他页面已发现。",
        F::Misplaced => "检查时，下列页面的网站标识不在页面底部的主办单位、版权等信息处，或处于不可见状态。",
        F::Blocked => "检查时，下列页面的代码中有网站标识，但浏览器不予加载或无法执行，访问者看不到标识。",
        F::Malformed => "检查时，下列页面上的标识代码不完整或前后不一致，不能识别。",
        F::WrongLink => "检查时，下列页面上的网站标识不能打开网站标识证书页面。",
        F::ErrorState => "检查时，下列页面上的网站标识显示为异常状态的图标。",
        F::UnknownBadge => "检查时，下列页面上的标识与本网站登记的标识不一致，且在登记信息中没有查到发放记录。",
        F::ForeignBadge => "检查时，下列页面上未使用本网站的标识，所用标识在登记信息中属于其他单位或其他网站。",
        F::RevokedBadge => "本网站的标识已撤销或停用。检查时，下列页面仍在显示该标识。",
        F::DomainDead => "检查时，下列登记的域名不能解析。",
        F::Unreachable => "检查时，网站在检查期间内多次均无法打开。",
        F::HangOverdue => "自告知发放标识之日起，挂标期限已满。检查时未发现网站标识。",
        F::ReportOverdue => "截至目前，未收到本期的网上名称和网站标识使用情况报告。",
        F::BadgeElsewhere => "本网站的标识出现在未登记的网站上。",
        F::CannotLook => "检查期间未能正常访问本网站，未作判定。",
        F::NameMismatch => "页面上没有发现登记的网站名称。",
        F::InfoMismatch => "登记信息与检查所见不一致，可能已有变更。",
        F::AddressMismatch => "登记的域名解析到未登记的地址。",
        F::SuffixWrong => "登记的域名后缀与单位类型不相符，待核实。",
        F::DomainExpiring => "按照登记信息，下列域名即将到期或已过期。",
    }
}

/// The few words of a subject line, to stand after `3 个页面` where the finding is of pages.
pub fn short(code: FindingCode) -> &'static str {
    match code {
        F::NotHung => "检查时未发现网站标识",
        F::PartlyHung => "未挂标",
        F::Misplaced => "标识位置不符或不可见",
        F::ForeignBadge => "标识登记在他人名下",
        F::RevokedBadge => "仍在显示已停用的标识",
        F::HangOverdue => "挂标期限已满，未发现标识",
        F::ReportOverdue => "未收到定期报告",
        F::DomainExpiring => "域名即将到期或已过期",
        code => code.label(),
    }
}

/// Is it told page by page?
pub fn is_of_pages(code: FindingCode) -> bool {
    matches!(
        code,
        F::PartlyHung
            | F::Misplaced
            | F::Blocked
            | F::Malformed
            | F::WrongLink
            | F::ErrorState
            | F::UnknownBadge
            | F::ForeignBadge
            | F::RevokedBadge
    )
}

const REPUBLISH: &str = "静态发布的网站请重新发布全部页面，并清除内容管理系统和 CDN 的缓存。";
const CHECK: &str =
    "自查：用浏览器打开首页、任一栏目页和任一文章页，页面底部应能看到标识，点击后应打开本网站的证书页面。";
const ORIGINAL: &str = "使用发放给本网站的原始代码，整段复制，不要手工改写标识代码、路径和文件名。";

/// What to do at last, whichever of these findings it was.
pub fn last(code: FindingCode) -> &'static [&'static str] {
    match code {
        F::RevokedBadge => &[REPUBLISH],
        F::NotHung | F::HangOverdue => &[REPUBLISH, CHECK],
        code if is_of_pages(code) => &[REPUBLISH, CHECK],
        _ => &[],
    }
}

/// What to do about a finding, step by step; [`last`] comes after.
pub fn steps(fault: &Fault) -> Vec<&'static str> {
    match fault.code {
        F::NotHung | F::HangOverdue => vec![
            "从发放通知或网站标识管理系统取得本网站的标识代码，放入全站共用的页脚模板，位置在页面底部居中、</body> 之前。",
            "代码不要放在注释、<noscript>、<template> 中；只放图片、没有证书链接的，不算挂标。",
            "网站使用 https 的，把代码中引用地址的 http:// 改为 https:// 或 //，其余部分不要改动。",
        ],
        F::PartlyHung => vec![
            "把标识代码放入全站共用的页脚模板；所列页面使用单独模板的（专题、旧栏目、子系统等），在这些模板的页脚中同样加入。",
        ],
        F::Misplaced => vec![
            "把标识代码移到页面底部居中的显著位置，与主办单位、版权、备案号等信息在一起，</body> 之前。",
            "取消使标识不可见的样式（display:none、hidden、宽高为零）；电脑版和手机版页面都应能看到。",
        ],
        F::Blocked => blocked(fault),
        F::Malformed => vec![
            ORIGINAL,
            "核对标识代码：以 CA 开头，后接 21 位数字；脚本路径各段与文件名中的各段必须一致。",
            "内容管理系统的编辑器可能截断或转义代码，请在模板源文件中粘贴，不要在可视化编辑器中粘贴。",
        ],
        F::WrongLink => vec![
            "标识的链接必须指向本网站的证书页面，不能指向首页、查询页、“#” 或 javascript: 地址，也不能指向其他网站。",
            ORIGINAL,
        ],
        F::ErrorState => vec![
            "核对打开页面所用的域名是否为登记的域名；使用未登记域名访问的，请改用登记的域名，或办理变更。",
            "域名无误仍显示异常的，请与我办联系，核对标识状态。",
        ],
        F::UnknownBadge => vec![
            "移除页面上现有的标识，换成发放给本网站的原始代码。",
            "现有标识确为发放给本网站的，请提出异议并附发放通知，我办核对登记信息。",
        ],
        F::ForeignBadge => vec![
            "移除页面上属于其他单位或其他网站的标识，换成发放给本网站的原始代码；套用其他网站模板的，请检查模板中遗留的代码。",
            "网站由其他单位代管，或标识归属登记有误的，请提出异议并说明情况。",
        ],
        F::RevokedBadge => {
            vec!["从所有页面移除该标识。", "需要继续使用网站标识的，请按规定重新申请，审核通过后使用新发放的标识。"]
        }
        F::DomainDead => vec![
            "检查域名是否到期、是否被注册管理机构暂停，及时续费或恢复。",
            "检查域名服务器和解析记录，确保登记的域名能从公网解析并打开本网站。",
            "不再使用的域名，请办理变更或注销。",
        ],
        F::Unreachable => vec![
            "检查服务器、网络和防火墙，确保从公网能打开网站；夜间或节假日关闭网站的，请事先告知我办。",
            "网站已停办或迁移的，请办理注销或变更。",
        ],
        F::ReportOverdue => {
            vec!["登录网站标识管理系统，提交本期网上名称和网站标识使用情况报告；信息有变化的，同时办理变更。"]
        }
        F::InfoMismatch | F::NameMismatch | F::AddressMismatch => vec!["核对登记信息；已有变化的，请办理变更。"],
        F::SuffixWrong => vec!["核对域名后缀与单位类型是否相符；不相符的，请办理变更。"],
        F::DomainExpiring => vec!["请在到期前续费；已经续费的，请更新登记的到期日。"],
        F::BadgeElsewhere => vec!["请核实该网站与本单位的关系，并告知我办。"],
        F::CannotLook => vec!["请允许监测系统访问网站，或与我办联系。"],
    }
}

const MIXED: &str = "原因：页面以 https 打开，而标识代码按发放时的写法以 http:// 引用脚本，浏览器按安全规则不予加载。改法：把代码中的 http:// 改为 https:// 或 //，其余部分不要改动。";
const POLICY: &str = "原因：网站设置的内容安全策略（Content-Security-Policy）不允许加载标识脚本。改法：在策略的 script-src 和 img-src 中加入标识代码所引用的主机名。";
const INERT: &str = "标识脚本被设为 async、defer 或由其他脚本延后插入，且页面中没有 id 为 _ideConac 的元素时，不会显示：恢复为发放时的原始写法。";

/// The cause, where the evidence shows it; else all that are met.
fn blocked(fault: &Fault) -> Vec<&'static str> {
    let shows = |what: fn(&Exhibit) -> bool| fault.evidence.iter().any(what);
    let mut steps = Vec::new();
    if shows(is_mixed) {
        steps.push(MIXED);
    }
    if shows(|exhibit| holds(exhibit, "content-security-policy")) {
        steps.push(POLICY);
    }
    if steps.is_empty() {
        steps = vec![
            "页面以 https 打开、而标识代码以 http:// 引用脚本的（发放时的代码即为此写法），浏览器不予加载：把 http:// 改为 https:// 或 //，其余部分不要改动。",
            "网站设置了内容安全策略（Content-Security-Policy）的，在 script-src 和 img-src 中加入标识代码所引用的主机名。",
            INERT,
        ];
    }
    steps
}

/// An encrypted page that fetches the badge's script in the clear: the snippet as it is issued.
fn is_mixed(exhibit: &Exhibit) -> bool {
    exhibit.address.to_lowercase().starts_with("https:") && holds(exhibit, "src='http://")
        || exhibit.address.to_lowercase().starts_with("https:") && holds(exhibit, "src=\"http://")
}

fn holds(exhibit: &Exhibit, what: &str) -> bool {
    exhibit.excerpt.as_ref().is_some_and(|excerpt| excerpt.to_lowercase().contains(what))
}
