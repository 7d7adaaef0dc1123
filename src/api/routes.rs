//! The routes of calls to providers, for operators.

use super::App;
use super::changes::{Expected, Tries, written};
use super::page::Page;
use super::providers::fixed;
use crate::carriers::{self, EVERYBODY, MAX_ROUTES};
use crate::clock::Clock;
use crate::error::{Error, Reason, Result, all, unless_damaged};
use crate::model::time::Time;
use crate::model::view;
use crate::proto::{self, CreateRouteResponse};
use crate::runtime::idempotency::{self, Done, IdempotentRequest};
use crate::store::{self, Commit};
use uuid::Uuid;

/// The settings of a route. `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct RouteChange {
    pub name: Option<String>,
    pub detail: Option<String>,
    pub provider_id: Option<Uuid>,
    pub priority: Option<i32>,
    pub target: Option<String>,
}

impl App {
    pub async fn create_route(
        &self,
        customer_id: Uuid,
        change: RouteChange,
        idempotency: Option<IdempotentRequest>,
    ) -> Result<CreateRouteResponse> {
        let now = Clock::now();
        if let Some(response) = idempotency::replay(&*self.store, &idempotency, now).await? {
            return Ok(response);
        }
        let id = Clock::id(now);
        // A provider cannot be deleted meanwhile.
        let _changing = self.carriers.changing().await;
        all((self.check_customer(customer_id).await, self.check_provider_of(&change).await)).map(drop)?;
        let mut made = proto::Route {
            id: view::id(id),
            customer_id: view::id(customer_id),
            tm_create: view::time(now),
            ..Default::default()
        };
        apply(&mut made, &change);
        self.carriers.refresh().await?;
        let configured = usize::from(self.carriers.configured().is_some());
        if self.carriers.table().all_routes().len().saturating_sub(configured) >= MAX_ROUTES {
            return Err(Error::new(Reason::TooManyRoutes, format!("there are {MAX_ROUTES} routes; delete one first")));
        }
        let commit = Commit { routes: vec![carriers::route_row(id, customer_id, &made)], ..Commit::default() };
        let response = CreateRouteResponse { route: Some(proto::Route { revision: 1, ..made }) };
        match idempotency::commit(&*self.store, &idempotency, carriers::mark(commit), &response, now).await? {
            Done::Now(_) => {
                self.follow().await;
                Ok(response)
            }
            Done::Before(response) => Ok(response),
        }
    }

    pub async fn get_route(&self, id: Uuid) -> Result<proto::Route> {
        match self.fixed_route(id) {
            Some(fixed) => Ok(fixed),
            None => carriers::route(&self.route_row(id).await?, self.store.damage()),
        }
    }

    /// Lists the routes of a customer, or all of them.
    pub async fn list_routes(&self, customer_id: Option<Uuid>, page: Page) -> Result<proto::ListRoutesResponse> {
        let found = self.store.routes(page.rows(customer_id.unwrap_or_default())).await?;
        let (found, next_page_token) = page.cut(found, |row| row.body.len(), |row| (Time(row.tm_create), row.id));
        let read = |row: &store::Route| unless_damaged(carriers::route(row, self.store.damage())).transpose();
        let is_first = page.after.is_none() && customer_id.is_none_or(|id| id == EVERYBODY);
        let fixed = self.carriers.configured().filter(|_| is_first).map(|it| Ok(it.route.clone()));
        let routes = fixed.into_iter().chain(found.iter().filter_map(read)).collect::<Result<_>>()?;
        Ok(proto::ListRoutesResponse { routes, next_page_token })
    }

    pub async fn update_route(&self, id: Uuid, change: RouteChange, expected: Expected) -> Result<proto::Route> {
        let _changing = self.carriers.changing().await;
        self.check_provider_of(&change).await?;
        self.change_route(id, expected, |route| apply(route, &change)).await
    }

    pub async fn delete_route(&self, id: Uuid, expected: Expected) -> Result<proto::Route> {
        self.change_route(id, expected, |route| route.tm_delete = route.tm_update).await
    }

    /// Returns the routes that a call would take now.
    pub async fn dial_routes(&self, customer_id: Uuid, destination: &str) -> Result<proto::ListDialRoutesResponse> {
        self.check_customer(customer_id).await?;
        let shown = |hop: carriers::Hop| {
            let provider = self.carriers.show(hop.provider.settings.clone(), hop.provider.id);
            proto::DialRoute {
                route: Some((*hop.route).clone()),
                provider_name: hop.provider.name().to_owned(),
                health_status: provider.health_status,
                dialled: hop.dialled,
            }
        };
        let dial_routes = self.carriers.hops(customer_id, destination)?.into_iter().map(shown).collect();
        Ok(proto::ListDialRoutesResponse { dial_routes })
    }

    async fn change_route(
        &self,
        id: Uuid,
        expected: Expected,
        change: impl Fn(&mut proto::Route),
    ) -> Result<proto::Route> {
        if self.fixed_route(id).is_some() {
            return Err(fixed("the route"));
        }
        let mut tries = Tries::default();
        loop {
            let row = self.route_row(id).await?;
            let mut route = carriers::route(&row, self.store.damage())?;
            expected.check(row.revision)?;
            route.tm_update = view::time(Clock::now());
            change(&mut route);
            let commit = Commit { routes: vec![carriers::route_row(id, row.customer_id, &route)], ..Commit::default() };
            if written(self.store.commit(carriers::mark(commit)).await)? {
                self.follow().await;
                route.revision += 1;
                return Ok(route);
            }
            tries.again().await?;
        }
    }

    async fn route_row(&self, id: Uuid) -> Result<store::Route> {
        let row = self.store.route(id).await?.filter(|row| row.tm_delete.is_none());
        row.ok_or_else(|| Error::new(Reason::CallRouteNotFound, format!("route {id} does not exist")))
    }

    fn fixed_route(&self, id: Uuid) -> Option<proto::Route> {
        self.carriers.configured().filter(|it| it.route_id == id).map(|it| it.route.clone())
    }

    /// Checks that there is a customer with this id, or that it means everybody.
    async fn check_customer(&self, id: Uuid) -> Result<()> {
        match id == EVERYBODY {
            true => Ok(()),
            false => self.customers.current(id).await.map(drop),
        }
    }

    async fn check_provider_of(&self, change: &RouteChange) -> Result<()> {
        match change.provider_id {
            Some(id) => self.check_provider(id).await,
            None => Ok(()),
        }
    }
}

fn apply(route: &mut proto::Route, change: &RouteChange) {
    let set = |field: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *field = value;
        }
    };
    set(&mut route.name, change.name.clone());
    set(&mut route.detail, change.detail.clone());
    set(&mut route.provider_id, change.provider_id.map(view::id));
    set(&mut route.target, change.target.clone());
    route.priority = change.priority.unwrap_or(route.priority);
}
