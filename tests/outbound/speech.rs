//! Texts that a server speaks: what is asked of it, what it may answer, and what happens when it does not.

use crate::audio_server::{Answer, AudioServer, Piece, pcm, refusal, wav, whole};
use crate::sounds::{Everybody, ONE, hear, http};
use ringdown::model::telephony::Media;
use ringdown::outbound::audio::Resampler;
use ringdown::outbound::prompts::{Config, Prompts, decoding};
use ringdown::outbound::speech::{Command, CommandOptions, OpenAi, OpenAiOptions, Speech};
use ringdown::telemetry::Metrics;
use ringdown::telephony::sounds::{Sound, Sounds};
use std::sync::Arc;
use std::time::Duration;

pub fn text(text: &str) -> Media {
    voiced(text, "", "", "")
}

pub fn voiced(text: &str, language: &str, provider: &str, voice_id: &str) -> Media {
    Media::Speech {
        text: text.to_owned(),
        language: language.to_owned(),
        gender: String::new(),
        provider: provider.to_owned(),
        voice_id: voice_id.to_owned(),
    }
}

/// The sounds of a server with these voices.
pub fn speaking(command: Option<&str>, server: Option<&AudioServer>, rules: &[&str]) -> (Prompts, Arc<Metrics>) {
    speaking_at(24_000, command, server, rules)
}

/// The same, and how many samples per second the server returns.
fn speaking_at(
    rate: u32,
    command: Option<&str>,
    server: Option<&AudioServer>,
    rules: &[&str],
) -> (Prompts, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::new());
    // Nothing inside may be reached, but for the server that the operator names.
    let (http, turns, timeout) = (http(""), decoding(2), Duration::from_secs(5));
    let openai = server.map(|server| {
        let options = OpenAiOptions {
            url: server.url("/v1/").parse().unwrap(),
            model: "kokoro".to_owned(),
            voice: "af_heart".to_owned(),
            key: Some("secret-key".to_owned()),
            rate,
            timeout,
        };
        assert!(!format!("{options:?}").contains("secret"));
        OpenAi::new(http.clone(), options, 4, turns.clone())
    });
    let command = command.map(|command| {
        let language = "en-US".to_owned();
        let options = CommandOptions { template: command.parse().unwrap(), ssml: false, timeout, language };
        Command::new(options, 2, turns.clone())
    });
    let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let speech = Speech::new(command, openai, rules, "en-US".to_owned(), metrics.clone());
    assert!(speech.is_some());
    let accounts = Arc::new(Everybody);
    let config = Config { http, accounts, speech, memory: 64 << 20, decoding: turns, metrics: metrics.clone() };
    (Prompts::new(config), metrics)
}

/// The body of a request.
fn asked(request: &str) -> serde_json::Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// Samples of 24,000 Hz in one piece.
fn resampled(sound: &[u8]) -> Vec<i16> {
    let samples: Vec<f32> =
        sound.chunks(2).map(|it| f32::from(i16::from_le_bytes([it[0], it[1]])) / 32_768.0).collect();
    let (mut heard, mut resampler) = (Vec::new(), Resampler::new(24_000).unwrap());
    let mut sink = |piece: &[i16]| {
        heard.extend_from_slice(piece);
        Ok(())
    };
    resampler.push(&samples, &mut sink).unwrap();
    resampler.finish(&mut sink).unwrap();
    heard
}

/// The part of the energy that is at one frequency.
fn purity(samples: &[i16], hertz: f64) -> f64 {
    let (mut sine, mut cosine, mut power) = (0.0, 0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let (turn, sample) = (at as f64 * hertz / 8_000.0 * std::f64::consts::TAU, f64::from(*sample));
        sine += sample * turn.sin();
        cosine += sample * turn.cos();
        power += sample * sample;
    }
    (sine * sine + cosine * cosine) * 2.0 / samples.len() as f64 / power
}

#[tokio::test]
async fn a_server_is_asked_as_openai_is_and_heard_as_it_speaks() {
    let sound = pcm(24_000, 700.0, 1_000);
    // Pieces that end within a sample, the first of them a byte.
    let (first, rest) = sound.split_at(24_001);
    let pieces = vec![Piece::Bytes(first[..1].to_vec()), Piece::Bytes(first[1..].to_vec()), Piece::Gate];
    let pieces = [pieces, vec![Piece::Bytes(rest.to_vec())]].concat();
    let headers = "content-type: audio/pcm\r\n".to_owned();
    let server = AudioServer::always(Answer { headers, pieces, ..whole("") }).await;
    let (prompts, metrics) = speaking(None, Some(&server), &[]);
    let Sound::Coming(mut coming) = prompts.open(ONE, &text("Hello \"you\"\n<b>")) else { panic!() };
    let mut heard = Vec::new();
    while heard.len() < 3_900 {
        heard.extend(coming.recv().await.unwrap().unwrap());
    }
    // The server has not said the rest yet.
    server.gate.add_permits(1);
    heard.extend(hear(Sound::Coming(coming)).await.unwrap());
    assert_eq!(heard, resampled(&sound), "no sample is lost between the pieces");
    assert!(heard.len() == 8_000 && purity(&heard, 700.0) > 0.99);
    let request = server.heard().remove(0);
    assert!(request.starts_with("POST /v1/audio/speech HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer secret-key\r\n"), "{request}");
    let expected = serde_json::json!({
        "model": "kokoro", "input": "Hello \"you\"\n<b>", "response_format": "pcm", "voice": "af_heart",
    });
    assert_eq!(asked(&request), expected);
    // From now on it is in memory.
    assert!(
        matches!(prompts.open(ONE, &text("Hello \"you\"\n<b>")), Sound::Ready(prompt) if prompt.samples() == heard)
    );
    assert_eq!(server.heard().len(), 1);
    assert!(metrics.text().contains("ringdown_speech_delay_seconds_count{adapter=\"openai\"} 1"), "{}", metrics.text());
}

