use ops_core::port::TransportError;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// The exchange, or an error where it takes longer. The host's own time-outs are minutes, and none
/// at all for a body that trickles.
pub async fn within<T>(
    timeout: Duration,
    exchange: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let mut exchange = pin!(exchange);
    let mut end = pin!(spin_sdk::time::sleep(timeout));
    poll_fn(|context| {
        if let Poll::Ready(done) = exchange.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        let end = end.as_mut().poll(context);
        end.map(|()| Err(TransportError(format!("no answer within {timeout:?}"))))
    })
    .await
}
