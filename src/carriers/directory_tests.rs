use super::*;
use crate::carriers::admit::tests::{carriers, provide};
use crate::carriers::defaults;
use crate::model::call::{AddressType, Call};
use crate::proto;

const CUSTOMER: Uuid = Uuid::from_u128(0xc0);

/// Every customer has these limits.
struct Same(CustomerLimits);

#[async_trait]
impl Customers for Same {
    async fn limits(&self, _: Uuid) -> Result<CustomerLimits> {
        Ok(self.0)
    }
}

fn address(kind: AddressType, target: &str) -> Address {
    Address { kind, target: target.to_owned(), ..Call::blank().destination }
}

fn tel(number: &str) -> Address {
    address(AddressType::Tel, number)
}

fn sip(target: &str) -> Address {
    address(AddressType::Sip, target)
}

fn uris(route: &Route) -> Vec<&str> {
    route.hops.iter().map(|hop| hop.uri.as_str()).collect()
}

fn directory(
    carriers: &Arc<Carriers>,
    limits: CustomerLimits,
    allow: &[&str],
    supervisor: &Supervisor,
) -> SipDirectory {
    let allow = allow.iter().map(|network| network.parse().unwrap()).collect();
    SipDirectory::start(carriers.clone(), Arc::new(Same(limits)), allow, supervisor)
}

