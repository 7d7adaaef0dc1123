//! The actions of the catalogue that this server can run: some need what its configuration may lack.

use crate::engine::actions::spec;
use crate::engine::check::{Problem, ProblemKind};
use crate::proto::action::Option as Opt;

/// The services that this server is configured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Available {
    /// A mail server.
    pub mail: bool,
    /// Calls that leave this server. Otherwise all are simulated.
    pub real_calls: bool,
    /// A voice for real calls.
    pub voice: bool,
}

impl Available {
    /// Returns what a type of the catalogue needs and this server lacks; "" if it can run.
    pub fn missing(&self, type_name: &str) -> &'static str {
        match type_name {
            "email_send" if !self.mail => "a mail server (--smtp-url)",
            "talk" if self.real_calls && !self.voice => "a voice (--speech-command or --speech-url)",
            "conference_join" | "confbridge_join" if self.real_calls => {
                "--telephony simulated: rooms for real phones come with a later version"
            }
            "amd" if self.real_calls => {
                "--telephony simulated: the detection of machines on real phones comes with a later version"
            }
            name => spec(name).missing,
        }
    }

    /// Returns the actions of a list, and of the lists within it, that need another configuration. Actions that no server
    /// of this version can run are reported by the check of their options.
    pub fn problems<'a>(&self, path: &str, options: impl Iterator<Item = Option<&'a Opt>>) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, option) in options.enumerate() {
            let Some(option) = option else { continue };
            let path = format!("{path}[{at}]");
            let missing = self.missing(option.type_name());
            if !missing.is_empty() && spec(option.type_name()).missing.is_empty() {
                let description = format!("requires {missing}");
                problems.push(Problem { path: format!("{path}.type"), fault: ProblemKind::NotAvailable, description });
            }
            if let Opt::Call(call) = option {
                let within: Vec<Option<&Opt>> = call.actions.iter().map(|action| action.option.as_ref()).collect();
                problems.extend(self.problems(&format!("{path}.option.actions"), within.into_iter()));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{Action, CallOption, EmailSendOption, TalkOption};

    const ALL: Available = Available { mail: true, real_calls: false, voice: false };

    #[test]
    fn mail_needs_a_server_at_any_depth() {
        let mail = || Opt::EmailSend(EmailSendOption::default());
        let inner = Action { option: Some(mail()), ..Action::default() };
        let call = Opt::Call(CallOption { actions: vec![inner], ..CallOption::default() });
        let found = Available { mail: false, ..ALL }.problems("actions", [mail(), call.clone()].iter().map(Some));
        let paths: Vec<&str> = found.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["actions[0].type", "actions[1].option.actions[0].type"]);
        assert!(found[0].description.contains("--smtp-url"));
        assert_eq!(ALL.problems("actions", [mail(), call].iter().map(Some)), []);
        assert!(!ALL.missing("queue_join").is_empty());
    }

    #[test]
    fn real_calls_need_a_voice_and_have_no_rooms_yet() {
        let real = Available { real_calls: true, ..ALL };
        for (name, words) in [
            ("talk", "--speech-command or --speech-url"),
            ("conference_join", "rooms for real phones"),
            ("confbridge_join", "rooms for real phones"),
            ("amd", "the detection of machines"),
        ] {
            assert!(real.missing(name).contains(words), "{name}");
            assert_eq!(ALL.missing(name), "", "{name} is simulated");
        }
        for name in ["play", "connect", "recording_start", "echo"] {
            assert_eq!(real.missing(name), "", "{name}");
        }
        assert_eq!(Available { voice: true, ..real }.missing("talk"), "");
        let found = real.problems("actions", [Opt::Talk(TalkOption::default())].iter().map(Some));
        assert_eq!(found[0].description, "requires a voice (--speech-command or --speech-url)");
    }
}
