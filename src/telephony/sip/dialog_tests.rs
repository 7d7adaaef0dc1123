use super::*;
use crate::telephony::sip::message::Message;

const INVITE: &str = "INVITE sip:bob@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:bob@h>\r\n\
    Call-ID: c\r\nCSeq: 7 INVITE\r\nContact: <sip:a@10.0.0.1:5070;x=y>\r\nRecord-Route: <sip:p1;lr>, <sip:p2;lr>\r\n";

fn request(changed: impl Fn(String) -> String) -> Request {
    let text = changed(format!("{INVITE}\r\n"));
    match Message::parse(text.as_bytes()).unwrap() {
        Message::Request(request) => request,
        Message::Response(_) => unreachable!(),
    }
}

#[test]
fn messages_that_make_no_dialog() {
    let made = |change: &dyn Fn(String) -> String| Dialog::of_request(&request(change), "t", 1).map(|_| ());
    assert_eq!(made(&|it| it), Ok(()));
    for (from, to, why) in [
        (";tag=a", "", "From"),
        ("Call-ID: c\r\n", "", "Call-ID"),
        ("CSeq: 7 INVITE\r\n", "", "CSeq"),
        ("Contact: <sip:a@10.0.0.1:5070;x=y>\r\n", "", "Contact"),
        ("sip:a@10.0.0.1:5070;x=y", "tel:+1555", "Contact"),
        ("<sip:p1;lr>", "<http://p1>", "Record-Route"),
        ("To: <sip:bob@h>\r\n", "", "To"),
    ] {
        assert_eq!(made(&|it| it.replace(from, to)), Err(NoDialog(why)), "{from}");
    }
    let many = vec!["<sip:p1;lr>"; 17].join(", ");
    assert_eq!(made(&|it| it.replace("<sip:p1;lr>", &many)), Err(NoDialog("Record-Route")));
}

#[test]
fn a_callee_goes_through_the_routes_in_their_order() {
    let mut dialog = Dialog::of_request(&request(|it| it), "t", 41).unwrap();
    let ours = Ours { sent_by: "192.0.2.1:5060".to_owned(), agent: "x".to_owned() };
    let mut tokens = Tokens::new([0; 32], [0; 4]);
    let bye = dialog.request(Method::Bye, &ours, &mut tokens);
    assert_eq!(bye.uri, "sip:a@10.0.0.1:5070;x=y");
    assert_eq!(bye.headers.all("Route").collect::<Vec<_>>(), ["<sip:p1;lr>", "<sip:p2;lr>"]);
    assert_eq!(dialog.next_hop(), "sip:p1;lr");
    let pairs = ["From", "To", "Call-ID", "CSeq"].map(|it| bye.headers.get(it).unwrap());
    assert_eq!(pairs, ["<sip:bob@h>;tag=t", "<sip:a@b>;tag=a", "c", "42 BYE"]);
    let branches: Vec<String> = (0..100).map(|_| tokens.branch()).collect();
    assert!(branches.iter().all(|it| it.starts_with("z9hG4bK00000000")));
    assert_eq!(branches.iter().collect::<std::collections::BTreeSet<_>>().len(), 100);
}

#[test]
fn requests_come_in_order() {
    let mut dialog = Dialog::of_request(&request(|it| it), "t", 1).unwrap();
    let with = |number: &str| request(|it| it.replace("7 INVITE", &format!("{number} INVITE")));
    for (number, order) in [
        ("7", Order::OutOfOrder),
        ("9", Order::InOrder),
        ("8", Order::OutOfOrder),
        ("9", Order::OutOfOrder),
        ("10", Order::InOrder),
    ] {
        assert_eq!(dialog.receive(&with(number)), order, "{number}");
    }
}
