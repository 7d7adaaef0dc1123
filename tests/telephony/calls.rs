//! One call at a time.

use super::bench::{Bench, Case, speech};
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::Command;
use ringdown::telephony::Gone;
use uuid::Uuid;

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "it answers, we hang up",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a hangup normal"],
        traces: &["ringing, answered, hangup local normal"],
    },
    Case {
        name: "our reason is told as we gave it",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a hangup amd"],
        traces: &["ringing, answered, hangup local amd"],
    },
    Case {
        name: "it answers and hangs up",
        far: &["answer; hangup"],
        ours: &["a dial"],
        traces: &["ringing, answered, hangup remote normal"],
    },
    Case {
        name: "a machine",
        far: &["answer; speak 6s; beep; silence 1s; hangup"],
        ours: &["a dial"],
        traces: &["ringing, answered, hangup remote normal"],
    },
    Case { name: "busy", far: &["busy"], ours: &["a dial"], traces: &["hangup remote busy"] },
    Case { name: "rings, then busy", far: &["ring 1s; busy"], ours: &["a dial"], traces: &["ringing, hangup remote busy"] },
    Case { name: "rejected", far: &["reject"], ours: &["a dial"], traces: &["hangup remote failed"] },
    Case {
        name: "we give up",
        far: &["no_answer"],
        ours: &["a dial", "a sees ringing", "a hangup cancel"],
        traces: &["ringing, hangup local cancel"],
    },
    Case {
        name: "our ring time-out",
        far: &["ring 1s; no_answer"],
        ours: &["a dial", "a sees ringing", "a hangup dialout"],
        traces: &["ringing, hangup local dialout"],
    },
    Case {
        name: "declined while it rings",
        far: &["no_answer"],
        ours: &["a dial", "a sees ringing", "a gives_up"],
        traces: &["ringing, hangup remote failed"],
    },
    Case {
        name: "incoming, answered, the caller hangs up",
        far: &["answer"],
        ours: &["a incoming", "a answer", "a sees answered", "a gives_up"],
        traces: &["answered, hangup remote normal"],
    },
    Case {
        name: "incoming, given up before the answer",
        far: &["answer"],
        ours: &["a incoming", "a gives_up"],
        traces: &["hangup remote cancel"],
    },
    Case {
        name: "incoming, refused",
        far: &["answer"],
        ours: &["a incoming", "a hangup busy"],
        traces: &["hangup local busy"],
    },
    Case {
        name: "a caller follows the script of its number",
        far: &["ring 5s; answer; wait_prompt; digits \"12\"; hangup"],
        ours: &["a incoming", "a answer", "a speech 20"],
        traces: &["answered, finished 2, digit 1, digit 2, hangup remote normal"],
    },
    Case {
        name: "a caller whose number would not answer listens",
        far: &["busy"],
        ours: &["a incoming", "a answer", "a files 2", "a sees finished 2", "a hangup normal"],
        traces: &["answered, finished 2, hangup local normal"],
    },
    Case {
        name: "only what rings can be answered, and once",
        far: &["answer", "answer"],
        ours: &[
            "a incoming", "a answer", "a answer", "a sees failed 2", "a hangup normal",
            "b dial", "b sees answered", "b answer", "b sees failed 5", "b hangup normal",
        ],
        traces: &["answered, failed 2, hangup local normal", "ringing, answered, failed 5, hangup local normal"],
    },
    Case {
        name: "media before the answer",
        far: &["answer", "no_answer"],
        ours: &[
            "a incoming", "a speech 10", "a sees finished 1", "a answer", "a sees answered", "a hangup normal",
            "b dial", "b sees ringing", "b tone 100", "b sees finished 5", "b hangup cancel",
        ],
        traces: &["finished 1, answered, hangup local normal", "ringing, finished 5, hangup local cancel"],
    },
    Case {
        name: "speech, files and tones end",
        far: &["answer"],
        ours: &[
            "a dial", "a sees answered", "a speech 100", "a sees finished 2", "a files 20", "a sees finished 3",
            "a tone 1000", "a sees finished 4", "a speech 0", "a sees finished 5", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 2, finished 3, finished 4, finished 5, hangup local normal"],
    },
    Case {
        name: "what is played replaces what was played",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a speech 100", "a files 3", "a tone 50", "a sees finished 4", "a hangup normal"],
        traces: &["ringing, answered, finished 2, finished 3, finished 4, hangup local normal"],
    },
    Case {
        name: "what is played can be stopped, and then there is nothing to stop",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a speech 100", "a stop", "a sees finished 2", "a stop", "a tone 1", "a sees finished 5", "a hangup normal"],
        traces: &["ringing, answered, finished 2, finished 5, hangup local normal"],
    },
    Case {
        name: "a key after each prompt, none after a tone",
        far: &["answer; wait_prompt; digits \"1\"; repeat"],
        ours: &[
            "a dial", "a sees answered", "a speech 20", "a sees digit 1", "a files 1", "a sees digit 1",
            "a tone 500", "a sees finished 4", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 2, digit 1, finished 3, digit 1, finished 4, hangup local normal"],
    },
    Case {
        name: "a prompt that we stop is over",
        far: &["answer; wait_prompt; digits \"5\""],
        ours: &[
            "a dial", "a sees answered", "a speech 3", "a heard xxx", "a stop", "a sees digit 5", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 2, digit 5, hangup local normal"],
    },
    Case {
        name: "keys come in order",
        far: &["answer; digits \"12#\"; digits \"*0\""],
        ours: &["a dial", "a sees digit 0", "a presses 9", "a presses 8AD", "a sees digit D", "a hangup normal"],
        traces: &[
            "ringing, answered, digit 1, digit 2, digit #, digit *, digit 0, digit 9, digit 8, digit A, digit D, hangup local normal",
        ],
    },
    Case {
        name: "digits that we send take their turn",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a sends 123", "a sends #", "a sees finished 3", "a hangup normal"],
        traces: &["ringing, answered, finished 2, finished 3, hangup local normal"],
    },
    Case {
        name: "an echo ends; another takes its place",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a echo 1000", "a sees finished 2", "a echo 1000", "a echo 500", "a sees finished 4", "a hangup normal"],
        traces: &["ringing, answered, finished 2, finished 3, finished 4, hangup local normal"],
    },
    Case {
        name: "machines greet at length, people do not",
        far: &["answer; speak 6s; beep", "answer; speak 2s", "answer"],
        ours: &[
            "a dial", "a sees answered", "a detect", "a sees machine 2", "a hangup amd",
            "b dial", "b sees answered", "b detect", "b sees human 5", "b hangup normal",
            "c incoming", "c answer", "c sees answered", "c detect", "c sees human 8", "c hangup normal",
        ],
        traces: &[
            "ringing, answered, machine 2, hangup local amd",
            "ringing, answered, human 5, hangup local normal",
            "answered, human 8, hangup local normal",
        ],
    },
    Case {
        name: "one detection at a time, and none before the answer",
        far: &["answer; speak 9s", "answer"],
        ours: &[
            "a dial", "a sees answered", "a detect", "a detect", "a sees machine 3", "a hangup normal",
            "b incoming", "b detect", "b sees failed 5", "b gives_up",
        ],
        traces: &[
            "ringing, answered, machine 2, machine 3, hangup local normal",
            "failed 5, hangup remote cancel",
        ],
    },
    Case {
        name: "mute and hold are not told",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a mute", "a unmute", "a hold", "a speech 5", "a sees finished 5", "a unhold", "a hangup normal"],
        traces: &["ringing, answered, finished 5, hangup local normal"],
    },
];

pub async fn traces(bench: &mut Bench) {
    bench.check_all(CASES).await;
}

pub async fn a_call_that_ended_is_gone(bench: &mut Bench) {
    for script in ["busy", "reject", "answer; hangup"] {
        let call_id = Uuid::now_v7();
        bench.dial(call_id, 1, script).await.unwrap();
        bench.end_of(call_id, script).await;
        let normal = Command::Hangup { reason: HangupReason::Normal };
        for command in [speech(1), normal, Command::StopPlaying, Command::Answer, Command::Bridge { other: call_id }] {
            assert_eq!(bench.telephony.perform(call_id, 2, command).await, Err(Gone), "{script}");
        }
        assert!(!bench.remote_party.hangs_up(call_id).await, "{script}");
    }
    assert_eq!(bench.telephony.perform(Uuid::now_v7(), 1, speech(1)).await, Err(Gone), "never dialled");
    bench.assert_silence("gone").await;
}

pub async fn held_is_what_is_held(bench: &mut Bench) {
    assert!(bench.telephony.held().is_empty());
    let ringing = Uuid::now_v7();
    bench.dial(ringing, 1, "no_answer").await.unwrap();
    let incoming = bench.calls_in("answer").await;
    let up = Uuid::now_v7();
    bench.dial(up, 1, "answer").await.unwrap();
    bench.see(up, "answered", "held").await;

    let mut expected = [ringing, incoming, up];
    expected.sort();
    let mut held = bench.telephony.held();
    held.sort();
    assert_eq!(held, expected);

    for (left, call_id) in [(2, incoming), (1, up), (0, ringing)] {
        let hangup = Command::Hangup { reason: HangupReason::Normal };
        bench.telephony.perform(call_id, 2, hangup).await.unwrap();
        bench.end_of(call_id, "held").await;
        let held = bench.telephony.held();
        assert_eq!((held.len(), held.contains(&call_id)), (left, false));
    }
}

pub async fn a_call_is_dialled_once(bench: &mut Bench) {
    let call_id = Uuid::now_v7();
    bench.dial(call_id, 1, "answer").await.unwrap();
    assert_eq!(bench.dial(call_id, 2, "answer; hangup").await, Err(Gone));
    bench.see(call_id, "answered", "dialled twice").await;
    assert_eq!(bench.dial(call_id, 3, "busy").await, Err(Gone));
    bench.telephony.perform(call_id, 4, Command::Hangup { reason: HangupReason::Normal }).await.unwrap();
    let trace = bench.end_of(call_id, "dialled twice").await.join(", ");
    assert_eq!(trace, "ringing, answered, hangup local normal");
    bench.assert_silence("dialled twice").await;
}

/// Each direction keeps its own order, whatever the other does.
pub async fn keys_both_ways_at_the_same_time(bench: &mut Bench) {
    let case = "keys both ways";
    let call_id = Uuid::now_v7();
    bench.dial(call_id, 1, "answer; digits \"123456789\"").await.unwrap();
    bench.see(call_id, "answered", case).await;
    for operation in 2..12 {
        let send = Command::SendDigits { digits: "12".to_owned(), tone_ms: 40, gap_ms: 30 };
        bench.telephony.perform(call_id, operation, send).await.unwrap();
    }
    bench.see(call_id, "finished 11", case).await;
    bench.telephony.perform(call_id, 12, Command::Hangup { reason: HangupReason::Normal }).await.unwrap();
    let trace = bench.end_of(call_id, case).await;
    let of = |kind: &str| trace.iter().filter_map(|line| line.strip_prefix(kind)).collect::<Vec<_>>().join("");
    assert_eq!(of("digit "), "123456789", "{trace:?}");
    assert_eq!(of("finished "), "234567891011", "{trace:?}");
}
