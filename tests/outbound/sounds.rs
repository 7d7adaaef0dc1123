//! What calls hear of files: fetched once, kept for a while, and bounded in every way.

use crate::audio_server::{Answer, AudioServer, Piece, refusal, wav, whole};
use crate::http::{Names, config};
use async_trait::async_trait;
use ringdown::model::telephony::Media;
use ringdown::outbound::http::{Account, Http};
use ringdown::outbound::prompts::{Accounts, Config, Prompts, decoding};
use ringdown::telemetry::Metrics;
use ringdown::telephony::sounds::{CHUNK, Prompt, Sound, Sounds};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

pub const ONE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const MEMORY: usize = 64 << 20;

/// Customers who may reach what the client may.
pub struct Everybody;

#[async_trait]
impl Accounts for Everybody {
    async fn account(&self, customer_id: Uuid) -> Result<Account, String> {
        Ok(Account { customer_id, max_under_way: 64, allow: Arc::default() })
    }
}

pub fn http(allow: &str) -> Arc<Http> {
    Arc::new(Http::new(config(allow, &Names::new(&["fail"]))))
}

fn prompts(memory: usize) -> (Prompts, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new());
    let (http, accounts) = (http("127.0.0.1:*"), Arc::new(Everybody));
    let config = Config { http, accounts, speech: None, memory, decoding: decoding(2), metrics: metrics.clone() };
    (Prompts::new(config), metrics)
}

fn files(urls: &[String]) -> Media {
    Media::Files { urls: urls.to_vec() }
}

fn ready(sound: Sound) -> Arc<Prompt> {
    match sound {
        Sound::Ready(prompt) => prompt,
        Sound::Coming(_) => panic!("it is not kept"),
    }
}

fn coming(sound: Sound) -> mpsc::Receiver<Result<Vec<i16>, String>> {
    match sound {
        Sound::Coming(coming) => coming,
        Sound::Ready(_) => panic!("it is kept"),
    }
}

/// Hears a sound to its end.
pub async fn hear(sound: Sound) -> Result<Vec<i16>, String> {
    let mut coming = match sound {
        Sound::Ready(prompt) => return Ok(prompt.samples().to_vec()),
        Sound::Coming(coming) => coming,
    };
    let mut samples = Vec::new();
    while let Some(chunk) = coming.recv().await {
        let chunk = chunk?;
        assert!((1..=CHUNK).contains(&chunk.len()));
        samples.extend(chunk);
    }
    Ok(samples)
}

/// The samples of a file of [`wav`].
fn samples(file: &[u8]) -> Vec<i16> {
    file[44..].chunks(2).map(|it| i16::from_le_bytes([it[0], it[1]])).collect()
}

fn count(metrics: &Metrics, outcome: &str) -> String {
    let line = format!("ringdown_prompts_total{{outcome=\"{outcome}\"}} ");
    metrics.text().lines().find_map(|it| it.strip_prefix(&line).map(str::to_owned)).unwrap_or_default()
}

