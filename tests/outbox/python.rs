//! A library of another language verifies what was signed here: `standardwebhooks` of PyPI.

use std::io::Write;
use std::process::{Command, Stdio};

const SCRIPT: &str = r#"
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
secret, count = sys.argv[1], 0
for line in sys.stdin:
    request = json.loads(line)
    body, headers = request["body"], request["headers"]
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    try:
        Webhook(secret).verify(body + " ", headers)
        raise SystemExit("a forged body was believed")
    except WebhookVerificationError:
        pass
    count += 1
print(count)
"#;

/// Where a Python is that has the library. None: it is not here, and nobody insists.
fn python() -> Option<String> {
    match std::env::var("STANDARDWEBHOOKS_PYTHON") {
        Ok(path) if !path.is_empty() => Some(path),
        _ if std::env::var("CI").as_deref() == Ok("true") => {
            panic!("STANDARDWEBHOOKS_PYTHON must say where a Python with the package standardwebhooks is")
        }
        _ => {
            eprintln!("skipped: STANDARDWEBHOOKS_PYTHON names no Python with the package standardwebhooks");
            None
        }
    }
}

/// Verifies every request (`{"body", "headers"}`), and that none of them is believed with another body.
pub fn verify(requests: &[serde_json::Value], secret: &str) {
    let Some(python) = python() else { return };
    let mut child = Command::new(python)
        .args(["-c", SCRIPT, secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut stdin = child.stdin.take().unwrap();
    for request in requests {
        writeln!(stdin, "{request}").unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the library refused a signature");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), requests.len().to_string());
}
