//! The stories of the county, one site each.

use super::site::{Badge, Charset, DemoSite, Door, Naming, OnFile};
use crate::domain::registry::{BadgeState, Hosting, UnitType};
use crate::domain::verdict::{Cause, FindingCode, Reason, Verdict};

/// Every site of the county, in the order of the registry.
pub(super) static SITES: &[DemoSite] = &[
    DemoSite {
        story: "the portal: every page carries the badge as issued; a second, Chinese name leads to it",
        story_zh: "县政府门户：各页均按原样挂标，另有中文域名指向本网站",
        chinese_name: Some("云溪.政务"),
        pages: 8,
        ..DemoSite::organ(1, "www.yunxi.gov.cn", "云溪县人民政府")
    },
    DemoSite {
        story: "in order, in GBK: the page says gb2312, the header says nothing",
        story_zh: "符合要求：GBK 编码，页面声明 gb2312，应答头未声明",
        charset: Charset::Gbk,
        pages: 6,
        ..DemoSite::organ(2, "czj.yunxi.gov.cn", "云溪县财政局")
    },
    DemoSite {
        story: "in order, in GBK that is declared nowhere",
        story_zh: "符合要求：GBK 编码，页面与应答头均未声明",
        charset: Charset::GbkUndeclared,
        ..DemoSite::organ(3, "gxj.yunxi.gov.cn", "云溪县工业和信息化局")
    },
    DemoSite {
        story: "in order, in UTF-16: a search for bytes would find nothing",
        story_zh: "符合要求：UTF-16 编码，按字节查找不到标识",
        charset: Charset::Utf16,
        ..DemoSite::organ(4, "tjj.yunxi.gov.cn", "云溪县统计局")
    },
    DemoSite {
        story: "in order, with nothing but a .政务 name",
        story_zh: "符合要求：仅有“.政务”中文域名",
        ..DemoSite::organ(5, "云溪县司法局.政务", "云溪县司法局")
    },
    DemoSite {
        story: "an institution under .公益; the office holds the certificate id alone, the issued script tells the code's",
        story_zh: "符合要求：“.公益”事业单位，仅登记证书编号，与代码的对应由标识脚本得知",
        kind: UnitType::Institution,
        on_file: OnFile::Id,
        ..DemoSite::organ(6, "云溪县图书馆.公益", "云溪县图书馆")
    },
    DemoSite {
        story: "the badge is missing on two pages",
        story_zh: "有两个页面未挂标",
        bare_pages: &["gzdt/2.html", "bsfw/1.html"],
        pages: 7,
        ..DemoSite::organ(7, "jyj.yunxi.gov.cn", "云溪县教育局").fails(FindingCode::PartlyHung)
    },
    DemoSite {
        story: "the badge stands inside a comment: no visitor sees it",
        story_zh: "标识代码被注释，访问者看不到",
        badge: Badge::CommentedOut,
        ..DemoSite::organ(8, "slj.yunxi.gov.cn", "云溪县水利局").fails(FindingCode::NotHung)
    },
    DemoSite {
        story: "no page carries a badge",
        story_zh: "所有页面均未挂标",
        badge: Badge::None,
        pages: 5,
        ..DemoSite::organ(9, "lyj.yunxi.gov.cn", "云溪县林业局").fails(FindingCode::NotHung)
    },
    DemoSite {
        story: "shows the badge of the transport bureau instead of its own",
        story_zh: "展示的是交通运输局的标识",
        badge: Badge::Foreign(12),
        ..DemoSite::organ(10, "wlj.yunxi.gov.cn", "云溪县文化和旅游局").fails(FindingCode::ForeignBadge)
    },
    DemoSite {
        story: "shows a badge that nobody was issued",
        story_zh: "展示的标识未曾发放给任何单位",
        badge: Badge::Unknown,
        ..DemoSite::organ(11, "zjj.yunxi.gov.cn", "云溪县住房和城乡建设局").fails(FindingCode::UnknownBadge)
    },
    DemoSite {
        story: "in order: a footer script of the site writes the badge",
        story_zh: "符合要求：标识由本站页脚脚本写出",
        badge: Badge::FooterScript,
        pages: 5,
        ..DemoSite::organ(12, "jtj.yunxi.gov.cn", "云溪县交通运输局")
    },
    DemoSite {
        story: "in order: a data attribute of the CMS holds the certificate id; only the code is on file",
        story_zh: "符合要求：证书编号在内容管理系统的数据属性中，登记仅有标识代码",
        badge: Badge::DataAttribute,
        on_file: OnFile::Code,
        ..DemoSite::organ(13, "mzj.yunxi.gov.cn", "云溪县民政局")
    },
    DemoSite {
        story: "in order: an old frameset with the badge in its foot frame, framed footers on the other pages",
        story_zh: "符合要求：旧式框架页，标识在底部框架内",
        badge: Badge::Frame,
        charset: Charset::Gbk,
        ..DemoSite::organ(14, "sjj.yunxi.gov.cn", "云溪县审计局")
    },
    DemoSite {
        story: "an anti-bot test (412) stands before every page: nothing may be said",
        story_zh: "每页前均有反爬验证（412），无法判定",
        door: Door::Challenge,
        ..DemoSite::organ(15, "scj.yunxi.gov.cn", "云溪县市场监督管理局").undetermined(Reason::Challenge)
    },
    DemoSite {
        story: "a firewall refuses us (403): nothing may be said",
        story_zh: "被防火墙拒绝（403），无法判定",
        door: Door::Firewall,
        ..DemoSite::organ(16, "yjj.yunxi.gov.cn", "云溪县应急管理局").undetermined(Reason::Blocked)
    },
    DemoSite {
        story: "in order: one old link leads to a \"no such page\" with status 200, which owes no badge",
        story_zh: "符合要求：一个旧链接指向状态 200 的“页面不存在”提示，不要求挂标",
        has_dead_link: true,
        pages: 6,
        ..DemoSite::organ(17, "fgj.yunxi.gov.cn", "云溪县发展和改革局")
    },
    DemoSite {
        story: "the name does not exist any more (NXDOMAIN)",
        story_zh: "域名已不存在（NXDOMAIN）",
        naming: Naming::NoName,
        ..DemoSite::organ(18, "kjj.yunxi.gov.cn", "云溪县科学技术局").fails(FindingCode::DomainDead)
    },
    DemoSite {
        story: "the name servers answer SERVFAIL: broken, not gone",
        story_zh: "域名服务器答 SERVFAIL：是故障而非域名消失，无法判定",
        naming: Naming::ServFail,
        ..DemoSite::organ(19, "wjj.yunxi.gov.cn", "云溪县卫生健康局").undetermined(Reason::DnsServfail)
    },
    DemoSite {
        story: "in order, but every page takes a second and a half",
        story_zh: "符合要求：每页约 1.5 秒后才有应答",
        door: Door::Slow,
        pages: 3,
        ..DemoSite::organ(20, "zrj.yunxi.gov.cn", "云溪县自然资源局")
    },
    DemoSite {
        story: "the server is down: connections are refused, which one look alone does not hold against it",
        story_zh: "服务器停机，拒绝连接；仅凭一次检查不作认定",
        naming: Naming::Nobody,
        ..DemoSite::organ(21, "hbj.yunxi.gov.cn", "云溪县生态环境局").undetermined(Reason::ConnectRefused)
    },
    DemoSite {
        story: "no badge yet, and none is owed: the notice of issue came three days ago",
        story_zh: "尚未挂标，三日前收到发放通知，挂标期限未到",
        verdict: Verdict::NotApplicable,
        cause: Cause::Reason(Reason::HangingPeriod),
        notified_days_ago: Some(3),
        badge: Badge::None,
        ..DemoSite::organ(22, "swj.yunxi.gov.cn", "云溪县商务局")
    },
    DemoSite {
        story: "in order: a red page, on which the badge shows by itself",
        story_zh: "符合要求：网络红页，自动展示标识",
        hosting: Hosting::RedPage,
        badge: Badge::Link,
        pages: 3,
        ..DemoSite::organ(23, "云溪县云岭镇.政务", "云溪县云岭镇人民政府")
    },
    DemoSite {
        story: "the badge hangs at the top of every page",
        story_zh: "标识挂在页面顶部",
        badge: Badge::AtTop,
        ..DemoSite::organ(24, "xfj.yunxi.gov.cn", "云溪县信访局").fails(FindingCode::Misplaced)
    },
    DemoSite {
        story: "a badge code whose folder and file name contradict each other",
        story_zh: "标识代码的路径与文件名不一致",
        badge: Badge::Malformed,
        ..DemoSite::organ(25, "rsj.yunxi.gov.cn", "云溪县人力资源和社会保障局").fails(FindingCode::Malformed)
    },
    DemoSite {
        story: "in order: lives in a folder of the portal, with a badge of its own",
        story_zh: "符合要求：设在县政府门户的目录下，有自己的标识",
        folder: Some("/nyj/"),
        pages: 5,
        ..DemoSite::organ(26, "www.yunxi.gov.cn", "云溪县农业农村局")
    },
    DemoSite {
        story: "its badge was suspended and still hangs",
        story_zh: "标识已停用，仍在展示",
        state: BadgeState::Suspended,
        ..DemoSite::organ(27, "tyj.yunxi.gov.cn", "云溪县体育局").fails(FindingCode::RevokedBadge)
    },
    DemoSite {
        story: "its footer is put together in the visitor's browser: what cannot be read is not called missing",
        story_zh: "页脚由访问者的浏览器生成，未能读到不等于未挂标，无法判定",
        badge: Badge::Rendered,
        ..DemoSite::organ(28, "ybj.yunxi.gov.cn", "云溪县医疗保障局").undetermined(Reason::NeedsRender)
    },
];
