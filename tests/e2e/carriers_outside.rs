//! Providers and routes outside of the API: sealed in the database, by an option, and by the command line.

use crate::carriers::{EVERYBODY, NOBODY, PASSWORD, operator, operator_key, protocols, provider};
use crate::server::{Home, Rest, text};
use serde_json::json;
use std::path::Path;

/// What the files of a database hold.
fn holds(directory: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(directory)
        .unwrap()
        .filter_map(|entry| std::fs::read(entry.unwrap().path()).ok())
        .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

#[tokio::test]
async fn a_password_is_sealed_rotated_and_never_shown() {
    let home = Home::new(&[]);
    let server = home.start();
    let operator = operator(&server);
    let (_, made) = operator.send_with("POST", "/v1.0/providers", Some(&provider()), &[("idempotency-key", "a")]).await;
    let path = format!("/v1.0/providers/{}", text(&made, "id"));
    let shown = [
        made.to_string(),
        operator.ok("GET", &path, None).await.to_string(),
        operator.ok("GET", "/v1.0/providers", None).await.to_string(),
    ];
    assert!(shown.iter().all(|it| !it.contains(PASSWORD)), "{shown:?}");
    assert!(server.stop().success());
    assert!(holds(home.path(), b"sip.carrier.example") && !holds(home.path(), PASSWORD.as_bytes()));
    let doctor = home.run(&["doctor"]);
    assert!(doctor.contains("the database is in order"), "{doctor}");
    let key = |home: &Home| {
        let keys = std::fs::read_dir(home.path()).unwrap().map(|it| it.unwrap().path());
        let path = keys.into_iter().find(|it| it.extension().is_some_and(|it| it == "key")).expect("a key file");
        ringdown::seal::read(&path).unwrap().current.id()
    };
    let old = key(&home);
    let report = home.run(&["secret-key", "rotate"]);
    assert!(report.contains("removed the previous key"), "{report}");
    let sealed_by = |id: ringdown::seal::KeyId| [b"rds1".as_slice(), &id.0].concat();
    assert!(!holds(home.path(), &sealed_by(old)) && holds(home.path(), &sealed_by(key(&home))));
    // The server opens it with the new key, or it would leave the provider out.
    let server = home.start();
    let operator = Rest { url: server.url.clone(), ..operator };
    let id = text(&made, "id");
    operator.ok("POST", "/v1.0/routes", Some(json!({"provider_id": id, "target": "all"}))).await;
    let found = operator.ok("GET", "/v1.0/dialroutes?destination=%2B4930123456", None).await;
    assert_eq!(text(&found["result"][0]["route"], "provider_id"), id);
    let log = home.log();
    assert!(!log.contains(PASSWORD), "{log}");
}

#[tokio::test]
async fn one_option_is_a_provider_with_a_route() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let home = Home::new(&[
        "--sip-provider",
        "sip:me:other@carrier.example:5080;transport=udp",
        "--sip-provider-password-file",
        file.to_str().unwrap(),
    ]);
    let server = home.start();
    let operator = operator(&server);
    let both = protocols(&server).await;
    let made = operator.ok("POST", "/v1.0/providers", Some(provider())).await;
    let list = both.read("ListProviders", json!({})).await;
    let (fixed, stored) = (&list["result"][0], &list["result"][1]);
    assert_eq!((text(stored, "id"), text(fixed, "hostname")), (text(&made, "id"), "carrier.example".to_owned()));
    assert_eq!(
        (&fixed["sip"]["port"], &fixed["sip"]["has_password"], &fixed["revision"]),
        (&json!(5080), &json!(true), &json!(0))
    );
    let id = text(fixed, "id");
    assert_eq!(id.as_bytes()[14], b'5', "a UUIDv5: {id}");
    assert_eq!(&both.read("GetProvider", json!({"id": id})).await, fixed);
    let route = both.read("ListRoutes", json!({})).await["result"][0].clone();
    assert_eq!(
        (text(&route, "target"), text(&route, "customer_id"), text(&route, "provider_id")),
        ("all".to_owned(), EVERYBODY.to_owned(), id.clone())
    );
    let found = both.read("ListDialRoutes", json!({"destination": "+4930123456"})).await;
    assert_eq!(text(&found["result"][0], "provider_name"), "carrier.example");
    let route_id = text(&route, "id");
    for (rpc, request) in [
        ("UpdateProvider", json!({"id": id, "hostname": "a"})),
        ("DeleteProvider", json!({"id": id})),
        ("UpdateRoute", json!({"id": route_id, "provider_id": id, "target": "all"})),
        ("DeleteRoute", json!({"id": route_id})),
    ] {
        assert_eq!(both.refused(rpc, request).await.reason, "PROVIDER_FIXED", "{rpc}");
    }
    // A route in the database may lead to it.
    operator.ok("POST", "/v1.0/routes", Some(json!({"provider_id": id, "target": "+1876"}))).await;
    both.read("ListDialRoutes", json!({"destination": "+18765550123"})).await;
    assert!(server.stop().success());
    let again = home.start();
    let operator = Rest { url: again.url.clone(), ..operator };
    assert_eq!(text(&operator.ok("GET", "/v1.0/providers", None).await["result"][0], "id"), id, "the id stays");
    assert!(!home.log().contains(PASSWORD));
}

