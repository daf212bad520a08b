//! A worker that may be killed between any two steps: after so many polls its future is dropped where it stands.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pub struct Mortal<F> {
    work: Pin<Box<F>>,
    polls: u64,
}

/// Ends with nothing where the worker was killed.
pub fn mortal<F: Future>(work: F, polls: u64) -> Mortal<F> {
    Mortal { work: Box::pin(work), polls }
}

impl<F: Future> Future for Mortal<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.work.as_mut().poll(context).map(Some)
    }
}
