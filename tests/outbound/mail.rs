//! Mail: what goes over the wire, and what becomes of it when the server does not play along.

use crate::post_office::{Manners, PostOffice, Whim};
use crate::tls::identity;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ringdown::model::time::Time;
use ringdown::outbound::mail::{Attachment, Config, Failure, Mail, Message, Security, Server, Stage};
use rustls::pki_types::CertificateDer;
use std::time::{Duration, Instant};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

fn config(server: Server) -> Config {
    Config {
        server,
        from: "Ringdown <no-reply@ring.example>".to_owned(),
        timeout: Duration::from_secs(5),
        max_in_flight: 4,
        authorities: Vec::new(),
    }
}

fn plain(office: &PostOffice) -> Config {
    config(format!("smtp://{}?tls=none", office.address).parse().unwrap())
}

fn message() -> Message {
    Message {
        id: ID,
        date: Time(1_700_000_000_000_000),
        to: vec!["ann@a.example".to_owned(), "bob@b.example".to_owned()],
        subject: "Missed call".to_owned(),
        content: "A line.\n.\n..two dots\nEnd".to_owned(),
        attachments: Vec::new(),
    }
}

#[tokio::test]
async fn a_mail_is_written_and_handed_over() {
    let office = PostOffice::open(Manners::default()).await;
    let id = Mail::new(plain(&office)).unwrap().send(message()).await.unwrap();
    assert_eq!(id, format!("<{ID}@ring.example>"));
    let heard = office.heard().remove(0);
    let expect = ["EHLO ring.example", "MAIL FROM:<no-reply@ring.example>", "RCPT TO:<ann@a.example>"];
    assert_eq!(heard[..3], expect);
    assert_eq!((&heard[3][..], &heard[4][..], &heard[6][..]), ("RCPT TO:<bob@b.example>", "DATA", "QUIT"));
    let content = &heard[5];
    for line in [
        "From: Ringdown <no-reply@ring.example>",
        "To: ann@a.example, bob@b.example",
        "Subject: Missed call",
        "Date: Tue, 14 Nov 2023 22:13:20 +0000",
        &format!("Message-ID: {id}"),
        "Content-Type: text/plain; charset=utf-8",
        // A line that begins with a dot gets another one on its way (RFC 5321 §4.5.2).
        "..",
        "...two dots",
    ] {
        assert!(content.lines().any(|have| have == line), "{line} in {content}");
    }
}

#[tokio::test]
async fn attachments_arrive_as_they_were() {
    let office = PostOffice::open(Manners::default()).await;
    let bytes = Bytes::from((0..=255).collect::<Vec<u8>>());
    let file = |name: &str, content_type: &str| {
        let (name, content_type) = (name.to_owned(), content_type.to_owned());
        Attachment { name, bytes: bytes.clone(), content_type }
    };
    let attachments = vec![
        file("call.wav", "audio/wav"),
        file("../Grüße\r\nX-Evil: 1", "nonsense"),
        file("mail.eml", "message/rfc822"),
    ];
    Mail::new(plain(&office)).unwrap().send(Message { attachments, ..message() }).await.unwrap();
    let content = office.heard().remove(0).remove(5);
    assert!(content.contains("Content-Type: multipart/mixed;"), "{content}");
    assert!(content.contains("Content-Type: audio/wav\r\n"), "{content}");
    assert!(content.contains("filename=\"call.wav\""), "{content}");
    assert_eq!(content.matches("Content-Type: application/octet-stream").count(), 2, "{content}");
    assert!(!content.contains("\r\nX-Evil") && !content.contains("../"), "{content}");
    let encoded = STANDARD.encode(&bytes);
    assert_eq!(content.replace("\r\n", "").matches(&encoded).count(), 3, "{content}");
}

