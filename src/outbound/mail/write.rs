//! Converts a message into the bytes to send (RFC 5322, MIME).

use super::{Attachment, Failure, Message};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use std::time::{Duration, SystemTime};

/// The longest subject and the longest file name, in characters.
const LONGEST_SUBJECT: usize = 500;
const LONGEST_NAME: usize = 200;

pub struct Written {
    /// The Message-ID, with its angle brackets.
    pub id: String,
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
}

pub fn write(from: &Mailbox, message: Message) -> Result<Written, Failure> {
    let bad = |error: lettre::error::Error| Failure::BadMessage(format!("could not be written: {error}"));
    if message.to.is_empty() {
        return Err(Failure::BadMessage("has no recipient".to_owned()));
    }
    let id = format!("<{}@{}>", message.id, from.email.domain());
    let date = SystemTime::UNIX_EPOCH + Duration::from_micros(message.date.0.try_into().unwrap_or_default());
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .message_id(Some(id.clone()))
        .date(date)
        .subject(one_line(&message.subject, LONGEST_SUBJECT));
    for receiver in &message.to {
        let address: Address = receiver.parse().map_err(|_| {
            Failure::BadMessage(format!("goes to {:?}, which is not a mail address", one_line(receiver, LONGEST_NAME)))
        })?;
        builder = builder.to(Mailbox::new(None, address));
    }
    let content = SinglePart::plain(message.content);
    let mail = match message.attachments.is_empty() {
        true => builder.singlepart(content),
        false => {
            let parts = MultiPart::mixed().singlepart(content);
            builder.multipart(message.attachments.into_iter().map(part).fold(parts, MultiPart::singlepart))
        }
    }
    .map_err(bad)?;
    Ok(Written { id, envelope: mail.envelope().clone(), bytes: mail.formatted() })
}

fn part(attachment: Attachment) -> SinglePart {
    // A part that is itself a mail, or has parts, must not be encoded like a file (RFC 2045 §6.4).
    let given = attachment.content_type.trim().to_ascii_lowercase();
    let nested = given.starts_with("multipart/") || given.starts_with("message/");
    let kind = match ContentType::parse(&given) {
        Ok(kind) if !nested => kind,
        _ => ContentType::parse("application/octet-stream").expect("a content type"),
    };
    let name = one_line(&attachment.name, LONGEST_NAME).replace(['/', '\\'], "_");
    Part::new(name).body(attachment.bytes.to_vec(), kind)
}

/// Replaces control characters. Texts of flows contain whatever callers and web servers put into them, and a line break
/// would start another header.
fn one_line(text: &str, longest: usize) -> String {
    text.chars().take(longest).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
