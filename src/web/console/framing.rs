//! A letter as it will look, in a frame of the page that shows it: it runs nothing, fetches nothing, and no other page
//! frames it.

use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::assets;
use crate::web::guard;

/// Which side of a frame an answer stands on.
#[derive(Clone, Copy, Default)]
enum Framing {
    /// There is none.
    #[default]
    None,
    /// A page that has letters in frames.
    Around,
    /// A letter.
    Inside,
}

/// Lets a page show letters in frames.
pub(super) fn around(page: Response) -> Response {
    marked(page, Framing::Around)
}

/// A letter, to stand in a frame of one of our pages.
pub(super) fn inside(letter: String) -> Response {
    marked(Html(letter).into_response(), Framing::Inside)
}

fn marked(mut response: Response, framing: Framing) -> Response {
    response.extensions_mut().insert(framing);
    response
}

/// What holds for every answer: nobody keeps it (but what says otherwise), frames it, or passes its address on.
pub(super) async fn guarded(mut response: Response) -> Response {
    let kept = response.headers().get(header::CACHE_CONTROL).cloned();
    let framing = response.extensions().get::<Framing>().copied().unwrap_or_default();
    let policy = match framing {
        Framing::None => assets::POLICY,
        Framing::Around => assets::POLICY_AROUND_LETTERS,
        Framing::Inside => assets::POLICY_OF_LETTERS,
    };
    let headers = response.headers_mut();
    guard::put(headers, policy, &guard::KEPT_BY_NOBODY);
    if let Framing::Inside = framing {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    }
    if let Some(kept) = kept {
        headers.insert(header::CACHE_CONTROL, kept);
    }
    response
}
