//! Everything that reads a stranger's bytes, or bytes that may be damaged, one after the other. Nothing may panic, hang or
//! allocate more than the bytes justify; what is read must be what it says when it is written again.

#[path = "decoders/headers.rs"]
mod headers;
#[path = "decoders/outside.rs"]
mod outside;
#[path = "decoders/protocols.rs"]
mod protocols;
#[path = "decoders/service.rs"]
mod service;

use prost::Message;
use ringdown::api::page::Page;
use ringdown::engine::{Ids, answers};
use ringdown::model::codec::{from_bytes, run_info_of, to_bytes};
use ringdown::model::event::Record;
use ringdown::model::flow::{Flow, Revision};
use ringdown::model::limits::LimitChanges;
use ringdown::model::outgoing::OutboxPayload;
use ringdown::model::recording::Recording;
use ringdown::model::run::Run;
use ringdown::model::time::Time;
use ringdown::outbound::guard::Allowed;
use ringdown::outbound::{audio, mail, message, speech, webhook};
use ringdown::proto;
use ringdown::simulation::Script;
use ringdown::telephony::simulated::Speed;
use ringdown::telephony::sip::dialog::Dialog;
use ringdown::telephony::sip::digest::{Challenge, Nonces, Outcome, Secret};
use ringdown::telephony::sip::gate::{Gate, Verdict};
use ringdown::telephony::sip::message::{self as sip, Ours};
use ringdown::telephony::sip::{nat, sdp, uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Instant;
use uuid::Uuid;

/// A decoder and what it is fed.
pub struct Decoder {
    pub name: &'static str,
    pub read: fn(&[u8]),
    /// Valid input, to be spoiled.
    pub seeds: &'static [&'static [u8]],
}

pub const DECODERS: &[Decoder] = &[
    Decoder { name: "rest_json", read: rest_json, seeds: &[JSON_CALLS, JSON_FLOW] },
    Decoder { name: "grpc_requests", read: grpc_requests, seeds: &[b"\x0a\x03abc\x12\x02de", b""] },
    Decoder { name: "rest_requests", read: protocols::rest, seeds: protocols::REST },
    Decoder { name: "grpc_calls", read: protocols::grpc, seeds: protocols::GRPC },
    Decoder { name: "action_counts", read: protocols::action_counts, seeds: protocols::COUNTED },
    Decoder { name: "credentials", read: headers::credentials, seeds: headers::CREDENTIALS },
    Decoder { name: "jwt_claims", read: headers::jwt_claims, seeds: headers::CLAIMS },
    Decoder { name: "client_addresses", read: headers::client_addresses, seeds: headers::FORWARDED },
    Decoder { name: "ranges", read: headers::ranges, seeds: headers::RANGES },
    Decoder { name: "resume_tokens", read: headers::resume_tokens, seeds: headers::TOKENS },
    Decoder { name: "urls", read: outside::urls, seeds: outside::URLS },
    Decoder { name: "resolved_addresses", read: outside::resolved_addresses, seeds: outside::RESOLVED },
    Decoder { name: "webhook_answers", read: outside::webhook_answers, seeds: outside::ANSWERS },
    Decoder { name: "mails", read: outside::mails, seeds: outside::MAILS },
    Decoder { name: "phone_addresses", read: outside::phone_addresses, seeds: outside::PHONES },
    Decoder { name: "command_lines", read: outside::command_lines, seeds: outside::LINES },
    Decoder { name: "phone_scripts", read: outside::phone_scripts, seeds: outside::SCRIPTS },
    Decoder {
        name: "page_tokens",
        read: page_tokens,
        seeds: &[b"2023-04-02 13:43:30.576077", b"2023-04-02 13:43:30.576077.ab"],
    },
    Decoder { name: "idempotency_keys", read: idempotency_keys, seeds: &[b"a-key"] },
    Decoder { name: "fetched_actions", read: fetched_actions, seeds: &[JSON_FLOW, b"{\"actions\": []}", b"[]"] },
    Decoder { name: "sent_answers", read: sent_answers, seeds: &[b"{\"variables\": {\"a\": \"b\"}}"] },
    Decoder { name: "stored_rows", read: stored_rows, seeds: &[b"\x80", b"\x81\xa2id\xa1a"] },
    Decoder {
        name: "addresses",
        read: addresses,
        seeds: &[b"127.0.0.1", b"10.0.0.0/8", b"[::1]:8080", b"a.example:443"],
    },
    Decoder { name: "signatures", read: signatures, seeds: &[b"1700000000,sha256=00", b"whsec_AAAA"] },
    Decoder {
        name: "options",
        read: options,
        seeds: &[b"smtp://a:b@c.example?tls=none", b"sqlite://a.db", b"calls=7", b"0.5"],
    },
    Decoder { name: "audio_files", read: audio_files, seeds: &[WAV, MP3] },
    Decoder {
        name: "spoken_texts",
        read: spoken_texts,
        seeds: &[
            b"<speak><p>a<break time=\"1s\"/>&amp;</p></speak>",
            b"say -v {voice} '{text_file}'",
            b"*/en/*=command:x",
        ],
    },
    Decoder { name: "scripts", read: scripts, seeds: &[b"0s +15550000001 answers\n", b"expect talk"] },
    Decoder { name: "sip_messages", read: sip_messages, seeds: &[SIP_INVITE, SIP_RESPONSE] },
    Decoder { name: "sip_descriptions", read: sip_descriptions, seeds: &[SDP] },
    Decoder {
        name: "sip_values",
        read: sip_values,
        seeds: &[b"\"A\" <sip:a@b;x>;tag=1", b"sip:+1(555)1;isub=1@h:1;lr", b"SIP/2.0/UDP h:1;branch=z9hG4bK1"],
    },
    Decoder {
        name: "sip_challenges",
        read: sip_challenges,
        seeds: &[b"Digest realm=\"r\", nonce=\"n\", qop=\"auth\""],
    },
];