#[tokio::test]
async fn senders_are_providers_and_whom_the_operator_allows() {
    let (carriers, store, _usage, supervisor) = carriers(Some("sip:me:secret@203.0.113.7")).await;
    let directory = directory(&carriers, CustomerLimits::default(), &["127.0.0.0/8", "2001:db8::/32"], &supervisor);
    let provider_id = Some(carriers.configured().unwrap().provider.id);
    let sender = |from: &str| directory.sender(from.parse().unwrap());
    for from in ["203.0.113.7", "::ffff:203.0.113.7"] {
        assert_eq!(sender(from), Some(Sender { provider_id, per_second: OF_PROVIDER }), "{from}");
    }
    for from in ["127.9.9.9", "::ffff:127.0.0.1", "2001:db8::7"] {
        assert_eq!(sender(from), Some(Sender { provider_id: None, per_second: OF_OTHERS }), "{from}");
    }
    for from in ["203.0.113.8", "::1", "10.0.0.1"] {
        assert_eq!(sender(from), None, "{from}");
    }
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn the_host_of_a_provider_may_be_a_name() {
    let (carriers, store, _usage, supervisor) = carriers(Some("sip:me:secret@localhost")).await;
    let directory = directory(&carriers, CustomerLimits::default(), &[], &supervisor);
    let provider_id = Some(carriers.configured().unwrap().provider.id);
    let found = || ["127.0.0.1", "::1"].iter().find_map(|from| directory.sender(from.parse().unwrap()));
    while found().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(found(), Some(Sender { provider_id, per_second: OF_PROVIDER }));
    assert_eq!(directory.sender("203.0.113.7".parse().unwrap()), None);
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_hop_is_made_of_the_settings_of_its_provider() {
    let (carriers, store, _usage, supervisor) = carriers(Some("sip:me:secret@[2001:db8::7]:5080")).await;
    let sip = proto::ProviderSip { dtmf: DtmfMode::Inband.into(), ..defaults() };
    provide(&carriers, &*store, sip).await;
    carriers.refresh().await.unwrap();
    let directory = directory(&carriers, CustomerLimits::default(), &[], &supervisor);
    let mut route = directory.route(CUSTOMER, &tel("+4930123456")).await.unwrap();
    route.hops.sort_by(|one, other| one.uri.cmp(&other.uri));
    assert_eq!(uris(&route), ["sip:+4930123456@[2001:db8::7]:5080", "sip:00+4930123456%231@sip.example:5060"]);
    let (fixed, stored) = (&route.hops[0], &route.hops[1]);
    assert_eq!((fixed.host.as_str(), fixed.port, fixed.inband), ("[2001:db8::7]", 5080, false));
    assert_eq!(fixed.credentials, Some(("me".to_owned(), "secret".to_owned())));
    assert_eq!((stored.credentials.as_ref(), stored.inband), (None, true));
    assert_eq!((&stored.codecs, &stored.headers), (&vec!["PCMU".to_owned(), "PCMA".to_owned()], &vec![]));
    let entered = directory.enter(fixed).await;
    assert_eq!(carriers.show(proto::Provider::default(), fixed.provider_id).sip.unwrap().held, 1);
    drop(entered);
    let mut gone = fixed.clone();
    gone.provider_id = Uuid::nil();
    let refused = directory.enter(&gone).await.map(drop).unwrap_err();
    assert_eq!(refused.to_string(), "NO_ROUTE: the provider [2001:db8::7] is deleted");
    let mut checked: Vec<String> = directory.providers().into_iter().map(|hop| hop.uri).collect();
    checked.sort();
    assert_eq!(checked, ["sip:[2001:db8::7]:5080", "sip:sip.example:5060"]);
    for _ in 0..2 {
        directory.checked(fixed.provider_id, false, 503);
    }
    let route = directory.route(CUSTOMER, &tel("+4930123456")).await.unwrap();
    assert_eq!(uris(&route), ["sip:00+4930123456%231@sip.example:5060"], "the other one does not answer");
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_sip_address_leads_to_a_provider_and_never_around_the_routes() {
    let (carriers, store, _usage, supervisor) = carriers(Some("sip:me:secret@pbx.example:5080")).await;
    let directory = directory(
        &carriers,
        CustomerLimits { provider_calls_per_second: 1_000, ..CustomerLimits::default() },
        &[],
        &supervisor,
    );
    for (target, uri) in [
        ("alice@pbx.example", "sip:alice@pbx.example:5080"),
        ("1001@PBX.example:5080", "sip:1001@pbx.example:5080"),
        ("+4930123456@pbx.example", "sip:+4930123456@pbx.example:5080"),
    ] {
        assert_eq!(uris(&directory.route(CUSTOMER, &sip(target)).await.unwrap()), [uri], "{target}");
    }
    for (destination, reason) in [
        (sip("alice@elsewhere.example"), "NO_ROUTE: "),
        (sip("alice@pbx.example:5060"), "NO_ROUTE: "),
        (sip("alice@127.0.0.1:5080"), "NO_ROUTE: "),
        (address(AddressType::Extension, "alice"), "NO_ROUTE: "),
        (tel("+881612345678"), "DESTINATION_NOT_ALLOWED: calls to +881612345678 are not allowed: +881"),
        (sip("+881612345678@pbx.example"), "DESTINATION_NOT_ALLOWED: calls to +881612345678@pbx.example"),
        (sip("00881612345678@pbx.example"), "DESTINATION_NOT_ALLOWED: "),
        (sip("11880@pbx.example"), "DESTINATION_NOT_ALLOWED: "),
        (sip("%2B881612345678@pbx.example"), "DESTINATION_NOT_ALLOWED: "),
        (sip("+88-1612345678@pbx.example"), "DESTINATION_NOT_ALLOWED: "),
        (sip("a#b@pbx.example"), "DESTINATION_NOT_ALLOWED: "),
    ] {
        let refused = directory.route(CUSTOMER, &destination).await.map(drop).unwrap_err().to_string();
        assert!(refused.starts_with(reason), "{}: {refused}", destination.target);
    }
    supervisor.stop_all().await;
    store.close().await;
}

#[tokio::test]
async fn the_room_of_a_call_is_taken_and_ends_it() {
    let (carriers, store, _usage, supervisor) = carriers(Some("sip:pbx.example")).await;
    let limits = CustomerLimits { provider_calls: 1, provider_call_seconds: 0, ..CustomerLimits::default() };
    let directory = directory(&carriers, limits, &[], &supervisor);
    let mut route = directory.route(CUSTOMER, &tel("+4930123456")).await.unwrap();
    let refused = directory.route(CUSTOMER, &tel("+4930123456")).await.map(drop).unwrap_err();
    assert!(refused.0.starts_with("TOO_MANY_CALLS: the customer has 1 calls"), "{refused}");
    route.permit.answered();
    assert!(route.permit.over().await.contains("(provider_call_seconds)"));
    drop(route);
    assert!(directory.route(CUSTOMER, &tel("+4930123456")).await.is_ok());
    supervisor.stop_all().await;
    store.close().await;
}
