//! The options for calls by SIP.

use super::Telephony;
use super::connections::network;
use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::thread::available_parallelism;

/// The most threads for audio by default: each carries thousands of calls.
const MEDIA_WORKERS: usize = 8;
/// The most threads for audio.
const MOST_MEDIA_WORKERS: usize = 64;

/// The options for calls by SIP.
#[derive(Debug, Clone, Args)]
pub struct SipOptions {
    /// Address and port for SIP over UDP. A port of 0 is any free port.
    #[arg(long, env = "RINGDOWN_SIP_LISTEN", default_value = "127.0.0.1:5060", value_name = "ADDRESS")]
    pub sip_listen: SocketAddr,

    /// Address at which others reach this server for SIP and audio, if it is not that of --sip-listen: the public address
    /// of a machine behind NAT.
    #[arg(long, env = "RINGDOWN_SIP_ADVERTISE", value_name = "IP")]
    pub sip_advertise: Option<IpAddr>,

    /// Address or network that may call besides the providers. Everybody else gets no answer. Default: this machine if
    /// --sip-listen is a loopback address, else nobody. Repeatable.
    #[arg(long, env = "RINGDOWN_SIP_ALLOW", value_parser = network, value_name = "CIDR", value_delimiter = ',')]
    pub sip_allow: Option<Vec<IpNet>>,

    /// UDP ports for audio. A call uses two.
    #[arg(long, env = "RINGDOWN_RTP_PORTS", default_value = "20000-29999", value_name = "FIRST-LAST")]
    pub rtp_ports: PortRange,

    /// Threads for audio. Default: one for each processor, at most 8.
    #[arg(long, env = "RINGDOWN_MEDIA_WORKERS", value_name = "N")]
    pub media_workers: Option<usize>,

    /// Lets no number be a simulated phone. By default the built-in numbers and those of SetCallee are, also with
    /// --telephony sip.
    #[arg(long, env = "RINGDOWN_NO_SIMULATOR", action = ArgAction::SetTrue, value_parser = BoolishValueParser::new())]
    pub no_simulator: bool,
}

/// A range of ports, with both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    pub first: u16,
    pub last: u16,
}

impl PortRange {
    pub fn ports(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }

    /// Returns how many pairs of an even port and the next one there are.
    pub fn pairs(self) -> usize {
        usize::from(self.last).div_ceil(2).saturating_sub(usize::from(self.first.div_ceil(2)))
    }
}

impl FromStr for PortRange {
    type Err = String;

    fn from_str(text: &str) -> Result<PortRange, String> {
        let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port >= 1_024);
        let range = text.split_once('-').and_then(|(first, last)| Some((port(first)?, port(last)?)));
        let range = range.map(|(first, last)| PortRange { first, last }).filter(|range| range.pairs() > 0);
        range.ok_or_else(|| "expected two ports from 1024 to 65535, such as 20000-29999".to_owned())
    }
}

impl SipOptions {
    /// Returns the addresses that may call besides the providers.
    pub fn allowed(&self) -> Vec<IpNet> {
        // Only this machine can send to a loopback address, and its phones do so from any of its addresses.
        let this_machine = || {
            let any: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
            any.map(|address| IpNet::new_assert(address, 0)).to_vec()
        };
        match &self.sip_allow {
            Some(allowed) => allowed.clone(),
            None if self.sip_listen.ip().is_loopback() => this_machine(),
            None => Vec::new(),
        }
    }

    /// Returns the number of threads for audio.
    pub fn workers(&self) -> usize {
        let processors = || available_parallelism().map_or(1, usize::from).min(MEDIA_WORKERS);
        self.media_workers.unwrap_or_else(processors)
    }

    /// Returns the reasons why a server cannot start with these options, one sentence each.
    pub(super) fn problems(&self, telephony: Telephony) -> Vec<String> {
        if telephony == Telephony::Simulated {
            let set = [
                ("--sip-advertise", self.sip_advertise.is_some()),
                ("--sip-allow", self.sip_allow.is_some()),
                ("--media-workers", self.media_workers.is_some()),
                ("--no-simulator", self.no_simulator),
            ];
            let set = set.into_iter().filter(|(_, set)| *set);
            return set.map(|(option, _)| format!("{option} requires --telephony sip.")).collect();
        }
        let (listen, told) = (self.sip_listen.ip(), self.sip_advertise);
        let mut problems = Vec::new();
        if listen.is_unspecified() && told.is_none() {
            problems
                .push(format!("--sip-listen {} requires --sip-advertise: others must be told one address.", listen));
        }
        if let Some(told) = told {
            if told.is_unspecified() || told.is_multicast() {
                problems.push("--sip-advertise must be the address of one machine.".to_owned());
            }
            if told.is_ipv4() != listen.is_ipv4() {
                problems.push("--sip-advertise and --sip-listen must both be IPv4 or both IPv6.".to_owned());
            }
        }
        if self.media_workers.is_some_and(|workers| !(1..=MOST_MEDIA_WORKERS).contains(&workers)) {
            problems.push(format!("--media-workers must be 1 to {MOST_MEDIA_WORKERS}."));
        }
        problems
    }

