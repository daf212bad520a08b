//! From a site back to the cells of its row, as an export writes and an import reads them.

use chrono::NaiveDate;

use super::{Column, Site, Unit, clean};
use crate::domain::host::Host;

impl Unit {
    /// What tells the unit apart; `None` where it has no name.
    pub fn key(&self) -> Option<String> {
        Some(clean::name_key(&self.name)).filter(|key| !key.is_empty())
    }
}

impl Column {
    /// Does it hold personal data? Such values are in no log and in no history.
    pub const fn is_personal(self) -> bool {
        matches!(
            self,
            Self::ContactName
                | Self::ContactEmail
                | Self::ContactPhone
                | Self::HandlerName
                | Self::HandlerEmail
                | Self::HandlerPhone
        )
    }
}

impl Site {
    /// The cell of a column; `None` is an empty one. Reading all cells back gives the same site.
    pub fn cell(&self, column: Column) -> Option<String> {
        let unit = &self.unit;
        let day = |day: Option<NaiveDate>| day.map(|day| day.format("%Y-%m-%d").to_string());
        let host = |host: &Option<Host>| host.as_ref().map(Host::unicode);
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        match column {
            Column::UnitName => text(&unit.name),
            Column::UnitType => unit.kind.map(|kind| kind.name().to_owned()),
            Column::ParentUnit => unit.parent.clone(),
            Column::Address => unit.address.clone(),
            Column::Functions => unit.functions.clone(),
            Column::Region => unit.region.clone(),
            Column::SiteName => text(&self.name),
            Column::CnDomain => host(&self.cn_domain),
            Column::EnDomain => host(&self.en_domain),
            Column::Ips => text(&self.ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")),
            Column::BadgeCode => self.badge_code.as_ref().map(ToString::to_string),
            Column::CertificateId => self.certificate_id.as_ref().map(ToString::to_string),
            Column::IssuedOn => day(self.issued_on),
            Column::IssuingOffice => self.issuing_office.clone(),
            Column::State => text(self.state.name()),
            Column::DomainExpiresOn => day(self.domain_expires_on),
            Column::ContactName => self.contact.name.clone(),
            Column::ContactEmail => self.contact.email.clone(),
            Column::ContactPhone => self.contact.phone.clone(),
            Column::UrlPrefix => self.url_prefix.clone(),
            Column::Hosting => text(self.hosting.name()),
            Column::NotifiedOn => day(self.notified_on),
            Column::AdministrativeFunctions => {
                unit.administrative_functions.map(|is| (if is { "是" } else { "否" }).to_owned())
            }
            Column::HandlerName => self.handler.name.clone(),
            Column::HandlerEmail => self.handler.email.clone(),
            Column::HandlerPhone => self.handler.phone.clone(),
        }
    }
}
