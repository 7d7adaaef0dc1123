//! `email_send`: sends a mail by SMTP.

use super::Control;
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::engine::spending::Budget;
use crate::model::outgoing::{Attachment, OutboxPayload};
use crate::proto::EmailSendOption;

pub fn check(option: &EmailSendOption, checker: &mut Checker) {
    if option.destinations.is_empty() || option.destinations.len() > 20 {
        checker.option("destinations", "expected 1 to 20 addresses");
    }
    for (at, destination) in option.destinations.iter().enumerate() {
        let mail = destination.r#type == "email" || checker.lets_through(&destination.r#type);
        if !mail {
            checker.option(&format!("destinations[{at}].type"), "expected \"email\"");
        }
        if !checker.lets_through(&destination.target) && !is_mail(&destination.target) {
            checker.option(&format!("destinations[{at}].target"), "expected a mail address: someone@example.com");
        }
    }
    checker.required_text("subject", &option.subject, 255);
    checker.text("content", &option.content, 32 * 1024);
    if option.attachments.len() > 10 {
        checker.option("attachments", "expected at most 10 attachments");
    }
    for (at, attachment) in option.attachments.iter().enumerate() {
        checker.required_text(&format!("attachments[{at}].name"), &attachment.name, 255);
        checker.required_text(&format!("attachments[{at}].url"), &attachment.url, 2_048);
        checker.optional_http_url(&format!("attachments[{at}].url"), &attachment.url);
    }
}

/// Returns whether SMTP can carry this address without extensions; the mail server checks the rest.
fn is_mail(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&byte))
    };
    text.len() <= 254 && plain(local) && plain(domain) && !local.contains('@')
}

pub fn begin(machine: &mut Machine, option: &EmailSendOption) -> Control {
    let spent = machine.spend(Budget::Mails, option.destinations.len());
    // Each attachment is downloaded.
    let spent = spent.and_then(|()| machine.spend(Budget::Requests, option.attachments.len()));
    if let Err(reason) = spent {
        return Control::Limit(reason);
    }
    let attachment = |it: &crate::proto::EmailAttachment| Attachment {
        name: it.name.clone().unwrap_or_default(),
        url: it.url.clone().unwrap_or_default(),
    };
    machine.send(OutboxPayload::Mail {
        destinations: option.destinations.iter().map(|it| it.target.clone()).collect(),
        subject: option.subject.clone().unwrap_or_default(),
        content: option.content.clone().unwrap_or_default(),
        attachments: option.attachments.iter().map(attachment).collect(),
    });
    Control::DONE
}
