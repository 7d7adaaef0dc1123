//! A customer that sends more requests than it may.

use crate::customers::house;
use crate::server::http;
use ringdown::proto::GetCustomerRequest;
use ringdown::proto::customer_service_client::CustomerServiceClient;
use serde_json::Value;
use tonic::metadata::MetadataValue;
use tonic_types::StatusExt;

/// Before, a customer's requests had no rate: two customers on one server shared its processor by how much each sent.
#[tokio::test]
async fn a_customer_beyond_its_rate_is_refused_and_another_is_answered() {
    let house = house(&["requests_per_second=1"]).await;
    let get = async |key: String| {
        http().get(format!("{}/v1.0/customer", house.server.url)).bearer_auth(key).send().await.unwrap()
    };
    let mut refused = None;
    for _ in 0..20 {
        let answer = get(house.owner.key()).await;
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), 200);
    }
    let refused = refused.expect("twenty requests in a row are more than one per second");
    assert_eq!(refused.headers()["retry-after"], "1");
    let error: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(error["error"]["reason"], "TOO_MANY_REQUESTS");
    assert!(error["error"]["message"].as_str().unwrap().contains("requests_per_second"), "{error}");
    // Both protocols count together.
    let mut client = CustomerServiceClient::connect(house.server.url.clone()).await.unwrap();
    let mut request = tonic::Request::new(GetCustomerRequest {});
    let bearer: MetadataValue<_> = format!("Bearer {}", house.owner.key()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    let status = client.get_customer(request).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::ResourceExhausted);
    assert!(status.get_error_details().retry_info().is_some());
    assert_eq!(get(house.stranger.key()).await.status(), 200);
}
