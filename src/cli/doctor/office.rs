//! What an office needs before letters go, and what waits for it.

use super::Line;
use crate::config::MailMode;
use crate::flow::measure::{OfficeCounts, office};
use crate::shared::Shared;
use crate::store::StoreResult;

/// Offices, authorities, mail.
pub(super) async fn lines(shared: &Shared) -> Vec<Line> {
    let counted = async {
        let mut tx = shared.db.read().await?;
        office(&mut tx).await
    };
    let counted: StoreResult<OfficeCounts> = counted.await;
    let mut lines = vec![offices(shared), authorities(shared)];
    match counted {
        Ok(counts) => lines.extend([mail(shared, &counts), parked(&counts), contacts(&counts)]),
        Err(error) => lines.push(Line::new("mail", Err(format!("the outbox cannot be counted: {error}")))),
    }
    lines
}

fn offices(shared: &Shared) -> Line {
    let offices = &shared.config.offices.0;
    let with_mail = offices.values().filter(|office| office.email.is_some()).count();
    let found = match (offices.len(), with_mail) {
        (0, _) => Err("none: set offices.REGION with name, phone and email: who signs letters, and hears of tasks"),
        (_, 0) => Err("none has an email: set offices.REGION.email, or nobody hears of what waits"),
        _ => Ok(format!("{} set, {with_mail} with an email", offices.len())),
    };
    Line::new("offices", found.map_err(str::to_owned))
}

/// Whom instructions go to.
fn authorities(shared: &Shared) -> Line {
    let known = &shared.config.authorities;
    let missing: Vec<_> = [("authorities.registry", &known.registry), ("authorities.cnnic", &known.cnnic)]
        .into_iter()
        .filter_map(|(key, address)| address.is_none().then_some(key))
        .collect();
    let found = match missing.is_empty() {
        true => Ok("the registry and CNNIC have an address".to_owned()),
        false => Err(format!("set {}: until then an officer carries each instruction there", missing.join(" and "))),
    };
    Line::new("authorities", found)
}

fn count(counts: &OfficeCounts, state: &str) -> i64 {
    counts.messages.iter().filter(|(name, _)| name == state).map(|(_, many)| many).sum()
}

fn mail(shared: &Shared, counts: &OfficeCounts) -> Line {
    let mail = &shared.config.mail;
    let waiting = count(counts, "waiting") + count(counts, "sending");
    let found = match mail.mode {
        MailMode::DryRun => Err(format!("dry_run: nothing is sent: set mail.mode; {waiting} letters wait")),
        MailMode::ToOurselves => Ok(format!(
            "to_ourselves: everything goes to {}, no limit begins; {waiting} letters wait",
            mail.ourselves.as_deref().unwrap_or_default()
        )),
        MailMode::Live => Ok(format!("live: letters go; {waiting} wait")),
    };
    Line::new("mail", found)
}

fn parked(counts: &OfficeCounts) -> Line {
    let found = match count(counts, "parked") {
        0 => Ok("none".to_owned()),
        many => Err(format!("{many}: see why with `badgewatch mail queue`, then `badgewatch mail release`")),
    };
    Line::new("parked letters", found)
}

fn contacts(counts: &OfficeCounts) -> Line {
    let found = match counts.bad_contacts {
        0 => Ok("none".to_owned()),
        many => Err(format!(
            "{many} addresses refuse mail (`badgewatch mail bad`): bring others by the registry, or `mail good`"
        )),
    };
    Line::new("bad contacts", found)
}
