//! Speaks with a program of the operator, such as espeak-ng.
//!
//! A text reaches the program by a file or by standard input, never as an argument: arguments are short, and other users of the
//! machine can read them. The program runs in a directory of its own, without the server's environment, which holds secrets. It
//! and all that it starts end with it, or with its time limit.

use super::super::audio::{self, MAX_BYTES, Pieces};
use super::failure::{Failure, excerpt};
use super::template::{Template, Values};
use super::text;
use super::voices::{Choice, primary};
use crate::memory::Turns;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin};
use tokio::time::{interval, timeout};
use uuid::Uuid;

/// The variables of the environment that the program gets.
const ENVIRONMENT: [&str; 8] = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "TMPDIR", "USER"];

/// What is kept of standard error.
const MOST_ERRORS: usize = 1_024;

/// How often the size of the program's file is looked at while it runs.
const LOOK: Duration = Duration::from_millis(100);

/// The most texts of one customer that wait.
const WAITING: usize = 256;

/// How a program is run.
#[derive(Debug, Clone)]
pub struct CommandOptions {
    pub template: Template,
    /// Whether it reads SSML.
    pub ssml: bool,
    pub timeout: Duration,
    /// The language when that of a text is not known to the program.
    pub language: String,
}

/// A program that speaks.
pub struct Command {
    options: CommandOptions,
    turns: Turns,
    /// Of the threads that decode.
    decoding: Turns,
}

/// What the program is run for.
struct Work<'a> {
    directory: &'a TempDir,
    text: &'a str,
    language: &'a str,
    choice: &'a Choice,
}

impl Command {
    /// Creates it. At most `at_once` programs run at the same time, three quarters of them for one customer. What they write is
    /// decoded when it is the customer's turn.
    pub fn new(options: CommandOptions, at_once: usize, decoding: Turns) -> Command {
        let turns = Turns::new(at_once, (at_once - at_once / 4).max(1), WAITING);
        Command { options, turns, decoding }
    }

    /// Speaks a text. `written` is the text of the flow, `spoken` the same without tags.
    pub async fn speak(
        &self,
        customer_id: Uuid,
        written: &str,
        spoken: &str,
        choice: &Choice,
        pieces: Pieces,
    ) -> Result<(), Failure> {
        let turn = self.turns.take(customer_id).await.map_err(|_| Failure::Busy)?;
        let text = if self.options.ssml { text::ssml(written) } else { spoken.to_owned() };
        let directory = tokio::task::spawn_blocking(|| tempfile::Builder::new().prefix("ringdown-speech-").tempdir());
        let directory = directory.await.map_err(io::Error::other).flatten().map_err(not_run)?;
        let wav = self.run(&directory, &text, choice).await?;
        drop((turn, directory));
        let turn = self.decoding.take(customer_id).await.map_err(|_| Failure::Busy)?;
        if wav.is_empty() {
            return Err(Failure::CommandSilent);
        }
        Ok(audio::decode(wav, pieces, turn).await?)
    }

    /// Runs the program until it succeeds: with the language of the text, without its region, and with the default language.
    async fn run(&self, directory: &TempDir, text: &str, choice: &Choice) -> Result<Vec<u8>, Failure> {
        let languages = [choice.language.as_str(), primary(&choice.language), self.options.language.as_str()];
        let mut first = None;
        for (at, language) in languages.into_iter().enumerate() {
            if languages.iter().take(at).any(|tried| *tried == language) {
                continue;
            }
            match self.run_once(Work { directory, text, language, choice }).await {
                Err(failed @ Failure::CommandFailed { .. }) => first = first.or(Some(failed)),
                outcome => return outcome,
            }
        }
        Err(first.unwrap_or(Failure::CommandSilent))
    }

    async fn run_once(&self, work: Work<'_>) -> Result<Vec<u8>, Failure> {
        let (text_file, wav_file) = (work.directory.path().join("text"), work.directory.path().join("speech.wav"));
        if self.options.template.reads_file() {
            tokio::fs::write(&text_file, work.text).await.map_err(not_run)?;
        }
        let child = self.spawn(&work, &text_file, &wav_file).map_err(not_run)?;
        let group = Group::of(&child);
        let finished = timeout(self.options.timeout, self.attend(child, &group, work.text, &wav_file)).await;
        // Also ends what the program left running.
        drop(group);
        let (status, output, errors) =
            finished.map_err(|_| Failure::CommandTimeout { after: self.options.timeout })??;
        if !status.success() {
            let said = excerpt(&String::from_utf8_lossy(&errors));
            return Err(Failure::CommandFailed { status: status.to_string(), said });
        }
        if !self.options.template.writes_file() {
            return Ok(output);
        }
        match size(&wav_file).await {
            Some(_) => tokio::fs::read(&wav_file).await.map_err(not_run),
            None => Err(Failure::CommandSilent),
        }
    }

