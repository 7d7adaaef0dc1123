//! The HTTP client: what it refuses, what it survives, and what it never does.

use crate::server::{Reply, Server, answer};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, header};
use ringdown::outbound::http::{Account, Config, Failure, Http, Lookup, Oversize, Purpose, Request, Response};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// Host names as a test wants them: the n-th look-up gets the n-th answer, and the last one from then on.
pub struct Names {
    answers: Vec<&'static str>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    pub fn new(answers: &[&'static str]) -> Arc<Names> {
        Arc::new(Names { answers: answers.to_vec(), asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Lookup for Names {
    async fn lookup(&self, host: &str, _customer_id: Uuid) -> io::Result<Vec<IpAddr>> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(host.to_owned());
            asked.len() - 1
        };
        match self.answers[number.min(self.answers.len() - 1)] {
            "hang" => std::future::pending().await,
            "fail" => Err(io::ErrorKind::NotFound.into()),
            addresses => Ok(addresses.split_whitespace().map(|address| address.parse().unwrap()).collect()),
        }
    }
}

pub fn config(allow: &str, names: &Arc<Names>) -> Config {
    let allow = allow.split_whitespace().map(|allowed| allowed.parse().unwrap()).collect();
    Config { allow, lookup: Arc::clone(names) as Arc<dyn Lookup>, ..Config::default() }
}

/// A client that may reach 127.0.0.1, by address alone.
fn local() -> Http {
    Http::new(config("127.0.0.1:*", &Names::new(&["fail"])))
}

/// A customer without limits that a test meets.
pub fn account(number: u128) -> Account {
    Account { customer_id: Uuid::from_u128(number), max_under_way: 64, allow: Arc::default() }
}

pub fn get(url: impl Into<String>) -> Request {
    Request {
        account: account(1),
        purpose: Purpose::Flow,
        method: Method::GET,
        url: url.into(),
        headers: Vec::new(),
        body: Bytes::new(),
        timeout: Duration::from_secs(5),
        max_response_bytes: 64,
        oversize: Oversize::Refuse,
    }
}

async fn word(http: &Http, request: Request) -> &'static str {
    match http.send(request).await {
        Ok(response) => panic!("answered: {response:?}"),
        Err(failure) => failure.word(),
    }
}

