//! The closed sets of a case: grounds, outcomes, states, who carries out a decision, and why an act is refused.

use crate::closed_set;

closed_set! {
    /// Why a case is opened.
    pub enum Ground {
        OverdueNotice = "overdue_notice", "逾期未整改 · the limit of a notice is over and its faults stand (art. 18, 20)";
        SiteClosed = "site_closed", "网站关闭或网上名称失效 · closed, or names invalid, for more than 30 days (art. 19(3))";
        BadgeMisused = "badge_misused", "涉嫌使用他人标识或出租、出借、转让标识 · somebody else's badge is used; how it came there is for people to find out (art. 16, 19(4))";
        ReportOverdue = "report_overdue", "未按要求定期报告 · the periodic report was not made, and the notice is overdue (art. 17, 19(5))";
        ReviewFailed = "review_failed", "资格复核未通过或未提交 · the re-review failed or was not handed in (art. 11)";
        UnitGone = "unit_gone", "单位合并、撤销或性质变更 · the unit was merged, abolished or changed its nature (art. 19(1))";
        NameChanged = "name_changed", "网站名称变更或注销 · the site's name was changed or cancelled (art. 19(2))";
        Counterfeit = "counterfeit", "疑似伪造网站标识 · a badge that looks forged: for the report centre or the police (art. 21)";
        Other = "other", "其他应当撤销的情形 · another ground of revocation (art. 19(6))";
    }
}

closed_set! {
    /// What a case may come to.
    pub enum CaseOutcome {
        WarningOral = "warning_oral", "口头警告 · a warning by word of mouth, on record (art. 20)";
        WarningWritten = "warning_written", "书面警告 · a written warning (art. 20)";
        Revocation = "revocation", "撤销网站标识 · the badge is revoked (art. 19)";
        StopResolution = "stop_resolution", "停止域名解析 · resolution of its names is stopped (art. 11, 20)";
        NoAction = "no_action", "不予处理 · nothing is done";
        HandedOver = "handed_over", "移送 · to the report centre or the police, against their receipt (art. 21)";
    }
}

closed_set! {
    /// Where a case stands.
    pub enum CaseState {
        Open = "open", "办理中 · is looked into; nothing is proposed";
        Proposed = "proposed", "待审批 · one person proposed a decision, another has to approve it";
        Approved = "approved", "已批准、待生效 · two people decided; takes effect at its set time";
        InForce = "in_force", "已生效 · the decision is in force";
        ReinstatementProposed = "reinstatement_proposed", "拟恢复、待审批 · in force still; one person proposed to lift it";
        Reinstated = "reinstated", "已恢复 · lifted by two people after a new review; the case is over";
        Closed = "closed", "已结案 · the case is over; what is in force stays so";
    }
}

closed_set! {
    /// Where cases wait, what waits for oneself first.
    pub enum CaseQueue {
        SecondPerson = "second_person", "待我审批 · somebody else proposed: a second person decides";
        Consultation = "consultation", "待商有关部门 · open, and nobody was consulted yet (art. 20)";
        Proposal = "proposal", "待提出处理意见 · open: nothing is proposed";
        Others = "others", "待他人审批 · what oneself proposed";
        Effect = "effect", "待生效 · decided by two; its time has not come";
        Execution = "execution", "待执行 · in force: an authority's word, the names or a receipt are awaited";
        Open = "open", "全部在办 · all that are not over";
        Ended = "ended", "已结束 · closed or lifted";
    }
}

closed_set! {
    /// Who carries out a decision.
    pub enum Authority {
        Registry = "registry", "注册管理机构 · registers .政务 and .公益 and issues the badges (CONAC)";
        Cnnic = "cnnic", "中国互联网络信息中心 · registers .cn (CNNIC)";
    }
}

closed_set! {
    /// What an authority is told to do.
    pub enum InstructionAct {
        Revoke = "revoke", "撤销标识 · take the badge out of force; done when it is acknowledged";
        Stop = "stop", "停止解析 · the names must not resolve any more: NXDOMAIN, said by a zone above them";
        Reinstate = "reinstate", "恢复 · badge and names are back in force";
    }
}

