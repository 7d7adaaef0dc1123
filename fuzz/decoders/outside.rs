//! What is sent to others and comes back from them, telephone numbers, scripts of phones, and options.

use clap::{Args, Command, FromArgMatches};
use ringdown::config::Config;
use ringdown::model::call::{Address, is_e164};
use ringdown::model::time::Time;
use ringdown::outbound::guard::{Guard, range};
use ringdown::outbound::http::{self, Failure, Http, Response};
use ringdown::outbound::mail::{Attachment, Message, write};
use ringdown::outbound::webhook::{Verdict, judge};
use ringdown::proto;
use ringdown::telephony::simulated::Script;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::LazyLock;
use std::time::Duration;
use url::{Host, Url};
use uuid::Uuid;

pub const URLS: &[&[u8]] = &[
    b"http://127.0.0.1:8080/metrics",
    b"https://user:secret@a.example/path?query#fragment",
    b"http://0x7f.1/",
    b"http://[::ffff:10.0.0.1]:443/",
    b"http://2130706433",
    b"https://LOCALHOST./",
    b"ftp://a.example",
    "http://１２７.0.0.1/é".as_bytes(),
];

/// A URL with an address that is not public is refused, however it is written.
pub fn urls(data: &[u8]) {
    static HTTP: LazyLock<Http> = LazyLock::new(|| Http::new(http::Config::default()));
    let Ok(text) = std::str::from_utf8(data) else { return };
    let refused = HTTP.refuses(text, &[]);
    let Ok(url) = Url::parse(text) else { return assert_eq!(refused.map(|it| it.word()), None) };
    let address = match url.host() {
        Some(Host::Ipv4(address)) => range(address.into()),
        Some(Host::Ipv6(address)) => range(address.into()),
        Some(Host::Domain(name)) if name.trim_end_matches('.').ends_with("localhost") => None,
        Some(Host::Domain(_)) | None => return assert!(refused.is_none()),
    };
    let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if plain && address.is_some() && text.len() < 8_000 {
        assert!(matches!(refused, Some(Failure::RefusedAddress { .. })), "{text} leads inside");
    }
}

/// Sixteen bytes of an address, and its name.
pub const RESOLVED: &[&[u8]] = &[
    b"\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x01a.example",
    b"\x20\x02\x7f\0\0\x01\0\0\0\0\0\0\0\0\0\0localhost",
    b"\0\x64\xff\x9b\0\0\0\0\0\0\0\0\xa9\xfe\xa9\xfe*.localhost.",
    b"\x20\x01\x48\x60\x48\x60\0\0\0\0\0\0\0\0\x88\x88dns.example",
];

/// However an address of IPv4 is wrapped, it is as private as it is.
pub fn resolved_addresses(data: &[u8]) {
    let Some((bytes, name)) = data.split_first_chunk::<16>() else { return };
    let (six, four) = (Ipv6Addr::from(*bytes), Ipv4Addr::new(bytes[12], bytes[13], bytes[14], bytes[15]));
    let (name, guard) = (String::from_utf8_lossy(name), Guard::default());
    for address in [IpAddr::V6(six), IpAddr::V4(four)] {
        assert_eq!(guard.check(&name, address, 80).err(), range(address));
    }
    let [a, b, c, d] = four.octets();
    let wrapped: [IpAddr; 3] = [
        four.to_ipv6_mapped().into(),
        Ipv6Addr::from([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]).into(),
        Ipv6Addr::from([0x20, 2, a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]).into(),
    ];
    for address in wrapped {
        assert_eq!(range(address), range(four.into()), "{address}");
    }
    let _ = guard.check_name(&name, 443);
    let _ = guard.port_class(u16::from_be_bytes([bytes[0], bytes[1]]));
}

/// Two bytes of a status, and the header Retry-After.
pub const ANSWERS: &[&[u8]] =
    &[b"\x01\xf7120", b"\x01\xadWed, 21 Oct 2099 07:28:00 GMT", b"\0\xc8", b"\x01\x9a99999999999999999999"];

pub fn webhook_answers(data: &[u8]) {
    let Some((status, retry_after)) = data.split_first_chunk::<2>() else { return };
    let response = Response {
        status: u16::from_be_bytes(*status),
        content_type: None,
        retry_after: Some(String::from_utf8_lossy(retry_after).into_owned()),
        body: bytes::Bytes::copy_from_slice(retry_after),
        cut: false,
    };
    for now in [0, 1_700_000_000, i64::MAX] {
        if let Verdict::Retry { after: Some(after), .. } = judge(&Ok(response.clone()), now) {
            assert!(after <= Duration::from_secs(4 * 3_600), "{after:?}");
        }
    }
}

