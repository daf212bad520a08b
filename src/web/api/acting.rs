//! The acts on one notice or case, declared: each reads its caller, the id and a body, calls its flow, and answers with the
//! sheet as it then is.

/// Declares acts: the tag and what they answer with, then path, name, body, and the flow each calls with the fields of the
/// body. `after(&Api, &Actor, done)` stands beside them and makes the answer.
macro_rules! acts {
    ($tag:literal, $what:literal, $sheet:ident;
     $($(#[doc = $doc:literal])+ $path:literal $name:ident($body:ident { $($field:ident),* }) =>
        |$app:ident, $actor:ident, $id:ident, $now:ident| $call:expr;)+) => {
        $($(#[doc = $doc])+
        #[utoipa::path(post, path = $path, tag = $tag, params(("id" = String, Path)), request_body = $body,
            security(("token" = [])), responses((status = 200, description = $what, body = $sheet), OfActing))]
        pub(super) async fn $name(
            State(api): State<Api>,
            Caller(actor): Caller,
            Place(id): Place<String>,
            Body($body { $($field),* }): Body<$body>,
        ) -> Said<$sheet> {
            let ($app, $actor, $id, $now) = (&api.app, &actor, id.as_str(), api.app.clock.now());
            let done = $call.await;
            after(&api, &actor, done).await
        })+
    };
}

pub(super) use acts;
