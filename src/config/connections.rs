//! Options for the connections of clients, and the bounds of a connection that are no options.

use clap::Args;
use ipnet::IpNet;
use std::net::IpAddr;
use std::time::Duration;

/// Options for the connections of clients.
#[derive(Debug, Clone, Default, Args)]
pub struct ConnectionOptions {
    /// Maximum number of open connections. Default: what the limit of open files leaves after a reserve for the database,
    /// files and outbound requests, at most 20000.
    #[arg(long, env = "RINGDOWN_MAX_CONNECTIONS", value_name = "N")]
    pub max_connections: Option<usize>,

    /// Maximum number of open connections per client address; an IPv6 /64 counts as one address. It does not apply to
    /// trusted proxies. Default: 512, at most half of all connections, and no limit for clients on this machine; a value
    /// applies to them too.
    #[arg(long, env = "RINGDOWN_MAX_CONNECTIONS_PER_ADDRESS", value_name = "N")]
    pub max_connections_per_address: Option<usize>,

    /// Address or network (10.0.0.0/8) of a reverse proxy whose Forwarded or X-Forwarded-For header names the client.
    /// Without this option the headers are ignored, and the peer's address counts. Repeatable.
    #[arg(
        long = "trusted-proxy",
        env = "RINGDOWN_TRUSTED_PROXY",
        value_parser = network,
        value_name = "CIDR",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// The bounds that are no options: tests shorten them.
    #[arg(skip)]
    pub bounds: ConnectionBounds,
}

/// The bounds of one connection and of its requests.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionBounds {
    /// How long a client may take for the TLS handshake and its first complete request, or the HTTP/2 preface; and later
    /// for each further request, from its first byte to the end of its header.
    pub header: Duration,
    /// How long an HTTP/1.1 connection is kept without a request.
    pub idle: Duration,
    /// How long an HTTP/2 connection is kept without a request, if its client answers pings.
    pub http2_idle: Duration,
    /// A client of HTTP/2 that is silent for this long receives a ping, and is disconnected if it does not answer within
    /// the same time.
    pub ping: Duration,
    /// How long a client may take nothing of what the server sends.
    pub stalled: Duration,
    /// How long the body of a request may take from its first to its last byte.
    pub body: Duration,
    /// How long the next bytes of a body may take.
    pub body_pause: Duration,
    /// The control frames that an HTTP/2 client may send at once, and per second.
    pub control_frames: u32,
    pub control_frames_per_second: u32,
    /// How often the files of the TLS certificate and its key are checked for changes.
    pub tls_check: Duration,
}

impl Default for ConnectionBounds {
    fn default() -> ConnectionBounds {
        ConnectionBounds {
            header: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            http2_idle: Duration::from_secs(30 * 60),
            ping: Duration::from_secs(20),
            stalled: Duration::from_secs(60),
            body: Duration::from_secs(30),
            body_pause: Duration::from_secs(10),
            control_frames: 2_048,
            control_frames_per_second: 200,
            tls_check: Duration::from_secs(60),
        }
    }
}

impl ConnectionOptions {
    /// Returns the options whose value is zero.
    pub(super) fn zero(&self) -> impl Iterator<Item = &'static str> {
        let limits = [
            ("--max-connections", self.max_connections),
            ("--max-connections-per-address", self.max_connections_per_address),
        ];
        limits.into_iter().filter(|(_, limit)| *limit == Some(0)).map(|(option, _)| option)
    }
}

/// Parses a network, or an address, which is a network of one.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>().or(address).map_err(|_| "expected an address or a network such as 10.0.0.0/8".to_owned())
}
