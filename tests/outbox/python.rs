//! A library of another language verifies what was signed here: `standardwebhooks` of PyPI, where there is a Python that can
//! have it.

use crate::receiver::Got;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const SCRIPT: &str = r#"
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
secret, count = sys.argv[1], 0
for line in sys.stdin:
    got = json.loads(line)
    headers = {name: got[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    assert Webhook(secret).verify(got["body"], headers) == json.loads(got["body"])
    try:
        Webhook(secret).verify(got["body"] + " ", headers)
        raise SystemExit("a forged body was believed")
    except WebhookVerificationError:
        pass
    count += 1
print(count)
"#;

/// Verifies every request; says so and goes on where there is no Python, or no way to the library.
pub fn verify(got: &[Got], secret: &str) {
    let directory = tempfile::tempdir().unwrap();
    let Some(python) = install(directory.path()) else {
        eprintln!("not verified by another language: no Python with the package standardwebhooks is to be had");
        return;
    };
    let mut child = Command::new(python)
        .args(["-c", SCRIPT, secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = child.stdin.take().unwrap();
    for got in got {
        let line = serde_json::json!({
            "body": got.body,
            "webhook-id": got.headers["webhook-id"],
            "webhook-timestamp": got.headers["webhook-timestamp"],
            "webhook-signature": got.headers["webhook-signature"],
        });
        writeln!(stdin, "{line}").unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the library refused a signature");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), got.len().to_string());
}

/// A Python with the library, in an environment of its own.
fn install(directory: &Path) -> Option<std::path::PathBuf> {
    let quietly = |command: &mut Command| {
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success()).then_some(())
    };
    quietly(Command::new("python3").args(["-m", "venv"]).arg(directory))?;
    let python = directory.join("bin/python");
    quietly(Command::new(&python).args(["-m", "pip", "install", "--quiet", "standardwebhooks"]))?;
    Some(python)
}
