//! Providers, their sealed passwords, and routes.

use super::*;
use ringdown::store::{Error, Provider, Route};

fn new_provider(number: i64) -> Provider {
    let (body, sealed) = (format!("provider {number}").into_bytes(), Some(b"sealed".to_vec()));
    Provider { id: id(), revision: 0, tm_create: NOW + number, tm_delete: None, body, sealed }
}

fn new_route(customer_id: Uuid, number: i64) -> Route {
    let body = format!("route {number}").into_bytes();
    Route { id: id(), customer_id, revision: 0, tm_create: NOW + number, tm_delete: None, body }
}

async fn put(store: &dyn Store, providers: &[Provider], routes: &[Route]) -> Result<(), Error> {
    let commit = Commit { providers: providers.to_vec(), routes: routes.to_vec(), ..Commit::default() };
    store.commit(commit).await.map(drop)
}

pub async fn providers_and_routes_are_read_back(store: &dyn Store) {
    let (one, plain) = (new_provider(1), Provider { sealed: None, ..new_provider(2) });
    let route = new_route(id(), 1);
    put(store, &[one.clone(), plain.clone()], std::slice::from_ref(&route)).await.expect("new");
    let first = Provider { revision: 1, ..one.clone() };
    assert_eq!(store.provider(one.id).await.unwrap(), Some(first.clone()));
    assert_eq!(store.provider(plain.id).await.unwrap(), Some(Provider { revision: 1, ..plain.clone() }));
    assert_eq!(store.route(route.id).await.unwrap(), Some(Route { revision: 1, ..route.clone() }));
    assert_eq!((store.provider(route.id).await.unwrap(), store.route(one.id).await.unwrap()), (None, None));
    // A change replaces the body and the password; the time of creation stays.
    let changed = Provider { body: b"changed".to_vec(), sealed: None, ..first.clone() };
    put(store, std::slice::from_ref(&changed), &[]).await.expect("changed");
    assert_eq!(store.provider(one.id).await.unwrap(), Some(Provider { revision: 2, ..changed.clone() }));
    let moved = Route { revision: 1, body: b"moved".to_vec(), ..route.clone() };
    put(store, &[], std::slice::from_ref(&moved)).await.expect("changed");
    assert_eq!(store.route(route.id).await.unwrap(), Some(Route { revision: 2, ..moved }));
}

pub async fn changes_of_providers_and_routes_compare_the_revision(store: &dyn Store) {
    let (provider, route) = (new_provider(1), new_route(id(), 1));
    put(store, std::slice::from_ref(&provider), std::slice::from_ref(&route)).await.expect("new");
    for revision in [0, 2, 7] {
        let late = Provider { revision, ..provider.clone() };
        assert!(matches!(put(store, &[late], &[]).await, Err(Error::Conflict)), "{revision}");
        let late = Route { revision, ..route.clone() };
        assert!(matches!(put(store, &[], &[late]).await, Err(Error::Conflict)), "{revision}");
    }
    let stolen = Route { customer_id: id(), revision: 1, ..route.clone() };
    assert!(matches!(put(store, &[], &[stolen]).await, Err(Error::IdTaken(id)) if id == route.id));
    // A commit is whole or nothing.
    let other = new_provider(2);
    let late = Route { revision: 9, ..route.clone() };
    assert!(matches!(put(store, std::slice::from_ref(&other), &[late]).await, Err(Error::Conflict)));
    assert_eq!(store.provider(other.id).await.unwrap(), None);
    // What was deleted stays so.
    let (provider, route) = (Provider { revision: 1, ..provider }, Route { revision: 1, ..route });
    let gone = Provider { tm_delete: Some(NOW), sealed: None, ..provider.clone() };
    put(store, std::slice::from_ref(&gone), &[Route { tm_delete: Some(NOW), ..route.clone() }]).await.expect("deleted");
    for revision in [1, 2] {
        let back = Provider { revision, ..provider.clone() };
        assert!(matches!(put(store, &[back], &[]).await, Err(Error::Conflict)));
        let back = Route { revision, ..route.clone() };
        assert!(matches!(put(store, &[], &[back]).await, Err(Error::Conflict)));
    }
    assert_eq!(store.provider(gone.id).await.unwrap(), Some(Provider { revision: 2, ..gone }));
}

pub async fn providers_and_routes_are_listed(store: &dyn Store) {
    let (one, other) = (id(), id());
    let providers: Vec<Provider> = (0..5).map(|number| new_provider(number / 2)).collect();
    let routes: Vec<Route> = (0..6).map(|number| new_route(if number < 4 { one } else { other }, number / 2)).collect();
    put(store, &providers, &routes).await.expect("new");
    let gone = Provider { revision: 1, tm_delete: Some(NOW), ..providers[0].clone() };
    put(store, &[gone], &[Route { revision: 1, tm_delete: Some(NOW), ..routes[0].clone() }]).await.expect("deleted");
    let mut expected: Vec<_> = providers[1..].iter().map(|it| (it.tm_create, it.id)).collect();
    expected.sort_by(|one, other| other.cmp(one));
    for size in [1, 2, 3, 9] {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = store.providers(Page { before, limit: size, ..Page::default() }).await.unwrap();
            assert!(page.len() <= size as usize && page.iter().all(|it| it.revision == 1));
            let Some(last) = page.last() else { break };
            before = Some((last.tm_create, last.id));
            found.extend(page.iter().map(|it| (it.tm_create, it.id)));
        }
        assert_eq!(found, expected, "by {size}");
    }
    let of = async |customer_id, before, limit| {
        let page = Page { customer_id, before, limit, max_bytes: 0 };
        store.routes(page).await.unwrap().into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    let newest = |of: &[Route]| {
        let mut ids: Vec<_> = of.iter().map(|it| (it.tm_create, it.id)).collect();
        ids.sort_by(|one, other| other.cmp(one));
        ids.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_eq!(of(Uuid::nil(), None, 10).await, newest(&routes[1..]));
    assert_eq!(of(one, None, 10).await, newest(&routes[1..4]));
    assert_eq!(of(other, None, 1).await, newest(&routes[4..])[..1]);
    let all = newest(&routes[1..]);
    let second = routes.iter().find(|it| it.id == all[1]).unwrap();
    assert_eq!(of(Uuid::nil(), Some((second.tm_create, second.id)), 10).await, all[2..]);
    assert_eq!(of(id(), None, 10).await, Vec::<Uuid>::new());
}

pub async fn routes_go_with_their_customer(store: &dyn Store) {
    let (gone, stays) = (id(), id());
    let routes = [new_route(gone, 1), new_route(gone, 2), new_route(stays, 3)];
    put(store, &[], &routes).await.expect("new");
    let mut from = Some(0);
    while let Some(place) = from {
        from = store.forget_customer(gone, place, 1).await.unwrap();
    }
    let left = store.routes(page(Uuid::nil(), 10)).await.unwrap();
    assert_eq!(left.iter().map(|it| it.id).collect::<Vec<_>>(), [routes[2].id]);
}
