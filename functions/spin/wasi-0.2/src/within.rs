use ops_core::port::TransportError;
use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use wasi::clocks::monotonic_clock::{now, subscribe_instant};

/// The exchange, or an error where it takes longer. The SDK hands the host no time-outs, and the
/// host's own are minutes, and none at all for a body that trickles.
pub async fn within<T>(
    timeout: Duration,
    exchange: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let nanoseconds = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
    let end = now().saturating_add(nanoseconds);
    let mut exchange = pin!(exchange);
    // The executor forgets what has been waited for, so each look registers anew.
    let mut registered: Option<CancelOnDropToken> = None;
    poll_fn(|context| {
        if let Poll::Ready(done) = exchange.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        if now() >= end {
            return Poll::Ready(Err(TransportError(format!("no answer within {timeout:?}"))));
        }
        let waker = context.waker().clone();
        let token = push_waker_and_get_token(subscribe_instant(end), waker);
        registered = Some(CancelOnDropToken::from(token));
        Poll::Pending
    })
    .await
}
