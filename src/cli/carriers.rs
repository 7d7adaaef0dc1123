//! `ringdown providers` and `ringdown routes`: what an operator does with carriers, over the API of a running server.

use super::Failure;
use super::connect::{Server, Spoken};
use ringdown::proto::provider_service_client::ProviderServiceClient;
use ringdown::proto::route_service_client::RouteServiceClient;
use ringdown::proto::*;
use std::io::Write;
use std::path::PathBuf;
use tonic::Status;
use tonic_types::StatusExt;

/// How many rows are read at a time.
const PAGE: i32 = 500;

#[derive(clap::Args)]
pub struct ProviderArgs {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: ProviderCommand,
}

#[derive(clap::Subcommand)]
enum ProviderCommand {
    /// Lists all providers, newest first.
    List,
    /// Prints a provider with its settings and its calls.
    Show { id: String },
    /// Creates a provider, and prints it. Calls go to it once it has a route.
    Create {
        /// Host name or IP address.
        hostname: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Changes settings of a provider; the others stay.
    Update {
        id: String,
        /// Host name or IP address.
        #[arg(long, value_name = "HOST")]
        hostname: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Deletes a provider that has no routes, with its password.
    Delete { id: String },
}

#[derive(clap::Args)]
struct Settings {
    /// Name, for your own use.
    #[arg(long)]
    name: Option<String>,
    /// Port. Default: 5060.
    #[arg(long)]
    port: Option<i32>,
    /// User name for digest authentication.
    #[arg(long)]
    username: Option<String>,
    /// File whose first line is the password for digest authentication.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// What is put before the number that is dialled.
    #[arg(long, value_name = "TEXT")]
    tech_prefix: Option<String>,
    /// What is put after the number that is dialled.
    #[arg(long, value_name = "TEXT")]
    tech_postfix: Option<String>,
    /// Codecs that are offered, the preferred one first, such as PCMU,PCMA.
    #[arg(long)]
    codecs: Option<String>,
    /// Address or network that incoming calls come from. Repeatable.
    #[arg(long = "inbound-ip", value_name = "NETWORK")]
    inbound_ips: Vec<String>,
    /// Most outgoing calls at a time.
    #[arg(long, value_name = "N")]
    max_calls: Option<i32>,
    /// Most new outgoing calls each second.
    #[arg(long, value_name = "N")]
    max_cps: Option<i32>,
    /// Longest time that a new call waits for its turn, in milliseconds.
    #[arg(long, value_name = "MS")]
    max_wait_ms: Option<i32>,
}

#[derive(clap::Args)]
pub struct RouteArgs {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: RouteCommand,
}

#[derive(clap::Subcommand)]
enum RouteCommand {
    /// Lists routes, newest first.
    List {
        /// Only those of this customer.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
    },
    /// Creates a route to a provider, and prints it.
    Create {
        /// Provider that calls go to.
        provider: String,
        /// What destinations begin with, such as +82; or all.
        target: String,
        /// Order of routes with the same target: 1 is first.
        #[arg(long, default_value = "1", value_name = "N")]
        priority: i32,
        /// Customer whose calls take the route. Default: everybody.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// Name, for your own use.
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
    },
    /// Deletes a route.
    Delete { id: String },
    /// Prints the routes that a call to a number would take now, in order.
    Find {
        /// Number in E.164, such as +821012345678.
        destination: String,
        /// Customer that would call. Default: only the routes of everybody.
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
    },
}

/// Sets a field of a request and names it in the mask.
struct Changes(Vec<String>);

impl Changes {
    fn set<T>(&mut self, path: &str, field: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *field = value;
            self.0.push(path.to_owned());
        }
    }
}

impl Settings {
    /// Writes the settings that are given into a request, and returns their paths.
    fn into_request(self, request: &mut UpdateProviderRequest) -> Result<Vec<String>, Failure> {
        let (mut changes, mut sip) = (Changes(Vec::new()), ProviderSipSettings::default());
        let password = self.password_file.map(|path| {
            let text = std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
            match text.lines().next().unwrap_or_default() {
                "" => Err(format!("{}: the first line is empty", path.display())),
                password => Ok(password.to_owned()),
            }
        });
        changes.set("name", &mut request.name, self.name);
        changes.set("tech_prefix", &mut request.tech_prefix, self.tech_prefix);
        changes.set("tech_postfix", &mut request.tech_postfix, self.tech_postfix);
        changes.set("codecs", &mut request.codecs, self.codecs);
        changes.set("sip.port", &mut sip.port, self.port);
        changes.set("sip.username", &mut sip.username, self.username);
        changes.set("sip.password", &mut sip.password, password.transpose()?);
        let inbound_ips = Some(self.inbound_ips).filter(|it| !it.is_empty());
        changes.set("sip.inbound_ips", &mut sip.inbound_ips, inbound_ips);
        changes.set("sip.max_calls", &mut sip.max_calls, self.max_calls.map(Some));
        changes.set("sip.max_cps", &mut sip.max_cps, self.max_cps.map(Some));
        changes.set("sip.max_wait_ms", &mut sip.max_wait_ms, self.max_wait_ms.map(Some));
        request.sip = Some(sip);
        Ok(changes.0)
    }
}

pub async fn providers(args: ProviderArgs) -> Result<(), Failure> {
    let mut providers = ProviderServiceClient::new(args.server.spoken()?);
    let said = match args.command {
        ProviderCommand::List => each_provider(&mut providers).await?.iter().map(line).collect(),
        ProviderCommand::Show { id } => {
            let found = providers.get_provider(GetProviderRequest { id }).await.map_err(told)?.into_inner();
            shown(&found.provider.unwrap_or_default())
        }
        ProviderCommand::Create { hostname, settings } => {
            let mut given = UpdateProviderRequest::default();
            settings.into_request(&mut given)?;
            let UpdateProviderRequest { name, tech_prefix, tech_postfix, codecs, sip, .. } = given;
            let request =
                CreateProviderRequest { hostname, name, tech_prefix, tech_postfix, codecs, sip, ..Default::default() };
            let made = providers.create_provider(request).await.map_err(told)?.into_inner();
            line(&made.provider.unwrap_or_default())
        }
        ProviderCommand::Update { id, hostname, settings } => {
            let mut request = UpdateProviderRequest { id, ..Default::default() };
            let mut paths = settings.into_request(&mut request)?;
            if let Some(hostname) = hostname {
                request.hostname = hostname;
                paths.push("hostname".to_owned());
            }
            if paths.is_empty() {
                return Err("nothing to change: name at least one setting".into());
            }
            request.update_mask = Some(prost_types::FieldMask { paths });
            let changed = providers.update_provider(request).await.map_err(told)?.into_inner();
            shown(&changed.provider.unwrap_or_default())
        }
        ProviderCommand::Delete { id } => {
            let request = DeleteProviderRequest { id, ..Default::default() };
            line(&providers.delete_provider(request).await.map_err(told)?.into_inner().provider.unwrap_or_default())
        }
    };
    Ok(write!(std::io::stdout(), "{said}")?)
}

/// Returns all providers, newest first.
pub(super) async fn each_provider(providers: &mut ProviderServiceClient<Spoken>) -> Result<Vec<Provider>, Failure> {
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListProvidersRequest { page_size: PAGE, page_token };
        let page = providers.list_providers(request).await.map_err(told)?.into_inner();
        found.extend(page.providers);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(found);
        }
    }
}

