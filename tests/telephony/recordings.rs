//! Calls that are recorded. The bench reads every file that is told to be saved.

use super::bench::{Bench, Case, speech};
use ringdown::model::call::HangupReason;
use ringdown::model::telephony::Command;
use uuid::Uuid;

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "we stop it",
        far: &["answer"],
        ours: &[
            "a dial", "a sees answered", "a record", "a speech 100", "a sees finished 3", "a stop_recording 2",
            "a sees recorded 2 6000", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 3, recorded 2 6000, hangup local normal"],
    },
    Case {
        name: "its time is over",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a record duration=3000", "a sees recorded 2 3000", "a hangup normal"],
        traces: &["ringing, answered, recorded 2 3000, hangup local normal"],
    },
    Case {
        name: "nobody speaks",
        far: &["answer; wait_prompt; speak 2s; silence 10s; hangup"],
        ours: &["a dial", "a sees answered", "a record silence=3000 duration=60000", "a speech 50"],
        traces: &["ringing, answered, finished 3, recorded 2 8000, hangup remote normal"],
    },
    Case {
        name: "nobody speaks from the beep on",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a record silence=1000 beep", "a sees recorded 2 1300", "a hangup normal"],
        traces: &["ringing, answered, recorded 2 1300, hangup local normal"],
    },
    Case {
        name: "a key ends it, and is told",
        far: &["answer; wait_prompt; digits \"12#\""],
        ours: &[
            "a dial", "a sees answered", "a record keys=*#", "a speech 10", "a sees recorded 2 900", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 3, digit 1, digit 2, digit #, recorded 2 900, hangup local normal"],
    },
    Case {
        name: "we hang up",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a record", "a speech 50", "a sees finished 3", "a hangup normal"],
        traces: &["ringing, answered, finished 3, recorded 2 3000, hangup local normal"],
    },
    Case {
        name: "the far end hangs up",
        far: &["answer; wait_prompt; silence 1s; hangup"],
        ours: &["a incoming", "a answer", "a sees answered", "a record", "a speech 50"],
        traces: &["answered, finished 3, recorded 2 4000, hangup remote normal"],
    },
    Case {
        name: "we hang up while it is saved",
        far: &["answer"],
        ours: &["a dial", "a sees answered", "a record", "a stop_recording 2", "a hangup normal"],
        traces: &["ringing, answered, recorded 2 0, hangup local normal"],
    },
    Case {
        name: "one after the other",
        far: &["answer"],
        ours: &[
            "a dial", "a sees answered", "a record", "a stop_recording 2", "a sees recorded 2 0", "a stop_recording 2",
            "a record", "a stop_recording 2", "a speech 50", "a sees finished 7", "a stop_recording 5",
            "a sees recorded 5 3000", "a hangup normal",
        ],
        traces: &["ringing, answered, recorded 2 0, finished 7, recorded 5 3000, hangup local normal"],
    },
    Case {
        name: "one at a time, and none before the answer",
        far: &["answer", "no_answer", "answer"],
        ours: &[
            "a incoming", "a record", "a sees unrecorded 1", "a gives_up",
            "b dial", "b sees ringing", "b record", "b sees unrecorded 3", "b hangup cancel",
            "c dial", "c sees answered", "c record", "c record", "c sees unrecorded 7", "c hangup normal",
        ],
        traces: &[
            "unrecorded 1, hangup remote cancel",
            "ringing, unrecorded 3, hangup local cancel",
            "ringing, answered, unrecorded 7, recorded 6 0, hangup local normal",
        ],
    },
];

pub async fn traces(bench: &mut Bench) {
    bench.check_all(CASES).await;
}

/// More files than are written at once: each is told before its call is over.
pub async fn many_end_at_the_same_moment(bench: &mut Bench) {
    let calls: Vec<Uuid> = (0..bench.crowd(100)).map(|_| Uuid::now_v7()).collect();
    for (number, call_id) in calls.iter().enumerate() {
        bench.dial(*call_id, 1, "answer").await.unwrap();
        bench.see(*call_id, "answered", "many").await;
        let recording_id = Uuid::from_u128(number as u128);
        let (end_of_key, duration_ms) = (String::new(), 0);
        let record = Command::Record { recording_id, end_of_silence_ms: 0, end_of_key, duration_ms, beep: true };
        bench.telephony.perform(*call_id, 2, record).await.unwrap();
        bench.telephony.perform(*call_id, 3, speech(20)).await.unwrap();
    }
    for call_id in &calls {
        bench.see(*call_id, "finished 3", "many").await;
    }
    for call_id in &calls {
        let hangup = Command::Hangup { reason: HangupReason::Normal };
        bench.telephony.perform(*call_id, 4, hangup).await.unwrap();
    }
    for (number, call_id) in calls.iter().enumerate() {
        let trace = bench.end_of(*call_id, "many").await;
        let [.., recorded, _] = trace.as_slice() else { panic!("{trace:?}") };
        assert!(recorded.starts_with(&format!("recorded {number} ")), "{trace:?}");
    }
    bench.assert_silence("many").await;
    assert_eq!(std::fs::read_dir(bench.remote_party.recordings()).unwrap().count(), calls.len());
}
