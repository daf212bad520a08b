//! What a form sends.

use axum::extract::{FromRequest, Request};
use axum_extra::extract::Form;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::enter::Officer;
use super::trouble::Trouble;

/// The fields of a form that carries the token of its sender's session: a page of somebody else's cannot know it.
pub(super) struct Signed<T>(pub T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    form_token: String,
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequest<S> for Signed<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let officer = request.extensions().get::<Officer>().cloned().ok_or(Trouble::LoggedOut)?;
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|_| Trouble::Broken)?;
        let token = fields::<Token>(&bytes).await?.form_token;
        check(&officer, &token)?;
        Ok(Self(fields(&bytes).await?))
    }
}

/// Is it the token of the session?
pub(super) fn check(officer: &Officer, token: &str) -> Result<(), Trouble> {
    // of the same length always, and 256 random bits of one session
    if token == officer.entered.session.form_token { Ok(()) } else { Err(Trouble::Foreign) }
}

async fn fields<T: DeserializeOwned>(bytes: &axum::body::Bytes) -> Result<T, Trouble> {
    // PostgreSQL keeps no zero byte in a text
    if bytes.windows(3).any(|window| window == b"%00") || bytes.contains(&0) {
        return Err(Trouble::Broken);
    }
    let request = Request::builder()
        .method("POST")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(bytes.clone()))
        .map_err(|_| Trouble::Broken)?;
    Form::from_request(request, &()).await.map(|Form(fields)| fields).map_err(|_| Trouble::Broken)
}
