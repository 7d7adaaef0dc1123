//! Texts that a program speaks: espeak-ng, and programs that hang, fail, print garbage or never stop.

use crate::audio_server::wav;
use crate::sounds::{ONE, hear};
use crate::speech::{speaking, text, voiced};
use ringdown::memory::Turns;
use ringdown::outbound::audio::{Fault, Pieces};
use ringdown::outbound::speech::{Adapter, Choice, Command, CommandOptions, Failure};
use ringdown::telephony::sounds::Sounds;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

const ESPEAK: &str = "espeak-ng -v {language} -f {text_file} -w {wav_file}";

/// Whether espeak-ng is installed. Where it must be, its absence is an error.
fn espeak() -> bool {
    let there = std::process::Command::new("espeak-ng").arg("--version").output().is_ok();
    let required = std::env::var("RINGDOWN_PEERS").is_ok_and(|it| it == "required");
    assert!(there || !required, "espeak-ng is not installed");
    if !there {
        eprintln!("espeak-ng is not installed: its tests are skipped");
    }
    there
}

/// A command that runs a script with sh. `"$1"` is the file of the text, `"$2"` the one of the sound.
fn script(directory: &Path, script: &str) -> String {
    let file = directory.join("script");
    std::fs::write(&file, script).unwrap();
    format!("sh {} {{text_file}} {{wav_file}}", file.display())
}

fn command(template: &str, ssml: bool, timeout: Duration, at_once: usize) -> Command {
    let options = CommandOptions { template: template.parse().unwrap(), ssml, timeout, language: "en-US".to_owned() };
    Command::new(options, at_once, Turns::new(2, 2, 64))
}

fn choice() -> Choice {
    Choice {
        adapter: Adapter::Command,
        voice: String::new(),
        voice_of_flow: false,
        language: "en-US".to_owned(),
        gender: String::new(),
    }
}

/// Speaks a text, and returns the number of samples.
async fn speak(command: &Command, customer_id: Uuid, text: &str) -> Result<usize, Failure> {
    let (pieces, mut heard) = Pieces::channel();
    let count = async {
        let mut count = 0;
        while let Some(piece) = heard.recv().await {
            count += piece.len();
        }
        Ok(count)
    };
    let choice = choice();
    let speak = command.speak(customer_id, text, text, &choice, pieces);
    futures::future::try_join(speak, count).await.map(|((), count)| count)
}

/// How alike two sounds are, at best, when one is moved by up to 100 ms.
fn correlation(one: &[i16], other: &[i16]) -> f64 {
    let norm = |it: &[i16]| it.iter().map(|it| f64::from(*it).powi(2)).sum::<f64>().sqrt();
    let at = |shift: usize| -> f64 {
        one.iter().skip(shift).zip(other).map(|(one, other)| f64::from(*one) * f64::from(*other)).sum()
    };
    (0..800).map(at).fold(0.0, f64::max) / (norm(one) * norm(other))
}

#[tokio::test]
async fn espeak_speaks() {
    if !espeak() {
        return;
    }
    let (prompts, _) = speaking(Some(ESPEAK), None, &[]);
    let hello = hear(prompts.open(ONE, &text("Press one for sales, press two for support."))).await.unwrap();
    assert!((16_000..40_000).contains(&hello.len()), "{} samples", hello.len());
    let loudest = hello.iter().map(|it| it.unsigned_abs()).max().unwrap();
    assert!(loudest > 5_000, "{loudest}");
    // The same as SoX makes of it, which is what this must sound like.
    let (prompts, _) = speaking(Some("espeak-ng -v {voice} --stdin --stdout"), None, &[]);
    let piped = hear(prompts.open(ONE, &text("Press one for sales, press two for support."))).await.unwrap();
    assert!(correlation(&hello, &piped) > 0.99, "by files and by pipes");
    let other = hear(prompts.open(ONE, &text("We are closed on Sundays. Please call again."))).await.unwrap();
    assert!(correlation(&hello, &other) < 0.3);
    // Languages with a region that espeak-ng does not know, with none that it knows, and in SSML.
    for (words, language) in [("Bonjour", "fr_FR"), ("안녕하세요", "ko-KR"), ("Hello", "tlh"), ("Hello", "../x")] {
        let heard = hear(prompts.open(ONE, &voiced(words, language, "", ""))).await.unwrap();
        assert!(heard.len() > 2_000, "{language}");
    }
}

