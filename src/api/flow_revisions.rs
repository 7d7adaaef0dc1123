//! The revisions of a flow: lists, and differences by action.

use super::App;
use super::page::{MAX_BYTES, Page};
use crate::error::{Error, Reason, Result, all, unless_damaged};
use crate::model::flow::{Action, Flow, Revision};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::{self, ActionDifferenceType as Type};
use crate::runtime::revisions;
use crate::store;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// The number of revisions read at a time: each may be a quarter of a page.
const CHUNK: u32 = 16;

/// The page of a flow's revisions that a caller requests.
#[derive(Debug, Clone, Copy)]
pub struct RevisionPage {
    size: usize,
    /// The number of the last revision on the previous page; 0 for the first page.
    before: u32,
}

impl RevisionPage {
    /// Parses `page_size` and `page_token` of a request.
    pub fn of(page_size: i32, page_token: &str) -> Result<RevisionPage> {
        let garbled = || Error::field(Reason::InvalidPageToken, "page_token", "expected the number of a revision");
        let before = match page_token {
            "" => Ok(0),
            token => token.parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(garbled),
        };
        let (size, before) = all((Page::size(page_size), before))?;
        Ok(RevisionPage { size: size as usize, before })
    }
}

impl App {
    /// Lists the revisions, newest first.
    pub async fn list_revisions(
        &self,
        customer_id: Uuid,
        id: Uuid,
        page: RevisionPage,
    ) -> Result<proto::ListFlowRevisionsResponse> {
        let RevisionPage { size, mut before } = page;
        self.find_flow(customer_id, id).await?;
        let (mut revisions, mut bytes) = (Vec::new(), 0);
        // Revision 1 is the oldest, and the store takes 0 for "from the newest".
        while before != 1 {
            let rows = self.store.revisions(id, before, CHUNK).await?;
            let Some(last) = rows.last().map(|row| row.number) else { break };
            for row in rows {
                bytes += row.body.len();
                if revisions.len() == size || (bytes > MAX_BYTES && !revisions.is_empty()) {
                    return Ok(proto::ListFlowRevisionsResponse { revisions, next_page_token: before.to_string() });
                }
                before = row.number;
                revisions.extend(unless_damaged(changes(&row, self.store.damage()))?);
            }
            before = last;
        }
        Ok(proto::ListFlowRevisionsResponse { revisions, next_page_token: String::new() })
    }

    /// Compares two revisions. 0 means the flow's current revision for `to`, and the revision before `to` for `from`.
    pub async fn diff_revisions(
        &self,
        customer_id: Uuid,
        id: Uuid,
        from: i64,
        to: i64,
    ) -> Result<proto::DiffFlowRevisionsResponse> {
        let flow = self.find_flow(customer_id, id).await?;
        let to = if to == 0 { i64::from(flow.revision) } else { to };
        let from = if from == 0 { to.saturating_sub(1) } else { from };
        let older = self.numbered(&flow, "from", from).await;
        let newer = self.numbered(&flow, "to", to).await;
        let (older, newer) = all((older, newer))?;
        Ok(proto::DiffFlowRevisionsResponse {
            from_revision: from,
            to_revision: to,
            actions: differences(&older.actions, &newer.actions),
            on_complete_changed: older.on_complete_flow_id != newer.on_complete_flow_id,
        })
    }

    async fn numbered(&self, flow: &Flow, field: &str, number: i64) -> Result<Arc<Revision>> {
        let missing = || {
            let description = format!("this flow has revisions 1 to {}", flow.revision);
            Error::field(Reason::InvalidArgument, field, description)
        };
        let number = u32::try_from(number).ok().filter(|number| (1..=flow.revision).contains(number));
        let number = number.ok_or_else(missing)?;
        let rows = self.store.revisions(flow.id, number + 1, 1).await?;
        let row = rows.into_iter().find(|row| row.number == number).ok_or_else(missing)?;
        self.revisions.get(row.id).await
    }
}

fn changes(row: &store::Revision, damage: &store::Damage) -> Result<proto::FlowRevision> {
    let revision = revisions::read_revision(row, damage)?;
    Ok(proto::FlowRevision {
        flow_id: view::id(revision.flow_id),
        revision: revision.number.into(),
        actions: revision.actions.iter().map(Action::to_proto).collect(),
        on_complete_flow_id: view::id(revision.on_complete_flow_id),
        tm_create: view::time(Time(row.tm_create)),
    })
}

/// Returns the differences in the order of the newer list, followed by the removed actions.
fn differences(older: &[Action], newer: &[Action]) -> Vec<proto::ActionDifference> {
    let pairs = pairs(older, newer);
    let stayed = longest_rise(&pairs.iter().flatten().copied().collect::<Vec<_>>());
    let mut changes = Vec::new();
    for (at, action) in newer.iter().enumerate() {
        let Some(was_at) = pairs[at] else {
            changes.push(difference(Type::Added, None, Some((at, action)), false));
            continue;
        };
        let before = &older[was_at];
        let moved = !stayed.contains(&was_at);
        let mut it = difference(Type::Moved, Some((was_at, before)), Some((at, action)), moved);
        it.fields = changed_fields(before, action);
        if !it.fields.is_empty() {
            it.r#type = Type::Changed.into();
        }
        if moved || !it.fields.is_empty() {
            changes.push(it);
        }
    }
    let kept: HashSet<usize> = pairs.into_iter().flatten().collect();
    let removed = older.iter().enumerate().filter(|(at, _)| !kept.contains(at));
    changes.extend(removed.map(|(at, action)| difference(Type::Removed, Some((at, action)), None, false)));
    changes
}

