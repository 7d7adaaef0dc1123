//! baresip: a softphone that says what is in a file, and writes what it hears into another.

use crate::audio;
use crate::peers::free;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Baresip {
    child: Child,
    home: tempfile::TempDir,
    pub sip: SocketAddr,
    control: SocketAddr,
}

impl Baresip {
    /// Starts a phone with a number that answers calls at once. It says these samples in each call, and then is silent.
    pub fn start(number: &str, says: &[i16]) -> Baresip {
        let home = tempfile::tempdir().unwrap();
        let (sip, rtp) = (free(), free().port() & !1);
        let control = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        // The end of the file ends the call: two minutes of silence follow.
        let mut samples = says.to_vec();
        samples.resize(says.len() + 120 * audio::RATE, 0);
        audio::write(&home.path().join("says.wav"), &samples);
        let path = home.path().display();
        let config = format!(
            "module_path {modules}\nsip_listen {sip}\nnet_interface 127.0.0.1\naudio_player aubridge,sink\n\
             audio_source aufile,{path}/says.wav\naudio_alert aubridge,alert\nausrc_srate 8000\nauplay_srate 8000\n\
             ausrc_channels 1\nauplay_channels 1\nsnd_path {path}\nrtp_ports {rtp}-{last}\njitter_buffer_delay 5-10\n\
             ctrl_tcp_listen {control}\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\nmodule sndfile.so\n\
             module_app account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n",
            modules = modules().display(),
            last = rtp.saturating_add(20),
        );
        std::fs::write(home.path().join("config"), config).unwrap();
        std::fs::write(home.path().join("contacts"), "").unwrap();
        let account = format!("<sip:{number}@127.0.0.1>;regint=0;answermode=auto;audio_codecs=pcmu,pcma\n");
        std::fs::write(home.path().join("accounts"), account).unwrap();
        let log = std::fs::File::create(home.path().join("log")).unwrap();
        let mut command = Command::new("baresip");
        command.args(["-f", &path.to_string()]).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().expect("baresip starts");
        crate::sipp::wait_for(sip);
        Baresip { child, home, sip, control }
    }

    /// Gives a command, such as `dial sip:…`.
    pub fn command(&self, command: &str, parameter: &str) {
        let message = format!("{{\"command\":\"{command}\",\"params\":\"{parameter}\"}}");
        let patience = Instant::now() + PATIENCE;
        let mut stream = loop {
            match TcpStream::connect(self.control) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < patience, "baresip takes no commands: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        stream.write_all(format!("{}:{message},", message.len()).as_bytes()).unwrap();
        // The answer says only that the command was read.
        let mut answer = [0; 1];
        std::io::Read::read(&mut stream, &mut answer).unwrap();
    }

    pub fn dial(&self, number: &str, at: SocketAddr) {
        self.command("dial", &format!("sip:{number}@{at}"));
    }

    pub fn press(&self, key: char) {
        self.command("sndcode", &key.to_string());
    }

    pub fn hang_up(&self) {
        self.command("hangup", "");
    }

    /// What was heard in the last call so far.
    pub fn heard(&self) -> Vec<i16> {
        let entries = std::fs::read_dir(self.home.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().ends_with("-dec.wav")).collect();
        files.sort();
        files.last().map(|path| audio::read(path)).unwrap_or_default()
    }

    /// Waits until what was heard is as expected.
    pub fn hears<T>(&self, what: &str, check: impl Fn(&[i16]) -> Option<T>) -> T {
        let patience = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = check(&self.heard()) {
                return found;
            }
            assert!(Instant::now() < patience, "baresip does not hear {what}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub fn log(&self) -> String {
        let log = std::fs::read(self.home.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Drop for Baresip {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the modules are: Debian has one directory, others have one for each architecture.
fn modules() -> PathBuf {
    let places = ["/usr/lib/baresip/modules", "/usr/lib64/baresip/modules", "/usr/local/lib/baresip/modules"];
    places.iter().map(Path::new).find(|path| path.is_dir()).expect("the modules of baresip").to_owned()
}