#[tokio::test]
async fn espeak_reads_ssml_that_can_do_no_harm() {
    if !espeak() {
        return;
    }
    let ssml = command("espeak-ng -m -v {language} -f {text_file} -w {wav_file}", true, Duration::from_secs(15), 2);
    let plain = speak(&ssml, ONE, "One. Two.").await.unwrap();
    let paused = speak(&ssml, ONE, "<speak>One.<break time=\"2s\"/>Two.</speak>").await.unwrap();
    assert!(paused > plain + 8_000, "{plain} {paused}");
    let spoken = speak(&ssml, ONE, "2 < 3 & 4 > 1").await.unwrap();
    assert!(spoken > 8_000, "a plain text is no markup: {spoken}");
    let file = tempfile::tempdir().unwrap();
    let made = file.path().join("made");
    let attack =
        format!("<speak>x<audio src=\"a.wav; touch {} #\"/><audio src=\"/etc/passwd\"/></speak>", made.display());
    speak(&ssml, ONE, &attack).await.unwrap();
    assert!(!made.exists());
}

#[tokio::test]
async fn a_program_that_fails_is_told_in_its_own_words() {
    let directory = tempfile::tempdir().unwrap();
    for (line, words) in [
        ("echo 'No such voice.' >&2; exit 3", "The speech command failed (exit status: 3): No such voice."),
        ("kill -9 $$", "The speech command failed (signal: 9 (SIGKILL))."),
        ("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1", "The speech command failed (exit status: 1): xxxxx"),
        ("exit 0", "The speech command wrote no sound."),
        ("ln -s /etc/passwd \"$2\"", "The speech command wrote no sound."),
        ("mkdir \"$2\"", "The speech command wrote no sound."),
        ("mkfifo \"$2\"", "The speech command wrote no sound."),
        (": > \"$2\"", "The speech command wrote no sound."),
        ("echo garbage > \"$2\"", "What was to be heard is neither WAV nor MP3."),
    ] {
        let command = command(&script(directory.path(), line), false, Duration::from_secs(15), 1);
        let error = speak(&command, ONE, "hello").await.unwrap_err().to_string();
        assert!(error.starts_with(words), "{line}: {error}");
        assert!(error.len() < 300);
    }
    let missing = command("/nonexistent/say {text_file}", false, Duration::from_secs(15), 1);
    let error = speak(&missing, ONE, "hello").await.unwrap_err().to_string();
    assert!(error.starts_with("The speech command could not be run: No such file"), "{error}");
}

#[tokio::test]
async fn a_program_that_writes_without_end_is_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let printing = format!("sh {} {{text_file}}", directory.path().join("script").display());
    for (line, by_file) in [("cat /dev/zero > \"$2\"", true), ("cat /dev/zero", false), ("exec cat /dev/zero", false)] {
        let with_file = script(directory.path(), line);
        let template = if by_file { &with_file } else { &printing };
        let command = command(template, false, Duration::from_secs(60), 1);
        let error = speak(&command, ONE, "hello").await.unwrap_err().to_string();
        assert_eq!(error, "The speech command could not be run: it wrote more than 20 MiB.", "{line}");
    }
    // What it prints beside the file is of no interest.
    std::fs::write(directory.path().join("a.wav"), wav(500.0, 100)).unwrap();
    let noisy = format!("head -c 3000000 /dev/zero; cp {}/a.wav \"$2\"", directory.path().display());
    let command = command(&script(directory.path(), &noisy), false, Duration::from_secs(60), 1);
    assert_eq!(speak(&command, ONE, "hello").await.unwrap(), 800);
}

