//! What stands on the pages of the county: invented, and the same for every unit but for its name.

/// A page of a site: its path below the site's root, its title, its paragraphs. `{unit}` stands for the unit.
pub(super) struct Text {
    pub path: &'static str,
    pub title: &'static str,
    pub paragraphs: &'static [&'static str],
}

/// The pages in the order in which a site has them: the home page first, a list before its articles.
pub(super) static TEXTS: &[Text] = &[
    Text {
        path: "",
        title: "首页",
        paragraphs: &[
            "{unit}召开重点工作推进会，研究部署下一阶段任务。会议强调，要坚持问题导向，压实工作责任，确保各项任务落到实处。",
            "近日，有关股室深入乡镇和企业开展调研，听取群众意见，现场协调解决供水改造、道路养护、便民服务等方面的困难。",
            "下一步将继续优化办事流程，公开办理进度，接受社会监督，让群众少跑腿、好办事。",
        ],
    },
    Text {
        path: "xxgk/",
        title: "信息公开",
        paragraphs: &[
            "{unit}依照政府信息公开有关规定，主动公开机构职能、规范性文件、规划计划、财政预决算和重点领域信息。",
            "公民、法人或者其他组织可以通过当面提交、邮寄或者本网站申请获取其他信息，自收到申请之日起二十个工作日内答复。",
            "每年一月底前公布上一年度政府信息公开工作报告，往年报告可以在本栏目查阅。",
        ],
    },
    Text {
        path: "gzdt/",
        title: "工作动态",
        paragraphs: &[
            "本栏目发布{unit}的会议活动、调研检查和工作进展，按发布时间先后排列。",
            "转载本栏目内容请注明来源；内容如有差错，请通过页面底部的渠道告知，我们将在核实后更正。",
            "较早的内容已归入资料库，可以向办公室申请查阅。",
        ],
    },
    Text {
        path: "gzdt/1.html",
        title: "{unit}部署冬季重点工作",
        paragraphs: &[
            "十一月中旬，{unit}召开专题会议，部署冬季重点工作。会议听取了各股室情况汇报，逐项明确了责任人和完成时限。",
            "会议指出，入冬以来气温变化大，各项保障任务重，要早安排、早检查、早整改，把隐患消除在萌芽状态。",
            "会议要求，各乡镇、各单位要加强值班值守和信息报送，重要情况第一时间报告，确保平稳有序。",
        ],
    },
    Text {
        path: "gzdt/2.html",
        title: "{unit}走进社区听取意见",
        paragraphs: &[
            "日前，{unit}工作人员走进社区，与居民代表面对面座谈，收集意见建议二十余条，涉及出行、停车和老旧小区改造。",
            "对能当场答复的问题，工作人员逐一作了说明；对需要多部门配合的事项，已登记在册并明确了牵头单位。",
            "办理结果将在一个月内向社区反馈，并在本网站公开，欢迎广大群众监督。",
        ],
    },
    Text {
        path: "bsfw/",
        title: "办事服务",
        paragraphs: &[
            "本栏目列出{unit}实施的政务服务事项，可以查看办理条件、所需材料、办理时限和收费依据。",
            "能够网上办理的事项，请从事项名称进入办理页面；需要现场办理的，请携带材料到县政务服务大厅综合窗口。",
            "办理过程中如遇困难，可以向窗口工作人员或者大厅值班台求助。",
        ],
    },
    Text {
        path: "bsfw/1.html",
        title: "办事指南：一般事项申请",
        paragraphs: &[
            "办理条件：申请人为在本县登记的法人或者其他组织，或者具有完全民事行为能力的自然人。",
            "所需材料：申请表一份，身份证明或者登记证明复印件一份，委托办理的另附授权委托书。材料齐全的当场受理。",
            "办理时限：自受理之日起五个工作日内作出决定；办理结果可以邮寄送达，也可以到窗口领取。本事项不收费。",
        ],
    },
    Text {
        path: "jgzn/",
        title: "机构职能",
        paragraphs: &[
            "{unit}贯彻执行国家有关法律法规和方针政策，拟订本县相关规划并组织实施，承担县委、县政府交办的其他任务。",
            "内设办公室、综合股、业务一股、业务二股，下属单位按照各自职责开展工作。",
            "办公地点设在县行政中心，工作日上午和下午对外办公，法定节假日除外。",
        ],
    },
];
