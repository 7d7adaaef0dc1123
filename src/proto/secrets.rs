//! `Debug` implementations that leave out secrets, however deep in a message they are.

use crate::proto::{AccessKey, Customer, ProviderSipSettings};
use std::fmt;

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.key.is_empty() { "" } else { "…" };
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("key", &key)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = if self.webhook_secret.is_empty() { "" } else { "…" };
        f.debug_struct("Customer")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("webhook_uri", &self.webhook_uri)
            .field("webhook_secret", &secret)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ProviderSipSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = if self.password.is_empty() { "" } else { "…" };
        f.debug_struct("ProviderSipSettings")
            .field("port", &self.port)
            .field("username", &self.username)
            .field("password", &password)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::proto::{
        AccessKey, CreateAccessKeyResponse, CreateProviderRequest, Customer, ProviderSipSettings,
        UpdateCustomerResponse,
    };

    #[test]
    fn a_key_is_not_printed() {
        let access_key = Some(AccessKey { key: "rd_secret".to_owned(), ..AccessKey::default() });
        assert!(!format!("{:?}", CreateAccessKeyResponse { access_key }).contains("secret"));
        let customer = Some(Customer { webhook_secret: "whsec_hidden".to_owned(), ..Customer::default() });
        assert!(!format!("{:?}", UpdateCustomerResponse { customer }).contains("hidden"));
        let sip = Some(ProviderSipSettings { password: "hunter2".to_owned(), ..ProviderSipSettings::default() });
        let request = CreateProviderRequest { sip, ..CreateProviderRequest::default() };
        assert!(!format!("{request:?}").contains("hunter2"));
    }
}
