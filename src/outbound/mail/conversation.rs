//! The SMTP dialogue: greeting, TLS, login, sender, recipients, content, QUIT.

use super::write::Written;
use super::{Failure, Security, Server, Stage};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use rustls::pki_types::CertificateDer;
use std::error::Error as _;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// The time limit for connecting to one address of the server, so that an unreachable one leaves time for the next.
const CONNECT: Duration = Duration::from_secs(10);

/// The time limit for QUIT. Everything that matters happens before.
const GOODBYE: Duration = Duration::from_secs(1);

/// The number of characters kept of a server's reply.
const LONGEST_TEXT: usize = 200;

pub struct Conversation {
    server: Server,
    hello: ClientId,
    tls: Option<TlsParameters>,
}

impl Conversation {
    pub fn new(
        server: Server,
        domain: &str,
        authorities: Vec<CertificateDer<'static>>,
    ) -> Result<Conversation, String> {
        let tls = match server.security {
            Security::None => None,
            Security::Tls | Security::StartTls => {
                let mut tls = TlsParameters::builder(server.host.clone());
                for authority in authorities {
                    let read = Certificate::from_der(authority.to_vec());
                    tls = tls.add_root_certificate(read.map_err(|error| error.to_string())?);
                }
                Some(tls.build().map_err(|error| error.to_string())?)
            }
        };
        Ok(Conversation { server, hello: ClientId::Domain(domain.to_owned()), tls })
    }

    /// Sends a mail, until `deadline` at the latest.
    pub async fn hold(&self, mail: &Written, deadline: Instant) -> Result<(), Failure> {
        let (mut stage, mut connection) = (Stage::Connect, None);
        let outcome = timeout_at(deadline, self.steps(mail, &mut connection, &mut stage)).await;
        let outcome = outcome.unwrap_or(Err(match stage {
            Stage::Content => Failure::Unknown,
            stage => Failure::Timeout(stage),
        }));
        // The outcome is final, so a failing QUIT changes nothing. It is not sent to a server that no longer responds,
        // or on a connection whose TLS has failed.
        let listens = matches!(outcome, Ok(()) | Err(Failure::Login { .. } | Failure::Refused { .. }));
        if let Some(mut connection) = connection.filter(|_| listens)
            && !connection.has_broken()
        {
            let _ = timeout(GOODBYE, connection.quit()).await;
        }
        outcome
    }

    /// Runs the steps. Leaves the connection and the current stage behind, also if the future is dropped.
    async fn steps(
        &self,
        mail: &Written,
        made: &mut Option<AsyncSmtpConnection>,
        stage: &mut Stage,
    ) -> Result<(), Failure> {
        let server = (self.server.host.as_str(), self.server.port);
        let at_once = self.tls.clone().filter(|_| self.server.security == Security::Tls);
        let connection = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT), &self.hello, at_once, None).await;
        let connection = made.insert(connection.map_err(|error| failed(&error, *stage))?);
        self.hand_over(connection, mail, stage).await
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &Written,
        stage: &mut Stage,
    ) -> Result<(), Failure> {
        if self.server.security == Security::StartTls {
            *stage = Stage::Tls;
            let tls = self.tls.clone().filter(|_| connection.can_starttls()).ok_or(Failure::Tls)?;
            connection.starttls(tls, &self.hello).await.map_err(|error| failed(&error, *stage))?;
        }
        if let Some((user, password)) = &self.server.login {
            *stage = Stage::Login;
            let credentials = Credentials::new(user.clone(), password.clone());
            let done = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            done.map_err(|error| failed(&error, *stage))?;
        }
        *stage = Stage::Sender;
        let sender = Mail::new(mail.envelope.from().cloned(), parameters(connection, mail)?);
        connection.command(sender).await.map_err(|error| failed(&error, *stage))?;
        *stage = Stage::Receiver;
        for receiver in mail.envelope.to() {
            let receiver = Rcpt::new(receiver.clone(), Vec::new());
            connection.command(receiver).await.map_err(|error| failed(&error, *stage))?;
        }
        *stage = Stage::Data;
        connection.command(Data).await.map_err(|error| failed(&error, *stage))?;
        *stage = Stage::Content;
        connection.message(&mail.bytes).await.map_err(|error| failed(&error, *stage))?;
        Ok(())
    }
}

/// Returns what the mail requires of the server beyond the basics: addresses (RFC 6531) or text (RFC 6152) beyond
/// ASCII.
fn parameters(connection: &AsyncSmtpConnection, mail: &Written) -> Result<Vec<MailParameter>, Failure> {
    let server = connection.server_info();
    let mut parameters = Vec::new();
    let mut addresses = mail.envelope.to().iter().chain(mail.envelope.from());
    if addresses.any(|address| !address.to_string().is_ascii()) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure::BadMessage(
                "goes to an address that the mail server does not support (SMTPUTF8)".to_owned(),
            ));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes.is_ascii() {
        if !server.supports_feature(Extension::EightBitMime) {
            return Err(Failure::BadMessage("has text that the mail server does not support (8BITMIME)".to_owned()));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

fn failed(error: &Error, stage: Stage) -> Failure {
    tracing::debug!(?stage, error = error as &dyn std::error::Error, "the mail server did not accept a mail");
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let said = error.source().map(ToString::to_string).unwrap_or_default();
        let text = said.chars().take(LONGEST_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect();
        return match stage {
            Stage::Login => Failure::Login { code },
            stage => Failure::Refused { stage, code, text },
        };
    }
    match stage {
        _ if error.is_tls() => Failure::Tls,
        // The server may have accepted the content, with its reply lost.
        Stage::Content => Failure::Unknown,
        Stage::Connect if !error.is_response() => Failure::Connect,
        stage => Failure::Broken(stage),
    }
}
