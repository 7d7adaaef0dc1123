use super::*;
use proptest::prelude::*;

const CUSTOMER: Uuid = Uuid::from_u128(0xc0);
const OTHER: Uuid = Uuid::from_u128(0xc1);

fn rule(number: u128, customer_id: Uuid, provider: u128, priority: i32, target: &str) -> Rule {
    let (route_id, provider_id) = (Uuid::from_u128(number), Uuid::from_u128(provider));
    Rule { route_id, customer_id, provider_id, priority, target: target.to_owned() }
}

fn numbers(chosen: Result<Vec<Rule>, Refused>) -> Vec<u128> {
    chosen.expect("a route").into_iter().map(|rule| rule.route_id.as_u128()).collect()
}

fn healthy(_: Uuid) -> Option<Status> {
    Some(Status::Healthy)
}

#[test]
fn the_customers_come_first_then_the_longest_target_then_the_priority() {
    let routes = Routes::new([
        rule(1, EVERYBODY, 1, 1, "+8210"),
        rule(2, CUSTOMER, 2, 9, "all"),
        rule(3, CUSTOMER, 3, 5, "+82"),
        rule(4, CUSTOMER, 4, 2, "+82"),
        rule(5, OTHER, 5, 1, "+8210"),
        rule(6, EVERYBODY, 6, 1, "all"),
    ]);
    assert_eq!(numbers(routes.choose(CUSTOMER, "+821012345678", healthy)), [4, 3, 2], "three at most");
    assert_eq!(numbers(routes.choose(OTHER, "+821012345678", healthy)), [5, 1, 6]);
    assert_eq!(numbers(routes.choose(CUSTOMER, "+4930123456", healthy)), [2, 6]);
    assert_eq!(numbers(routes.choose(EVERYBODY, "+821012345678", healthy)), [1, 6]);
    assert_eq!(numbers(routes.choose(Uuid::nil(), "+4930123456", healthy)), [6], "a customer without routes");
}

#[test]
fn a_provider_is_tried_once_and_only_if_it_exists() {
    let routes = Routes::new([
        rule(1, CUSTOMER, 1, 1, "+49"),
        rule(2, CUSTOMER, 1, 1, "all"),
        rule(3, CUSTOMER, 2, 1, "all"),
        rule(4, EVERYBODY, 3, 1, "all"),
    ]);
    let without_two = |id: Uuid| (id.as_u128() != 2).then_some(Status::Unknown);
    assert_eq!(numbers(routes.choose(CUSTOMER, "+4930123456", without_two)), [1, 4]);
    assert_eq!(routes.choose(CUSTOMER, "+4930123456", |_| None), Err(Refused::NoRoute));
    assert_eq!(Routes::default().choose(CUSTOMER, "+4930123456", healthy), Err(Refused::NoRoute));
}

#[test]
fn providers_that_do_not_answer_are_the_last_resort() {
    let routes = Routes::new([rule(1, EVERYBODY, 1, 1, "all"), rule(2, EVERYBODY, 2, 2, "all")]);
    let down = |which: &'static [u128]| {
        move |id: Uuid| Some(if which.contains(&id.as_u128()) { Status::Unhealthy } else { Status::Unknown })
    };
    let choose = |which| numbers(routes.choose(CUSTOMER, "+4930123456", down(which)));
    assert_eq!((choose(&[]), choose(&[1]), choose(&[1, 2])), (vec![1, 2], vec![2], vec![1, 2]));
}

#[test]
fn costly_numbers_must_be_named() {
    let all = Routes::new([rule(1, EVERYBODY, 1, 1, "all"), rule(2, EVERYBODY, 2, 1, "+1")]);
    for (destination, prefix) in [("+8821612345678", "+882"), ("+18765550123", "+1876"), ("+4490012345", "+449")] {
        match all.choose(CUSTOMER, destination, healthy) {
            Err(Refused::Named(range)) => assert_eq!(range.prefix, prefix),
            other => panic!("{destination}: {other:?}"),
        }
    }
    assert_eq!(numbers(all.choose(CUSTOMER, "+12125550123", healthy)), [2, 1]);
    let named = Routes::new([
        rule(1, EVERYBODY, 1, 1, "all"),
        rule(2, EVERYBODY, 2, 1, "+1876"),
        rule(3, CUSTOMER, 3, 1, "+1876555"),
    ]);
    assert_eq!(numbers(named.choose(CUSTOMER, "+18765550123", healthy)), [3, 2], "and no other route opens it");
    assert_eq!(Routes::default().choose(CUSTOMER, "+18765550123", healthy), Err(Refused::NoRoute));
}