/// 8 samples in µ-law at 8,000 Hz.
const WAV: &[u8] = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0\xff\x8f\x80\x0f\0\xff\xff\xff";
/// Four frames of 8,000 Hz, for which the readers need no filter.
const MP3: &[u8] = include_bytes!("../tests/audio/mpeg25-mono-no-contents.mp3").split_at(600).0;
const SIP_INVITE: &[u8] = b"INVITE sip:+15557654321@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7:5070;branch=z9hG4bK1;rport\r\n\
    From: \"A\" <sip:a@b>;tag=1\r\nt: <sip:c@d>\r\ni: c\r\nCSeq: 1 INVITE\r\nm: <sip:a@b>\r\nRecord-Route: <sip:p;lr>\r\n\
    Require: x\r\nc: application/sdp\r\nl: 5\r\n\r\nv=0\r\n";
const SIP_RESPONSE: &[u8] =
    b"SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK00000000aa\r\nFrom: <sip:a@b>;tag=1\r\n\
    To: <sip:c@d>;tag=2\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nReason: Q.850;text=\"x\"\r\nRetry-After: 5\r\n\r\n";
const SDP: &[u8] = b"v=0\r\nc=IN IP4 10.0.0.2\r\nm=video 5000 RTP/AVP 96\r\nm=audio 4000/2 RTP/AVP 8 0 101\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=rtcp:4001 IN IP4 10.0.0.2\r\na=rtcp-mux\r\na=maxptime:10\r\na=sendonly\r\n";

const JSON_CALLS: &[u8] = br#"{"source": {"type": "tel", "target": "+15550001111"}, "destinations": [{"type": "tel", "target":
    "+15550002222"}], "flow_id": "00000000-0000-0000-0000-000000000000", "actions": [{"type": "talk", "option": {"text": "Hi"}}]}"#;
const JSON_FLOW: &[u8] = br#"[{"id": "menu", "type": "digits_receive", "option": {"duration": 5000, "length": 1}}, {"type": "branch",
    "option": {"default_target_id": "menu", "target_ids": {"1": "menu"}}}, {"type": "call", "option": {"actions": [{"type": "hangup"}]}}]"#;

fn rest_json(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    fn read<T: DeserializeOwned>(value: &serde_json::Value) {
        drop(proto::json::read::<T>(value.clone()));
    }
    read::<proto::CreateCallsRequest>(&value);
    read::<proto::CreateFlowRequest>(&value);
    read::<proto::CreateActiveflowRequest>(&value);
    read::<proto::PushActionsRequest>(&value);
    read::<proto::SendMessageRequest>(&value);
    read::<proto::UpdateCustomerRequest>(&value);
    read::<proto::SetCalleeRequest>(&value);
    read::<Vec<proto::Action>>(&value);
}

fn grpc_requests(data: &[u8]) {
    fn read<T: Message + Default + PartialEq + Debug>(data: &[u8]) {
        if let Ok(message) = T::decode(data) {
            let again = T::decode(message.encode_to_vec().as_slice()).expect("what was written is read");
            assert_eq!(again.encode_to_vec(), message.encode_to_vec());
        }
    }
    read::<proto::CreateCallsRequest>(data);
    read::<proto::CreateFlowRequest>(data);
    read::<proto::CreateActiveflowRequest>(data);
    read::<proto::WatchActiveflowsRequest>(data);
    read::<proto::SimulateFlowRequest>(data);
}

fn page_tokens(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    drop(Page::of(10, &text));
    drop(Page::of(i32::from_be_bytes([data.first().copied().unwrap_or_default(); 4]), ""));
}

fn idempotency_keys(data: &[u8]) {
    let mut request = proto::CreateFlowRequest {
        idempotency_key: String::from_utf8_lossy(data).into_owned(),
        ..proto::CreateFlowRequest::default()
    };
    let taken = ringdown::api::IdempotentRequest::take(Uuid::nil(), "/rpc", &mut request, |it| &mut it.idempotency_key);
    if let Ok(Some(taken)) = taken {
        assert!((1..=128).contains(&taken.key.len()));
    }
}