pub async fn routes(args: RouteArgs) -> Result<(), Failure> {
    let mut routes = RouteServiceClient::new(args.server.spoken()?);
    let said = match args.command {
        RouteCommand::List { customer } => list_routes(&mut routes, customer.unwrap_or_default()).await?,
        RouteCommand::Create { provider, target, priority, customer, name } => {
            let request = CreateRouteRequest {
                customer_id: customer.unwrap_or_default(),
                name,
                provider_id: provider,
                priority,
                target,
                ..Default::default()
            };
            route_line(&routes.create_route(request).await.map_err(told)?.into_inner().route.unwrap_or_default())
        }
        RouteCommand::Delete { id } => {
            let request = DeleteRouteRequest { id, ..Default::default() };
            route_line(&routes.delete_route(request).await.map_err(told)?.into_inner().route.unwrap_or_default())
        }
        RouteCommand::Find { destination, customer } => {
            let request = ListDialRoutesRequest { customer_id: customer.unwrap_or_default(), destination };
            let found = routes.list_dial_routes(request).await.map_err(told)?.into_inner();
            found.dial_routes.iter().map(hop_line).collect()
        }
    };
    Ok(write!(std::io::stdout(), "{said}")?)
}

async fn list_routes(routes: &mut RouteServiceClient<Spoken>, customer_id: String) -> Result<String, Failure> {
    let (mut said, mut page_token) = (String::new(), String::new());
    loop {
        let request = ListRoutesRequest { page_size: PAGE, page_token, customer_id: customer_id.clone() };
        let page = routes.list_routes(request).await.map_err(told)?.into_inner();
        said.extend(page.routes.iter().map(route_line));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(said);
        }
    }
}

