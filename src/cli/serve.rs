//! `ringdown serve`.

use super::{Failure, stop};
use ringdown::config::{Config, DATABASE, renamed};
use ringdown::store::postgres::Location;
use ringdown::{Ready, telemetry};
use std::fmt::Write;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

pub async fn run(config: Config) -> Result<(), Failure> {
    telemetry::start_log(config.log_format);
    renamed::warnings().for_each(|warning| tracing::warn!("{warning}"));
    let listener = TcpListener::bind(config.listen).map_err(|error| {
        format!("cannot listen on {}: {error}. Choose another address with --listen.", config.listen)
    })?;
    let shutdown = stop::on_signal()?;
    let (tls, database) = (config.tls(), config.database.clone());
    let ready = move |ready: Ready| {
        let greeting = greeting(&ready, tls, &database);
        // Standard output may be closed.
        let _ = std::io::stdout().write_all(greeting.as_bytes());
    };
    Ok(ringdown::run(config, listener, shutdown, ready).await?)
}

/// Returns at most twelve lines: where the server listens, the key on a first start, and three commands to paste.
fn greeting(ready: &Ready, tls: bool, database: &str) -> String {
    let (scheme, plaintext) = if tls { ("https", "") } else { ("http", " -plaintext") };
    let address = reachable(ready.address);
    let url = format!("{scheme}://{address}");
    let mut text = format!("Ringdown listens on {url} (gRPC, gRPC-Web and REST; {url}/docs).\n");
    match &ready.first_key {
        Some(key) => {
            text += "These are your first access keys. They are shown only this once:\n\n";
            text += &format!("  export RINGDOWN_KEY={key}\n");
            if let Some(key) = &ready.operator_key {
                text += &format!("  export RINGDOWN_OPERATOR_KEY={key}  # an operator's: it manages customers\n");
            }
            writeln!(text)
        }
        None => {
            let database =
                if database == DATABASE { String::new() } else { format!(" --database {}", shown(database)) };
            writeln!(text, "For a key: export RINGDOWN_KEY=$(ringdown token{database})\n")
        }
    }
    .expect("a String can be written to");
    let call = r#"{"source": {"type": "tel", "target": "+15550000000"}, "destinations": [{"type": "tel", "target": "+15550000001"}], "actions": [{"type": "talk", "option": {"text": "Hello."}}]}"#;
    let server = if url == "http://127.0.0.1:8080" { String::new() } else { format!(" --server {url}") };
    text += "Watch, and then make a call:\n";
    writeln!(text, "  ringdown watch --all{server}").expect("a String can be written to");
    writeln!(text, "  curl {url}/v1.0/calls -H \"Authorization: Bearer $RINGDOWN_KEY\" -d '{call}'")
        .expect("a String can be written to");
    let list = "ringdown.v1.ActiveflowService/ListActiveflows";
    writeln!(text, "  grpcurl{plaintext} -H \"Authorization: Bearer $RINGDOWN_KEY\" {address} {list}")
        .expect("a String can be written to");
    text
}

/// Returns the URL of a database for use in a shell, without its password.
fn shown(database: &str) -> String {
    match database.parse::<Location>() {
        Ok(location) if Location::is_meant_by(database) => format!("'{location}'"),
        _ => database.to_owned(),
    }
}

/// Returns an address to connect to: the unspecified address ("any") becomes the loopback address.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip().is_unspecified() {
        true => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
        false => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_is_short_and_tells_the_key_once() {
        let mut ready = Ready {
            address: "0.0.0.0:8080".parse().unwrap(),
            sip_address: None,
            customer_id: Default::default(),
            first_key: Some("rd_x".to_owned()),
            operator_key: Some("rd_y".to_owned()),
        };
        let text = greeting(&ready, false, DATABASE);
        assert!(text.lines().count() <= 12, "{text}");
        assert_eq!(text.matches("rd_x").count(), 1);
        assert!(text.find("rd_x") < text.find("rd_y"), "programs take the first one");
        assert!(text.contains("curl http://127.0.0.1:8080/v1.0/calls"), "{text}");
        (ready.first_key, ready.operator_key) = (None, None);
        let text = greeting(&ready, false, "postgres://me:secret@host/calls?sslmode=require");
        assert!(text.contains("--database 'postgres://me@host/calls?sslmode=require')"), "{text}");
        let text = greeting(&ready, true, "sqlite://other.db");
        assert!(text.contains("$(ringdown token --database sqlite://other.db)"), "{text}");
        assert!(text.contains("--server https://127.0.0.1:8080") && !text.contains("plaintext"), "{text}");
    }
}
