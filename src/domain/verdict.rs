//! The closed sets of a judgement: verdict, cause, finding, effect, broken step, page kind.
//!
//! Four values end to end. *Undetermined* is never "fine" and never "at fault"; it always has a cause.

use crate::closed_set;

closed_set! {
    /// What a look says of a page or a site.
    pub enum Verdict {
        Pass = "pass", "在检查范围内符合要求 · in order as far as was looked";
        Fail = "fail", "查明问题 · a fault stands in the evidence";
        Undetermined = "undetermined", "无法判定 · could not be looked at or decided; neither fine nor at fault";
        NotApplicable = "not_applicable", "不适用 · owes no badge (now)";
    }
}

closed_set! {
    /// What a document is, before anything is asked of it.
    pub enum PageKind {
        Page = "page", "a page of the site, which owes the badge";
        ErrorPage = "error_page", "an answer with an error status";
        Soft404 = "soft_404", "\"no such page\" with status 200";
        Challenge = "challenge", "an anti-bot test or CAPTCHA instead of the page";
        Blocked = "blocked", "a firewall's or access control's refusal instead of the page";
        Login = "login", "a login form: owes no badge";
        Empty = "empty", "no content at all";
        NotHtml = "not_html", "a download, feed, image, script or style sheet";
        Frame = "frame", "a document shown inside another page's frame";
    }
}

closed_set! {
    /// The problem categories (domain rules §4).
    pub enum FindingCode {
        NotHung = "not_hung", "未挂标 · no fair page of the site carries a badge (art. 14, 15, 18)";
        PartlyHung = "partly_hung", "未在所有页面加挂 · some fair pages that owe it lack it (art. 15, 18)";
        Misplaced = "misplaced", "未挂于底部中间显著位置 · before the closing block, or hidden (art. 15, 18)";
        Blocked = "blocked", "标识无法显示 · the browser refuses or cannot run it (art. 15, 18)";
        Malformed = "malformed", "标识代码错误 · broken or self-contradicting code (art. 16, 18)";
        WrongLink = "wrong_link", "标识链接错误 · does not lead to a certificate (art. 16, 18)";
        ErrorState = "error_state", "标识异常 · the badge shows its error image (art. 18)";
        UnknownBadge = "unknown_badge", "标识未登记 · another code or id than the site's own, issued to nobody (art. 16, 18)";
        ForeignBadge = "foreign_badge", "使用他人标识 · a badge issued to another, instead of the own one (art. 16, 18, 19(4))";
        RevokedBadge = "revoked_badge", "已撤销或停用的标识仍在使用 · own badge revoked or suspended, still shown (art. 18, 20)";
        DomainDead = "domain_dead", "域名不能解析 · a registered name does not resolve (art. 18, 19(3))";
        Unreachable = "unreachable", "网站打不开 · refused, reset or timed out throughout the window (art. 18, 19(3))";
        CannotLook = "cannot_look", "无法检查 · the site could not be looked at: an officer's queue, never a letter";
        HangOverdue = "hang_overdue", "逾期未挂标 · the hanging limit is over and no badge hangs (art. 14, 18)";
        ReportOverdue = "report_overdue", "未按要求定期报告 · the periodic report is missing (art. 17, 19(5))";
        BadgeElsewhere = "badge_elsewhere", "标识出现在未登记网站 · a badge seen on a host it is not registered for (art. 19(4), 21)";
        NameMismatch = "name_mismatch", "网站名称不一致 · the page does not name the site as registered";
        InfoMismatch = "info_mismatch", "登记信息待核 · registered data and what is seen differ (art. 17)";
        AddressMismatch = "address_mismatch", "解析地址与登记不符 · resolves to no registered address and ends on no registered host";
        SuffixWrong = "suffix_wrong", "域名后缀待核 · suffix not allowed for the unit type (art. 6; 2024 rules, art. 5)";
        DomainExpiring = "domain_expiring", "域名即将到期 / 已过期 · registered expiry near or past";
    }
}

closed_set! {
    /// What a finding leads to, once confirmed.
    pub enum Effect {
        Fault = "fault", "makes the verdict fail and, confirmed, a letter";
        Lead = "lead", "goes to an officer";
        Queue = "queue", "goes to the officers' queue of sites that cannot be looked at";
        Reminder = "reminder", "a friendly mail";
        Remark = "remark", "is shown, nothing more";
    }
}

closed_set! {
    /// The first broken step of the identity chain, in the order in which the steps are taken.
    pub enum BrokenStep {
        Grammar = "grammar", "代码格式 · the code or id is not well formed";
        Path = "path", "路径与代码 · the script's folder and file name disagree";
        Issued = "issued", "是否发放 · nobody in the registry was issued this code or id";
        InForce = "in_force", "是否有效 · the badge is suspended or revoked";
        Unit = "unit", "所属主体 · the badge was issued to another unit";
        Site = "site", "所属网站 · the badge was issued to another site of the same unit";
        Host = "host", "登记域名 · the page's host is no host of the badge's site";
        Pair = "pair", "代码与证书对应 · code and certificate id do not belong together";
        Link = "link", "证书链接 · the link does not lead to a certificate";
    }
}