/// Time that passes at once.
async fn passes(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_file_is_fetched_once_for_a_hundred_calls_and_kept() {
    let file = wav(440.0, 1_000);
    let held = Answer { pieces: vec![Piece::Gate, Piece::Bytes(file.clone())], ..whole("") };
    let server = AudioServer::always(held).await;
    let (prompts, metrics) = prompts(MEMORY);
    let media = files(&[server.url("/a.wav?token=x")]);
    let waiting: Vec<_> = (0..100).map(|_| coming(prompts.open(ONE, &media))).collect();
    server.gate.add_permits(1);
    for coming in waiting {
        assert_eq!(hear(Sound::Coming(coming)).await.unwrap(), samples(&file));
    }
    assert_eq!(server.heard().len(), 1);
    assert!(server.heard()[0].starts_with("GET /a.wav?token=x HTTP/1.1\r\n"));
    let (first, second) = (ready(prompts.open(ONE, &media)), ready(prompts.open(ONE, &media)));
    assert!(Arc::ptr_eq(&first, &second), "all calls share it");
    let outcomes = ["made", "joined", "kept", "failed"].map(|outcome| count(&metrics, outcome));
    assert_eq!(outcomes, ["1", "99", "2", ""]);
    // Another customer may not be allowed to fetch it.
    let other = coming(prompts.open(OTHER, &media));
    server.gate.add_permits(1);
    assert!(hear(Sound::Coming(other)).await.is_ok());
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn a_call_that_takes_nothing_holds_nobody() {
    let file = wav(440.0, 30_000);
    let server = AudioServer::always(whole(file.clone())).await;
    let (prompts, _) = prompts(MEMORY);
    let media = files(&[server.url("/a.wav")]);
    // The channel has room for two seconds of thirty.
    let mut lazy = coming(prompts.open(ONE, &media));
    assert_eq!(hear(prompts.open(ONE, &media)).await.unwrap().len(), 240_000);
    assert_eq!(ready(prompts.open(ONE, &media)).samples().len(), 240_000);
    assert_eq!(lazy.recv().await.unwrap().unwrap(), samples(&file)[..CHUNK]);
    assert_eq!(hear(Sound::Coming(lazy)).await.unwrap(), samples(&file)[CHUNK..]);
}

#[tokio::test]
async fn files_are_heard_in_order_and_fetched_together() {
    let server = AudioServer::start(|_, request| match request.split(' ').nth(1) {
        Some("/a") => Answer { pieces: vec![Piece::Gate, Piece::Bytes(wav(300.0, 250))], ..whole("") },
        Some("/b") => whole(wav(500.0, 90)),
        _ => refusal("404 Not Found", "", "no"),
    });
    let server = server.await;
    let (prompts, _) = prompts(MEMORY);
    let urls = ["/b", "/a", "/b"].map(|path| server.url(path));
    let waiting = coming(prompts.open(ONE, &files(&urls)));
    while server.heard().len() < 2 {
        tokio::task::yield_now().await;
    }
    server.gate.add_permits(1);
    let expected = [wav(500.0, 90), wav(300.0, 250), wav(500.0, 90)].map(|file| samples(&file)).concat();
    assert_eq!(hear(Sound::Coming(waiting)).await.unwrap(), expected);
    assert_eq!(hear(prompts.open(ONE, &files(&urls))).await.unwrap(), expected, "from memory too");
    assert_eq!(server.heard().len(), 2);
    // What comes before the missing one is heard.
    let mut broken = coming(prompts.open(ONE, &files(&["/b", "/c", "/a"].map(|path| server.url(path)))));
    assert_eq!(broken.recv().await.unwrap().unwrap(), samples(&wav(500.0, 90)));
    let error = broken.recv().await.unwrap().unwrap_err();
    assert_eq!(error, "status: The server answered with status 404. (stream_urls[1])");
    assert!(broken.recv().await.is_none());
}

#[tokio::test]
async fn a_change_is_heard_after_a_minute_and_waits_for_nobody() {
    let server = AudioServer::start(|number, _| match number {
        0 => whole(wav(300.0, 100)),
        1 => Answer { pieces: vec![Piece::Gate, Piece::Bytes(wav(500.0, 200))], ..whole("") },
        2 => refusal("503 Service Unavailable", "", ""),
        _ => Answer { pieces: vec![Piece::Hang], ..whole("") },
    });
    let server = server.await;
    let (prompts, metrics) = prompts(MEMORY);
    let media = files(&[server.url("/a.wav")]);
    assert_eq!(hear(prompts.open(ONE, &media)).await.unwrap().len(), 800);
    passes(59).await;
    assert_eq!(ready(prompts.open(ONE, &media)).samples().len(), 800);
    assert_eq!(server.heard().len(), 1);
    passes(2).await;
    for _ in 0..10 {
        assert_eq!(ready(prompts.open(ONE, &media)).samples().len(), 800, "the old one is heard meanwhile");
    }
    server.gate.add_permits(1);
    while count(&metrics, "made") != "2" {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(ready(prompts.open(ONE, &media)).samples().len(), 1_600);
    assert_eq!(server.heard().len(), 2, "fetched once");
    // While the server fails the old one is heard, for an hour.
    passes(61).await;
    assert_eq!(ready(prompts.open(ONE, &media)).samples().len(), 1_600);
    while count(&metrics, "failed") != "1" {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(ready(prompts.open(ONE, &media)).samples().len(), 1_600);
    assert_eq!(server.heard().len(), 3);
    passes(3_600).await;
    drop(coming(prompts.open(ONE, &media)));
}

#[tokio::test]
async fn an_error_is_kept_for_two_seconds() {
    let server = AudioServer::start(|number, _| match number {
        0 => refusal("404 Not Found", "", "no"),
        _ => whole(wav(300.0, 100)),
    });
    let server = server.await;
    let (prompts, _) = prompts(MEMORY);
    let media = files(&[server.url("/a.wav")]);
    for _ in 0..50 {
        let error = hear(prompts.open(ONE, &media)).await.unwrap_err();
        assert_eq!(error, "status: The server answered with status 404.");
    }
    assert_eq!(server.heard().len(), 1);
    passes(3).await;
    assert_eq!(hear(prompts.open(ONE, &media)).await.unwrap().len(), 800);
}

#[tokio::test]
async fn what_is_no_sound_is_an_error_in_words() {
    let answers = |path: &str| match path {
        "/html" => whole("<html></html>".repeat(1_000)),
        "/empty" => whole(""),
        "/moved" => refusal("302 Found", "location: http://127.0.0.1/secret\r\n", ""),
        "/huge" => Answer { pieces: vec![Piece::Endless(wav(300.0, 10_000))], ..whole("") },
        "/long" => {
            let mut file = wav(300.0, 0);
            for (at, value) in [(20, 7), (22, 1), (32, 1), (34, 8)] {
                file[at] = value;
            }
            file[40..44].fill(0xff);
            file.extend(vec![0xff; 11 * 60 * 8_000]);
            whole(file)
        }
        "/cut" => Answer { headers: "content-length: 90000\r\n".to_owned(), ..whole(wav(300.0, 1_000)) },
        "/not-http" => Answer { status: "what", ..whole("") },
        other => panic!("{other}"),
    };
    let server = AudioServer::start(move |_, request| answers(request.split(' ').nth(1).unwrap())).await;
    let (prompts, _) = prompts(MEMORY);
    for (url, words) in [
        (server.url("/html"), "bad_media: The file is neither WAV nor MP3."),
        (server.url("/empty"), "bad_media: The file is neither WAV nor MP3."),
        (server.url("/moved"), "redirect: The answer was a redirect (302) to \"http://127.0.0.1/secret\""),
        (server.url("/huge"), "too_large: The answer had more than 20971520 bytes."),
        (server.url("/long"), "bad_media: The file plays for more than 10 minutes."),
        (server.url("/cut"), "broken: "),
        (server.url("/not-http"), "protocol: "),
        ("http://169.254.169.254/latest".to_owned(), "refused_address: Requests to 169.254.169.254 are refused"),
        ("http://10.0.0.1:9/x".to_owned(), "refused_address: "),
        ("ftp://example.com/a.wav".to_owned(), "bad_url: "),
        ("http://nowhere.example/a.wav".to_owned(), "dns: "),
    ] {
        let error = hear(prompts.open(ONE, &files(std::slice::from_ref(&url)))).await.unwrap_err();
        assert!(error.starts_with(words), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    for pieces in [vec![Piece::Hang], vec![Piece::Bytes(wav(300.0, 1_000)), Piece::Hang]] {
        let headers = "content-length: 90000\r\n".to_owned();
        let server = AudioServer::always(Answer { headers, pieces, ..whole("") }).await;
        let (prompts, _) = prompts(MEMORY);
        let waiting = prompts.open(ONE, &files(&[server.url("/a.wav")]));
        while server.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        tokio::time::pause();
        assert!(hear(waiting).await.unwrap_err().starts_with("timeout: "));
        tokio::time::resume();
    }
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_not_fetched() {
    let server = AudioServer::always(Answer { pieces: vec![Piece::Hang], ..whole("") }).await;
    let (prompts, _) = prompts(MEMORY);
    let media = files(&[server.url("/a.wav")]);
    let (first, second) = (prompts.open(ONE, &media), prompts.open(ONE, &media));
    while server.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(first);
    tokio::task::yield_now().await;
    assert_eq!(server.left(), 0);
    drop(second);
    while server.left() == 0 {
        tokio::task::yield_now().await;
    }
    // Whoever wants it then begins anew.
    let third = prompts.open(ONE, &media);
    while server.heard().len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(third);
}

#[tokio::test]
async fn memory_is_bounded_by_bytes() {
    // 25 s are 800,000 bytes with all codecs, of 4 MiB.
    let server = AudioServer::always(whole(wav(300.0, 25_000))).await;
    let (prompts, metrics) = prompts(4 << 20);
    let bytes = || -> usize {
        let text = metrics.text();
        let line = text.lines().find_map(|it| it.strip_prefix("ringdown_cache_bytes{cache=\"prompts\"} "));
        line.unwrap().parse().unwrap()
    };
    let open = |number: usize| prompts.open(ONE, &files(&[server.url(&format!("/{number}"))]));
    for number in 0..20 {
        assert!(hear(open(number)).await.is_ok());
        assert!(bytes() <= 4 << 20);
    }
    assert!(bytes() > 2 << 20, "it is used");
    // The newest are kept, and stay as long as they are heard.
    let heard: Vec<_> = (17..20).map(|number| ready(open(number))).collect();
    let mut more = Vec::new();
    let error = loop {
        match hear(open(20 + more.len())).await {
            Ok(_) => more.push(ready(open(20 + more.len()))),
            Err(error) => break error,
        }
        assert!(more.len() < 5);
    };
    assert!(error.contains("does not fit into the memory for sounds"), "{error}");
    drop((heard, more));
    passes(3).await;
    assert!(hear(open(30)).await.is_ok());
}

#[tokio::test]
async fn too_many_sounds_at_once_are_refused() {
    let server = AudioServer::always(Answer { pieces: vec![Piece::Hang], ..whole("") }).await;
    let (prompts, _) = prompts(MEMORY);
    let open = |customer, number: usize| prompts.open(customer, &files(&[server.url(&format!("/{number}"))]));
    let waiting: Vec<_> = (0..512).map(|number| open(ONE, number)).collect();
    assert!(hear(open(ONE, 512)).await.unwrap_err().starts_with("busy: "));
    let mut other = coming(open(OTHER, 512));
    tokio::task::yield_now().await;
    assert!(other.try_recv().is_err_and(|error| error == mpsc::error::TryRecvError::Empty), "others are not affected");
    drop(waiting);
}

#[tokio::test]
async fn tones_are_made_here_and_speech_needs_a_voice() {
    let (prompts, _) = prompts(MEMORY);
    let tone = ready(prompts.open(ONE, &Media::Tone { hertz: 1_000, duration_ms: 300 }));
    assert_eq!(tone.samples().len(), 2_400);
    assert!(tone.samples().iter().all(|it| it.unsigned_abs() <= 10_000) && tone.samples()[0] == 0);
    let endless = ready(prompts.open(ONE, &Media::Tone { hertz: u32::MAX, duration_ms: u32::MAX }));
    assert_eq!(endless.samples().len(), 80_000);
    let text = |text: &str| text.to_owned();
    let speech = Media::Speech {
        text: text("hello"),
        language: text("en"),
        gender: text(""),
        provider: text(""),
        voice_id: text(""),
    };
    let error = hear(prompts.open(ONE, &speech)).await.unwrap_err();
    assert_eq!(error, "speech: This server has no voice: it needs --speech-command or --speech-url.");
}