/// Returns what a server answered as one sentence with its reason.
pub(super) fn told(status: Status) -> Failure {
    match status.get_details_error_info() {
        Some(info) => format!("{}: {}", info.reason, status.message()).into(),
        None => status.message().into(),
    }
}

fn health(status: ProviderHealth) -> &'static str {
    match status {
        ProviderHealth::Healthy => "healthy",
        ProviderHealth::Unhealthy => "unhealthy",
        ProviderHealth::Unknown | ProviderHealth::Unspecified => "unknown",
    }
}

/// One provider in one line. Its name is last, because it may contain spaces.
pub(super) fn line(provider: &Provider) -> String {
    let port = provider.sip.as_ref().map_or(0, |sip| sip.port);
    let place = match provider.hostname.contains(':') {
        true => format!("[{}]:{port}", provider.hostname),
        false => format!("{}:{port}", provider.hostname),
    };
    format!("provider {} {} {place} {}\n", provider.id, health(provider.health_status()), provider.name)
}

fn shown(provider: &Provider) -> String {
    let sip = provider.sip.clone().unwrap_or_default();
    let mut said = line(provider);
    let credentials = if sip.has_password { "with a password" } else { "without a password" };
    for (name, value) in [
        ("username", if sip.username.is_empty() { String::new() } else { format!("{} {credentials}", sip.username) }),
        ("tech_prefix", provider.tech_prefix.clone()),
        ("tech_postfix", provider.tech_postfix.clone()),
        ("codecs", provider.codecs.clone()),
        ("inbound_ips", sip.inbound_ips.join(",")),
        ("max_calls", sip.max_calls.to_string()),
        ("max_cps", sip.max_cps.to_string()),
        ("max_wait_ms", sip.max_wait_ms.to_string()),
        ("held", sip.held.to_string()),
        ("waiting", sip.waiting.to_string()),
        ("refused_last_minute", sip.refused_last_minute.to_string()),
    ] {
        if !value.is_empty() {
            said += &format!("{name} {value}\n");
        }
    }
    said
}

fn route_line(route: &Route) -> String {
    let customer = match route.customer_id.as_str() {
        "00000000-0000-0000-0000-000000000001" => "everybody",
        id => id,
    };
    let Route { id, target, priority, provider_id, name, .. } = route;
    format!("route {id} {target} priority {priority} provider {provider_id} customer {customer} {name}\n")
}

fn hop_line(hop: &DialRoute) -> String {
    let (route, provider) = (hop.route.clone().unwrap_or_default(), &hop.provider_name);
    let health = health(hop.health_status());
    format!("dials {} by route {} provider {} {health} {provider}\n", hop.dialled, route.id, route.provider_id)
}
