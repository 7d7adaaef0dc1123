//! What far ends hear of us and of each other.

use super::bench::{Bench, Case, tel};
use ringdown::model::call::{HangupReason, Privacy};
use ringdown::model::telephony::Command;
use uuid::Uuid;

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "what we play, in order",
        far: &["answer"],
        ours: &[
            "a dial", "a sees answered", "a speech 3", "a sees finished 2", "a tone 100", "a sees finished 3", "a files 1",
            "a sees finished 4", "a heard xxx, tone 440, https://a.test/b.wav", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 2, finished 3, finished 4, hangup local normal"],
    },
    Case {
        name: "nothing while it is muted out, and its keys count",
        far: &["answer; wait_prompt; digits \"1\""],
        ours: &[
            "a dial", "a sees answered", "a mute out", "a speech 3", "a sees finished 3", "a presses 7", "a sees digit 7",
            "a heard nothing", "a mute in", "a unmute out", "a speech 4", "a sees digit 1", "a heard xxxx",
            "a hangup normal",
        ],
        traces: &["ringing, answered, finished 3, digit 7, finished 6, digit 1, hangup local normal"],
    },
    Case {
        name: "in a bridge the other one, unless that is muted or held",
        far: &["answer", "early_media 1s; no_answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees early", "a bridge b", "a sees bridged b", "a heard voice",
            "b mute in", "b tone 300", "b sees finished 5", "b unmute in", "a heard voice, voice",
            "a hold", "a tone 300", "a sees finished 8", "a unhold", "a heard voice, voice, voice",
            "a mute out", "a tone 300", "a sees finished 11", "a unmute both", "a heard voice, voice, voice, voice",
            "b mute out", "b tone 300", "b sees finished 14", "b heard nothing",
            "a unbridge", "a sees unbridged b", "a heard voice, voice, voice, voice",
            "a hangup normal", "b hangup cancel",
        ],
        traces: &[
            "ringing, answered, bridged b, finished 8, finished 11, unbridged b, hangup local normal",
            "ringing, early, bridged a, finished 5, finished 14, unbridged a, hangup local cancel",
        ],
    },
    Case {
        name: "in a room the others and what we play",
        far: &["answer", "answer; wait_prompt; speak 2s; digits \"1\"", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered", "c dial", "c sees answered",
            "a join 1", "b join 1", "c join 2", "c tone 1", "c sees finished 7", "b speech 3", "b sees digit 1",
            "a heard voice", "b heard xxx", "c heard tone 440", "a hangup normal", "b hangup normal", "c hangup normal",
        ],
        traces: &[
            "ringing, answered, hangup local normal",
            "ringing, answered, finished 8, digit 1, hangup local normal",
            "ringing, answered, finished 7, hangup local normal",
        ],
    },
    Case {
        name: "itself while it is echoed",
        far: &["early_media 1s; no_answer"],
        ours: &["a dial", "a sees early", "a echo 1000", "a sees finished 2", "a heard voice", "a hangup cancel"],
        traces: &["ringing, early, finished 2, hangup local cancel"],
    },
];

pub async fn traces(bench: &mut Bench) {
    bench.check_all(CASES).await;
}

pub async fn who_calls(bench: &mut Bench) {
    for (privacy, seen) in [(Privacy::None, Some("+15559999999".to_owned())), (Privacy::Hidden, None)] {
        let call_id = Uuid::now_v7();
        let (source, destination) = (tel("+15559999999"), bench.remote_party.callee("answer").await);
        let dial = Command::Dial { customer_id: Uuid::nil(), source, destination, privacy };
        bench.telephony.perform(call_id, 1, dial).await.unwrap();
        bench.see(call_id, "answered", "who calls").await;
        assert_eq!(bench.remote_party.state(call_id).await.caller, seen);
        let hangup = Command::Hangup { reason: HangupReason::Normal };
        bench.telephony.perform(call_id, 2, hangup).await.unwrap();
        bench.end_of(call_id, "who calls").await;
    }
}
