use super::*;
use http_body_util::{BodyExt, StreamBody};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

fn bodies() -> Arc<Bodies> {
    Bodies::new(ConnectionBounds::default(), Arc::default())
}

/// A body, and the end where its bytes come from.
fn body(account: Arc<Account>) -> (impl Body<Data = Bytes, Error = BoxError> + Unpin, mpsc::Sender<usize>) {
    let (sender, receiver) = mpsc::channel(1);
    let frames = ReceiverStream::new(receiver).map(|bytes| Ok::<_, BoxError>(Frame::data(Bytes::from(vec![0; bytes]))));
    (LimitedBody::new(StreamBody::new(frames), account), sender)
}

fn reason(error: RefusedBody) -> Reason {
    RefusedBody::cause(&error).unwrap().reason
}

#[test]
fn strangers_share_little_and_one_address_less() {
    let bodies = bodies();
    let one: Vec<_> = (0..8).map(|_| bodies.account(HERE)).collect();
    assert!(one.iter().all(|it| it.receive(MAX_STRANGER_BYTES).is_ok()));
    assert_eq!(reason(one[0].receive(1).unwrap_err()), Reason::BodyTooLarge);
    let another = bodies.account(HERE);
    assert_eq!(reason(another.receive(1).unwrap_err()), Reason::TooManyRequests);
    let elsewhere = bodies.account(THERE);
    assert!(elsewhere.receive(MAX_STRANGER_BYTES).is_ok());
    another.authenticated(Uuid::from_u128(1));
    assert!(another.receive(MAX_MESSAGE_BYTES).is_ok(), "customers have their own budget");
    drop(one);
    assert_eq!(bodies.strangers.used(), MAX_STRANGER_BYTES);
    drop((another, elsewhere));
    assert_eq!((bodies.strangers.used(), bodies.customers.used()), (0, 0));
}

#[test]
fn one_customer_leaves_room_for_others() {
    let bodies = bodies();
    let of = |customer| {
        let account = bodies.account(HERE);
        account.authenticated(Uuid::from_u128(customer));
        account
    };
    let hold = |customer| -> Vec<_> {
        (0..100).map(|_| of(customer)).filter(|it| it.receive(MAX_MESSAGE_BYTES).is_ok()).collect()
    };
    let held: Vec<_> = (1..=3).map(hold).collect();
    assert_eq!(held.iter().map(Vec::len).collect::<Vec<_>>(), [16, 16, 16]);
    assert!(held[0][0].receive(16 << 20).is_ok(), "what is discarded is not held");
    assert_eq!(hold(4).len(), 16);
    assert_eq!(bodies.customers.used(), 3 * PER_CUSTOMER);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_pauses_or_never_ends_is_late() {
    let bodies = bodies();
    let (mut silent, _sender) = body(bodies.account(HERE));
    let begin = Instant::now();
    let error = silent.frame().await.unwrap().unwrap_err();
    assert_eq!(RefusedBody::cause(&*error).unwrap().reason, Reason::DeadlineExceeded);
    assert_eq!(begin.elapsed().as_secs(), 10);

    let (mut slow, sender) = body(bodies.account(HERE));
    let sending = tokio::spawn(async move {
        while sender.send(1).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let (begin, mut count) = (Instant::now(), 0);
    while slow.frame().await.unwrap().is_ok() {
        count += 1;
    }
    assert!((29..=31).contains(&begin.elapsed().as_secs()) && count >= 29, "{count}");
    drop(slow);
    sending.await.unwrap();
    assert!(bodies.metrics.text().contains(r#"request_bodies_refused_total{reason="time"} 2"#));
}