    fn spawn(&self, work: &Work, text_file: &Path, wav_file: &Path) -> io::Result<Child> {
        let Choice { voice, gender, .. } = work.choice;
        let voice = if voice.is_empty() { work.language } else { voice };
        let values = Values { language: work.language, voice, gender, text_file, wav_file };
        let arguments = self.options.template.arguments(&values);
        let (program, arguments) = arguments.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = tokio::process::Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .current_dir(work.directory.path())
            .stdin(if self.options.template.reads_file() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }

    /// Feeds a program, listens to it, and waits for its end. Returns its status, its standard output and its standard error.
    async fn attend(
        &self,
        mut child: Child,
        group: &Group,
        text: &str,
        wav_file: &Path,
    ) -> Result<(ExitStatus, Vec<u8>, Vec<u8>), Failure> {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let output = async {
            // What it prints is of no use when it writes a file.
            match self.options.template.writes_file() {
                true => Ok(read(stdout, 0).await),
                false => sound(stdout).await,
            }
        };
        let status = async {
            let status = child.wait().await;
            // Whoever it left running may hold its output open.
            group.kill();
            status.map_err(not_run)
        };
        let errors = async { Ok::<_, Failure>(read(stderr, MOST_ERRORS).await) };
        let feed = async {
            feed(stdin, text).await;
            Ok::<_, Failure>(())
        };
        tokio::select! {
            all = async { tokio::try_join!(status, output, errors, feed) } => {
                all.map(|(status, output, errors, ())| (status, output, errors))
            }
            () = grown(wav_file) => Err(too_large()),
        }
    }
}

fn too_large() -> Failure {
    Failure::CommandNotRun(format!("it wrote more than {} MiB", MAX_BYTES >> 20))
}

fn not_run(error: io::Error) -> Failure {
    Failure::CommandNotRun(error.to_string())
}

/// Writes the text. A program that does not read it has its reasons.
async fn feed(stdin: Option<ChildStdin>, text: &str) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(text.as_bytes()).await;
    }
}

/// Reads to the end, and keeps the first bytes.
async fn read(source: Option<impl AsyncRead + Unpin>, most: usize) -> Vec<u8> {
    let (mut kept, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
    let Some(mut source) = source else { return kept };
    while let Ok(length @ 1..) = source.read(&mut buffer).await {
        let room = most.saturating_sub(kept.len());
        kept.extend_from_slice(buffer.get(..length.min(room)).unwrap_or_default());
    }
    kept
}

/// Reads the sound that a program prints. One that prints too much can no longer print.
async fn sound(source: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, Failure> {
    let Some(source) = source else { return Ok(Vec::new()) };
    let mut sound = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut sound).await.map_err(not_run)?;
    if sound.len() > MAX_BYTES { Err(too_large()) } else { Ok(sound) }
}

/// Waits until the program's file is too large.
async fn grown(file: &Path) {
    let mut looks = interval(LOOK);
    loop {
        looks.tick().await;
        if tokio::fs::metadata(file).await.is_ok_and(|it| it.len() > MAX_BYTES as u64) {
            return;
        }
    }
}

/// Returns the size of a file that can be read: one of the program's making, and not too large.
async fn size(file: &Path) -> Option<u64> {
    let about = tokio::fs::symlink_metadata(file).await.ok()?;
    (about.is_file() && about.len() <= MAX_BYTES as u64).then_some(about.len())
}

/// The processes that a program consists of. They are killed when this is dropped.
struct Group(AtomicI32);

impl Group {
    fn of(child: &Child) -> Group {
        Group(AtomicI32::new(child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default()))
    }

    /// Kills them, once: later the id may be that of others.
    fn kill(&self) {
        let id = self.0.swap(0, Ordering::SeqCst);
        #[cfg(unix)]
        if let Some(id) = rustix::process::Pid::from_raw(id) {
            // Fails if they all have ended, as they should.
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
        #[cfg(not(unix))]
        let _ = id;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
