//! A client's connection to a server.

use super::Failure;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

/// The time limit for connecting and for the answer to a keep-alive ping.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Adds the credential to each request.
#[derive(Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A connection whose requests carry the credential.
pub type Spoken = InterceptedService<Channel, Bearer>;

/// The server to connect to, and the credential.
#[derive(Args)]
pub struct Server {
    /// URL of the server.
    #[arg(long, env = "RINGDOWN_SERVER", default_value = "http://127.0.0.1:8080", value_name = "URL")]
    pub server: String,

    /// Access key or JWT.
    #[arg(long, env = "RINGDOWN_KEY", hide_env_values = true)]
    key: Option<String>,

    /// CA certificate of the server, a PEM file, if the system does not trust it.
    #[arg(long, env = "RINGDOWN_CA_CERT", value_name = "FILE")]
    ca_cert: Option<PathBuf>,
}

impl Server {
    pub fn new(server: String, key: String) -> Server {
        Server { server, key: Some(key), ca_cert: None }
    }

    /// Returns a channel that connects when it is first used, and reconnects whenever the connection is lost.
    pub fn channel(&self) -> Result<Channel, Failure> {
        let wrong = || format!("{} is not a server address; expected one like http://127.0.0.1:8080", self.server);
        let mut endpoint = Endpoint::from_shared(self.server.clone()).map_err(|_| wrong())?;
        match endpoint.uri().scheme_str() {
            Some("http") => {}
            Some("https") => {
                let mut tls = ClientTlsConfig::new().with_native_roots();
                if let Some(path) = &self.ca_cert {
                    let pem =
                        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                    tls = tls.ca_certificate(Certificate::from_pem(pem));
                }
                endpoint = endpoint.tls_config(tls)?;
            }
            _ => return Err(wrong().into()),
        }
        Ok(endpoint
            .connect_timeout(TIMEOUT)
            .http2_keep_alive_interval(TIMEOUT)
            .keep_alive_timeout(TIMEOUT)
            .keep_alive_while_idle(true)
            .connect_lazy())
    }

    /// Returns the value of the `authorization` header.
    pub fn authorization(&self) -> Result<MetadataValue<Ascii>, Failure> {
        let key =
            self.key.as_deref().ok_or("a key is required: set --key or RINGDOWN_KEY to an access key or a JWT")?;
        let mut value: MetadataValue<Ascii> =
            format!("Bearer {}", key.trim()).parse().map_err(|_| "the key contains invalid characters")?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Opens a separate connection, for clients of any service.
    pub fn spoken(&self) -> Result<Spoken, Failure> {
        Ok(InterceptedService::new(self.channel()?, Bearer(self.authorization()?)))
    }
}
