//! `ringdown sip call`.

use crate::cli::Failure;
use crate::cli::carriers::told;
use crate::cli::connect::Spoken;
use crate::cli::timeline::{Moment, Timeline};
use ringdown::proto::call_service_client::CallServiceClient;
use ringdown::proto::*;
use std::io::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Number in E.164, such as +821012345678, or a SIP address.
    number: String,
    /// Text to speak.
    #[arg(long, value_name = "TEXT")]
    say: String,
    /// Language of the text, such as en-US. Default: the server's.
    #[arg(long, default_value = "", hide_default_value = true)]
    language: String,
    /// Number that calls, as the remote party sees it. Providers accept only some.
    #[arg(long, value_name = "NUMBER", default_value = "+15550000009")]
    from: String,
}

pub async fn run(mut calls: CallServiceClient<Spoken>, args: Args) -> Result<ExitCode, Failure> {
    let talk = TalkOption {
        text: Some(args.say),
        language: Some(args.language).filter(|language| !language.is_empty()),
        ..TalkOption::default()
    };
    let request = CreateCallsRequest {
        source: Some(address(&args.from)),
        destinations: vec![address(&args.number)],
        actions: vec![
            Action { option: Some(action::Option::Talk(talk)), ..Action::default() },
            Action { option: Some(action::Option::Hangup(HangupOption::default())), ..Action::default() },
        ],
        ..CreateCallsRequest::default()
    };
    let made = calls.create_calls(request).await.map_err(told)?.into_inner().calls;
    let id = made.into_iter().next().ok_or("the server made no call")?.id;
    writeln!(std::io::stdout(), "call {id}")?;
    let last = follow(&mut calls, id).await?;
    write!(std::io::stdout(), "{}", ending(&last))?;
    Ok(if last.tm_progressing.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads what a user writes as a number.
fn address(text: &str) -> Address {
    let uri = text.strip_prefix("sip:").unwrap_or(text);
    let r#type = if uri.contains('@') { "sip" } else { "tel" };
    Address { r#type: r#type.to_owned(), target: uri.to_owned(), ..Address::default() }
}

/// Prints the events of a call until it ends, and returns it as it ended.
async fn follow(calls: &mut CallServiceClient<Spoken>, id: String) -> Result<Call, Failure> {
    let request = WatchCallsRequest { ids: vec![id], until_ended: true, ..WatchCallsRequest::default() };
    let mut stream = calls.watch_calls(request).await.map_err(told)?.into_inner();
    let (timeline, mut last) = (Timeline::new(false), Call::default());
    while let Some(frame) = stream.message().await.map_err(told)? {
        let frame = frame.into_message()?;
        if let Some(moment) = Moment::of_call(&frame) {
            timeline.show(&moment)?;
        }
        last = frame.call.unwrap_or(last);
    }
    Ok(last)
}

/// How a call ended, and how well it could be heard.
fn ending(call: &Call) -> String {
    let seconds = |from: &Option<prost_types::Timestamp>, to: &Option<prost_types::Timestamp>| {
        let micros = |at: &prost_types::Timestamp| at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000;
        from.as_ref().zip(to.as_ref()).map(|(from, to)| (micros(to) - micros(from)) as f64 / 1e6)
    };
    let mut said = match seconds(&call.tm_create, &call.tm_progressing) {
        Some(waited) => {
            let lasted = seconds(&call.tm_progressing, &call.tm_hangup).unwrap_or_default();
            format!("answered after {waited:.1} s, up for {lasted:.1} s\n")
        }
        None => {
            let code = if call.sip_code == 0 { String::new() } else { format!(" {}", call.sip_code) };
            let cause: String = call.cause.chars().filter(|it| !it.is_control()).collect();
            let why = format!("{code} {cause}");
            let colon = if why.trim().is_empty() { "" } else { ":" };
            format!("not answered{colon}{}\n", why.trim_end())
        }
    };
    if let Some(quality) = &call.quality {
        let mos = |x100: i32| if x100 == 0 { "unknown".to_owned() } else { format!("{:.1}", f64::from(x100) / 100.0) };
        said += &format!(
            "{}: MOS {} in, {} out; {} packets sent, {} received, {} lost; jitter {:.1} ms, round trip {:.1} ms\n",
            quality.codec,
            mos(quality.mos_in_x100),
            mos(quality.mos_out_x100),
            quality.packets_sent,
            quality.packets_received,
            quality.packets_lost,
            f64::from(quality.jitter_us) / 1e3,
            f64::from(quality.rtt_us) / 1e3,
        );
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_says_how_it_went() {
        let at = |nanos| Some(prost_types::Timestamp { seconds: 10, nanos });
        let mut call = Call {
            tm_create: at(0),
            tm_hangup: at(900_000_000),
            sip_code: 486,
            cause: "Busy\x1b Here".into(),
            ..Call::default()
        };
        assert_eq!(ending(&call), "not answered: 486 Busy Here\n");
        assert_eq!(ending(&Call::default()), "not answered\n");
        call.tm_progressing = at(400_000_000);
        call.quality = Some(CallQuality {
            codec: "PCMU".into(),
            packets_sent: 25,
            mos_in_x100: 437,
            jitter_us: 1_250,
            ..Default::default()
        });
        let expected = "answered after 0.4 s, up for 0.5 s\nPCMU: MOS 4.4 in, unknown out; 25 packets sent, 0 received, 0 lost; \
                        jitter 1.2 ms, round trip 0.0 ms\n";
        assert_eq!(ending(&call), expected);
    }

    #[test]
    fn a_number_or_an_address() {
        for (text, r#type, target) in [
            ("+1555", "tel", "+1555"),
            ("sip:a@b.example", "sip", "a@b.example"),
            ("a@b.example:5080", "sip", "a@b.example:5080"),
        ] {
            let found = address(text);
            assert_eq!((found.r#type.as_str(), found.target.as_str()), (r#type, target));
        }
    }
}
