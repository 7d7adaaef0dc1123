//! Actions, as JSON and back.

use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use ringdown::proto::{self, ACTION_TYPES, Action, action, json};
use serde_json::json;

/// A message with something in every field.
fn filled(message: MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut out = DynamicMessage::new(message.clone());
    for field in message.fields() {
        // An action nested in an action says something, but not everything again.
        if field.containing_oneof().is_some_and(|oneof| oneof.name() == "option")
            && (depth > 1 || field.name() != "talk")
        {
            continue;
        }
        out.set_field(&field, value(&field, depth));
    }
    out
}

fn value(field: &FieldDescriptor, depth: usize) -> Value {
    let one = || match field.kind() {
        Kind::String => Value::String(format!("{} of {depth}", field.name())),
        Kind::Bool => Value::Bool(true),
        Kind::Int32 => Value::I32(7),
        Kind::Double => Value::F64(1.5),
        Kind::Message(message) => Value::Message(filled(message, depth + 1)),
        kind => panic!("{kind:?}"),
    };
    if field.is_map() {
        return Value::Map([(MapKey::String("1".to_owned()), Value::String("one".to_owned()))].into());
    }
    if field.is_list() { Value::List(vec![one(), one()]) } else { one() }
}

fn option_messages() -> Vec<(String, MessageDescriptor)> {
    let pool = DescriptorPool::decode(proto::DESCRIPTOR).unwrap();
    let action = pool.get_message_by_name("ringdown.v1.Action").unwrap();
    let members = action.oneofs().next().unwrap().fields().collect::<Vec<_>>();
    let message = |field: &FieldDescriptor| (field.name().to_owned(), field.kind().as_message().unwrap().clone());
    members.iter().map(message).collect()
}

#[test]
fn every_action_is_the_same_after_json_and_back() {
    let pool = DescriptorPool::decode(proto::DESCRIPTOR).unwrap();
    let action = pool.get_message_by_name("ringdown.v1.Action").unwrap();
    let members = option_messages();
    assert_eq!(members.len(), ACTION_TYPES.len());
    for (name, message) in members {
        let mut dynamic = DynamicMessage::new(action.clone());
        dynamic.set_field_by_name(&name, Value::Message(filled(message.clone(), 0)));
        let typed = Action::decode(dynamic.encode_to_vec().as_slice()).unwrap();
        let written = serde_json::to_value(&typed).unwrap();
        assert_eq!(written["type"], name);
        let keys: Vec<&String> = written["option"].as_object().unwrap().keys().collect();
        let fields: Vec<FieldDescriptor> = message.fields().collect();
        assert_eq!(keys, fields.iter().map(|field| field.name()).collect::<Vec<_>>(), "{name}");
        assert_eq!(json::read::<Action>(written.clone()).unwrap(), typed, "{written}");
        assert_eq!(serde_json::from_value::<Action>(written).unwrap(), typed);
    }
}

#[test]
fn nothing_given_is_nothing_shown() {
    for it in ACTION_TYPES {
        let bare: Action = json::read(json!({"type": it.name})).unwrap();
        assert_eq!(bare.option, action::Option::empty(it.name));
        assert_eq!(json::read::<Action>(json!({"option": {}, "type": it.name})).unwrap(), bare);
        let id = json::NIL;
        assert_eq!(
            serde_json::to_string(&bare).unwrap(),
            format!(r#"{{"id":"{id}","next_id":"{id}","type":"{}","option":{{}}}}"#, it.name)
        );
    }
}

#[test]
fn an_option_holds_what_was_given() {
    let given = |r#type: &str, option: serde_json::Value| {
        let action: Action = json::read(json!({"type": r#type, "option": option})).unwrap();
        assert_eq!(serde_json::to_value(&action).unwrap()["option"], option);
    };
    given("digits_receive", json!({"length": 1, "duration": 5000}));
    given("digits_receive", json!({"length": 0}));
    given("talk", json!({"text": "", "async": false}));
    given("goto", json!({"target_id": json::NIL, "loop_count": 2}));
    given("condition_variable", json!({"value_number": 5}));
    given("condition_variable", json!({"value_number": 5.25}));
    given(
        "connect",
        json!({"source": {"type": "tel", "target": "+821021656521"}, "destinations": [{"type": "tel", "target": "1"}]}),
    );
    given("branch", json!({"target_ids": {"1": "a", "2": "b"}}));
    given("play", json!({"stream_urls": ["https://example.com/a.wav"]}));
    // What is nested keeps the shape that it has everywhere.
    let nested = json!({"id": json::NIL, "next_id": json::NIL, "type": "talk", "option": {"text": "hello"}});
    given("call", json!({"actions": [nested]}));
}

#[test]
fn options_keep_the_order_of_the_documents() {
    let read: Action = json::read(json!({
        "id": "93ebcadb-ecae-4291-8d49-ca81a926b8b3",
        "option": {"digits_handle": "next", "language": "en-US", "gender": "female", "text": "Hello."},
        "type": "talk",
    }))
    .unwrap();
    assert_eq!(
        serde_json::to_string(&read).unwrap(),
        r#"{"id":"93ebcadb-ecae-4291-8d49-ca81a926b8b3","next_id":"00000000-0000-0000-0000-000000000000","type":"talk","option":{"text":"Hello.","gender":"female","language":"en-US","digits_handle":"next"}}"#
    );
}