#[tokio::test]
async fn a_request_is_sent_as_it_was_written() {
    let server = Server::always(answer("201 Created", "content-type: text/x\r\nretry-after: 7\r\n", "done")).await;
    let headers = vec![(header::CONTENT_TYPE, "application/json".to_owned()), (header::ACCEPT, "a/b".to_owned())];
    let body = Bytes::from_static(br#"{"a":1}"#);
    let request = Request { method: Method::PUT, headers, body, ..get(server.url("/p?q=ä#f")) };
    let response = local().send(request).await.unwrap();
    let (content_type, retry_after) = (Some("text/x".to_owned()), Some("7".to_owned()));
    let expect = Response { status: 201, content_type, retry_after, body: Bytes::from_static(b"done"), cut: false };
    assert_eq!(response, expect);
    let heard = server.heard().remove(0);
    assert!(heard.starts_with("PUT /p?q=%C3%A4 HTTP/1.1\r\n"), "{heard}");
    assert!(heard.ends_with("\r\n\r\n{\"a\":1}"), "{heard}");
    for line in ["content-type: application/json", "accept: a/b", "content-length: 7", "user-agent: Ringdown/"] {
        assert!(heard.contains(&format!("\r\n{line}")), "{line} in {heard}");
    }
    // No encoding is offered, so nothing can blow up while it is unpacked, and nothing is told of us.
    for absent in ["accept-encoding", "cookie", "authorization", "referer"] {
        assert!(!heard.contains(absent), "{absent} in {heard}");
    }
}

#[tokio::test]
async fn every_status_but_a_redirect_is_an_answer() {
    for status in [200, 204, 300, 304, 400, 404, 410, 429, 500, 503] {
        let server = Server::always(Reply::Say(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"))).await;
        assert_eq!(local().send(get(server.url("/"))).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn redirects_are_told_and_not_followed() {
    let inside = Server::always(answer("200 OK", "", "secret")).await;
    for status in [301, 302, 303, 307, 308] {
        let location = inside.url("/x");
        let server = Server::always(answer(&format!("{status} X"), &format!("location: {location}\r\n"), "")).await;
        let failure = local().send(get(server.url("/"))).await.unwrap_err();
        assert_eq!(failure, Failure::Redirect { status, location: location.clone() });
        assert!(failure.to_string().contains(&location), "{failure}");
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn urls_that_lead_nowhere_good_are_refused() {
    let table = [
        (
            "bad_url",
            "http://[fe80::1%25eth0]/|http://[fe80::1%eth0]/|http://a.example:65536/|/path|nonsense|http://|http:///|http://[::1|http://a b/|http://256.256.256.256/",
        ),
        ("bad_url", "ftp://a.example/|file:///etc/passwd|gopher://a.example|unix:/x|javascript:1|data:,x"),
        (
            "bad_url",
            "http://user@a.example/|http://user:pw@a.example/|http://:pw@a.example|http://127.0.0.1@a.example/",
        ),
        (
            "refused_address",
            "http://127.0.0.2/|http://0x/|http://127.1/|http://0x7f.1/|http://2130706433/|http://017700000001/",
        ),
        (
            "refused_address",
            "http://0x7f000001/|http://127.0.0.1.:1/|http://%31%32%37.0.0.2/|http://①②⑦.0.0.2/|http://0/",
        ),
        (
            "refused_address",
            "http://[::1]/|http://[::ffff:127.0.0.2]/|http://[::ffff:7f00:2]/|http://[::]/|https://10.1/",
        ),
        (
            "refused_address",
            "http://[64:ff9b::a00:1]/|http://169.254.169.254/latest/meta-data/|http://[fd00:ec2::254]/",
        ),
        ("refused_address", "HTTP:\\\\127.0.0.2\\x|http://127.0.0.2:8080/|http:127.0.0.2|http://\t127.0.0.2/"),
    ];
    let http = Http::new(config("", &Names::new(&["fail"])));
    for (expect, urls) in table {
        for url in urls.split('|') {
            assert_eq!(word(&http, get(url)).await, expect, "{url:?}");
            // What is known of it before it is sent.
            let refused = http.refuses(url, &[]).map(|failure| failure.word());
            assert_eq!(refused, Some(expect).filter(|word| *word == "refused_address"), "{url:?}");
        }
    }
    assert_eq!(word(&http, get(format!("http://a.example/{}", "x".repeat(9_000)))).await, "bad_url");
    let broken = vec![(header::CONTENT_TYPE, "a\r\nx-evil: 1".to_owned())];
    assert_eq!(word(&http, Request { headers: broken, ..get("http://a.example/") }).await, "bad_header");
}

#[tokio::test]
async fn names_that_lead_inside_are_refused() {
    let server = Server::always(answer("200 OK", "", "secret")).await;
    for inside in ["127.0.0.1", "::1", "10.0.0.1 192.168.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0"] {
        let names = Names::new(&[inside]);
        let failure = Http::new(config("", &names)).send(get(server.url("/").replace("127.0.0.1", "a.example"))).await;
        let failure = failure.unwrap_err();
        assert_eq!(failure.word(), "refused_address", "{inside}");
        // What is inside stays inside: whoever asks learns no addresses.
        let sentence = failure.to_string();
        assert!(sentence.contains("a.example") && !inside.split(' ').any(|a| sentence.contains(a)), "{sentence}");
    }
    assert_eq!(server.connections(), 0);
    // The machine's own resolver is behind the same guard.
    let http = Http::new(Config::default());
    assert_eq!(word(&http, get(format!("http://localhost:{}/", server.address.port()))).await, "refused_address");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_connection_goes_to_the_address_that_was_checked() {
    let (good, evil) = (Server::always(answer("200 OK", "", "good")).await, "127.0.0.2");
    let trap = Server::start(&format!("{evil}:{}", good.address.port()), |_| answer("200 OK", "", "evil")).await;
    let url = format!("http://a.example:{}/", good.address.port());

    // The name moves behind the guard right after it was looked up: nobody looks again for this connection.
    let names = Names::new(&["127.0.0.1", evil]);
    let http = Http::new(config("127.0.0.1:*", &names));
    assert_eq!(http.send(get(&url)).await.unwrap().body, "good");
    assert_eq!(names.asked(), ["a.example"]);
    // The connection that is kept goes where it went. A new one is checked anew.
    assert_eq!(http.send(get(&url)).await.unwrap().body, "good");
    assert_eq!((names.asked().len(), good.connections()), (1, 1));
    let other = url.replace("a.example", "A.example.");
    assert_eq!(word(&http, get(&other)).await, "refused_address");

    // Of a name with addresses on both sides only the good one is used, in whatever order they come.
    for both in ["127.0.0.2 127.0.0.1", "127.0.0.1 127.0.0.2"] {
        let http = Http::new(config("127.0.0.1:*", &Names::new(&[both])));
        assert_eq!(http.send(get(&url)).await.unwrap().body, "good");
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn an_allowed_name_opens_no_door_for_others() {
    let server = Server::always(answer("200 OK", "", "in")).await;
    let http = Http::new(config("inside.example:*", &Names::new(&["127.0.0.1"])));
    let url = |host: &str| server.url("/").replace("127.0.0.1", host);
    assert_eq!(http.send(get(url("inside.example"))).await.unwrap().body, "in");
    // A connection to that very address is kept, and is not theirs.
    for other in ["other.example", "127.0.0.1", "x.inside.example"] {
        assert_eq!(word(&http, get(url(other))).await, "refused_address", "{other}");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn answers_are_bounded() {
    let long = "x".repeat(65);
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n41\r\n{long}\r\n0\r\n\r\n");
    let replies = [
        answer("200 OK", "", &long),
        Reply::Say(chunked),
        Reply::Close(format!("HTTP/1.1 200 OK\r\n\r\n{long}")),
        // Ten megabytes are announced. Nobody waits for them.
        Reply::Hang(format!("HTTP/1.1 200 OK\r\ncontent-length: 10485760\r\n\r\n{long}")),
    ];
    for reply in replies {
        let server = Server::always(reply.clone()).await;
        let failure = local().send(get(server.url("/"))).await.unwrap_err();
        assert_eq!(failure, Failure::TooLarge { limit: 64 }, "{reply:?}");
        let response = local().send(Request { oversize: Oversize::Cut, ..get(server.url("/")) }).await.unwrap();
        assert_eq!((response.body.len(), response.cut), (64, true), "{reply:?}");
    }
    let server = Server::always(answer("200 OK", "", &long[..64])).await;
    for oversize in [Oversize::Refuse, Oversize::Cut] {
        let response = local().send(Request { oversize, ..get(server.url("/")) }).await.unwrap();
        assert_eq!((response.body.len(), response.cut), (64, false));
    }
    // A gzip bomb is a few bytes to us.
    let server = Server::always(answer("200 OK", "content-encoding: gzip\r\n", "\x1f bomb")).await;
    assert_eq!(local().send(get(server.url("/"))).await.unwrap().body, "\x1f bomb");
}

#[tokio::test]
async fn whatever_breaks_has_its_word() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort";
    let replies = [
        ("protocol", Reply::Close("220 mail.example ESMTP\r\n".to_owned())),
        ("protocol", Reply::Close("HTTP/1.1 abc\r\n\r\n".to_owned())),
        ("broken", Reply::Close(String::new())),
        ("broken", Reply::Close(whole.to_owned())),
        ("broken", Reply::Reset),
        ("timeout", Reply::Hang(String::new())),
        ("timeout", Reply::Hang("HTTP/1.1 200 OK\r\n".to_owned())),
        ("timeout", Reply::Hang(whole.to_owned())),
    ];
    for (expect, reply) in replies {
        let server = Server::always(reply.clone()).await;
        let request = Request { timeout: Duration::from_millis(300), ..get(server.url("/")) };
        assert_eq!(word(&local(), request).await, expect, "{reply:?}");
    }
    // The status of a receiver counts, also when it does not finish its sentence.
    for reply in [Reply::Close(whole.to_owned()), Reply::Hang(whole.to_owned())] {
        let server = Server::always(reply).await;
        let request = Request { timeout: Duration::from_millis(300), ..get(server.url("/")) };
        let response = local().send(Request { oversize: Oversize::Cut, ..request }).await.unwrap();
        assert_eq!((response.status, &response.body[..], response.cut), (200, &b"short"[..], true));
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = local().send(get(format!("http://{gone}/"))).await.unwrap_err();
    assert_eq!(failure.to_string(), "127.0.0.1 could not be connected to: connection refused.");
    assert!(!failure.may_have_gone_out());
}

#[tokio::test]
async fn names_that_are_nothing_or_take_for_ever() {
    for (expect, answer) in [("dns", "fail"), ("dns", ""), ("timeout", "hang")] {
        let http = Http::new(config("", &Names::new(&[answer])));
        let request = Request { timeout: Duration::from_millis(200), ..get("http://a.example/") };
        assert_eq!(word(&http, request).await, expect, "{answer}");
    }
}

#[tokio::test]
async fn a_dead_host_leaves_the_others_their_places() {
    let dead = Server::always(Reply::Hang(String::new())).await;
    let alive = Server::start("127.0.0.3:0", |_| answer("200 OK", "", "")).await;
    let http = Arc::new(Http::new(config("127.0.0.0/8:*", &Names::new(&["fail"]))));
    // Six of eight places may be of one host.
    let account = Account { max_under_way: 8, ..account(1) };
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (http, url, account) = (Arc::clone(&http), dead.url("/"), account.clone());
            let request = Request { account, timeout: Duration::from_secs(1), ..get(url) };
            tokio::spawn(async move { word(&http, request).await })
        })
        .collect();
    reached(&dead, 6).await;
    for _ in 0..20 {
        http.send(Request { account: account.clone(), ..get(alive.url("/")) }).await.unwrap();
    }
    assert_eq!(dead.connections(), 6);
    let mut words = Vec::new();
    for task in tasks {
        words.push(task.await.unwrap());
    }
    assert!(words.iter().all(|word| ["timeout", "busy"].contains(word)) && words.contains(&"busy"), "{words:?}");
}

/// Waits until this many connections have come.
async fn reached(server: &Server, connections: usize) {
    while server.connections() < connections {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_customer_leaves_the_others_their_places() {
    let dead = Server::start("0.0.0.0:0", |_| Reply::Hang(String::new())).await;
    let alive = Server::always(answer("200 OK", "", "")).await;
    let http = Config { max_waiting_per_customer: 50, ..config("127.0.0.0/8:*", &Names::new(&["fail"])) };
    let http = Arc::new(Http::new(http));
    let account = Account { max_under_way: 16, ..account(1) };
    // As many hosts as the customer likes: they share its places. 14 of them are for flows, and 50 more may wait.
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..70 {
        let url = format!("http://127.0.1.{number}:{}/", dead.address.port());
        let request = Request { account: account.clone(), timeout: Duration::from_secs(60), ..get(url) };
        let http = Arc::clone(&http);
        waiting.spawn(async move { word(&http, request).await });
    }
    for _ in 0..6 {
        assert_eq!(waiting.join_next().await.unwrap().unwrap(), "busy", "at once");
    }
    reached(&dead, 14).await;
    assert_eq!(dead.connections(), 14);
    // Its own deliveries have places that its flows cannot take, and others do not notice.
    let delivery = Request { account, purpose: Purpose::Delivery, ..get(alive.url("/")) };
    assert_eq!(http.send(delivery).await.unwrap().status, 200);
    for purpose in [Purpose::Flow, Purpose::Delivery] {
        let other = Request { account: crate::http::account(2), purpose, ..get(alive.url("/")) };
        assert_eq!(http.send(other).await.unwrap().status, 200);
    }
    // A customer that may have none.
    let none = Account { max_under_way: 0, ..crate::http::account(3) };
    assert_eq!(word(&http, Request { account: none, ..get(alive.url("/")) }).await, "busy");
}

#[tokio::test]
async fn what_a_customer_may_reach_is_closed_to_others() {
    let server = Server::always(answer("200 OK", "", "in")).await;
    let port = server.address.port();
    let http = Http::new(config("", &Names::new(&["127.0.0.1"])));
    let allow = |allowed: String| Account { allow: Arc::new([allowed.parse().unwrap()]), ..account(1) };
    let to = |host: &str, account: Account| Request { account, ..get(format!("http://{host}:{port}/")) };
    for allowed in [format!("127.0.0.1:{port}"), "127.0.0.0/8:*".to_owned(), format!("a.example:{port}")] {
        let request = to("a.example", allow(allowed.clone()));
        assert_eq!(http.refuses(&request.url, &request.account.allow), None);
        assert_eq!(http.send(request).await.unwrap().body, "in", "{allowed}");
        // The connection to that very host is kept, and is not theirs.
        assert_eq!(word(&http, to("a.example", account(2))).await, "refused_address");
        assert_eq!(word(&http, to("a.example", allow("b.example:*".to_owned()))).await, "refused_address");
    }
    let literal = to("127.0.0.1", allow("127.0.0.1:*".to_owned()));
    assert!(http.refuses(&literal.url, &[]).is_some() && http.refuses(&literal.url, &literal.account.allow).is_none());
    assert_eq!(http.send(literal).await.unwrap().body, "in");
    assert_eq!(word(&http, to("127.0.0.1", account(2))).await, "refused_address");
}

#[tokio::test]
async fn without_a_port_only_web_servers_are_allowed() {
    let server = Server::always(answer("200 OK", "", "in")).await;
    let port = server.address.port();
    for allowed in ["127.0.0.1", "127.0.0.0/8", "a.example", "127.0.0.1:1", "a.example:1"] {
        let http = Http::new(config(allowed, &Names::new(&["127.0.0.1"])));
        for host in ["127.0.0.1", "a.example"] {
            let failure = http.send(get(format!("http://{host}:{port}/"))).await.unwrap_err();
            assert_eq!(failure.word(), "refused_address", "{allowed}: {host}");
            assert!(failure.to_string().contains(&format!("together with the port {port}")), "{failure}");
        }
    }
    let names = Names::new(&["127.0.0.1"]);
    let http = Http::new(config("127.0.0.1", &names));
    for url in ["http://a.example/", "https://a.example/", "http://a.example:80/", "https://a.example:443/"] {
        // Nothing listens there, or something that is not ours.
        assert!(http.send(get(url)).await.err().is_none_or(|it| it.word() != "refused_address"), "{url}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn nothing_is_sent_to_this_server() {
    let server = Server::always(answer("200 OK", "", "metrics")).await;
    let port = server.address.port();
    for listens in ["127.0.0.1", "0.0.0.0", "::"] {
        let own = vec![std::net::SocketAddr::new(listens.parse().unwrap(), port)];
        let names = Names::new(&["127.0.0.1"]);
        let config = Config { own, ..config("0.0.0.0/0:* ::/0:* a.example:* localhost:*", &names) };
        let http = Http::new(config);
        let hosts = ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0", "a.example", "localhost"];
        for host in hosts.into_iter().chain(["[64:ff9b::127.0.0.1]", "[2002:7f00:1::]"]) {
            let url = format!("http://{host}:{port}/");
            let failure = http.send(get(&url)).await.unwrap_err();
            assert_eq!(failure.word(), "refused_address", "{listens}: {url}");
            assert!(failure.to_string().contains("this server's own"), "{failure}");
        }
    }
    assert_eq!(server.connections(), 0);
}
