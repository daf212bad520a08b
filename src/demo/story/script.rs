//! The scenes, in order.

use super::Act::*;
use super::Day::{After, Before};
use super::{Granted, Scene};
use crate::demo::Behaviour as Is;
use crate::domain::case::{CaseOutcome, Effective};
use crate::domain::notice::RequestKind;

const PORTAL: &str = "www.yunxi.gov.cn";
const REFORM: &str = "fgj.yunxi.gov.cn";
const EDUCATION: &str = "jyj.yunxi.gov.cn";
const WATER: &str = "slj.yunxi.gov.cn";
const FORESTRY: &str = "lyj.yunxi.gov.cn";
const CULTURE: &str = "wlj.yunxi.gov.cn";
const HOUSING: &str = "zjj.yunxi.gov.cn";
const CIVIL: &str = "mzj.yunxi.gov.cn";
const LAND: &str = "zrj.yunxi.gov.cn";
const ENVIRONMENT: &str = "hbj.yunxi.gov.cn";
const PETITIONS: &str = "xfj.yunxi.gov.cn";
const LABOUR: &str = "rsj.yunxi.gov.cn";
const COMMERCE: &str = "swj.yunxi.gov.cn";
const SPORT: &str = "tyj.yunxi.gov.cn";
/// Six sites of one hosting platform.
const PLATFORM: &[&str] =
    &["czj.yunxi.gov.cn", "gxj.yunxi.gov.cn", "tjj.yunxi.gov.cn", "jtj.yunxi.gov.cn", "sjj.yunxi.gov.cn", LAND];

/// The story.
pub const SCENES: &[Scene] = &[
    Scene {
        day: After(0),
        tells: "the county is looked at for the first time: 28 sites, every page; what is found is no more than suspected",
        acts: &[],
    },
    Scene {
        day: After(1),
        tells: "fgj redesigns its pages and loses its badge; zrj moves to a faster server",
        acts: &[Become(&[REFORM], Is::WithoutBadge), Become(&[LAND], Is::InOrder)],
    },
    Scene {
        day: After(2),
        tells: "three looks over two days agree: faults are confirmed, letters drafted, and chen lets them go; ten working days begin",
        acts: &[Approve],
    },
    Scene {
        day: After(3),
        tells: "two units confirm receipt by their links; slj objects: its badge is in the page; a citizen reports a copy",
        acts: &[
            Acknowledge(EDUCATION),
            Acknowledge(WATER),
            Object(WATER, "我局网站页面中已有标识代码，请予复核。"),
            Report {
                site: PORTAL,
                host: "www.yunxi-gov.example",
                text: "该网站冒用县政府名称，页面底部展示县政府的网站标识，要求填写银行卡号。",
            },
        ],
    },
    Scene {
        day: After(4),
        tells: "chen answers slj: inside a comment no visitor sees it; fgj is confirmed, too, and gets its letter",
        acts: &[
            Approve,
            Answer(
                WATER,
                RequestKind::Objection,
                Granted::No,
                "经复核，标识代码位于网页注释之内，访问者看不到，请移出注释。",
            ),
        ],
    },
    Scene {
        day: After(5),
        tells: "wlj shows the transport bureau's badge; both ends were looked at, a case is open: chen consults the 网信办 (art. 20)",
        acts: &[Consult(CULTURE)],
    },
    Scene {
        day: After(6),
        tells: "fgj hangs its badge again and asks for a look by its link: rectified, with thanks; chen proposes to stop wlj",
        acts: &[
            Become(&[REFORM], Is::AsTold),
            AskForLook(REFORM),
            Propose(
                CULTURE,
                CaseOutcome::StopResolution,
                Effective::AtOnce,
                "经核实，该网站长期使用他人标识，情节严重，拟停止解析。",
            ),
        ],
    },
    Scene {
        day: After(7),
        tells: "li approves: in force; CNNIC gets a signed instruction; hbj is up again; the portal's badge is seen elsewhere",
        acts: &[
            Become(&[ENVIRONMENT], Is::InOrder),
            Agree(CULTURE),
            Seen { site: PORTAL, host: "www.yunxi-zf.example", times: 14 },
        ],
    },
    Scene {
        day: After(8),
        tells: "CNNIC answers, the name is gone, and our own looks say so: the stop is confirmed; slj moves its badge out of the comment",
        acts: &[
            Become(&[CULTURE], Is::NoName),
            Become(&[WATER], Is::InOrder),
            Acknowledged(CULTURE, "信息中心〔2026〕停字18号"),
            Seen { site: PORTAL, host: "www.yunxi-zf.example", times: 17 },
        ],
    },
    Scene {
        day: After(9),
        tells: "rsj and xfj mend what their letters told; wlj's letter is closed: a decision took its place",
        acts: &[Become(&[LABOUR, PETITIONS], Is::InOrder), Close(CULTURE, "已依法作出停止解析决定，本通知办结。")],
    },
    Scene {
        day: After(10),
        tells: "jyj needs more time for its old pages and asks for it",
        acts: &[AskForTime(EDUCATION, 21, "我局旧版页面较多，须由建设单位逐页修改，申请延期。")],
    },
    Scene {
        day: After(11),
        tells: "chen gives it; zjj hangs the badge it was issued; tyj takes down the one that was suspended",
        acts: &[
            Become(&[HOUSING], Is::InOrder),
            Become(&[SPORT], Is::WithoutBadge),
            Answer(EDUCATION, RequestKind::Extension, Granted::Yes, "同意延期，请于延期届满前完成整改。"),
        ],
    },
    Scene {
        day: Before(8),
        tells: "swj was issued a badge and let its days for hanging it pass: chen lets that letter go, too",
        acts: &[Approve],
    },
    Scene {
        day: Before(4),
        tells: "lyj did nothing: reminded twice, its limit is over and a fair look found no badge: overdue, a case; mzj loses its badge",
        acts: &[Become(&[CIVIL], Is::WithoutBadge)],
    },
    Scene {
        day: Before(3),
        tells: "six sites of one hosting platform go down together; swj objects to its letter: that waits for chen",
        acts: &[Become(PLATFORM, Is::Down), Object(COMMERCE, "我局上周方收到标识代码，请核实挂标期限的起算日。")],
    },
    Scene {
        day: Before(1),
        tells: "they would be confirmed, all at one address: held for an operator; chen proposes to stop lyj, li has not looked yet",
        acts: &[
            Consult(FORESTRY),
            Propose(
                FORESTRY,
                CaseOutcome::StopResolution,
                Effective::NextWorkingDay,
                "限期内未整改，经两次提醒仍未加挂标识。",
            ),
        ],
    },
];