/// Recipients, a subject, the name and the type of an attachment, and the content, a line each.
pub const MAILS: &[&[u8]] = &[
    b"a@b.example\nHello\nfile.txt\ntext/plain\nHi there.",
    "a@b.example,\"a b\"@c.example,é@d.example\nGrüße: ✓\nü.wav\naudio/wav; name=a\nÄ".as_bytes(),
    b"a@[127.0.0.1]\nSubject\rBcc: x@y.example\n../a\nmessage/rfc822\n.\n",
];

/// No text of a flow becomes a header.
pub fn mails(data: &[u8]) {
    const HEADERS: [&str; 8] =
        ["from", "message-id", "date", "subject", "to", "mime-version", "content-type", "content-transfer-encoding"];
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(5, '\n');
    let mut line = || lines.next().unwrap_or_default().to_owned();
    let to = line().split(',').map(str::to_owned).collect();
    let (subject, name, content_type, content) = (line(), line(), line(), line());
    let attachments = match name.is_empty() {
        true => Vec::new(),
        false => vec![Attachment { name, bytes: bytes::Bytes::from_static(b"bytes"), content_type }],
    };
    let date = Time(1_700_000_000_000_000);
    let message = Message { id: Uuid::nil(), date, to, subject, content, attachments };
    let Ok(written) = write(&"no-reply@a.example".parse().expect("an address"), message) else { return };
    let written = String::from_utf8_lossy(&written.bytes).into_owned();
    let (head, _) = written.split_once("\r\n\r\n").expect("a head and a body");
    for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
        let name = line.split(':').next().unwrap_or_default().to_lowercase();
        assert!(HEADERS.contains(&name.as_str()), "{line:?}");
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
}

/// A type and a target.
pub const PHONES: &[&[u8]] = &[b"tel\n+15550001111", b"sip\nuser@host.example:5060", b"email\na@b", b"agent\n\0"];

pub fn phone_addresses(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (kind, target) = text.split_once('\n').unwrap_or(("tel", &text));
    let (r#type, target) = (kind.to_owned(), target.to_owned());
    if is_e164(&target) {
        assert!(target.len() <= 16 && target.starts_with('+') && target[1..].bytes().all(|it| it.is_ascii_digit()));
    }
    let address = proto::Address { r#type, target, target_name: text.clone().into_owned(), ..Default::default() };
    drop(Address::from_proto(&address));
}

/// Options as on the command line, separated by spaces.
pub const LINES: &[&[u8]] = &[
    b"--memory=25% --drain-timeout=1h30m --retain-history=0 --sim-speed=0.5 --max-clock-offset=10s",
    b"--outbound-allow=10.0.0.0/8:* --trusted-proxy=10.0.0.0/8,::1 --cors-origin=https://a.example",
    b"--customer-limit=calls=7 --numbers=operator --telephony=simulated --durability=power-loss",
    b"--listen=[::1]:0 --max-connections=0 --log-format=json --recordings-min-free=2GiB --no-reflection",
    b"--smtp-url=smtp://a:b@c.example?tls=none --mail-from=a@b --message-provider=http --jwt-longest-life=24h",
];

pub fn command_lines(data: &[u8]) {
    static SERVE: LazyLock<Command> = LazyLock::new(|| Config::augment_args(Command::new("ringdown")));
    let text = String::from_utf8_lossy(data);
    let line = std::iter::once("ringdown").chain(text.split(' ').filter(|word| !word.is_empty()));
    let Ok(matches) = SERVE.clone().try_get_matches_from(line) else { return };
    let Ok(config) = Config::from_arg_matches(&matches) else { return };
    drop(config.problems());
    drop(config.warnings());
}

pub const SCRIPTS: &[&[u8]] = &[
    b"ring 2s\nanswer\nwait_prompt\ndigits \"12#\"\nsilence 2s\nrepeat\n",
    b"no_answer # nobody is there",
    b"answer\nspeak 1500ms; beep\nhangup",
];

pub fn phone_scripts(data: &[u8]) {
    drop(Script::from_str(&String::from_utf8_lossy(data)));
}