#[tokio::test]
async fn servers_that_answer_with_files_are_heard_too() {
    let mp3 = include_bytes!("../audio/mpeg2-stereo.mp3");
    for (headers, file, hertz) in [
        ("content-type: audio/wav\r\n", wav(600.0, 500), 600.0),
        ("content-type: audio/pcm\r\n", wav(600.0, 500), 600.0),
        ("", mp3.to_vec(), 1_000.0),
        ("content-type: audio/mpeg\r\n", mp3.to_vec(), 1_000.0),
        ("content-type: application/octet-stream\r\n", pcm(24_000, 600.0, 500), 600.0),
    ] {
        let server = AudioServer::always(Answer { headers: headers.to_owned(), ..whole(file) }).await;
        let heard = hear(speaking(None, Some(&server), &[]).0.open(ONE, &text("hello"))).await.unwrap();
        let middle = &heard[heard.len() / 4..heard.len() * 3 / 4];
        assert!(heard.len() >= 4_000 && purity(middle, hertz) > 0.98, "{headers}: {}", heard.len());
    }
}

#[tokio::test]
async fn voices_are_chosen_and_one_that_is_not_there_is_replaced() {
    let server = AudioServer::start(|_, request| match request.contains("\"nobody\"") {
        true => refusal("400 Bad Request", "", "{\"error\": {\"message\": \"Voice 'nobody' not found\"}}"),
        false => whole(pcm(24_000, 600.0, 50)),
    });
    let server = server.await;
    let (prompts, _) = speaking(None, Some(&server), &["aws/ko/*=jf_alpha", "*/fr/*=command:x"]);
    for (language, provider, voice_id, voice) in [
        ("ko-KR", "aws", "Seoyeon", "jf_alpha"),
        ("en", "aws", "Joanna", "af_heart"),
        ("en", "openai", "am_adam", "am_adam"),
        ("en", "", "bm_george", "bm_george"),
        ("en", "", "../x", "af_heart"),
        ("fr", "", "", "af_heart"),
        ("en", "", "nobody", "af_heart"),
    ] {
        let media = voiced(&format!("{language} {provider} {voice_id}"), language, provider, voice_id);
        assert!(hear(prompts.open(ONE, &media)).await.is_ok());
        assert_eq!(asked(server.heard().last().unwrap())["voice"], voice, "{provider} {voice_id}");
    }
    assert_eq!(server.heard().len(), 8);
}

