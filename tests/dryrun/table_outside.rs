//! The table's other half: what goes out of the flow.

use crate::play::check;

const FETCH: &str = r#"[{"type": "fetch", "option": {"event_url": "https://a.example/next"}}, {"type": "stop"}]"#;
const ASKED: &str = "0.000 sent request https://a.example/next \"\"\n";

#[test]
pub fn fetch_runs_what_it_is_told() {
    check(
        FETCH,
        r#"start api
           wait 2s
           http 200 [{"type": "variable_set", "option": {"key": "a", "value": "1"}}]"#,
        &format!(
            "0.000 fetch \"https://a.example/next\" done 2000 ms
             {ASKED}0.000 > wait 2s
             2.000 > http 200 [{{\"type\": \"variable_set\", \"option\": {{\"key\": \"a\", \"value\": \"1\"}}}}]
             2.000 variable_set \"a\" done a=\"1\"
             2.000 stop done
             2.000 ended finished"
        ),
    );
    check(
        FETCH,
        r#"start api
           http 200 {"actions": []}"#,
        &format!(
            "0.000 fetch \"https://a.example/next\" done
             {ASKED}0.000 > http 200 {{\"actions\": []}}
             0.000 stop done
             0.000 ended finished"
        ),
    );
}

/// Without actions a flow cannot go on.
#[test]
pub fn fetch_fails() {
    for (answer, why) in [
        ("500 broken", "status: the server answered 500"),
        ("302", "status: the server answered 302"),
        ("200 <html>", "invalid_actions: the answer is not JSON"),
        ("200", "invalid_actions: the answer is not JSON"),
        ("200 7", "invalid_actions: expected a list of actions"),
        (r#"200 [{"type": "talk"}]"#, "invalid_actions: actions[0].option.text: is required: 1 to 5000 characters"),
        (r#"200 [{"type": "dance"}]"#, "invalid_actions: actions[0].type: unknown type \"dance\""),
        ("fails \"dns: nowhere\"", "dns: nowhere"),
    ] {
        check(
            FETCH,
            &format!("start api\nhttp {answer}"),
            &format!(
                "0.000 fetch \"https://a.example/next\" failed: {why}\n{ASKED}0.000 > http {answer}\n0.000 ended failed: {why}"
            ),
        );
    }
    let late = "timeout: There was no whole answer within 10000 ms.";
    check(
        FETCH,
        "start api",
        &format!("0.000 fetch \"https://a.example/next\" failed: {late} 10000 ms\n{ASKED}10.000 ended failed: {late}"),
    );
    check(
        &FETCH.replace("https://a.example/next", "${there}"),
        "start api\nset there \"ftp://a\"",
        "0.000 fetch \"ftp://a\" failed: WHY\n0.000 ended failed: WHY"
            .replace("WHY", "event_url: expected an http or https address of at most 2048 characters")
            .as_str(),
    );
}

#[test]
pub fn webhook_send() {
    let flow = |sync: bool| {
        format!(
            r#"[{{"type": "webhook_send", "option": {{"uri": "https://a.example/", "data": "n=${{n}}", "sync": {sync}}}}}, {{"type": "stop"}}]"#
        )
    };
    let ended = "0.000 stop done\n0.000 ended finished";
    check(
        &flow(false),
        "start api\nset n \"1\"",
        "0.000 webhook_send \"https://a.example/\" done
         0.000 stop done
         0.000 ended finished
         0.000 sent webhook https://a.example/ \"n=1\"",
    );
    let asked = "0.000 sent request https://a.example/ \"n=\"\n";
    check(
        &flow(true),
        r#"start api
           http 201 {"variables": {"a": "1", "b": 2}}"#,
        &format!(
            r#"0.000 webhook_send "https://a.example/" done a="1" voipbin.webhook.body="{{\"variables\": {{\"a\": \"1\", \"b\": 2}}}}" voipbin.webhook.status="201"
               {asked}0.000 > http 201 {{"variables": {{"a": "1", "b": 2}}}}
               {ended}"#
        ),
    );
    check(
        &flow(true),
        "start api\nhttp 500 oh",
        &format!(
            "0.000 webhook_send \"https://a.example/\" failed: status: the server answered 500 voipbin.webhook.body=\"oh\" voipbin.webhook.status=\"500\"
             {asked}0.000 > http 500 oh
             {ended}"
        ),
    );
    check(
        &flow(true),
        "start api\nhttp fails \"connect: refused\"",
        &format!(
            "0.000 webhook_send \"https://a.example/\" failed: connect: refused voipbin.webhook.body=\"\" voipbin.webhook.status=\"\"
             {asked}0.000 > http fails \"connect: refused\"
             {ended}"
        ),
    );
    // What it may not set does not undo that it was sent.
    check(
        &flow(true),
        r#"start api
           http 200 {"variables": {"voipbin.call.id": "1"}}"#,
        &format!(
            r#"0.000 webhook_send "https://a.example/" failed: voipbin.call.id: names that begin with voipbin. are reserved voipbin.webhook.body="{{\"variables\": {{\"voipbin.call.id\": \"1\"}}}}" voipbin.webhook.status="200"
               {asked}0.000 > http 200 {{"variables": {{"voipbin.call.id": "1"}}}}
               {ended}"#
        ),
    );
    check(
        &flow(true),
        "start api",
        &format!(
            "0.000 webhook_send \"https://a.example/\" failed: timeout: There was no whole answer within 10000 ms. 10000 ms voipbin.webhook.body=\"\" voipbin.webhook.status=\"\"
             {asked}{}",
            ended.replace("0.000", "10.000")
        ),
    );
}

#[test]
pub fn message_send() {
    let flow = |source: &str| {
        format!(
            r#"[{{"type": "message_send", "option": {{{source} "destinations": [{{"type": "tel", "target": "+15550000002"}}, {{"type": "tel", "target": "+15550000003"}}], "text": "hi ${{voipbin.message.source.target}}"}}}}]"#
        )
    };
    let sent = |text: &str| {
        format!(
            "0.000 ended finished\n0.000 sent message +15550000002 \"{text}\"\n0.000 sent message +15550000003 \"{text}\""
        )
    };
    check(
        &flow(r#""source": {"type": "tel", "target": "+15550000001"},"#),
        "start api",
        &format!("0.000 message_send \"+15550000001\" done voipbin.message.sent_ids=\"…,…\"\n{}", sent("hi ")),
    );
    // Our own side of a message, or of a call.
    check(
        &flow(""),
        "start sms \"one\"\nfrom +15551111111\nto +15552222222",
        &format!(
            "0.000 message_send \"hi +15551111111\" done voipbin.message.sent_ids=\"…,…\"\n{}",
            sent("hi +15551111111")
        ),
    );
    check(
        &flow(""),
        "start api",
        "0.000 message_send \"+15550000002\" failed: source: is required where there is neither a call nor a message
         0.000 ended finished",
    );
    check(
        &flow("").replace("+15550000003", "${nobody}"),
        "start sms \"one\"",
        "0.000 message_send \"hi +15550000009\" failed: destinations[1].target: expected a number in E.164: + and 7 to 15 digits
         0.000 ended finished",
    );
}

#[test]
pub fn email_send() {
    let flow = r#"[{"type": "email_send", "option": {"destinations": [{"type": "email", "target": "${to}"}], "subject": "About ${n}", "content": "Text"}}]"#;
    check(
        flow,
        "start api\nset to \"a@a.example\"\nset n \"7\"",
        "0.000 email_send \"a@a.example\" done
         0.000 ended finished
         0.000 sent mail a@a.example \"About 7 Text\""
            .replace("7 Text", "7\\nText")
            .as_str(),
    );
    check(
        flow,
        "start api\nset to \"${to}\"",
        "0.000 email_send \"About \" failed: destinations[0].target: expected a mail address: someone@example.com
         0.000 ended finished",
    );
}

#[test]
pub fn call() {
    let flow = |more: &str| {
        format!(
            r#"[{{"type": "call", "option": {{"destinations": [{{"type": "tel", "target": "+15550000002"}}], {more}}}}}, {{"type": "sleep", "option": {{"duration": 1000}}}}]"#
        )
    };
    let own = r#""actions": [{"type": "block"}]"#;
    let begins =
        "0.000 1 > answer\n0.000 1 call ringing\n0.000 1 call progressing\n0.000 1 call \"+15550000002\" done\n";
    // Chained, it ends with the call that made it.
    check(
        &flow(&format!(r#"{own}, "chained": true"#)),
        "answer\nrun 2 answer",
        &format!(
            "{begins}0.000 1 sleep done 1000 ms
             0.000 2 started to call +15550000002, for activeflow 1
             0.000 2 > run 2 answer
             0.000 2 call ringing
             0.000 2 call progressing
             0.000 2 block gone 1000 ms
             1.000 1 ended finished
             1.000 1 call hangup normal by us
             1.000 2 call hangup normal by us
             1.000 2 ended hangup"
        ),
    );
    // Else it is on its own; early, its flow begins when it rings.
    check(
        &flow(
            r#""actions": [{"type": "variable_set", "option": {"key": "a", "value": "1"}}], "early_execution": true"#,
        ),
        "answer\nwait 2s\nrun 2 ring",
        &format!(
            "{begins}0.000 1 sleep done 1000 ms
             0.000 2 started to call +15550000002, for activeflow 1
             0.000 1 > wait 2s
             1.000 1 ended finished
             1.000 1 call hangup normal by us
             2.000 2 > run 2 ring
             2.000 2 call ringing
             2.000 2 variable_set \"a\" done a=\"1\"
             2.000 2 ended finished
             2.000 2 call hangup cancel by us"
        ),
    );
    // A flow of its own, which is there or not.
    check(
        &flow(r#""flow_id": "@other""#),
        "start api",
        "0.000 1 call \"+15550000002\" failed: source: is required where there is no call whose caller could be told
         0.000 1 sleep done 1000 ms
         1.000 1 ended finished"
            .replace("0 1 ", "0 ")
            .as_str(),
    );
    let source = r#""source": {"type": "tel", "target": "+15550000001"}"#;
    check(
        &flow(&format!(r#"{source}, "flow_id": "@other""#)),
        "start api\nrun 2 busy",
        "0.000 1 call \"+15550000001\" done
         0.000 1 sleep done 1000 ms
         0.000 2 started to call +15550000002, for activeflow 1
         0.000 2 > run 2 busy
         0.000 2 call hangup busy by the remote party
         0.000 2 ended hangup
         1.000 1 ended finished",
    );
    check(
        &flow(&format!(r#"{source}, "flow_id": "@nobody""#)),
        "start api",
        "0.000 call \"+15550000001\" failed: the flow does not exist
         0.000 sleep done 1000 ms
         1.000 ended finished",
    );
}
