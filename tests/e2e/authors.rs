//! What authors of flows ask before they let one loose: is it right, what has changed, what would it do.

use crate::server::Guest;
use ringdown::proto::{self, *};
use serde_json::{Value, json};

fn actions(json: Value) -> Vec<Action> {
    proto::json::read(json).unwrap()
}

/// Waits for a key, and says something then.
fn menu(text: &str) -> Vec<Action> {
    let said = "1a000000-0000-4000-8000-000000000001";
    actions(json!([
        {"type": "digits_receive"},
        {"type": "branch", "option": {"target_ids": {"1": said}}},
        {"type": "stop"},
        {"id": said, "type": "talk", "option": {"text": text}},
    ]))
}

fn found(findings: &[FlowFinding]) -> Vec<(&str, &str)> {
    findings.iter().map(|it| (it.field.as_str(), it.reason.as_str())).collect()
}

#[tokio::test]
async fn a_flow_is_checked_without_being_saved() {
    let guest = Guest::new().await;
    let mut flows = guest.grpc.flows.clone();
    let wrong = actions(json!([{"type": "talk"}, {"type": "goto", "option": {"target_id": "none", "loop_count": 1}}]));
    let request = ValidateFlowRequest { actions: wrong, ..Default::default() };
    let told = flows.validate_flow(request).await.unwrap().into_inner();
    assert!(!told.valid && told.warnings.is_empty());
    let fields: Vec<&str> = told.problems.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["actions[0].option.text", "actions[1].option.target_id"]);

    // A flow that CreateFlow refuses is not valid.
    let told = flows.validate_flow(ValidateFlowRequest::default()).await.unwrap().into_inner();
    assert!(!told.valid);
    assert_eq!(found(&told.problems), [("actions", "INVALID_ARGUMENT")]);

    let request =
        ValidateFlowRequest { actions: menu("hello"), reference_type: ReferenceType::Api.into(), ..Default::default() };
    let told = flows.validate_flow(request).await.unwrap().into_inner();
    assert!(told.valid && told.problems.is_empty());
    assert_eq!(
        found(&told.warnings),
        [
            ("actions[0].type", "ACTION_WITHOUT_CALL"),
            ("actions[1].option.default_target_id", "BRANCH_WITHOUT_DEFAULT"),
            ("actions[3].type", "ACTION_WITHOUT_CALL"),
        ]
    );
    let body = json!({"actions": [{"type": "talk"}], "reference_type": "api"});
    let (status, told) = guest.rest.post("/v1.0/flows/validate", body).await;
    assert_eq!(
        (status, &told["valid"], &told["problems"][0]["field"]),
        (200, &json!(false), &json!("actions[0].option.text"))
    );
    let listed = flows.list_flows(ListFlowsRequest::default()).await.unwrap().into_inner();
    assert!(listed.flows.is_empty(), "nothing was saved");
}

#[tokio::test]
async fn revisions_are_listed_compared_and_simulated() {
    let guest = Guest::new().await;
    let mut flows = guest.grpc.flows.clone();
    let create = CreateFlowRequest { name: "menu".to_owned(), actions: menu("hello"), ..Default::default() };
    let flow = flows.create_flow(create).await.unwrap().into_inner().flow.unwrap();
    let mut changed = flow.actions.clone();
    changed[3] = menu("goodbye").remove(3);
    let update = UpdateFlowRequest { id: flow.id.clone(), name: flow.name, actions: changed, ..Default::default() };
    flows.update_flow(update).await.unwrap();

    let list = ListFlowRevisionsRequest { id: flow.id.clone(), ..Default::default() };
    let revisions = flows.list_flow_revisions(list).await.unwrap().into_inner().revisions;
    assert_eq!(revisions.iter().map(|it| it.revision).collect::<Vec<_>>(), [2, 1]);

    let diff = DiffFlowRevisionsRequest { id: flow.id.clone(), ..Default::default() };
    let diff = flows.diff_flow_revisions(diff).await.unwrap().into_inner();
    assert_eq!((diff.from_revision, diff.to_revision, diff.actions.len()), (1, 2, 1));
    assert_eq!(diff.actions[0].fields, ["option.text"]);

    let script = "answer\ndigits \"1\"\nexpect talk \"goodbye\" done\nexpect talk \"hello\"\nexpect ended finished";
    let script = script.lines().map(str::to_owned).collect();
    let simulate = SimulateFlowRequest { flow_id: flow.id, script, ..Default::default() };
    let told = flows.simulate_flow(simulate).await.unwrap().into_inner();
    assert!(!told.passed && told.limit.is_empty() && told.runs.len() == 1);
    assert_eq!(told.failures.iter().map(|it| it.line).collect::<Vec<_>>(), [4], "{:?}", told.failures);

    let script = vec!["start api\nexpect digits_receive skipped".to_owned()];
    let simulate = SimulateFlowRequest { actions: menu("hello"), script, ..Default::default() };
    let refused = flows.simulate_flow(simulate).await;
    // A line is an element of the list, and this one holds two.
    assert_eq!(refused.unwrap_err().code(), tonic::Code::InvalidArgument);
}
