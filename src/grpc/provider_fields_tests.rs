use super::*;

fn given() -> UpdateProviderRequest {
    UpdateProviderRequest { hostname: "sip.example".to_owned(), ..Default::default() }
}

fn settings(change: impl Fn(&mut ProviderSipSettings)) -> UpdateProviderRequest {
    let mut sip = ProviderSipSettings::default();
    change(&mut sip);
    UpdateProviderRequest { sip: Some(sip), ..given() }
}

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[track_caller]
fn refused(request: UpdateProviderRequest, field: &str) {
    let error = change(&Mask::whole(), request).err().expect(field);
    let fields: Vec<&str> = error.violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!((error.reason, fields), (Reason::InvalidArgument, vec![field]), "{}", error.message);
}

#[test]
fn what_is_left_out_gets_its_default() {
    let made = change(&Mask::whole(), given()).unwrap();
    assert_eq!(
        (made.port, made.max_calls, made.max_cps, made.max_wait_ms),
        (Some(5_060), Some(100), Some(10), Some(10_000))
    );
    assert_eq!((made.dtmf, made.password.as_str(), made.inbound_ips), (Some(DtmfMode::Rfc4733), "", Some(Vec::new())));
    let zero = change(&Mask::whole(), settings(|it| (it.max_calls, it.max_wait_ms) = (Some(0), Some(0)))).unwrap();
    assert_eq!((zero.max_calls, zero.max_wait_ms), (Some(0), Some(0)), "0 is a value");
}

#[test]
fn a_mask_names_fields_within_sip() {
    let mask = |paths: &[&str]| {
        let paths = paths.iter().map(|it| it.to_string()).collect();
        Mask::of(Some(prost_types::FieldMask { paths }), FIELDS).unwrap()
    };
    let bad = || UpdateProviderRequest { hostname: "not a host".to_owned(), ..settings(|it| it.max_cps = Some(7)) };
    let one = change(&mask(&["sip.max_cps"]), bad()).unwrap();
    assert_eq!((one.max_cps, one.max_calls, one.hostname, one.port), (Some(7), None, None, None));
    let whole = change(&mask(&["sip"]), bad()).unwrap();
    assert_eq!((whole.max_cps, whole.max_calls, whole.port), (Some(7), Some(100), Some(5_060)));
    let no_password = change(&mask(&["sip.port"]), settings(|it| it.password = "x".to_owned())).unwrap();
    assert_eq!(no_password.password, "", "the mask does not name it");
}

