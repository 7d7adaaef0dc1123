use super::*;
use crate::store::Commit;
use crate::store::sqlite::{Config, Location, Sqlite};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const NOW: Time = Time(1_790_000_000_000_000);

async fn store() -> Arc<dyn Store> {
    Arc::new(Sqlite::open(Config::new(Location::Memory)).await.unwrap())
}

async fn authenticator() -> (Authenticator, NewCustomer) {
    let authenticator = Authenticator::open(store().await, &Sealer::in_memory(), Some(SECRET)).await.unwrap();
    let customer = authenticator.first_start().await.unwrap().unwrap().customer;
    (authenticator, customer)
}

fn signed(algorithm: Algorithm, secret: &[u8], claims: serde_json::Value) -> String {
    jsonwebtoken::encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret)).unwrap()
}

#[track_caller]
fn refused(outcome: Result<Caller>) {
    assert_eq!(outcome.unwrap_err().reason, Reason::InvalidCredentials);
}

#[tokio::test]
async fn a_token_authenticates_its_customer() {
    let (authenticator, customer) = authenticator().await;
    let token = authenticator.mint(customer.customer_id, None, Duration::from_secs(60)).unwrap();
    for credential in [Credential::Bearer(token.clone()), Credential::Jwt(token.clone())] {
        assert_eq!(authenticator.authenticate(credential, FROM).await.unwrap().customer_id, customer.customer_id);
    }
    refused(authenticator.authenticate(Credential::AccessKey(token), FROM).await);
}

#[tokio::test]
async fn invalid_tokens_are_refused() {
    let (authenticator, customer) = authenticator().await;
    let (id, soon) = (customer.customer_id, NOW.0 / 1_000_000 + 60);
    let good = json!({"customer_id": id, "exp": soon});
    let enter = async |token: String| authenticator.authenticate_at(Credential::Jwt(token), FROM, NOW).await;
    assert!(enter(signed(Algorithm::HS256, SECRET, good.clone())).await.is_ok());
    for claims in [
        json!({"customer_id": id}),
        json!({"exp": soon}),
        json!({"customer_id": "somebody", "exp": soon}),
        json!({"customer_id": id, "exp": NOW.0 / 1_000_000}),
        json!({"customer_id": id, "exp": "tomorrow"}),
        json!({"customer_id": id, "exp": soon, "nbf": soon + 60}),
        json!({"customer_id": id, "exp": soon, "aud": "another server"}),
        json!({"customer_id": Uuid::from_u128(7), "exp": soon}),
    ] {
        refused(enter(signed(Algorithm::HS256, SECRET, claims)).await);
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        refused(enter(signed(algorithm, SECRET, good.clone())).await);
    }
    refused(enter(signed(Algorithm::HS256, b"another secret", good.clone())).await);
    let parts = signed(Algorithm::HS256, SECRET, good);
    let (_, rest) = parts.split_once('.').unwrap();
    let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), rest.split_once('.').unwrap().0);
    for garbage in [unsigned, String::new(), "a.b.c".to_owned(), "x".repeat(5_000), "rd_".to_owned()] {
        refused(enter(garbage).await);
    }
}

#[tokio::test]
async fn the_first_start_makes_one_key() {
    let (authenticator, customer) = authenticator().await;
    assert!(customer.key.starts_with(KEY_PREFIX) && customer.key.len() == 46);
    assert_eq!(authenticator.first_start().await.unwrap(), None);
    for credential in [Credential::Bearer(customer.key.clone()), Credential::AccessKey(customer.key.clone())] {
        assert_eq!(authenticator.authenticate(credential, FROM).await.unwrap().customer_id, customer.customer_id);
    }
    refused(authenticator.authenticate(Credential::Jwt(customer.key.clone()), FROM).await);
    refused(authenticator.authenticate(Credential::Bearer(format!("{}x", customer.key)), FROM).await);
    let second = authenticator.create_customer("second").await.unwrap();
    assert!(second.key != customer.key && second.customer_id != customer.customer_id);
}

#[tokio::test]
async fn an_expired_or_deleted_key_is_refused() {
    let (authenticator, customer) = authenticator().await;
    let (key, row) = authenticator.new_key(customer.customer_id, "", "", Role::Full, Some(NOW.plus_ms(1_000)), NOW);
    let put = async |row: &AccessKey| {
        authenticator.store.commit(Commit { access_keys: vec![row.clone()], ..Commit::default() }).await.unwrap();
    };
    put(&row).await;
    let enter = async |at: Time| authenticator.authenticate_at(Credential::Bearer(key.clone()), FROM, at).await;
    assert!(enter(NOW.plus_ms(999)).await.is_ok());
    // The second lookup finds it in the cache, and still sees that it has expired.
    refused(enter(NOW.plus_ms(1_000)).await);
    put(&AccessKey { tm_delete: Some(NOW.0), revision: 1, ..row.clone() }).await;
    authenticator.forget();
    refused(enter(NOW).await);
}

#[tokio::test]
async fn the_generated_secret_is_kept() {
    let store = store().await;
    let sealer = Sealer::in_memory();
    let one = Authenticator::open(store.clone(), &sealer, None).await.unwrap();
    let customer = one.first_start().await.unwrap().unwrap().customer;
    let two = Authenticator::open(store.clone(), &sealer, None).await.unwrap();
    let token = one.mint(customer.customer_id, None, Duration::from_secs(60)).unwrap();
    assert!(two.authenticate(Credential::Jwt(token.clone()), FROM).await.is_ok());
    assert!(Authenticator::open(store.clone(), &Sealer::in_memory(), None).await.is_err(), "it is sealed");
    let three = Authenticator::open(store, &sealer, Some(SECRET)).await.unwrap();
    refused(three.authenticate(Credential::Jwt(token), FROM).await);
    // A key is recognized by its hash, whichever secret the server has now.
    assert!(three.authenticate(Credential::Bearer(customer.key), FROM).await.is_ok());
}
