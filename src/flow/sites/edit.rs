//! What an officer may mend in the registry by hand: whom to write to, and the days that the office itself is told. All else
//! comes by the registry's own file, and a file that brings these values anew goes before what was typed.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::{SiteError, held};
use crate::domain::account::Actor;
use crate::domain::registry::{Column, Contact, Site};
use crate::store::audit::{self, Act};
use crate::store::{Db, sites};

/// The columns that may be edited.
pub const EDITABLE: [Column; 8] = [
    Column::ContactName,
    Column::ContactEmail,
    Column::ContactPhone,
    Column::HandlerName,
    Column::HandlerEmail,
    Column::HandlerPhone,
    Column::NotifiedOn,
    Column::DomainExpiresOn,
];

/// Changes values of a site; which columns were changed. The record names them, and keeps values of days alone: whose
/// telephone it was is nobody's history.
pub async fn edit(
    db: &Db,
    actor: &Actor,
    key: &str,
    values: &[(Column, String)],
    why: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Column>, SiteError> {
    let mut tx = db.write().await?;
    let stored = held(&mut tx, actor, key).await?;
    let mut site = stored.site.clone();
    let (mut changed, mut days) = (Vec::new(), serde_json::Map::new());
    for (column, value) in values {
        let value = Some(value.trim()).filter(|value| !value.is_empty());
        if let Some((old, new)) = set(&mut site, *column, value)? {
            changed.push(*column);
            days.insert(column.name().to_owned(), json!([old, new]));
        }
    }
    if changed.is_empty() {
        return Ok(changed);
    }
    sites::edit(&mut tx, &stored.id, &site, now).await?;
    let by = actor.text();
    let detail = json!({ "site": key, "changed": changed, "values": days });
    let act = Act {
        actor: &by,
        action: "edited",
        from: None,
        to: None,
        why: Some(why).filter(|why| !why.is_empty()),
        detail,
    };
    audit::append(&mut tx, &format!("site:{}", stored.id), now, &act).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Old and new value, as far as they may stand on record.
type Values = (Option<NaiveDate>, Option<NaiveDate>);

/// Sets a value. `None`: it was this already.
fn set(site: &mut Site, column: Column, value: Option<&str>) -> Result<Option<Values>, SiteError> {
    if let Some(field) = text_of(&mut site.contact, &mut site.handler, column) {
        let is_mail = matches!(column, Column::ContactEmail | Column::HandlerEmail);
        if is_mail && value.is_some_and(|value| !is_mail_address(value)) {
            return Err(SiteError::Mail);
        }
        let is_same = field.as_deref() == value;
        *field = value.map(str::to_owned);
        return Ok((!is_same).then_some((None, None)));
    }
    let field = match column {
        Column::NotifiedOn => &mut site.notified_on,
        Column::DomainExpiresOn => &mut site.domain_expires_on,
        _ => return Ok(None),
    };
    let new = value.map(str::parse::<NaiveDate>).transpose().map_err(|_| SiteError::Day)?;
    let old = std::mem::replace(field, new);
    Ok((old != new).then_some((old, new)))
}

fn text_of<'s>(contact: &'s mut Contact, handler: &'s mut Contact, column: Column) -> Option<&'s mut Option<String>> {
    Some(match column {
        Column::ContactName => &mut contact.name,
        Column::ContactEmail => &mut contact.email,
        Column::ContactPhone => &mut contact.phone,
        Column::HandlerName => &mut handler.name,
        Column::HandlerEmail => &mut handler.email,
        Column::HandlerPhone => &mut handler.phone,
        _ => return None,
    })
}

/// Something before and behind one `@`; whether mail arrives is known only when it goes.
fn is_mail_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}