#[tokio::test]
async fn a_provider_that_cannot_be_read_keeps_the_server_from_starting() {
    for (args, why) in [
        (&["--sip-provider", "sip:me:hunter2@carrier.example;transport=tls"][..], "the only transport is udp"),
        (&["--sip-provider", "sip:me@carrier.example", "--sip-provider-password-file", "/nonexistent"], "/nonexistent"),
    ] {
        let home = Home::new(args);
        let output = home.command(&[&["serve", "--listen", "127.0.0.1:0"], args].concat()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(why), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn the_command_line_manages_carriers() {
    let home = Home::new(&[]);
    let server = home.start();
    let (key, url) = (operator_key(&server), server.url.clone());
    let run = |arguments: &[&str]| {
        let output =
            home.command(&[arguments, &["--server", &url][..]].concat()).env("RINGDOWN_KEY", &key).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    };
    let file = home.path().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let made = run(&[
        "providers",
        "create",
        "sip.carrier.example",
        "--name",
        "a carrier",
        "--port",
        "5080",
        "--username",
        "me",
        "--password-file",
        file.to_str().unwrap(),
        "--inbound-ip",
        "203.0.113.7",
        "--max-cps",
        "2",
    ])
    .unwrap();
    let id = made.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(made, format!("provider {id} unknown sip.carrier.example:5080 a carrier\n"));
    assert_eq!(run(&["providers", "list"]).unwrap(), made);
    let route = run(&["routes", "create", &id, "+82", "--priority", "3", "--name", "n"]).unwrap();
    let route_id = route.split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(route, format!("route {route_id} +82 priority 3 provider {id} customer everybody n\n"));
    assert_eq!(run(&["routes", "list"]).unwrap(), route);
    assert_eq!(run(&["routes", "list", "--customer", NOBODY]).unwrap(), "");
    let found = run(&["routes", "find", "+821012345678"]).unwrap();
    assert_eq!(found, format!("dials +821012345678 by route {route_id} provider {id} unknown a carrier\n"));
    let changed = run(&["providers", "update", &id, "--max-calls", "0", "--tech-prefix", "00"]).unwrap();
    for line in [
        "username me with a password",
        "tech_prefix 00",
        "max_calls 0",
        "max_cps 2",
        "inbound_ips 203.0.113.7",
        "held 0",
    ] {
        assert!(changed.contains(&format!("{line}\n")), "{line}: {changed}");
    }
    assert_eq!(run(&["providers", "show", &id]).unwrap(), changed);
    assert!(!changed.contains(PASSWORD));
    for (arguments, why) in [
        (&["providers", "show", NOBODY][..], "PROVIDER_NOT_FOUND"),
        (&["providers", "update", &id], "name at least one setting"),
        (&["providers", "create", "a b"], "hostname"),
        (&["providers", "delete", &id], "PROVIDER_IN_USE"),
        (&["routes", "find", "+4930123456"], "NO_ROUTE"),
        (&["routes", "find", "+881612345678"], "NO_ROUTE"),
    ] {
        let said = run(arguments).unwrap_err();
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
    assert_eq!(run(&["routes", "delete", &route_id]).unwrap(), route);
    let said = run(&["sip", "check"]).unwrap();
    assert!(
        said.starts_with(&format!("provider {id} unknown")) && said.contains("it has not been asked yet"),
        "{said}"
    );
    assert_eq!(run(&["sip", "check", &id]).unwrap(), said);
    assert!(run(&["sip", "check", NOBODY]).unwrap_err().contains("PROVIDER_NOT_FOUND"));
    assert!(run(&["providers", "delete", &id]).unwrap().starts_with(&format!("provider {id}")));
    assert_eq!(run(&["providers", "list"]).unwrap(), "");
}

#[tokio::test]
async fn the_command_line_calls_a_number_and_says_how_it_went() {
    let home = Home::new(&["--sim-speed", "100"]);
    let server = home.start();
    let run = |arguments: &[&str]| {
        let command = &[&["sip"], arguments, &["--server", &server.url]].concat();
        let output = home.command(command).env("RINGDOWN_KEY", &server.key).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (good, said, errors) = run(&["call", "+15550000001", "--say", "Hello."]);
    assert!(good, "{said} {errors}");
    let lines: Vec<&str> = said.lines().collect();
    let id = lines[0].strip_prefix("call ").unwrap();
    assert!(lines.iter().any(|line| line.contains("call  hangup           normal, by local")), "{said}");
    assert!(
        lines[lines.len() - 2].starts_with("answered after ") && lines[lines.len() - 1].starts_with("simulated: MOS"),
        "{said}"
    );

    let (good, said, _) = run(&["call", "+15550000002", "--say", "Hello."]);
    assert!(!good && said.lines().last().is_some_and(|it| it == "not answered: 486 Busy Here"), "{said}");
    let (good, _, errors) = run(&["call", "1", "--say", "Hello."]);
    assert!(!good && errors.contains("INVALID_ADDRESS"), "{errors}");

    let file = home.path().join("call.pcap");
    for arguments in [&["trace", id][..], &["trace", id, "--full"], &["trace", id, "--pcap", file.to_str().unwrap()]] {
        let (good, said, errors) = run(arguments);
        assert!(!good && said.is_empty() && errors.contains("CALL_TRACE_NOT_FOUND"), "{errors}");
    }
    assert!(!file.exists());
}

#[tokio::test]
async fn calls_through_providers_have_limits_of_their_own() {
    let home = Home::new(&["--customer-limit", "provider_calls=3"]);
    let server = home.start();
    let operator = operator(&server);
    let customer = server.rest().ok("GET", "/v1.0/customer", None).await;
    let limits = &customer["limits"];
    assert_eq!(
        ["provider_calls", "provider_calls_per_second", "provider_call_seconds", "daily_provider_minutes"]
            .map(|it| &limits[it]),
        [&json!(3), &json!(3), &json!(14_400), &json!(600)]
    );
    let path = format!("/v1.0/customers/{}/limits", text(&customer, "id"));
    let changed = operator.ok("PATCH", &path, Some(json!({"daily_provider_minutes": 1}))).await;
    assert_eq!(
        (&changed["limits"]["daily_provider_minutes"], &changed["limits"]["provider_calls"]),
        (&json!(1), &json!(3))
    );
    let shown = operator.ok("GET", &format!("/v1.0/customers/{}", text(&customer, "id")), None).await;
    assert_eq!((&shown["usage"]["provider_calls"], &shown["usage"]["provider_call_seconds"]), (&json!(0), &json!(0)));
}
