//! What every telephony driver has to do. The cases know the port and a small [`RemoteParty`] only; each driver brings its own.
//!
//! Simulated telephony runs them twice: at once, and on a clock that is stopped and jumps (so nothing there sleeps). Telephony
//! over SIP runs them in real time, on loopback.

mod telephony;

use telephony::{
    bridges, calls, codes, crowds, early, hearing, holds, offers, quality, recordings, remote_parties, sip as over_sip,
};

macro_rules! conformance {
    ($($case:path => $name:ident,)*) => {
        mod simulated_at_once {
            use super::*;
            $(#[tokio::test] async fn $name() { $case(&mut remote_parties::at_once()).await })*
        }
        mod simulated_in_time {
            use super::*;
            $(#[tokio::test(start_paused = true)] async fn $name() { $case(&mut remote_parties::in_time()).await })*
        }
        mod simulated_on_threads {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() { $case(&mut remote_parties::at_once()).await }
            )*
        }
        mod sip {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() { $case(&mut over_sip::bench().await).await }
            )*
        }
    };
}

conformance! {
    calls::traces => calls_leave_the_expected_traces,
    calls::a_call_that_ended_is_gone => a_call_that_ended_is_gone,
    calls::held_is_what_is_held => held_is_what_is_held,
    calls::a_call_is_dialled_once => a_call_is_dialled_once,
    calls::keys_both_ways_at_the_same_time => keys_both_ways_at_the_same_time,
    bridges::traces => bridges_leave_the_expected_traces,
    bridges::both_sides_of_a_bridge_hang_up => both_sides_of_a_bridge_hang_up,
    early::traces => early_media_leaves_the_expected_traces,
    holds::traces => holds_leave_the_expected_traces,
    hearing::traces => far_ends_hear_what_they_should,
    hearing::who_calls => a_caller_may_be_anonymous,
    codes::of_the_far_end => each_status_of_a_far_end_is_told,
    codes::of_ours => each_reason_of_ours_is_a_status,
    quality::of_calls_with_media => calls_with_media_have_a_quality,
    offers::taken => an_offer_is_taken_once,
    offers::refused => a_refused_offer_is_gone,
    offers::given_up => an_offer_that_was_given_up_is_gone,
    offers::undecided => an_undecided_offer_is_refused,
    offers::not_accepted => an_offer_is_not_taken_under_the_id_of_a_call,
    offers::closed => close_drops_offers,
    recordings::traces => recordings_leave_the_expected_traces,
    recordings::many_end_at_the_same_moment => many_recordings_end_at_the_same_moment,
    crowds::both_sides_hang_up_at_the_same_moment => both_sides_hang_up_at_the_same_moment,
    crowds::we_cancel_while_it_answers => we_cancel_while_it_answers,
    crowds::a_thousand_calls => a_thousand_calls,
    crowds::bridges_at_random => bridges_at_random,
    crowds::close_ends_everything => close_ends_everything,
}