#[tokio::test]
async fn texts_of_flows_add_no_headers_and_no_commands() {
    let office = PostOffice::open(Manners::default()).await;
    let mail = Mail::new(plain(&office)).unwrap();
    let subject = "Hi\r\nBcc: eve@e.example\r\n\r\nGrüße ☎".to_owned();
    mail.send(Message { subject, content: "x\r\n.\r\nRSET\r\n".to_owned(), ..message() }).await.unwrap();
    let heard = office.heard().remove(0);
    assert_eq!(heard.len(), 7, "{heard:?}");
    assert!(!heard[5].contains("\nBcc"), "{}", heard[5]);
    for receiver in
        ["", "ann", "ann@", "a b@a.example", "ann@a.example>\r\nRCPT TO:<eve@e.example", "Ann <ann@a.example>"]
    {
        let failure = mail.send(Message { to: vec![receiver.to_owned()], ..message() }).await.unwrap_err();
        assert_eq!(failure.word(), "bad_message", "{receiver:?}");
        assert!(!failure.to_string().contains(['\r', '\n']), "{failure}");
    }
    assert_eq!(mail.send(Message { to: Vec::new(), ..message() }).await.unwrap_err().word(), "bad_message");
    assert_eq!(office.heard().len(), 1);
}

#[tokio::test]
async fn a_server_may_refuse_at_every_stage() {
    let table = [
        ("greeting", Stage::Connect, "554 no service", 554),
        ("EHLO", Stage::Connect, "550 not you", 550),
        ("MAIL", Stage::Sender, "451 later", 451),
        ("RCPT TO:<ann", Stage::Receiver, "550 5.1.1 no such user", 550),
        ("RCPT TO:<bob", Stage::Receiver, "452 full", 452),
        ("DATA", Stage::Data, "421 closing", 421),
        (".", Stage::Content, "552-too\r\n552 large", 552),
    ];
    for (at, stage, says, code) in table {
        let office = PostOffice::open(Manners { at, does: Whim::Say(says), ..Manners::default() }).await;
        let failure = Mail::new(plain(&office)).unwrap().send(message()).await.unwrap_err();
        let Failure::Refused { stage: seen, code: told, ref text } = failure else { panic!("{at}: {failure:?}") };
        assert_eq!((seen, told), (stage, code), "{at}");
        assert!(text.contains(says[4..].split("\r\n").next().unwrap()), "{at}: {text}");
        // A refused mail is not sent, whatever was said before; 4yz is for now, 5yz for good.
        assert_eq!((failure.may_have_gone_out(), failure.may_pass_later()), (false, code < 500), "{at}");
    }
}

#[tokio::test]
async fn a_server_may_hang_or_break_off_at_every_stage() {
    let table = [
        ("greeting", Stage::Connect),
        ("EHLO", Stage::Connect),
        ("MAIL", Stage::Sender),
        ("RCPT", Stage::Receiver),
        ("DATA", Stage::Data),
        (".", Stage::Content),
    ];
    for (at, stage) in table {
        for does in [Whim::Hang, Whim::Close, Whim::Say("hello there")] {
            let hangs = matches!(does, Whim::Hang);
            let office = PostOffice::open(Manners { at, does, ..Manners::default() }).await;
            let mail = Mail::new(Config { timeout: Duration::from_millis(200), ..plain(&office) }).unwrap();
            let expect = match stage {
                // It may have been taken: nobody knows.
                Stage::Content => Failure::Unknown,
                stage if hangs => Failure::Timeout(stage),
                stage => Failure::Broken(stage),
            };
            let failure = mail.send(message()).await.unwrap_err();
            assert_eq!(failure, expect, "{at}");
            assert_eq!(failure.may_have_gone_out(), stage == Stage::Content);
        }
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = format!("smtp://{gone}?tls=none").parse().unwrap();
    assert_eq!(Mail::new(config(server)).unwrap().send(message()).await.unwrap_err(), Failure::Connect);
}

#[tokio::test]
async fn a_goodbye_is_not_waited_for() {
    let office = PostOffice::open(Manners { at: "QUIT", does: Whim::Hang, ..Manners::default() }).await;
    let started = Instant::now();
    // Its time runs out during the goodbye, and the mail is sent all the same.
    let mail = Mail::new(Config { timeout: Duration::from_millis(500), ..plain(&office) }).unwrap();
    mail.send(message()).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_hanging_server_holds_a_few_mails_and_not_all() {
    let office = PostOffice::open(Manners { at: "greeting", does: Whim::Hang, ..Manners::default() }).await;
    let mail = Mail::new(Config { timeout: Duration::from_millis(300), max_in_flight: 2, ..plain(&office) }).unwrap();
    let outcomes = futures::future::join_all((0..6).map(|_| mail.send(message()))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Failure::Timeout(Stage::Connect) | Failure::Busy))));
    assert!(outcomes.contains(&Err(Failure::Busy)), "{outcomes:?}");
}

