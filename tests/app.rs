use futures::StreamExt;
use prost::Message;
use ringdown::app::calls::NewCalls;
use ringdown::app::flows::Program;
use ringdown::app::watch::{Filter, Subject, Watch};
use ringdown::app::{App, Limits, Ports};
use ringdown::model::call::{Address, AddressType};
use ringdown::model::variables::Variables;
use ringdown::proto;
use ringdown::store::sqlite::{Config, Sqlite};
use ringdown::telephony::simulated::{Config as SimConfig, Simulated, Speed};
use std::sync::Arc;
use uuid::Uuid;

fn tel(target: &str) -> Address {
    Address {
        kind: AddressType::Tel,
        target: target.into(),
        target_name: "".into(),
        name: "".into(),
        detail: "".into(),
    }
}

#[tokio::test]
async fn smoke() {
    let store = Arc::new(Sqlite::open(Config::new("sqlite::memory:".parse().unwrap())).unwrap());
    let (tx, signals) = tokio::sync::mpsc::channel(1024);
    let phones = Simulated::new(SimConfig { speed: Speed::new(0.0).unwrap(), max_calls: 100 }, tx);
    let ports = Ports { store: store.clone(), telephony: phones.clone(), simulator: Some(phones), signals };
    let app = App::start(ports, Limits::default()).await.unwrap();
    let customer = Uuid::now_v7();
    let actions: Vec<proto::Action> = ["hello ${voipbin.call.destination.target}", "bye"]
        .iter()
        .map(|text| proto::Action {
            option: Some(proto::action::Option::Talk(proto::TalkOption {
                text: Some(text.to_string()),
                ..Default::default()
            })),
            ..Default::default()
        })
        .collect();
    let new = NewCalls {
        source: tel("+15551230000"),
        destinations: vec![tel("+15550000001")],
        program: Program::Actions(actions),
        variables: Variables::default(),
    };
    let calls = app.create_calls(customer, new, None).await.unwrap().calls;
    println!("{calls:#?}");
    let id: Uuid = calls[0].activeflow_id.parse().unwrap();
    let watch = Watch {
        subject: Subject::Activeflows,
        filter: Filter { ids: [id].into(), ..Default::default() },
        resume_token: "".into(),
        include_snapshot: false,
        until_ended: true,
    };
    let mut frames = Box::pin(app.watch(customer, watch).await.unwrap());
    while let Some(frame) = frames.next().await {
        let frame = proto::ActiveflowFrame::decode(frame.unwrap()).unwrap();
        println!(
            "{:?} {:?} {:?}",
            frame.r#type(),
            frame.event.map(|e| (e.r#type(), e.outcome(), e.error.clone(), e.duration_ms, e.variables.clone())),
            frame.activeflow.map(|a| (a.revision, a.status(), a.end_reason()))
        );
    }
    println!("{:#?}", app.get_activeflow(customer, id).await.unwrap());
    use ringdown::store::Store;
    let row = store.run(id).await.unwrap().unwrap();
    println!("state {} bytes", row.run.state.len());
    for row in store.log(Default::default(), 100, 0).await.unwrap() {
        println!("record {} bytes", row.record.len());
    }
    app.drain(std::time::Duration::from_secs(1)).await;
}
