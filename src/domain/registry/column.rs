//! The columns of a registry file and the names people give them.

use super::clean;
use crate::closed_set;

closed_set! {
    /// The columns of the registry CSV. The name is the English header; the help starts with the Chinese one.
    pub enum Column {
        UnitName = "unit_name", "开办主体 · the body that runs the site";
        UnitType = "unit_type", "主体类型 · organ, institution or society (党政机关, 事业单位, 社会组织)";
        ParentUnit = "parent_unit", "上级主管单位 · the unit above it";
        Address = "address", "地址 · postal address of the unit";
        Functions = "functions", "主要职能 · what the unit does";
        Region = "region", "行政区划 · administrative division";
        SiteName = "site_name", "网站名称 · registered name of the site";
        CnDomain = "cn_domain", "中文域名 · Chinese domain";
        EnDomain = "en_domain", "英文域名 · English domain";
        Ips = "ips", "IP地址 · registered addresses, separated by ;";
        BadgeCode = "badge_code", "标识代码 · the CA… code of the badge";
        CertificateId = "certificate_id", "证书编号 · 32 hexadecimal digits";
        IssuedOn = "issued_on", "发放日期 · day on which the badge was issued";
        IssuingOffice = "issuing_office", "发放机构 · office that reviewed and issued";
        State = "state", "状态 · valid, suspended or revoked (有效, 停用, 撤销)";
        DomainExpiresOn = "domain_expires_on", "域名到期日 · registered end of the domain";
        ContactName = "contact_name", "联系人 · the site's responsible person";
        ContactEmail = "contact_email", "联系邮箱 · e-mail of the responsible person";
        ContactPhone = "contact_phone", "联系电话 · phone of the responsible person";
        UrlPrefix = "url_prefix", "网址前缀 · folder of a site under another unit's host (挂靠)";
        Hosting = "hosting", "托管方式 · own or red_page (自建, 网络红页); empty is own";
        NotifiedOn = "notified_on", "通知日期 · day on which the unit was told of the issue: art. 14 counts from it";
        AdministrativeFunctions = "administrative_functions", "行政职能 · does an institution hold administrative functions? 是 or 否";
        HandlerName = "handler_name", "经办人 · the handling person";
        HandlerEmail = "handler_email", "经办人邮箱 · e-mail of the handling person";
        HandlerPhone = "handler_phone", "经办人电话 · phone of the handling person";
    }
}

impl Column {
    /// May a file lack the column altogether?
    pub const fn is_optional(self) -> bool {
        matches!(
            self,
            Self::UrlPrefix
                | Self::Hosting
                | Self::NotifiedOn
                | Self::AdministrativeFunctions
                | Self::HandlerName
                | Self::HandlerEmail
                | Self::HandlerPhone
        )
    }

    /// The Chinese header words, the usual one first.
    pub const fn chinese(self) -> &'static [&'static str] {
        match self {
            Self::UnitName => &["开办主体", "开办主体名称", "开办单位", "单位名称", "主办单位", "主体名称"],
            Self::UnitType => &["主体类型", "单位类型", "单位性质", "主体性质", "机构类型", "开办主体类型"],
            Self::ParentUnit => &["上级主管单位", "上级单位", "主管单位", "上级主管部门", "主管部门"],
            Self::Address => &["地址", "单位地址", "通讯地址", "通信地址", "联系地址"],
            Self::Functions => &["主要职能", "职能", "职责", "主要职责", "单位职能", "宗旨和业务范围"],
            Self::Region => &["行政区划", "区划", "地区", "所属地区", "所属区域", "行政区划代码"],
            Self::SiteName => &["网站名称", "网站名", "站点名称"],
            Self::CnDomain => &["中文域名", "网站中文域名"],
            Self::EnDomain => &["英文域名", "网站英文域名"],
            Self::Ips => &["ip地址", "ip", "网站ip", "网站ip地址", "服务器ip", "服务器ip地址"],
            Self::BadgeCode => &["标识代码", "标识编号", "网站标识", "网站标识代码", "网站标识编号"],
            Self::CertificateId => &["证书编号", "证书id", "证书标识", "标识证书编号"],
            Self::IssuedOn => &["发放日期", "发放时间", "颁发日期", "颁发时间", "核发日期", "发证日期"],
            Self::IssuingOffice => &["发放机构", "审核机构", "颁发机构", "核发机构", "审核机关", "发证机关"],
            Self::State => &["状态", "标识状态"],
            Self::DomainExpiresOn => &["域名到期日", "域名到期日期", "域名到期时间", "域名有效期", "到期日"],
            Self::ContactName => &["联系人", "联系人姓名", "网站负责人", "负责人", "负责人姓名"],
            Self::ContactEmail => &["联系邮箱", "联系人邮箱", "负责人邮箱", "电子邮箱", "邮箱"],
            Self::ContactPhone => &["联系电话", "联系人电话", "负责人电话", "联系人手机", "电话"],
            Self::UrlPrefix => &["网址前缀", "网址路径", "路径前缀", "栏目路径"],
            Self::Hosting => &["托管方式", "建站方式", "开办方式", "网站类型"],
            Self::NotifiedOn => &["通知日期", "通知时间", "告知日期", "发放通知日期"],
            Self::AdministrativeFunctions => &["行政职能", "是否承担行政职能", "承担行政职能", "具有行政职能"],
            Self::HandlerName => &["经办人", "经办人姓名"],
            Self::HandlerEmail => &["经办人邮箱", "经办人电子邮箱"],
            Self::HandlerPhone => &["经办人电话", "经办人手机", "经办人联系电话"],
        }
    }

    /// The column of a header cell, in English or Chinese; blanks, case, a leading `*` and a remark in brackets
    /// (`标识代码（必填）`) do not matter.
    pub fn of_header(cell: &str) -> Option<Self> {
        let word = clean::word(cell);
        Self::ALL.iter().copied().find(|column| column.name() == word || column.chinese().contains(&word.as_str()))
    }
}