#[test]
fn every_field_has_its_bounds() {
    for hostname in ["", "a b", "sip.example:5060", "sip:a.example", "[::1]", "-a", "a..b", "1.2.3", "é.example"] {
        refused(UpdateProviderRequest { hostname: hostname.to_owned(), ..given() }, "hostname");
    }
    for hostname in ["a", "203.0.113.7", "2001:db8::7", "sip-1.carrier.example", "3com.example"] {
        assert!(change(&Mask::whole(), UpdateProviderRequest { hostname: hostname.to_owned(), ..given() }).is_ok());
    }
    for text in ["a b", "@", "1;2", "\r", "é", &"1".repeat(33)] {
        refused(UpdateProviderRequest { tech_prefix: text.to_owned(), ..given() }, "tech_prefix");
        refused(UpdateProviderRequest { tech_postfix: text.to_owned(), ..given() }, "tech_postfix");
    }
    for codecs in ["pcmu", "PCMU,", "PCMU,PCMU", "PCMU, PCMA", "G729", ","] {
        refused(UpdateProviderRequest { codecs: codecs.to_owned(), ..given() }, "codecs");
    }
    refused(UpdateProviderRequest { name: "a".repeat(256), ..given() }, "name");
    refused(UpdateProviderRequest { detail: "a".repeat(1_001), ..given() }, "detail");
    refused(UpdateProviderRequest { r#type: 9, ..given() }, "type");
    refused(settings(|it| it.transport = 2), "sip.transport");
    refused(settings(|it| it.dtmf = 9), "sip.dtmf");
    refused(settings(|it| it.dtmf = DtmfMode::Info.into()), "sip.dtmf");
    for port in [-1, 65_536] {
        refused(settings(|it| it.port = port), "sip.port");
    }
    for (low, high, field) in
        [(-1, 100_001, "sip.max_calls"), (0, 1_001, "sip.max_cps"), (-1, 60_001, "sip.max_wait_ms")]
    {
        for value in [low, high] {
            let set = |it: &mut ProviderSipSettings| match field {
                "sip.max_calls" => it.max_calls = Some(value),
                "sip.max_cps" => it.max_cps = Some(value),
                _ => it.max_wait_ms = Some(value),
            };
            refused(settings(set), field);
        }
    }
    for username in ["a b", "é", "a\n", &"u".repeat(129)] {
        refused(settings(|it| it.username = username.to_owned()), "sip.username");
    }
    for password in ["a\nb", "\0", &"p".repeat(257)] {
        refused(settings(|it| it.password = password.to_owned()), "sip.password");
    }
}

#[test]
fn headers_cannot_break_a_message() {
    for (name, value) in [
        ("", "a"),
        ("X Y", "a"),
        ("X:", "a"),
        ("X-é", "a"),
        ("Via", "a"),
        ("cOnTaCt", "a"),
        ("v", "a"),
        ("Call-ID", "a"),
        ("P-Charge-Info", "a"),
        ("X-A", "a\r\nVia: b"),
        ("X-A", "\0"),
        ("X-A", &"a".repeat(257)),
        (&"x".repeat(65), "a"),
    ] {
        let request = UpdateProviderRequest { tech_headers: map(&[(name, value)]), ..given() };
        let error = change(&Mask::whole(), request).err().expect(name);
        assert!(error.violations[0].field.starts_with("tech_headers."), "{name:?} {value:?}: {}", error.message);
        assert!(!error.message.contains(['\r', '\n', '\0']));
    }
    refused(UpdateProviderRequest { tech_headers: map(&[("X-A", "1"), ("x-a", "2")]), ..given() }, "tech_headers.x-a");
    let many: Vec<(String, String)> = (0..17).map(|at| (format!("X-{at}"), String::new())).collect();
    refused(UpdateProviderRequest { tech_headers: many.clone().into_iter().collect(), ..given() }, "tech_headers");
    let large: Vec<(String, String)> = (0..3).map(|at| (format!("X-{at}"), "a".repeat(200))).collect();
    refused(UpdateProviderRequest { tech_headers: large.into_iter().collect(), ..given() }, "tech_headers");
    refused(UpdateProviderRequest { metadata: many.into_iter().collect(), ..given() }, "metadata");
    refused(UpdateProviderRequest { metadata: map(&[("a", &"b".repeat(1_001))]), ..given() }, "metadata.a");
    refused(UpdateProviderRequest { metadata: map(&[("", "b")]), ..given() }, "metadata.");
    let good = UpdateProviderRequest { tech_headers: map(&[("X-Account", "a, \"b\"; é")]), ..given() };
    assert!(change(&Mask::whole(), good).is_ok());
}

#[test]
fn networks_are_not_the_whole_world() {
    for text in ["", "a", "203.0.113.7:5060", "203.0.113.0/33", "0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/18", "1.2.3"]
    {
        refused(settings(|it| it.inbound_ips = vec!["203.0.113.7".to_owned(), text.to_owned()]), "sip.inbound_ips[1]");
    }
    let good = ["203.0.113.7", "203.0.113.0/28", "10.0.0.0/8", "2001:db8::7", "2001:db8::/32"];
    assert!(change(&Mask::whole(), settings(|it| it.inbound_ips = good.map(str::to_owned).to_vec())).is_ok());
    refused(settings(|it| it.inbound_ips = vec!["203.0.113.7".to_owned(); 65]), "sip.inbound_ips");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let bad = UpdateProviderRequest { hostname: String::new(), codecs: "x".to_owned(), ..settings(|it| it.port = -1) };
    let error = change(&Mask::whole(), bad).err().unwrap();
    let fields: Vec<&str> = error.violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["hostname", "codecs", "sip.port"]);
}
