//! Personal data that people of an office may see: who looked at what is on record (《个人信息保护法》 art. 51, 54).

use crate::closed_set;

closed_set! {
    /// What was looked at.
    pub enum Personal {
        Unit = "unit", "开办主体联系人 · contacts of a site's unit, by the site's id";
        Notice = "notice", "通知所载联系人与来信 · recipients and words of a notice, by its id";
        Case = "case", "案件所载联系人 · recipients of a case's letters, by its id";
        Report = "report", "举报人联系方式 · who reported a lead, by the lead's id";
        Attachment = "attachment", "来信附件 · a file that came with an objection, by its id";
        Recipients = "recipients", "收件地址 · addresses of letters and of those that bounce, by the region's code";
    }
}
