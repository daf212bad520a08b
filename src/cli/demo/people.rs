//! Who works in the county's office. Nobody has a credential that was known before.

use crate::domain::account::{AccountRole, Actor};
use crate::flow::accounts::{self, NewAccount, OPERATOR};
use crate::shared::Shared;
use crate::store::accounts::Account;

use super::settings::REGION;

/// Days the demo's tokens are good for.
const DAYS: u32 = 7;

/// Name, person, role.
const PEOPLE: [(&str, &str, AccountRole); 2] =
    [("chen", "陈某某（经办）", AccountRole::Officer), ("li", "李某某（审批）", AccountRole::Approver)];

/// The people of the story.
pub(super) struct People {
    /// Writes, answers, proposes.
    pub chen: Actor,
    /// Approves what another proposed.
    pub li: Actor,
}

/// Makes the accounts.
pub(super) async fn people(app: &Shared) -> anyhow::Result<People> {
    let [chen, li] = PEOPLE;
    Ok(People { chen: actor(app, chen).await?, li: actor(app, li).await? })
}

async fn actor(app: &Shared, (name, person, role): (&str, &str, AccountRole)) -> anyhow::Result<Actor> {
    let new = NewAccount { name: name.to_owned(), person: person.to_owned(), region: REGION.to_owned(), role };
    let Account { id, name, region, role, .. } =
        accounts::add_account(&app.db, &new, OPERATOR, app.clock.now()).await?;
    Ok(Actor { account_id: id, name, role, region })
}

/// What lets one of them in; printed once, kept nowhere.
pub(super) struct Credential {
    pub name: &'static str,
    pub person: &'static str,
    pub token: String,
}

/// Gives each of them a random credential.
pub(super) async fn credentials(app: &Shared) -> anyhow::Result<Vec<Credential>> {
    let mut made = Vec::new();
    for (name, person, _) in PEOPLE {
        let issued = accounts::issue_token(&app.db, name, DAYS, OPERATOR, app.clock.now()).await?;
        made.push(Credential { name, person, token: issued.text });
    }
    Ok(made)
}