closed_set! {
    /// Why an act is refused, and what to do.
    pub enum CaseRefusal {
        NotInThisState = "not_in_this_state", "案件所处阶段不能办理此事项 · the case does not stand where this can be done";
        SamePerson = "same_person", "提出人不得审批自己的提议，请由另一人审批 · who proposed it cannot approve it: another person must";
        SameHand = "same_hand", "两个账号中一个的密码或令牌由另一个发放，不能分别提出和审批：请由其他人办理，或由运维人员重新发放 · one of the two was given password or token by the other: another person must, or the operator hands it out anew";
        NoReason = "no_reason", "请写明理由 · the reason is missing";
        NoEvidence = "no_evidence", "证据尚未固定 · the evidence is not locked: no bundle hash";
        NoConsultation = "no_consultation", "依第二十条处理前须记录商有关部门的情况 · art. 20: record the consultation first (whom, when, opinion)";
        ConsultationIncomplete = "consultation_incomplete", "请写明商谈部门、日期（不得晚于今日）和意见 · whom, when (not in the future) and the opinion are needed";
        OutcomeNotAllowed = "outcome_not_allowed", "该案由不得作此处理 · this ground does not allow this outcome";
        GroundNotByHand = "ground_not_by_hand", "该案由只能由系统依记录立案 · only the records open a case on this ground";
        NoNames = "no_names", "请写明停止解析的域名 · say which names must stop";
        NotItsNames = "not_its_names", "所列域名不是该网站登记的域名 · a name is not registered for this site";
        SharedNames = "shared_names", "停止解析还将使其他网站无法访问，须明确确认后提出 · other sites live on these names and go dark with them: confirm it (despite_shared)";
        TooSoon = "too_soon", "此类决定最早于下一工作日上午九时生效 · takes effect on the next working day at 09:00 at the earliest";
        TimeIsOver = "time_is_over", "所定生效时间已过，请重新提出 · the set time is over: propose it anew";
        NotYet = "not_yet", "生效时间未到 · its time has not come";
        InForceAlready = "in_force_already", "决定已生效，不得撤回，只能经复核恢复 · in force: it can be lifted by reinstatement only";
        NotReversible = "not_reversible", "没有可以恢复的决定 · nothing is in force that could be lifted";
        NoReview = "no_review", "请写明重新审核的文号 · the reference of the new review is missing";
        NoReceipt = "no_receipt", "请写明对方的回执或文号 · the receipt or reference of the other side is missing";
        NothingInstructed = "nothing_instructed", "未向该单位发出此项执行通知 · that authority was not told to do this";
        NotedAlready = "noted_already", "已有记录 · it stands on record already";
        DecisionNeeded = "decision_needed", "不经决定不得结案：可提出“不予处理” · no case ends without a decision: propose no action";
        StopStands = "stop_stands", "停止解析尚未恢复，不得结案 · the stop stands until it is lifted: the case stays open";
    }
}

use CaseOutcome as O;

impl Ground {
    /// The articles of the measures it stands on.
    pub const fn articles(self) -> &'static [u8] {
        match self {
            Self::OverdueNotice => &[18, 20],
            Self::BadgeMisused => &[16, 19],
            Self::ReportOverdue => &[17, 19],
            Self::ReviewFailed => &[11],
            Self::Counterfeit => &[21],
            Self::SiteClosed | Self::UnitGone | Self::NameChanged | Self::Other => &[19],
        }
    }

    /// The item of art. 19 it is, if it is one: only these allow a revocation.
    pub const fn item_of_19(self) -> Option<u8> {
        match self {
            Self::UnitGone => Some(1),
            Self::NameChanged => Some(2),
            Self::SiteClosed => Some(3),
            Self::BadgeMisused => Some(4),
            Self::ReportOverdue => Some(5),
            Self::Other => Some(6),
            Self::OverdueNotice | Self::ReviewFailed | Self::Counterfeit => None,
        }
    }

    /// May an officer open it by hand? What is counted (days, limits) is opened by the records alone.
    pub const fn by_hand(self) -> bool {
        !matches!(self, Self::OverdueNotice | Self::SiteClosed | Self::ReportOverdue)
    }

    /// Is it opened by the records, too?
    pub const fn by_system(self) -> bool {
        matches!(self, Self::OverdueNotice | Self::SiteClosed | Self::BadgeMisused | Self::ReportOverdue)
    }

    /// What it may come to. An overdue notice is no revocation ground of its own (domain rules §2).
    pub const fn outcomes(self) -> &'static [CaseOutcome] {
        match self {
            Self::OverdueNotice => &[O::WarningOral, O::WarningWritten, O::StopResolution, O::NoAction],
            Self::ReviewFailed => &[O::StopResolution, O::NoAction],
            Self::Counterfeit => &[O::HandedOver, O::NoAction],
            _ => &[O::WarningOral, O::WarningWritten, O::Revocation, O::StopResolution, O::NoAction],
        }
    }
}

impl CaseOutcome {
    /// Does this outcome of a ground stand on art. 20, which asks for a consultation first? A stop after a failed
    /// re-review stands on art. 11.
    pub fn needs_consultation(self, ground: Ground) -> bool {
        ground != Ground::ReviewFailed && matches!(self, O::WarningOral | O::WarningWritten | O::StopResolution)
    }

    /// The articles that a decision cites.
    pub fn articles(self, ground: Ground) -> Vec<u8> {
        let mut articles = ground.articles().to_vec();
        if self.needs_consultation(ground) {
            articles.push(20);
        }
        articles.sort_unstable();
        articles.dedup();
        articles
    }

    /// May it take effect with its approval? A stop may in serious cases (art. 20); what changes nothing for the site and
    /// announces nothing to the unit may, too.
    pub const fn may_be_at_once(self) -> bool {
        !matches!(self, O::Revocation | O::WarningWritten)
    }
}

impl CaseState {
    /// Is the case over?
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Reinstated | Self::Closed)
    }
}
