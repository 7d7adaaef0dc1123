//! `ringdown sip check`.

use crate::cli::Failure;
use crate::cli::carriers::{each_provider, line, told};
use crate::cli::connect::Spoken;
use ringdown::proto::provider_service_client::ProviderServiceClient;
use ringdown::proto::{GetProviderRequest, Provider, ProviderHealth};
use std::io::Write;
use std::process::ExitCode;

pub async fn run(mut providers: ProviderServiceClient<Spoken>, provider: Option<String>) -> Result<ExitCode, Failure> {
    let found = match provider {
        Some(id) => {
            let found = providers.get_provider(GetProviderRequest { id }).await.map_err(told)?.into_inner();
            found.provider.into_iter().collect()
        }
        None => each_provider(&mut providers).await?,
    };
    if found.is_empty() {
        return Err("there are no providers; see `ringdown providers create --help`".into());
    }
    let said: String = found.iter().map(shown).collect();
    write!(std::io::stdout(), "{said}")?;
    let down = found.iter().any(|provider| provider.health_status() == ProviderHealth::Unhealthy);
    Ok(if down { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A provider, its calls, and what to do, in a line each.
fn shown(provider: &Provider) -> String {
    let sip = provider.sip.clone().unwrap_or_default();
    let mut said = line(provider);
    said += &format!("  calls: {} of {}, {} waiting\n", sip.held, sip.max_calls, sip.waiting);
    said += &format!("  {}\n", answer(provider.health_status(), sip.last_code));
    if sip.refused_last_minute > 0 {
        let refused = sip.refused_last_minute;
        said += &format!("  {refused} calls of the last minute found no room: raise max_calls or max_cps\n");
    }
    said
}

/// What the provider answers to OPTIONS, and what to do.
fn answer(health: ProviderHealth, code: i32) -> String {
    match (health, code) {
        (ProviderHealth::Healthy, 200) => "it answers OPTIONS with 200".to_owned(),
        (ProviderHealth::Healthy, code) => format!("it answers OPTIONS with {code}, which is an answer; nothing to do"),
        (ProviderHealth::Unhealthy, 503) => {
            "it answers OPTIONS with 503: it is overloaded, or does not know the address of this server; ask the provider"
                .to_owned()
        }
        (ProviderHealth::Unhealthy, _) => {
            "it does not answer OPTIONS: check hostname and port, UDP through the firewall in both directions, and that the \
             provider allows the address of this server"
                .to_owned()
        }
        (ProviderHealth::Unknown | ProviderHealth::Unspecified, _) => {
            "it has not been asked yet: a server with --telephony sip asks every 30 s".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringdown::proto::ProviderSip;

    #[test]
    fn a_provider_is_shown_with_what_to_do() {
        let sip =
            ProviderSip { port: 5_060, held: 2, max_calls: 100, waiting: 1, last_code: 503, ..Default::default() };
        let mut provider =
            Provider { id: "7".into(), hostname: "a".into(), name: "n".into(), sip: Some(sip), ..Default::default() };
        provider.set_health_status(ProviderHealth::Unhealthy);
        let said = shown(&provider);
        assert!(said.starts_with("provider 7 unhealthy a:5060 n\n  calls: 2 of 100, 1 waiting\n"), "{said}");
        assert!(said.ends_with("ask the provider\n"), "{said}");
        provider.sip.as_mut().unwrap().refused_last_minute = 4;
        assert!(shown(&provider).ends_with("  4 calls of the last minute found no room: raise max_calls or max_cps\n"));
    }

    #[test]
    fn every_answer_says_what_to_do() {
        for (health, code, expected) in [
            (ProviderHealth::Healthy, 200, "with 200"),
            (ProviderHealth::Healthy, 405, "nothing to do"),
            (ProviderHealth::Unhealthy, 0, "firewall"),
            (ProviderHealth::Unhealthy, 408, "firewall"),
            (ProviderHealth::Unknown, 0, "every 30 s"),
        ] {
            assert!(answer(health, code).contains(expected), "{health:?} {code}");
        }
    }
}
