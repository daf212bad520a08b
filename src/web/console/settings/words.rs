//! What is said of acts on accounts that were not done, and what the fields of their forms hold.

use crate::domain::account::{AccountRole, Body};
use crate::flow::accounts::AccountError;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, frame};
use crate::web::tongue::Tongue;

/// One value of a closed set, to be chosen.
pub(super) struct Choice {
    pub value: &'static str,
    pub label: String,
    pub is_chosen: bool,
}

pub(super) fn roles(t: Tongue, chosen: AccountRole) -> Vec<Choice> {
    let help = |role: AccountRole| role.help().split_once(" · ").map_or("", |(_, english)| english);
    let chinese = |role: AccountRole| match role {
        AccountRole::Viewer => "查看：只看数据",
        AccountRole::Officer => "经办：办理通知、来信和案件",
        AccountRole::Approver => "审批：审批处理意见",
        AccountRole::Admin => "管理：账号与设置",
    };
    let choice = |role: &AccountRole| {
        let english = format!("{}: {}", role.name(), help(*role));
        Choice { value: role.name(), label: t.say(chinese(*role), &english).to_owned(), is_chosen: *role == chosen }
    };
    AccountRole::ALL.iter().map(choice).collect()
}

pub(super) fn bodies(t: Tongue, chosen: Body) -> Vec<Choice> {
    let label = |body: Body| frame::body(t, body).to_owned();
    Body::ALL
        .iter()
        .map(|body| Choice { value: body.name(), label: label(*body), is_chosen: *body == chosen })
        .collect()
}

/// A region as it may be written: its code, or its name.
pub(super) fn region_code(console: &Console, text: &str) -> String {
    let text = text.trim();
    if text == "全国" {
        return "000000".to_owned();
    }
    console.regions.find(text).unwrap_or(text).to_owned()
}

/// Why an act on an account was not done, `中文 · English`; or what takes its page away.
pub(super) fn said(error: AccountError) -> Result<String, Trouble> {
    let text = match error {
        AccountError::Store(error) => return Err(error.into()),
        AccountError::Unknown(_) | AccountError::Token(_) => return Err(Trouble::Missing),
        AccountError::Name(_) => {
            "账号名须为 1 至 32 个小写字母、数字或 . _ -，并以字母开头。 · \
             A name is 1 to 32 of a-z 0-9 . _ -, and begins with a letter."
        }
        AccountError::Taken(_) => {
            "这个账号名已被使用过。为使记录始终对应同一人，账号名不重复使用，请换一个。 · \
             The name was given before. What stands on record under it stays its own: take another."
        }
        AccountError::Person => "请填写使用人姓名。 · Say who it is.",
        AccountError::Region(_) => {
            "没有这个地区。请填写六位行政区划代码或全称。 · No such region: write six digits of GB/T 2260, or its full name."
        }
        AccountError::Beyond => "只能设置本地区及下级地区的账号。 · The region lies beyond your own.",
        AccountError::Oneself => {
            "不能对自己的账号这样操作，请由另一位管理员办理。 · This is your own account: another administrator does this."
        }
        AccountError::Disabled(_) => "账号已停用。 · The account is disabled.",
        AccountError::Changed(_) => {
            "账号刚被他人修改，请刷新后重新核对。 · The account was changed in the meantime: reload and look again."
        }
        AccountError::Device(_) => "该账号没有启用第二验证设备。 · The account has no second device.",
        AccountError::Days => "期限须为 1 至 366 天。 · A token is good for 1 to 366 days.",
        AccountError::Password(refusal) => return Ok(refusal.to_string()),
    };
    Ok(text.to_owned())
}

/// The same, where there is no form to say it beside.
pub(super) fn refused(error: AccountError) -> Trouble {
    said(error).map_or_else(|trouble| trouble, Trouble::Refused)
}