/// Whether a process is there and not merely waiting to be forgotten.
fn runs(id: &str) -> bool {
    let about = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    about.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

async fn wait_for(file: &Path) -> String {
    loop {
        match std::fs::read_to_string(file) {
            Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
}

async fn wait_for_end(id: &str) {
    while runs(id) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_program_that_hangs_ends_with_all_that_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let ids = directory.path().join("ids");
    let line = format!("sleep 1000 & echo $! >> {}; wait", ids.display());
    let hanging = command(&script(directory.path(), &line), false, Duration::from_millis(500), 1);
    let error = speak(&hanging, ONE, "hello").await.unwrap_err();
    assert_eq!(error, Failure::CommandTimeout { after: Duration::from_millis(500) });
    wait_for_end(&wait_for(&ids).await).await;
    // The same when the call ends first.
    std::fs::remove_file(&ids).unwrap();
    let hanging = command(&script(directory.path(), &line), false, Duration::from_secs(600), 1);
    let id = tokio::select! {
        result = speak(&hanging, ONE, "hello") => panic!("{result:?}"),
        id = wait_for(&ids) => id,
    };
    wait_for_end(&id).await;
    // And when the program itself is done but what it left running holds its output open.
    std::fs::remove_file(&ids).unwrap();
    std::fs::write(directory.path().join("a.wav"), wav(500.0, 100)).unwrap();
    let line = format!("sleep 1000 & echo $! >> {}; cp {}/a.wav \"$2\"", ids.display(), directory.path().display());
    let leaving = command(&script(directory.path(), &line), false, Duration::from_secs(600), 1);
    assert_eq!(speak(&leaving, ONE, "hello").await.unwrap(), 800);
    wait_for_end(&wait_for(&ids).await).await;
}

#[tokio::test]
async fn a_program_sees_the_text_and_nothing_of_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let (wav_file, seen) = (directory.path().join("a.wav"), directory.path().join("seen"));
    std::fs::write(&wav_file, wav(500.0, 100)).unwrap();
    let line =
        format!("(echo \"$@\"; env; ls -A; pwd; cat \"$1\") > {}; cp {} \"$2\"", seen.display(), wav_file.display());
    let by_file = command(&script(directory.path(), &line), false, Duration::from_secs(15), 1);
    let secret = "My secret; rm -rf / $(reboot) `x` 'y' \"z\" --help\n-v";
    assert_eq!(speak(&by_file, ONE, secret).await.unwrap(), 800);
    let text = std::fs::read_to_string(&seen).unwrap();
    assert!(text.ends_with(secret), "{text}");
    assert!(!text.lines().next().unwrap().contains("secret"), "not among the arguments");
    assert!(!text.contains("CARGO"), "the environment has what the server was started with:\n{text}");
    assert!(text.contains("ringdown-speech-"), "it has a directory of its own");
    // By standard input and output.
    let line = format!("cat > {}; cat {}", seen.display(), wav_file.display());
    script(directory.path(), &line);
    let piped = format!("sh {}", directory.path().join("script").display());
    assert_eq!(speak(&command(&piped, false, Duration::from_secs(15), 1), ONE, secret).await.unwrap(), 800);
    assert_eq!(std::fs::read_to_string(&seen).unwrap(), secret);
    // One that does not read its input, of which there is more than a pipe holds.
    script(directory.path(), &format!("cat {}", wav_file.display()));
    let long = "a ".repeat(100_000);
    assert_eq!(speak(&command(&piped, false, Duration::from_secs(15), 1), ONE, &long).await.unwrap(), 800);
}

#[tokio::test]
async fn few_programs_run_at_once_and_customers_take_turns() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.wav"), wav(500.0, 20)).unwrap();
    // Each notes how many others there are.
    let line = format!(
        "cd {0}; mkdir -p now; touch now/$$; ls now | wc -l >> most; for i in 1 2 3 4 5; do ls now > /dev/null; done; \
         rm now/$$; cp a.wav \"$2\"",
        directory.path().display()
    );
    let speaker = command(&script(directory.path(), &line), false, Duration::from_secs(60), 2);
    let all = (0..24).map(|number| speak(&speaker, Uuid::from_u128(number % 3), "hello"));
    for outcome in futures::future::join_all(all).await {
        assert_eq!(outcome.unwrap(), 160);
    }
    let most = std::fs::read_to_string(directory.path().join("most")).unwrap();
    assert_eq!(most.lines().count(), 24);
    assert!(most.lines().all(|line| line.trim().parse::<usize>().unwrap() <= 2), "{most}");
    // More than wait for one customer are refused at once.
    let crowd = (0..300).map(|_| speak(&speaker, ONE, "hello"));
    let refused = futures::future::join_all(crowd).await.into_iter().filter(|it| *it == Err(Failure::Busy)).count();
    assert!((1..=300 - 257).contains(&refused), "{refused}");
}

#[tokio::test]
async fn a_call_that_ends_stops_the_decoding() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("a.wav"), wav(500.0, 60_000)).unwrap();
    let copy = format!("cp {}/a.wav {{wav_file}}", directory.path().display());
    let speaker = command(&copy, false, Duration::from_secs(15), 1);
    let (pieces, mut heard) = Pieces::channel();
    let choice = choice();
    let first = async {
        let piece = heard.recv().await;
        drop(heard);
        piece
    };
    let (outcome, first) = futures::join!(speaker.speak(ONE, "x", "x", &choice, pieces), first);
    assert_eq!((outcome, first.is_some()), (Err(Failure::Media(Fault::Unwanted)), true));
}
