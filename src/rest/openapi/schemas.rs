//! The schemas of the document, generated from the types that serde reads and writes.

use crate::rest::envelope::Written;
use crate::rest::routes;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub struct Schemas(Map<String, Value>);

impl Schemas {
    /// Generates the schema of every message: as it is read if it is part of a request, otherwise as it is written.
    pub fn new() -> Schemas {
        let settings = || {
            let mut settings = SchemaSettings::draft2020_12().with_transform(Plain);
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings
        };
        let mut schemas = definitions(settings().for_serialize().into_generator());
        // A later version may add keys to responses.
        schemas.values_mut().filter_map(Value::as_object_mut).for_each(|schema| {
            schema.shift_remove("additionalProperties");
        });
        for (name, schema) in definitions(settings().for_deserialize().into_generator()) {
            if is_read(&name) {
                schemas.insert(name, schema);
            }
        }
        Schemas(schemas)
    }

    /// Returns the fields of a message.
    pub fn properties(&self, message: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.0[message]["properties"].as_object().into_iter().flatten()
    }

    pub fn property(&self, message: &str, field: &str) -> Value {
        self.0[message]["properties"][field].clone()
    }

    /// Returns the fields of a request, mutably.
    pub fn request_properties(&mut self, message: &str) -> &mut Map<String, Value> {
        let properties =
            self.0[message].as_object_mut().expect("a schema").entry("properties").or_insert(Map::new().into());
        properties.as_object_mut().expect("properties are an object")
    }

    /// Returns, by name, the schemas that the paths refer to, directly or indirectly.
    pub fn referenced(&self, paths: &Map<String, Value>) -> Map<String, Value> {
        let mut open = BTreeSet::new();
        paths.values().for_each(|path| references(path, &mut open));
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop_first() {
            if found.insert(name.clone()) {
                references(&self.0[name.as_str()], &mut open);
            }
        }
        found.into_iter().map(|name| (name.clone(), self.0[name.as_str()].clone())).collect()
    }
}

/// Returns whether a message is a request or part of one.
fn is_read(name: &str) -> bool {
    ["Request", "Option", "Action", "Address", "EmailAttachment"].iter().any(|end| name.ends_with(end))
}

fn definitions(mut generator: SchemaGenerator) -> Map<String, Value> {
    routes::describe_all(&mut generator);
    generator.subschema_for::<Written>();
    // Uuid has a separate definition; its two keys are inlined instead.
    let mut definitions = generator.take_definitions(true);
    let uuid: Value = schemars::json_schema!({"type": "string", "format": "uuid"}).into();
    definitions.values_mut().for_each(|schema| inline_uuid(schema, &uuid));
    definitions.shift_remove(&*uuid::Uuid::schema_name());
    definitions
}

fn inline_uuid(schema: &mut Value, uuid: &Value) {
    match schema {
        Value::Object(object) => {
            if object.get("$ref").is_some_and(|path| path == "#/components/schemas/Uuid") {
                object.shift_remove("$ref");
                object.extend(uuid.as_object().expect("a schema").clone());
            }
            object.values_mut().for_each(|schema| inline_uuid(schema, uuid));
        }
        Value::Array(items) => items.iter_mut().for_each(|schema| inline_uuid(schema, uuid)),
        _ => {}
    }
}

fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(|path| path.as_str()?.rsplit('/').next()) {
                into.insert(name.to_owned());
            }
            object.values().for_each(|value| references(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

/// Removes what readers do not need: line breaks of the source, defaults (all of them empty, and described in words
/// where they matter), and null as the type of an absent field.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        schema.remove("default");
        if let Some(Value::String(description)) = schema.get_mut("description") {
            *description = description.replace('\n', " ");
        }
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|it| it != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                schema.insert("type".to_owned(), one);
            }
        }
        transform_subschemas(self, schema);
    }
}