fn fetched_actions(data: &[u8]) {
    let mut ids = Ids::new(Time(0), 7);
    drop(answers::fetched(200, data, &mut ids));
}

fn sent_answers(data: &[u8]) {
    drop(answers::sent(200, data));
}

fn stored_rows(data: &[u8]) {
    fn read<T: DeserializeOwned + Serialize>(data: &[u8]) {
        if let Ok(value) = from_bytes::<T>(data) {
            let bytes = to_bytes(&value);
            assert!(from_bytes::<T>(&bytes).is_ok(), "what was written is read");
        }
    }
    read::<Run>(data);
    read::<Record>(data);
    read::<Flow>(data);
    read::<Recording>(data);
    read::<OutboxPayload>(data);
    read::<LimitChanges>(data);
    drop(run_info_of(data));
    drop(Revision::from_bytes(Uuid::nil(), Uuid::nil(), 1, data));
}

fn addresses(data: &[u8]) {
    drop(Allowed::from_str(&String::from_utf8_lossy(data)));
}

fn signatures(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (timestamp, signature) = text.split_once(',').unwrap_or((&text, ""));
    let _ = message::verify(b"a secret of some bytes", timestamp, signature, data, 1_700_000_000);
    drop(webhook::Secret::from_str(&text));
}

fn options(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    drop(mail::Server::from_str(&text));
    drop(Speed::from_str(&text));
    drop(ringdown::store::sqlite::Location::from_str(&text));
    drop(ringdown::store::postgres::Location::from_str(&text));
    drop(ringdown::config::LimitSetting::from_str(&text));
}

fn audio_files(data: &[u8]) {
    let mut samples = 0;
    let read = audio::read(data, &mut |piece| {
        samples += piece.len();
        Ok(())
    });
    assert!(samples <= audio::longest() && (read.is_err() || samples > 0));
}

fn spoken_texts(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert!(speech::ssml(&text).ends_with("</speak>"));
    drop(speech::plain(&text));
    drop(speech::Template::from_str(&text));
    drop(speech::VoiceRule::from_str(&text));
}

fn scripts(data: &[u8]) {
    drop(Script::read(&String::from_utf8_lossy(data)));
}

fn sip_messages(data: &[u8]) {
    let from = SocketAddr::from(([192, 0, 2, 7], 5_070));
    for rate in [None, Some(100)] {
        match Gate::new(&[0; 4]).admit(data, from, rate, Instant::now()) {
            Verdict::Answer(answer) => assert!(answer.len() <= data.len() + 300, "an answer is no amplifier"),
            Verdict::PassWithLength { at, length } => assert!(at + length <= data.len()),
            Verdict::Pass | Verdict::Drop(_) => {}
        }
    }
    let ours = Ours { sent_by: "h".to_owned(), agent: "x".to_owned() };
    match sip::Message::parse(data) {
        Ok(sip::Message::Request(request)) => {
            drop((uri::caller(&request, true), uri::callee(&request), Dialog::of_request(&request, "t", 1)));
            let _ = sdp::in_body(&request.headers, &request.body);
            drop(sip::Message::parse(&request.respond(200, "t", &ours).to_bytes()));
        }
        Ok(sip::Message::Response(response)) => drop((response.cause(), response.headers.retry_after())),
        Err(_) => {}
    }
}

fn sip_descriptions(data: &[u8]) {
    let codecs = vec![sdp::Codec::Pcmu, sdp::Codec::Pcma];
    let local = sdp::Local { address: [192, 0, 2, 1].into(), port: 20_000, codecs };
    let mut negotiation = sdp::Negotiation::new(local, 1);
    if let Ok((text, _)) = negotiation.answer(data, false) {
        let lines = |text: &[u8]| sdp::Description::parse(text).map(|it| it.lines.len());
        assert_eq!(lines(text.as_bytes()), lines(data), "every line is answered");
    }
    drop(negotiation.offer(true));
    drop(negotiation.accept(data));
}

fn sip_values(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    drop((sip::NameAddr::parse(&text), sip::Via::parse(&text), sip::Params::parse(&text), uri::Uri::parse(&text)));
    drop(nat::near_contact(&text, SocketAddr::from(([192, 0, 2, 7], 5_070))));
    if !text.contains(char::is_control) {
        assert_eq!(sip::unquoted(&sip::quoted(&text)), text);
    }
}

fn sip_challenges(data: &[u8]) {
    let value = String::from_utf8_lossy(data).into_owned();
    let request = sip::Request {
        method: sip::Method::Register,
        uri: "sip:r".to_owned(),
        headers: sip::Headers::default(),
        body: Vec::new(),
    };
    let request = request.with("Authorization", value.as_str());
    let outcome = Nonces::new([1; 32], "r").check(&request, Some(&Secret::of("a", "r", "b")), 0);
    assert_ne!(outcome, Outcome::Good, "nobody guesses a nonce");
    let ours = Ours { sent_by: "h".to_owned(), agent: "x".to_owned() };
    let response = request.respond(401, "t", &ours).with("WWW-Authenticate", value);
    drop(Challenge::of(&response));
}