fn secure(office: &PostOffice, scheme: &str, authorities: Vec<CertificateDer<'static>>) -> Config {
    let server = format!("{scheme}://us%40er:p%2Bw+d@localhost:{}", office.address.port()).parse().unwrap();
    Config { authorities, ..config(server) }
}

#[tokio::test]
async fn with_tls_the_password_is_sent_and_not_before() {
    let (certificate, served) = identity("localhost");
    let manners = Manners { tls: Some(served), ..Manners::default() };
    let login = format!("AUTH PLAIN {}", STANDARD.encode("\0us@er\0p+w+d"));
    let hello = "EHLO ring.example";

    let office = PostOffice::open(manners.clone()).await;
    Mail::new(secure(&office, "smtp", vec![certificate.clone()])).unwrap().send(message()).await.unwrap();
    assert_eq!(office.heard()[0][..4], [hello, "STARTTLS", hello, &login]);

    let office = PostOffice::open(Manners { tls_from_the_start: true, ..manners.clone() }).await;
    Mail::new(secure(&office, "smtps", vec![certificate.clone()])).unwrap().send(message()).await.unwrap();
    assert_eq!(office.heard()[0][..2], [hello, &login]);

    let refusing = Manners { at: "AUTH", does: Whim::Say("535 wrong"), ..manners.clone() };
    let office = PostOffice::open(refusing).await;
    let mail = Mail::new(secure(&office, "smtp", vec![certificate])).unwrap();
    assert_eq!(mail.send(message()).await.unwrap_err(), Failure::Login { code: 535 });

    // A stranger's certificate, and an offer that somebody took away: nothing is said that matters.
    let taken = Manners { without: &["STARTTLS"], ..manners.clone() };
    for manners in [manners, taken] {
        let office = PostOffice::open(manners).await;
        let mail =
            Mail::new(Config { timeout: Duration::from_secs(2), ..secure(&office, "smtp", Vec::new()) }).unwrap();
        let failure = mail.send(message()).await.unwrap_err();
        assert!(!failure.may_have_gone_out() && failure.word() != "bad_message", "{failure}");
        let heard = office.heard().remove(0);
        assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{heard:?}");
    }
}

#[tokio::test]
async fn what_the_server_cannot_carry_is_told() {
    let office = PostOffice::open(Manners { without: &["SMTPUTF8"], ..Manners::default() }).await;
    let to = vec!["jürgen@a.example".to_owned()];
    let mail = Mail::new(plain(&office)).unwrap();
    assert_eq!(mail.send(Message { to: to.clone(), ..message() }).await.unwrap_err().word(), "bad_message");
    let office = PostOffice::open(Manners::default()).await;
    Mail::new(plain(&office)).unwrap().send(Message { to, ..message() }).await.unwrap();
    assert!(office.heard()[0][1].ends_with(" SMTPUTF8 BODY=8BITMIME"), "{:?}", office.heard()[0]);
}

#[test]
fn servers_are_read_from_urls() {
    let table = [
        ("smtp://mail.example", "mail.example", 587, Security::StartTls),
        ("smtp://u:p@mail.example:2525/", "mail.example", 2_525, Security::StartTls),
        ("smtps://u:p@mail.example", "mail.example", 465, Security::Tls),
        ("smtp://localhost?tls=none", "localhost", 25, Security::None),
        ("smtp://[::1]:1025?tls=none", "::1", 1_025, Security::None),
    ];
    for (url, host, port, security) in table {
        let server: Server = url.parse().unwrap();
        assert_eq!((server.host.as_str(), server.port, server.security), (host, port, security), "{url}");
    }
    let server: Server = "smtp://a%40b:p%25+%C3%A4@mail.example".parse().unwrap();
    assert_eq!(server.login, Some(("a@b".to_owned(), "p%+ä".to_owned())));
    assert!(!format!("{server:?}").contains("p%"), "{server:?}");
    let wrong = "|mail.example|http://mail.example|smtp://|smtp://u@mail.example|smtp://u:p@mail.example?tls=none|\
                 smtp://mail.example?tls=maybe|smtps://mail.example?tls=none|smtp://mail.example/path";
    for url in wrong.split('|') {
        assert!(url.parse::<Server>().is_err(), "{url}");
    }
    let server: Server = "smtp://mail.example".parse().unwrap();
    assert!(Mail::new(Config { from: "nobody".to_owned(), ..config(server) }).is_err());
}