fn difference(
    kind: Type,
    before: Option<(usize, &Action)>,
    after: Option<(usize, &Action)>,
    moved: bool,
) -> proto::ActionDifference {
    let index = |at: Option<(usize, &Action)>| at.map_or(-1, |(at, _)| at as i32);
    proto::ActionDifference {
        r#type: kind.into(),
        before: before.map(|(_, action)| action.to_proto()),
        after: after.map(|(_, action)| action.to_proto()),
        fields: Vec::new(),
        before_index: index(before),
        after_index: index(after),
        moved,
    }
}

/// Returns, for each newer action, the index of the matching older one: by id, or else the next unmatched one with the
/// same option, because a client may have saved the list with new ids.
fn pairs(older: &[Action], newer: &[Action]) -> Vec<Option<usize>> {
    let positions: HashMap<Uuid, usize> = older.iter().enumerate().map(|(at, action)| (action.id, at)).collect();
    let mut pairs: Vec<Option<usize>> = newer.iter().map(|action| positions.get(&action.id).copied()).collect();
    let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
    let mut free: Vec<usize> = (0..older.len()).filter(|at| !taken.contains(at)).collect();
    for (at, pair) in pairs.iter_mut().enumerate().filter(|(_, pair)| pair.is_none()) {
        if let Some(found) = free.iter().position(|was| older[*was].option == newer[at].option) {
            *pair = Some(free.remove(found));
        }
    }
    pairs
}

/// Returns a longest increasing subsequence of these positions: actions that are not part of it have moved.
fn longest_rise(positions: &[usize]) -> HashSet<usize> {
    // `ends` holds the best subsequence of each length by its last member; `before` holds the predecessor of each
    // member.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (at, position) in positions.iter().enumerate() {
        let length = ends.partition_point(|end| positions[*end] < *position);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    std::iter::successors(ends.last().copied(), |at| before[*at]).map(|at| positions[at]).collect()
}

/// Returns the fields that differ: `id`, `next_id`, `type`, or keys of the option.
fn changed_fields(before: &Action, after: &Action) -> Vec<String> {
    let mut fields = Vec::new();
    if before.id != after.id {
        fields.push("id".to_owned());
    }
    if before.next_id != after.next_id {
        fields.push("next_id".to_owned());
    }
    if before.option.type_name() != after.option.type_name() {
        fields.push("type".to_owned());
        return fields;
    }
    let keys = |action: &Action| match serde_json::to_value(&action.option) {
        Ok(serde_json::Value::Object(keys)) => keys,
        _ => serde_json::Map::new(),
    };
    let (was, is) = (keys(before), keys(after));
    let mut names: Vec<&String> = is.keys().chain(was.keys().filter(|name| !is.contains_key(*name))).collect();
    names.retain(|name| was.get(*name) != is.get(*name));
    fields.extend(names.into_iter().map(|name| format!("option.{name}")));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::action::Option as Opt;

    /// Actions as `id text`.
    fn list(actions: &str) -> Vec<Action> {
        let one = |word: &str| {
            let (id, text) = word.split_once(' ').expect("an id and a text");
            let option = match text {
                "beep" => Opt::Beep(proto::BeepOption {}),
                text => Opt::Talk(proto::TalkOption { text: Some(text.to_owned()), ..Default::default() }),
            };
            Action::new(Uuid::from_u128(100 + id.parse::<u128>().expect("a number")), Uuid::nil(), option)
        };
        actions.split(", ").filter(|word| !word.is_empty()).map(one).collect()
    }

    #[track_caller]
    fn check(older: &str, newer: &str, expected: &[&str]) {
        let changes: Vec<String> = differences(&list(older), &list(newer))
            .iter()
            .map(|it| {
                let moved = if it.moved { " moved" } else { "" };
                let kind = it.r#type().as_str_name().trim_start_matches("ACTION_DIFFERENCE_TYPE_").to_lowercase();
                format!("{kind} {}->{}{moved} {}", it.before_index, it.after_index, it.fields.join(" "))
            })
            .collect();
        let changes: Vec<&str> = changes.iter().map(|line| line.trim_end()).collect();
        assert_eq!(changes, expected);
    }

    #[test]
    fn differences_are_told_by_action() {
        check("1 a, 2 b", "1 a, 2 b", &[]);
        check("1 a, 2 b", "1 a, 3 c, 2 b", &["added -1->1"]);
        check("1 a, 2 b", "2 b", &["removed 0->-1"]);
        check("1 a, 2 b", "1 x, 2 beep", &["changed 0->0 option.text", "changed 1->1 type"]);
        check("1 a, 2 b, 3 c", "3 c, 1 a, 2 b", &["moved 2->0 moved"]);
        check("1 a, 2 b, 3 c", "3 x, 1 a, 2 b", &["changed 2->0 moved option.text"]);
        check("", "1 a", &["added -1->0"]);
    }

    #[test]
    fn new_ids_do_not_make_new_actions() {
        check("1 a, 2 b", "3 a, 4 b", &["changed 0->0 id", "changed 1->1 id"]);
        check("1 a, 2 b", "3 a, 4 c", &["changed 0->0 id", "added -1->1", "removed 1->-1"]);
    }
}
