//! The table: every type of action that runs, with a script for each way in which it can come out. What it must be told is
//! held here against the engine's own catalogue, so that a new type without rows is missed.

use crate::play::seen;
use crate::{table_connect as connect, table_control as control, table_outside as outside, table_voice as voice};
use ringdown::engine::actions::{Mode, Spec, spec};
use ringdown::proto::ACTION_TYPES;
use std::collections::BTreeSet;

const TABLES: [fn(); 35] = [
    connect::early_media,
    connect::nobody_answers,
    connect::rooms,
    connect::the_caller_hangs_up,
    connect::the_far_end_answers_and_hangs_up,
    connect::the_first_answer_wins,
    connect::the_reason_is_relayed,
    connect::who_cannot_be_dialled,
    control::branch,
    control::condition_call,
    control::condition_datetime,
    control::condition_variable,
    control::fetch_flow,
    control::goto,
    control::sleep_and_block,
    control::stop,
    control::variable_set,
    outside::call,
    outside::email_send,
    outside::fetch_fails,
    outside::fetch_runs_what_it_is_told,
    outside::message_send,
    outside::webhook_send,
    voice::amd,
    voice::answer,
    voice::digits_receive,
    voice::digits_send,
    voice::echo_and_stream_echo,
    voice::hangup,
    voice::mute_and_hold,
    voice::play,
    voice::recording,
    voice::talk,
    voice::what_waits_is_gone_with_the_call_and_skipped_by_a_stop,
    voice::without_a_call_they_are_skipped,
];

/// Nothing that a script can do, and nothing that a variable can hold, lets these fail.
const NEVER_FAIL: [&str; 10] =
    ["answer", "beep", "block", "echo", "hold", "recording_stop", "sleep", "stop", "stream_echo", "unhold"];
/// They have a time of their own.
const TIME_OUT: [&str; 3] = ["amd", "block", "digits_receive"];
/// They wait for an answer, though the catalogue has them as what they are without one.
const ASK: [&str; 2] = ["fetch", "webhook_send"];
/// It waits, but never for long enough that something could come between.
const AT_ONCE: &str = "answer";

/// How an action of this type can come out.
fn outcomes(name: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let Spec { mode, needs_call, .. } = spec(name);
    let waits = (matches!(mode, Mode::Waits | Mode::Blocks) || ASK.contains(&name)) && name != AT_ONCE;
    let ways = [
        ("done", true),
        ("skipped", needs_call || waits),
        ("failed", !NEVER_FAIL.contains(&name)),
        ("timeout", TIME_OUT.contains(&name)),
        ("gone", waits),
    ];
    ways.into_iter().filter(|(_, can)| *can).map(move |(how, _)| (name, how))
}

#[test]
fn every_type_comes_out_every_way() {
    TABLES.iter().for_each(|table| table());
    let types = ACTION_TYPES.iter().map(|it| it.name).filter(|name| spec(name).missing.is_empty());
    let (wanted, seen): (BTreeSet<_>, _) = (types.flat_map(outcomes).collect(), seen());
    assert_eq!(wanted.difference(&seen).collect::<Vec<_>>(), [&("", ""); 0], "the table has no row for these");
    assert_eq!(seen.difference(&wanted).collect::<Vec<_>>(), [&("", ""); 0], "nobody said that these come out so");
}