    /// Returns the settings that are valid but risky, one sentence each.
    pub(super) fn warnings(&self, telephony: Telephony) -> Vec<String> {
        let mut warnings = Vec::new();
        if telephony == Telephony::Simulated {
            return warnings;
        }
        if let Some(network) = self.sip_allow.iter().flatten().find(|network| network.prefix_len() == 0) {
            warnings.push(format!("With --sip-allow {network} everybody can call the numbers of this server."));
        }
        let reachable = !self.sip_listen.ip().is_loopback();
        if reachable {
            warnings.push(format!("SIP and audio at {} cross the network unencrypted.", self.sip_listen));
        } else if self.sip_advertise.is_some_and(|told| !told.is_loopback()) {
            warnings.push(format!("--sip-listen {} cannot be reached at --sip-advertise.", self.sip_listen));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: SipOptions,
    }

    fn read(line: &[&str]) -> Result<SipOptions, String> {
        let line = Line::try_parse_from([&["serve"][..], line].concat());
        line.map(|line| line.options).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_open_by_default_but_to_this_machine() {
        let allowed = |line: &[&str]| read(line).unwrap().allowed().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(allowed(&[]), ["0.0.0.0/0", "::/0"]);
        assert_eq!(allowed(&["--sip-listen", "[::1]:5070"]), ["0.0.0.0/0", "::/0"]);
        assert_eq!(allowed(&["--sip-listen", "192.0.2.1:5060"]), [""; 0]);
        let some = ["--sip-listen", "192.0.2.1:5060", "--sip-allow", "198.51.100.0/24,2001:db8::1"];
        assert_eq!(allowed(&some), ["198.51.100.0/24", "2001:db8::1/128"]);
        assert_eq!(allowed(&["--sip-allow", "198.51.100.1"]), ["198.51.100.1/32"]);
        let usual = read(&[]).unwrap();
        assert_eq!(usual.problems(Telephony::Sip), Vec::<String>::new());
        assert_eq!(usual.warnings(Telephony::Sip), Vec::<String>::new());
        assert!((1..=8).contains(&usual.workers()));
    }

    #[test]
    fn ports_come_in_pairs() {
        for (text, pairs) in [
            ("20000-29999", Some(5_000)),
            ("20000-20001", Some(1)),
            ("20001-20003", Some(1)),
            ("20001-20002", None),
            ("20000-20000", None),
            ("65534-65535", Some(1)),
            ("1023-2000", None),
            ("20000-19999", None),
            ("20000", None),
            ("20000-65536", None),
            ("", None),
        ] {
            let read = text.parse::<PortRange>();
            assert_eq!(read.as_ref().ok().map(|range| range.pairs()), pairs, "{text}: {read:?}");
        }
        assert!(read(&["--rtp-ports", "all"]).unwrap_err().contains("such as 20000-29999"));
    }

    #[test]
    fn problems_and_warnings_are_a_sentence_each() {
        #[track_caller]
        fn check(telephony: Telephony, line: &[&str], words: &str) {
            let options = read(line).unwrap();
            let found = [options.problems(telephony), options.warnings(telephony)].concat();
            assert!(found.len() == 1 && found[0].contains(words) && found[0].ends_with('.'), "{found:?}");
        }
        let sip = Telephony::Sip;
        for line in [
            &["--sip-advertise", "192.0.2.1"][..],
            &["--sip-allow", "192.0.2.1"],
            &["--media-workers", "1"],
            &["--no-simulator"],
        ] {
            check(Telephony::Simulated, line, "requires --telephony sip");
        }
        check(sip, &["--media-workers", "0"], "1 to 64");
        check(sip, &["--sip-advertise", "192.0.2.1"], "cannot be reached at --sip-advertise");
        check(sip, &["--sip-allow", "0.0.0.0/0"], "everybody can call");
        check(sip, &["--sip-listen", "192.0.2.1:5060"], "unencrypted");
        let open = read(&["--sip-listen", "0.0.0.0:5060"]).unwrap().problems(sip);
        assert!(open.len() == 1 && open[0].contains("requires --sip-advertise"), "{open:?}");
        let mixed = read(&["--sip-listen", "0.0.0.0:5060", "--sip-advertise", "2001:db8::1"]).unwrap().problems(sip);
        assert!(mixed.len() == 1 && mixed[0].contains("both IPv6"), "{mixed:?}");
        let any = read(&["--sip-advertise", "0.0.0.0"]).unwrap().problems(sip);
        assert!(any.len() == 1 && any[0].contains("one machine"), "{any:?}");
    }
}
