//! Problems of a flow before it is saved, and warnings about a flow that is valid.

use super::App;
use crate::engine::warnings::{Warning, WarningKind, warnings};
use crate::error::{Reason, Result};
use crate::model::flow::Action;
use crate::proto;
use crate::proto::action::Option as Opt;
use crate::runtime::refusal;
use std::collections::HashMap;
use uuid::Uuid;

/// The largest number of referenced flows that are looked up to warn of missing ones.
const MAX_LOOKED_UP: usize = 100;
/// The largest number of problems in one response.
const MAX_PROBLEMS: usize = 1_000;
/// The message for a flow without actions, from every method that checks it.
pub const NO_ACTIONS: &str = "expected at least one action";

impl App {
    /// Returns all problems or, if there are none, all warnings.
    pub async fn validate_flow(
        &self,
        customer_id: Uuid,
        actions: &[proto::Action],
        on_complete_flow_id: Uuid,
        with_call: bool,
    ) -> Result<proto::ValidateFlowResponse> {
        let checked = self.checked(actions, &self.allowed_to(customer_id).await?);
        let mut problems: Vec<proto::FlowFinding> = match &checked {
            Ok(_) => Vec::new(),
            Err(problems) => {
                let findings =
                    problems.iter().map(|it| finding(&it.path, refusal::reason(it.fault).name(), &it.description));
                findings.collect()
            }
        };
        if actions.is_empty() {
            problems.push(finding("actions", Reason::InvalidArgument.name(), NO_ACTIONS));
        }
        match self.check_flow(customer_id, "on_complete_flow_id", on_complete_flow_id).await {
            Err(error) if error.reason == Reason::FlowNotFound => {
                let findings =
                    error.violations.iter().map(|it| finding(&it.field, error.reason.name(), &it.description));
                problems.extend(findings);
            }
            checked => checked?,
        }
        problems.truncate(MAX_PROBLEMS);
        let warnings = match checked {
            Ok(actions) if problems.is_empty() => self.warnings(customer_id, &actions, with_call).await?,
            _ => Vec::new(),
        };
        let findings = |it: Warning| finding(&it.path, it.kind.name(), &it.description);
        let warnings = warnings.into_iter().map(findings).collect();
        Ok(proto::ValidateFlowResponse { valid: problems.is_empty(), problems, warnings })
    }

    /// Returns the warnings about a valid list of actions.
    pub async fn warnings(&self, customer_id: Uuid, actions: &[Action], with_call: bool) -> Result<Vec<Warning>> {
        let mut findings = warnings(actions, "actions", with_call);
        let mut found: HashMap<Uuid, bool> = HashMap::new();
        for (at, action) in actions.iter().enumerate() {
            let Some((field, id)) = named_flow(&action.option) else { continue };
            if !found.contains_key(&id) {
                if found.len() == MAX_LOOKED_UP {
                    break;
                }
                found.insert(id, self.revisions.flow(customer_id, id).await?.is_some());
            }
            if !found[&id] {
                findings.push(Warning {
                    path: format!("actions[{at}].option.{field}"),
                    kind: WarningKind::NoSuchFlow,
                    description: format!("flow {id} does not currently exist"),
                });
            }
        }
        Ok(findings)
    }
}

fn finding(field: &str, reason: &str, description: &str) -> proto::FlowFinding {
    proto::FlowFinding { field: field.to_owned(), reason: reason.to_owned(), description: description.to_owned() }
}

/// Returns the flow that an option refers to, if it is known before the action runs.
fn named_flow(option: &Opt) -> Option<(&'static str, Uuid)> {
    let (field, id) = match option {
        Opt::FetchFlow(o) => ("flow_id", &o.flow_id),
        Opt::Call(o) => ("flow_id", &o.flow_id),
        Opt::RecordingStart(o) => ("on_end_flow_id", &o.on_end_flow_id),
        _ => return None,
    };
    let id = Uuid::parse_str(id.as_deref()?).ok()?;
    (!id.is_nil()).then_some((field, id))
}
