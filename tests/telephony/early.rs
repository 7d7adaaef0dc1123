//! Media before the answer, both ways.

use super::bench::{Bench, Case};

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "early media, then the answer",
        far: &["ring 1s; early_media 2s; answer"],
        ours: &["a dial", "a sees early", "a sees answered", "a hangup normal"],
        traces: &["ringing, early, answered, hangup local normal"],
    },
    Case {
        name: "an announcement, then no",
        far: &["early_media 2s; reject 404", "ring 1s; early_media 2s; busy"],
        ours: &["a dial", "b dial"],
        traces: &["early, hangup remote failed", "ringing, early, hangup remote busy"],
    },
    Case {
        name: "a caller hears the early media of the callee, and is sent a 183 for it",
        far: &["answer", "early_media 2s; no_answer"],
        ours: &[
            "a incoming", "a told", "b dial", "b sees early",
            "a bridge b", "a sees bridged b", "b sees bridged a", "a told 183", "a heard voice",
            "a hangup busy", "a sees hangup local busy", "a told 183 486", "b sees unbridged a", "b hangup cancel",
        ],
        traces: &["bridged b, hangup local busy", "ringing, early, bridged a, unbridged a, hangup local cancel"],
    },
    Case {
        name: "answered while they are joined, and joined again",
        far: &["answer", "early_media 2s; no_answer"],
        ours: &[
            "a incoming", "b dial", "b sees early", "b bridge a", "a sees bridged b", "b sees bridged a",
            "a answer", "a sees answered", "a bridge b", "a sees bridged b", "b sees bridged a", "a heard voice",
            "a hangup normal", "b sees unbridged a", "b hangup cancel",
        ],
        traces: &[
            "bridged b, answered, bridged b, hangup local normal",
            "ringing, early, bridged a, bridged a, unbridged a, hangup local cancel",
        ],
    },
    Case {
        name: "of two early legs the later one is heard",
        far: &["answer", "early_media 1s; no_answer", "early_media 1s; no_answer"],
        ours: &[
            "a incoming", "b dial", "b sees early", "c dial", "c sees early",
            "a bridge b", "a sees bridged b", "b sees bridged a",
            "a bridge c", "a sees unbridged b", "a sees bridged c", "b sees unbridged a", "c sees bridged a",
            "b hangup cancel", "c hangup cancel", "a sees unbridged c", "a gives_up",
        ],
        traces: &[
            "bridged b, unbridged b, bridged c, unbridged c, hangup remote cancel",
            "ringing, early, bridged a, unbridged a, hangup local cancel",
            "ringing, early, bridged a, hangup local cancel",
        ],
    },
    Case {
        name: "a play to a caller before the answer is heard",
        far: &["answer"],
        ours: &[
            "a incoming", "a speech 3", "a sees finished 1", "a told 183", "a heard xxx", "a answer", "a sees answered",
            "a told 183", "a hangup normal",
        ],
        traces: &["finished 1, answered, hangup local normal"],
    },
    Case {
        name: "a callee that rings hears nothing, one with early media does",
        far: &["no_answer", "early_media 1s; no_answer"],
        ours: &[
            "a dial", "a sees ringing", "a speech 3", "a sees finished 2", "a heard nothing", "a hangup cancel",
            "b dial", "b sees early", "b speech 3", "b sees finished 5", "b heard xxx", "b hangup cancel",
        ],
        traces: &["ringing, finished 2, hangup local cancel", "ringing, early, finished 5, hangup local cancel"],
    },
    Case {
        name: "early media is no answer",
        far: &["early_media 1s; no_answer"],
        ours: &["a dial", "a sees early", "a join 1", "a sees failed 2", "a detect", "a sees failed 3", "a hangup dialout"],
        traces: &["ringing, early, failed 2, failed 3, hangup local dialout"],
    },
];

pub async fn traces(bench: &mut Bench) {
    bench.check_all(CASES).await;
}
