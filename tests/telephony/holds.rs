//! Hold, by us and by the far end.

use super::bench::{Bench, Case};

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "the far end holds us and lets go",
        far: &["answer; hold; hold; silence 1s; unhold; unhold; hangup"],
        ours: &["a dial"],
        traces: &["ringing, answered, holds, unholds, hangup remote normal"],
    },
    Case {
        name: "while the far end holds us it hears nothing, and its keys count",
        far: &["answer; hold; wait_prompt; digits \"1\""],
        ours: &[
            "a dial", "a sees holds", "a speech 3", "a sees finished 2", "a presses 7", "a sees digit 7", "a heard nothing",
            "a hangup normal",
        ],
        traces: &["ringing, answered, holds, finished 2, digit 7, hangup local normal"],
    },
    Case {
        name: "we hold it and let go",
        far: &["answer; wait_prompt; digits \"1\""],
        ours: &[
            "a dial", "a sees answered", "a hold", "a speech 3", "a sees finished 3", "a held", "a heard nothing",
            "a unhold", "a speech 3", "a sees digit 1", "a unheld", "a heard xxx", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 3, finished 5, digit 1, hangup local normal"],
    },
    Case {
        name: "both hold",
        far: &["answer; wait_prompt; hold; silence 1s; unhold; digits \"1\""],
        ours: &[
            "a dial", "a sees answered", "a speech 3", "a sees unholds", "a hold", "a speech 5", "a sees digit 1",
            "a sees finished 4", "a heard xxx", "a held", "a unhold", "a hangup normal",
        ],
        traces: &["ringing, answered, finished 2, holds, unholds, digit 1, finished 4, hangup local normal"],
    },
    Case {
        name: "only a call that is up can be held",
        far: &["no_answer", "answer"],
        ours: &[
            "a dial", "a sees ringing", "a hold", "a sees failed 2", "a unhold", "a sees failed 3", "a hangup cancel",
            "b incoming", "b hold", "b sees failed 5", "b unheld", "b gives_up",
        ],
        traces: &["ringing, failed 2, failed 3, hangup local cancel", "failed 5, hangup remote cancel"],
    },
];

pub async fn traces(bench: &mut Bench) {
    bench.check_all(CASES).await;
}