#[tokio::test]
async fn tags_are_left_out_and_long_texts_are_split() {
    let server = AudioServer::always(whole(pcm(24_000, 600.0, 50))).await;
    let (prompts, _) = speaking(None, Some(&server), &[]);
    let ssml = "<speak>Hello<break time=\"1s\"/><audio src=\"http://10.0.0.1/\"/>you &amp; me</speak>";
    hear(prompts.open(ONE, &text(ssml))).await.unwrap();
    assert_eq!(asked(&server.heard()[0])["input"], "Hello … you & me");
    let long = "Forty characters are in this sentence. ".repeat(125);
    let heard = hear(prompts.open(ONE, &text(&long))).await.unwrap();
    assert_eq!(heard.len(), 2 * 400);
    let inputs: Vec<String> =
        server.heard()[1..].iter().map(|it| asked(it)["input"].as_str().unwrap().to_owned()).collect();
    assert!(inputs.len() == 2 && inputs.iter().all(|input| input.len() <= 4_096 && input.ends_with("sentence.")));
    assert_eq!(inputs.join(" "), long.trim());
    let endless = hear(prompts.open(ONE, &text(&"a".repeat(5_001)))).await.unwrap_err();
    assert_eq!(endless, "speech: The text has more than 5000 characters, or more than 64 KiB with its tags.");
    for nothing in ["", "  ", "<speak><p></p></speak>"] {
        assert_eq!(hear(prompts.open(ONE, &text(nothing))).await.unwrap(), Vec::<i16>::new());
    }
    assert_eq!(server.heard().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_told_and_a_busy_server_asked_once_more() {
    let busy = |headers: &str| refusal("429 Too Many Requests", headers, "{\"detail\": \"slow\\ndown\"}");
    let json = "content-type: application/json\r\n";
    for (answers, requests, expected) in [
        (vec![refusal("401 Unauthorized", "", "{\"error\":{\"message\":\"Bad key.\"}}")], 1, "status 401: Bad key."),
        (vec![refusal("404 Not Found", "", &"x".repeat(9_000))], 1, &*format!("status 404: {}.", "x".repeat(200))),
        (vec![busy("retry-after: 0\r\n"), busy("")], 2, "status 429: slow down."),
        (vec![busy("retry-after: 60\r\n")], 1, "status 429: slow down."),
        (vec![refusal("500 Oops", "", ""), refusal("502 Bad Gateway", "", "")], 2, "status 502."),
        (vec![refusal("200 OK", json, "{\"error\": \"no model\"}")], 1, "status 200: no model."),
    ] {
        let server = AudioServer::start(move |number, _| answers[number].clone()).await;
        let (prompts, metrics) = speaking(None, Some(&server), &[]);
        let error = hear(prompts.open(ONE, &text("hello"))).await.unwrap_err();
        assert_eq!(error, format!("speech: The speech server refused the text with {expected}"));
        assert_eq!(server.heard().len(), requests);
        assert!(metrics.text().contains("ringdown_speech_errors_total{adapter=\"openai\"} 1"));
    }
    let server = AudioServer::start(move |number, _| match number {
        0 => busy("retry-after: 0\r\n"),
        _ => whole(pcm(24_000, 600.0, 50)),
    });
    let server = server.await;
    assert_eq!(hear(speaking(None, Some(&server), &[]).0.open(ONE, &text("hello"))).await.unwrap().len(), 400);
}

#[tokio::test]
async fn servers_that_hang_break_or_never_end_are_given_up() {
    let noise = || pcm(24_000, 600.0, 1_000);
    for (pieces, headers, words) in [
        (vec![Piece::Hang], "", "There was no whole answer within 5000 ms."),
        (vec![Piece::Bytes(noise()), Piece::Hang], "", "There was no whole answer within 5000 ms."),
        (vec![Piece::Bytes(noise())], "content-length: 90000\r\n", "The speech server broke off. The connection broke"),
        (vec![Piece::Endless(noise())], "", "What was to be heard plays for more than 10 minutes."),
        (vec![Piece::Endless(wav(600.0, 5_000))], "", "The speech server broke off. The answer had more than 20971520"),
        (vec![], "location: http://x/\r\n", "The speech server was not reached. The answer was a redirect"),
    ] {
        let status = if headers.starts_with("location") { "307 Moved" } else { "200 OK" };
        let server = AudioServer::always(Answer { status, headers: headers.to_owned(), pieces: pieces.clone() }).await;
        let (prompts, _) = speaking_at(8_000, None, Some(&server), &[]);
        let sound = prompts.open(ONE, &text("hello"));
        while server.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        let hangs = matches!(pieces.last(), Some(Piece::Hang));
        if hangs {
            tokio::time::pause();
        }
        let error = hear(sound).await.unwrap_err();
        if hangs {
            tokio::time::resume();
        }
        assert!(error.starts_with("speech: ") && error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn the_program_speaks_while_the_server_does_not() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.wav");
    std::fs::write(&file, wav(600.0, 500)).unwrap();
    let command = format!("cp {} {{wav_file}}", file.display());
    let server = AudioServer::start(|number, _| match number {
        0 => refusal("400 Bad Request", "", "no"),
        _ => Answer { headers: "content-length: 90000\r\n".to_owned(), ..whole(pcm(24_000, 600.0, 1_000)) },
    });
    let server = server.await;
    let (prompts, metrics) = speaking(Some(&command), Some(&server), &["*/ko/*=command:ko"]);
    assert_eq!(hear(prompts.open(ONE, &text("hello"))).await.unwrap().len(), 4_000);
    assert!(metrics.text().contains("ringdown_speech_errors_total{adapter=\"openai\"} 1"));
    // One that broke off in the middle is not said twice.
    assert!(hear(prompts.open(ONE, &text("hello again"))).await.unwrap_err().contains("broke off"));
    // Rules and flows choose the program.
    assert_eq!(hear(prompts.open(ONE, &voiced("annyeong", "ko", "", ""))).await.unwrap().len(), 4_000);
    assert_eq!(hear(prompts.open(ONE, &voiced("hi", "en", "command", ""))).await.unwrap().len(), 4_000);
    assert_eq!(server.heard().len(), 2);
    // Without a server there is only the program, whatever is asked for.
    let (prompts, _) = speaking(Some(&command), None, &[]);
    assert_eq!(hear(prompts.open(ONE, &voiced("hi", "en", "openai", "x"))).await.unwrap().len(), 4_000);
}
