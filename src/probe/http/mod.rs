//! The safe fetch: one GET with its redirects, to permitted addresses only, within limits, and never an error for a
//! dead site.
//!
//! Every hop is judged by the [address policy](crate::domain::address): first its URL, then, at connect time, the
//! addresses of its name; the connection goes to exactly the judged addresses, so that a second DNS answer cannot
//! slip in between (DNS rebinding).

mod answer;
mod client;
mod exchange;
mod fetch;
mod gate;
mod heard;
mod limits;
mod polite;
mod trouble;

pub use answer::{Answer, Fetched, Hop, Request, Trouble};
pub use client::{Settings, SetupError};
pub use fetch::Fetcher;
pub use gate::{Lookup, LookupError};
pub use heard::{Heard, Listener, RequestEnd};
pub use limits::Limits;
pub use polite::{Permit, Politeness};
