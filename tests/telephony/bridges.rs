//! Calls joined to each other.

use super::bench::{Bench, Case};
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::Command;
use uuid::Uuid;

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "joined and taken apart",
        far: &["answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b incoming", "b answer", "b sees answered",
            "a bridge b", "a sees bridged b", "b sees bridged a",
            "b unbridge", "a sees unbridged b", "b sees unbridged a", "a hangup normal", "b hangup normal",
        ],
        traces: &[
            "ringing, answered, bridged b, unbridged b, hangup local normal",
            "answered, bridged a, unbridged a, hangup local normal",
        ],
    },
    Case {
        name: "we hang up one of them",
        far: &["answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered",
            "a bridge b", "a sees bridged b", "b sees bridged a",
            "a hangup normal", "b sees unbridged a", "b hangup normal",
        ],
        traces: &[
            "ringing, answered, bridged b, hangup local normal",
            "ringing, answered, bridged a, unbridged a, hangup local normal",
        ],
    },
    Case {
        name: "one of them hangs up",
        far: &["answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered",
            "a bridge b", "a sees bridged b", "b sees bridged a",
            "b gives_up", "a sees unbridged b", "a gives_up",
        ],
        traces: &[
            "ringing, answered, bridged b, unbridged b, hangup remote normal",
            "ringing, answered, bridged a, hangup remote normal",
        ],
    },
    Case {
        name: "a bridge takes both out of their old ones",
        far: &["answer", "answer", "answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered", "c dial", "c sees answered", "d dial", "d sees answered",
            "a bridge b", "a sees bridged b", "b sees bridged a", "d bridge c", "c sees bridged d", "d sees bridged c",
            "b bridge c", "a sees unbridged b", "d sees unbridged c", "b sees bridged c", "c sees bridged b",
            "a hangup normal", "d hangup normal", "b hangup normal", "c sees unbridged b", "c hangup normal",
        ],
        traces: &[
            "ringing, answered, bridged b, unbridged b, hangup local normal",
            "ringing, answered, bridged a, unbridged a, bridged c, hangup local normal",
            "ringing, answered, bridged d, unbridged d, bridged b, unbridged b, hangup local normal",
            "ringing, answered, bridged c, unbridged c, hangup local normal",
        ],
    },
    Case {
        name: "only calls with media can be joined",
        far: &["answer", "no_answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees ringing",
            "a bridge b", "a sees failed 3", "b bridge a", "b sees failed 4",
            "a bridge a", "a sees failed 5", "b hangup cancel", "b sees hangup local cancel",
            "a bridge b", "a sees failed 7", "a unbridge", "a sees failed 8", "a hangup normal",
        ],
        traces: &[
            "ringing, answered, failed 3, failed 5, failed 7, failed 8, hangup local normal",
            "ringing, failed 4, hangup local cancel",
        ],
    },
    Case {
        name: "joined already: told again",
        far: &["answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered",
            "a bridge b", "a sees bridged b", "b sees bridged a", "b bridge a", "a sees bridged b", "b sees bridged a",
            "a hangup normal", "b sees unbridged a", "b hangup normal",
        ],
        traces: &[
            "ringing, answered, bridged b, bridged b, hangup local normal",
            "ringing, answered, bridged a, bridged a, unbridged a, hangup local normal",
        ],
    },
    Case {
        name: "a room is left by command, and silently by the end of a call",
        far: &["answer", "answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered", "c incoming", "c answer", "c sees answered",
            "a join 1", "b join 1", "c join 1", "a leave", "a sees finished 4", "a leave", "a sees failed 8",
            "b hangup normal", "c gives_up", "a hangup normal",
        ],
        traces: &[
            "ringing, answered, finished 4, failed 8, hangup local normal",
            "ringing, answered, hangup local normal",
            "answered, hangup remote normal",
        ],
    },
    Case {
        name: "a call is in one room or bridge at a time",
        far: &["answer", "answer"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered", "a join 1", "a join 2", "a sees finished 3",
            "b join 2", "b tone 1", "b sees finished 6", "a bridge b", "a sees bridged b", "b sees bridged a",
            "b join 2", "a sees unbridged b", "b leave", "b sees finished 8", "a hangup normal", "b hangup normal",
        ],
        traces: &[
            "ringing, answered, finished 3, finished 4, bridged b, unbridged b, hangup local normal",
            "ringing, answered, finished 6, finished 5, bridged a, unbridged a, finished 8, hangup local normal",
        ],
    },
    Case {
        name: "only a call that is up joins a room",
        far: &["answer", "no_answer"],
        ours: &[
            "a incoming", "a join 1", "a sees failed 1", "a gives_up",
            "b dial", "b sees ringing", "b join 1", "b sees failed 3", "b hangup cancel",
        ],
        traces: &["failed 1, hangup remote cancel", "ringing, failed 3, hangup local cancel"],
    },
    Case {
        name: "in a bridge a far end hears none of our prompts, and its keys are still told",
        far: &["answer", "answer; wait_prompt; digits \"1\"; hangup"],
        ours: &[
            "a dial", "a sees answered", "b dial", "b sees answered",
            "a bridge b", "a sees bridged b", "b sees bridged a", "b speech 10", "b sees finished 4",
            "b presses 7", "b sees digit 7",
            "a unbridge", "a sees unbridged b", "b sees unbridged a", "b speech 10", "b sees digit 1", "a hangup normal",
        ],
        traces: &[
            "ringing, answered, bridged b, unbridged b, hangup local normal",
            "ringing, answered, bridged a, finished 4, digit 7, unbridged a, finished 6, digit 1, hangup remote normal",
        ],
    },
];

pub async fn traces(bench: &mut Bench) {
    bench.check_all(CASES).await;
}

/// Whoever is second may or may not have learnt that it was alone; both end once.
pub async fn both_sides_of_a_bridge_hang_up(bench: &mut Bench) {
    let case = "both sides of a bridge";
    for round in 0..bench.crowd(200) {
        let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
        for call_id in [a, b] {
            bench.dial(call_id, 1, "answer").await.unwrap();
            bench.see(call_id, "answered", case).await;
        }
        bench.telephony.perform(a, 2, Command::Bridge { other: b }).await.unwrap();
        bench.see(a, &format!("bridged {b}"), case).await;
        bench.see(b, &format!("bridged {a}"), case).await;

        let (ours, theirs) = (bench.telephony.clone(), bench.remote_party.clone());
        let we =
            tokio::spawn(async move { ours.perform(a, 3, Command::Hangup { reason: HangupReason::Normal }).await });
        let it = tokio::spawn(async move { theirs.hangs_up(b).await });
        we.await.unwrap().unwrap();
        assert!(it.await.unwrap());

        for (call_id, other, end) in [(a, b, "hangup local normal"), (b, a, "hangup remote normal")] {
            let trace = bench.end_of(call_id, case).await;
            let after: Vec<_> = trace[3..].iter().map(String::as_str).collect();
            let alone = format!("unbridged {other}");
            assert!(after == [end] || after == [alone.as_str(), end], "round {round}: {trace:?}");
        }
    }
    bench.assert_silence(case).await;
}