closed_set! {
    /// Why a look could not be had or decided, or why a page owes nothing. At once metric label, cause and help key.
    pub enum Reason {
        // pass
        Verified = "verified", "标识有效且属本网站 · the badge is this site's own, by the registry";
        IdentityUnverified = "identity_unverified", "标识格式正确，无登记信息可供核对 · the badge is well formed; nothing on file tells whose it is";
        // not applicable
        HangingPeriod = "hanging_period", "挂标期限未到 · the hanging limit of art. 14 still runs";
        NoBadgeIssued = "no_badge_issued", "尚未发放标识 · no badge was issued to the site: none is owed";
        NotInForce = "not_in_force", "标识已停用或撤销，且未再展示 · the site's badge is suspended or revoked and rightly not shown";
        ErrorPage = "error_page", "错误页面 · an error page owes no badge";
        Soft404 = "soft_404", "“页面不存在”提示页 · a \"no such page\" answer owes no badge";
        Login = "login", "登录页面 · a login page owes no badge";
        NotHtml = "not_html", "非网页文件 · a download, feed or other non-page owes no badge";
        Frame = "frame", "框架内文档 · a frame document owes no badge; the page around it does";
        RedirectStub = "redirect_stub", "跳转页 · a page that only forwards owes no badge";
        Fragment = "fragment", "页面片段 · an include or fragment owes no badge";
        PrintView = "print_view", "打印视图 · a print view owes no badge";
        OtherHost = "other_host", "其他网站的页面 · a page of another host, or of another site on this host";
        // undetermined: seen, not decidable
        NeedsRender = "needs_render", "需用浏览器渲染后判定 · only a browser can tell: the footer or the badge depends on scripts, frames or styles that were not read";
        HostNotRegistered = "host_not_registered", "本域名未登记 · the host is on file for nobody: an officer looks at both ends";
        LeftSite = "left_site", "跳转到未登记的域名 · the site forwards to a host that is not registered for it";
        // undetermined: refused by the other side
        Challenge = "challenge", "遇到反爬验证 · an anti-bot test or CAPTCHA stood before the page";
        Blocked = "blocked", "被防火墙或访问控制拒绝 · a firewall or access control refused us";
        Maintenance = "maintenance", "网站维护或夜间关闭 · a notice of maintenance or night closing stood in the page's place";
        RateLimited = "rate_limited", "访问过于频繁（429） · 429: asked too often";
        ClientError = "client_error", "返回 4xx · a 4xx answer to us does not tell what a visitor sees";
        ServerError = "server_error", "返回 5xx · a 5xx answer";
        RobotsDisallowed = "robots_disallowed", "robots.txt 不允许访问 · robots.txt asks us not to look";
        RobotsUnreachable = "robots_unreachable", "robots.txt 无法读取 · robots.txt answered 5xx or not at all: not looked at (RFC 9309, 2.3.1.4)";
        // undetermined: the transport
        Timeout = "timeout", "超时 · no complete answer in time";
        ConnectRefused = "connect_refused", "拒绝连接 · the server refused the connection";
        ConnectionReset = "connection_reset", "连接中断 · the connection broke before an answer";
        NetworkUnreachable = "network_unreachable", "网络不可达 · no route to the address";
        TlsError = "tls_error", "TLS 握手或证书错误 · the TLS handshake or certificate failed for our client (old protocol, SM2, expiry, name)";
        Truncated = "truncated", "内容不完整 · the body ended early";
        TooLarge = "too_large", "内容超过上限 · head or decoded body above our limit";
        BadResponse = "bad_response", "不是有效的 HTTP 应答 · not a valid HTTP answer or encoding";
        RedirectLoop = "redirect_loop", "循环跳转 · redirects without end";
        Empty = "empty", "内容为空 · an answer without content";
        AddressRefused = "address_refused", "地址不允许访问 · the address is not one we may connect to (private, loopback, literal …)";
        BudgetSpent = "budget_spent", "检查时间或页数预算用尽 · our own time or page budget ran out first";
        // undetermined: the DNS
        DnsServfail = "dns_servfail", "域名服务器答 SERVFAIL · the name servers answered SERVFAIL";
        DnsRefused = "dns_refused", "域名服务器答 REFUSED · the name servers answered REFUSED";
        DnsTimeout = "dns_timeout", "域名服务器超时 · the name servers did not answer in time";
        DnsLame = "dns_lame", "域名授权错误 · the name servers are not responsible for the name they were given";
        DnsBogus = "dns_bogus", "DNSSEC 校验失败 · DNSSEC validation failed";
        DnsDisagree = "dns_disagree", "各解析器结果不一致 · the resolvers disagree";
        CanaryFailed = "canary_failed", "本机检测环境异常 · our own instrument is not well: a name that always resolves did not";
        DnsNoName = "dns_no_name", "域名不存在或无地址 · the name does not exist or has no address";
    }
}

/// Why the verdict is what it is: the finding that makes it fail, or the reason of every other value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    Finding(FindingCode),
    Reason(Reason),
}

impl Cause {
    /// The cause's name in JSON and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finding(code) => code.name(),
            Self::Reason(reason) => reason.name(),
        }
    }

    /// The cause of a name. One name (`blocked`) is both a finding's and a reason's: [`Cause::under`] tells which.
    pub fn from_name(name: &str) -> Option<Self> {
        let finding = FindingCode::from_name(name).map(Self::Finding);
        finding.or_else(|| Reason::from_name(name).map(Self::Reason))
    }

    /// The cause of this name that goes with a verdict: what fails, fails by a finding; everything else has a reason.
    pub fn under(self, verdict: Verdict) -> Self {
        let reason = || Reason::from_name(self.name()).map(Self::Reason);
        if verdict == Verdict::Fail { self } else { reason().unwrap_or(self) }
    }

    /// The few Chinese words by which an office knows it.
    pub fn label(self) -> &'static str {
        self.help().split(" · ").next().unwrap_or_default()
    }

    /// One line that says what the cause means.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Finding(code) => code.help(),
            Self::Reason(reason) => reason.help(),
        }
    }
}

impl From<FindingCode> for Cause {
    fn from(code: FindingCode) -> Self {
        Self::Finding(code)
    }
}

impl From<Reason> for Cause {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}

impl<'de> serde::Deserialize<'de> for Cause {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("{name}: no cause")))
    }
}

impl serde::Serialize for Cause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
