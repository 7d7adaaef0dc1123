//! The types of action, as the contract describes them.

use crate::proto::*;

/// A type of action, as its option message describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionTypeDoc {
    /// The value of `type`, in snake case.
    pub name: &'static str,
    /// The description: the comment of its option message, in one line.
    pub about: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/actions.rs"));

/// Returns the self-contained JSON Schema (draft 2020-12) of the option of this type of action, or `None` if there is
/// no such type.
pub fn option_schema(type_name: &str) -> Option<serde_json::Value> {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let reference = action::Option::schema(type_name, &mut generator)?;
    let definitions = generator.take_definitions(true);
    // The option's schema is inlined at the root; only what it refers to remains among the definitions.
    let own = reference.as_value()["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
    let (mut schema, mut others) = (serde_json::json!({}), serde_json::Map::new());
    for (name, definition) in definitions {
        if Some(&name) == own.as_ref() {
            schema = definition;
        } else {
            others.insert(name, definition);
        }
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    if !others.is_empty() {
        schema["$defs"] = others.into();
    }
    Some(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_known_by_its_name() {
        for it in ACTION_TYPES {
            assert_eq!(action::Option::empty(it.name).unwrap().type_name(), it.name);
            assert!(it.about.ends_with('.'), "{}: {}", it.name, it.about);
            let schema = option_schema(it.name).unwrap();
            assert_eq!(schema["type"], "object", "{schema}");
        }
        assert!(action::Option::empty("dance").is_none() && option_schema("dance").is_none());
    }

    #[test]
    fn strings_are_visited_wherever_they_stand() {
        let text = |text: &str| text.to_owned();
        let mut option = action::Option::Call(CallOption {
            source: Some(Address { target: text("a"), ..Address::default() }),
            destinations: vec![Address { target: text("b"), ..Address::default() }],
            flow_id: Some(text("c")),
            actions: vec![Action { id: text("not this one"), ..Action::default() }],
            ..CallOption::default()
        });
        let mut seen = Vec::new();
        option.for_each_string(&mut |string| {
            if !string.is_empty() {
                seen.push(string.clone());
            }
        });
        assert_eq!(seen, ["a", "b", "c"]);

        let mut option = action::Option::Branch(BranchOption {
            variable: Some(text("v")),
            target_ids: [(text("1"), text("w"))].into(),
            default_target_id: None,
        });
        option.for_each_string(&mut |string| string.push('!'));
        let action::Option::Branch(option) = option else { unreachable!() };
        assert_eq!((option.variable.as_deref(), option.target_ids["1"].as_str()), (Some("v!"), "w!"));
    }
}