#[test]
fn anything_may_be_asked_for() {
    let routes = Routes::new([rule(1, EVERYBODY, 1, 1, "+4")]);
    for destination in ["", "+", "4930", "é+49", "+é9", "\0", "sip:a@b"] {
        assert_eq!(routes.choose(CUSTOMER, destination, healthy), Err(Refused::NoRoute), "{destination:?}");
    }
}

fn targets() -> impl Strategy<Value = String> {
    prop_oneof![Just(ALL.to_owned()), "\\+[1248]{1,4}", "\\+[1248]{12,15}"]
}

fn rules() -> impl Strategy<Value = Vec<Rule>> {
    let owner = prop_oneof![Just(EVERYBODY), Just(CUSTOMER), Just(OTHER)];
    let one = (owner, 0..5_u128, 1..4_i32, targets());
    prop::collection::vec(one, 0..30).prop_map(|all| {
        let rule = |(number, (owner, provider, priority, target)): (u128, (Uuid, u128, i32, String))| {
            rule(number, owner, provider, priority, &target)
        };
        (1..).zip(all).map(rule).collect()
    })
}

/// What the choice should be, said as the documentation says it: filter, sort, one per provider, three.
fn expected(rules: &[Rule], destination: &str, health: impl Fn(Uuid) -> Option<Status>) -> Vec<Uuid> {
    let range = ranges::of(destination);
    let length = |rule: &Rule| if rule.target == ALL { 0 } else { rule.target.len() };
    let mut fit: Vec<&Rule> = rules
        .iter()
        .filter(|it| it.customer_id == CUSTOMER || it.customer_id == EVERYBODY)
        .filter(|it| it.target == ALL || destination.starts_with(&it.target))
        .filter(|it| range.is_none_or(|range| it.target.starts_with(range.prefix)))
        .filter(|it| health(it.provider_id).is_some())
        .collect();
    fit.sort_by_key(|it| (it.customer_id == EVERYBODY, usize::MAX - length(it), it.priority, it.route_id));
    let up = |it: &&Rule| health(it.provider_id) != Some(Status::Unhealthy);
    if fit.iter().any(up) {
        fit.retain(up);
    }
    let mut tried = HashSet::new();
    fit.retain(|it| tried.insert(it.provider_id));
    fit.into_iter().take(MAX_HOPS).map(|it| it.route_id).collect()
}

proptest! {
    #[test]
    fn the_choice_is_what_the_documentation_says(
        rules in rules(),
        destination in "\\+[1248]{7,15}",
        health in prop::collection::vec(0..4_u8, 5),
    ) {
        let status = |id: Uuid| match health[id.as_u128() as usize] {
            0 => None,
            1 => Some(Status::Unhealthy),
            2 => Some(Status::Healthy),
            _ => Some(Status::Unknown),
        };
        let expected = expected(&rules, &destination, status);
        let chosen = Routes::new(rules.clone()).choose(CUSTOMER, &destination, status);
        match &chosen {
            Ok(chosen) => prop_assert_eq!(chosen.iter().map(|it| it.route_id).collect::<Vec<_>>(), expected),
            Err(Refused::NoRoute) => prop_assert!(expected.is_empty()),
            Err(Refused::Named(range)) => prop_assert!(expected.is_empty() && destination.starts_with(range.prefix)),
        }
        // The order in which routes were created does not matter.
        let reversed = Routes::new(rules.into_iter().rev()).choose(CUSTOMER, &destination, status);
        prop_assert_eq!(chosen, reversed);
    }
}
