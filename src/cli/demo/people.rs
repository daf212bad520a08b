//! Who works in the county's office. Nobody has a credential that was known before.

use crate::domain::account::{AccountRole, Actor, Body};
use crate::flow::accounts::{self, NewAccount, OPERATOR};
use crate::flow::people::{first_password, set_password};
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
    let (name, person, region) = (name.to_owned(), person.to_owned(), REGION.to_owned());
    let new = NewAccount { name, person, body: Body::Office, region, role };
    let Account { id, name, region, role, .. } =
        accounts::add_account(&app.db, &new, OPERATOR, app.clock.now()).await?;
    Ok(Actor { account_id: id, name, role, region })
}

/// What lets one of them in; printed once, kept nowhere.
pub(super) struct Credential {
    pub name: &'static str,
    pub person: &'static str,
    /// For the console.
    pub password: String,
    /// For the API.
    pub token: String,
}

/// Gives each of them a random password and a token.
pub(super) async fn credentials(app: &Shared) -> anyhow::Result<Vec<Credential>> {
    let (db, now) = (&app.db, app.clock.now());
    let mut made = Vec::new();
    for (name, person, _) in PEOPLE {
        let password = first_password()?;
        set_password(db, name, &password, false, OPERATOR, now).await?;
        let token = accounts::issue_token(db, name, DAYS, OPERATOR, now).await?.text;
        made.push(Credential { name, person, password, token });
    }
    Ok(made)
}
