//! The OpenAPI 3.1 document: paths from the contract's routes, schemas from the Rust types, descriptions from the
//! contract's comments. Everything has a single source, so the document cannot become outdated.

mod schemas;

use schemas::Schemas;
use serde_json::{Map, Value, json};

/// A route, as the contract describes it.
pub struct Operation {
    name: &'static str,
    service: &'static str,
    about: &'static str,
    verb: &'static str,
    path: &'static str,
    /// Whether the body holds the request; otherwise the query does.
    body: bool,
    request: &'static str,
    response: &'static str,
    /// The field of the response that is the body; `None` for the whole response.
    answer: Option<&'static str>,
    /// A key that may be given in place of a list with one element, and the key of that list.
    single: Option<(&'static str, &'static str)>,
    /// A header of the request and its description.
    header: Option<(&'static str, &'static str)>,
    /// Whether the response has an `ETag`.
    etag: bool,
    /// Whether `If-Match` is supported.
    if_match: bool,
    stream: bool,
    /// Whether the body is a file, which `Range` can select a part of.
    download: bool,
    /// The media type of the body if it is a small file.
    file: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

const ABOUT: &str = "Ringdown runs call flows: lists of actions such as `talk`, `digits_receive` and `connect`. A call or a request \
    starts a flow; the running flow is an activeflow, which can be watched and controlled. Times are UTC, \
    `YYYY-MM-DD HH:MM:SS.ffffff`; a time that is not set is `9999-01-01 00:00:00.000000`, an id that is not set is \
    `00000000-0000-0000-0000-000000000000`. The same services are served as gRPC on the same port.";

/// Builds the document.
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    // Collected before the bodies, because `body` removes path fields from the shared request schema.
    let parameters: Vec<Vec<Value>> = OPERATIONS.iter().map(|operation| parameters(operation, &schemas)).collect();
    for (operation, parameters) in OPERATIONS.iter().zip(parameters) {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.verb] = describe(operation, parameters, &mut schemas);
    }
    let tags: Vec<Value> = SERVICES.iter().map(|(name, about)| json!({"name": name, "description": about})).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Ringdown",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that this document comes from."}],
        "security": [{"bearer": []}, {"token": []}, {"accesskey": []}, {"cookie": []}],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas.referenced(&paths), "securitySchemes": security_schemes()},
    })
}

fn describe(operation: &Operation, parameters: Vec<Value>, schemas: &mut Schemas) -> Value {
    let summary = match operation.verb {
        "patch" => "Changes only the fields in the body",
        _ => operation.about.split(". ").next().unwrap_or_default().trim_end_matches('.'),
    };
    let mut described = json!({
        "operationId": operation.name,
        "tags": [operation.service],
        "summary": summary,
        "description": operation.about,
        "parameters": parameters,
        "responses": responses(operation, schemas),
    });
    if operation.body {
        described["requestBody"] = body(operation, schemas);
    }
    described
}

fn parameters(operation: &Operation, schemas: &Schemas) -> Vec<Value> {
    let parameter = |name: &str, place: &str, schema: &Value| {
        let mut schema = schema.clone();
        let description = schema.as_object_mut().and_then(|schema| schema.shift_remove("description"));
        json!({"name": name, "in": place, "required": place == "path", "description": description, "schema": schema})
    };
    let mut parameters = Vec::new();
    for (name, schema) in schemas.properties(operation.request) {
        if operation.has_in_path(name) {
            parameters.push(parameter(name, "path", schema));
        } else if !operation.body && !operation.download {
            parameters.push(parameter(name, "query", schema));
        }
    }
    if let Some((name, about)) = operation.header {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 128, "description": about});
        parameters.push(parameter(name, "header", &schema));
    }
    if operation.if_match {
        let about = "The `ETag` of an earlier response. The request fails if the resource has another one. `*`: any.";
        parameters.push(parameter("If-Match", "header", &json!({"type": "string", "description": about})));
    }
    if operation.etag && operation.verb == "get" {
        let about =
            "The `ETag` of an earlier response. If the resource still has it, the response is 304 without a body.";
        parameters.push(parameter("If-None-Match", "header", &json!({"type": "string", "description": about})));
    }
    if operation.download {
        let about = "The part of the file to send, such as `bytes=0-499` (RFC 9110 §14.2).";
        parameters.push(parameter("Range", "header", &json!({"type": "string", "description": about})));
    }
    if operation.stream {
        let about =
            "The id of the last event received. The stream resumes after it; it takes precedence over `resume_token`.";
        parameters.push(parameter("Last-Event-ID", "header", &json!({"type": "string", "description": about})));
    }
    parameters
}

/// Returns the request body without path parameters; where a single element may replace a list, it has both.
fn body(operation: &Operation, schemas: &mut Schemas) -> Value {
    let properties = schemas.request_properties(operation.request);
    properties.retain(|name, _| !operation.has_in_path(name));
    if let Some((one, many)) = operation.single {
        let mut schema = properties[many]["items"].clone();
        schema["description"] =
            format!("In place of `{many}` with one element; the response is then a single element too, not a list.")
                .into();
        properties.insert(one.to_owned(), schema);
    }
    let required = !properties.is_empty();
    json!({"required": required, "content": {"application/json": {"schema": reference(operation.request)}}})
}

fn responses(operation: &Operation, schemas: &Schemas) -> Value {
    let error = json!({
        "description": "The request failed, and nothing was changed.",
        "content": {"application/json": {"schema": reference("Error")}},
    });
    if operation.download {
        let file = json!({"audio/wav": {"schema": {"type": "string", "contentMediaType": "audio/wav"}}});
        return json!({
            "200": {"description": "The file.", "content": file},
            "206": {"description": "The part of the file that `Range` selects.", "content": file},
            "416": {"description": "The file has no such part; `Content-Range` has its length.", "content": error["content"]},
            "4XX": error,
            "default": error,
        });
    }
    if let Some(media_type) = operation.file {
        let file = json!({media_type: {"schema": {"type": "string", "contentMediaType": media_type}}});
        return json!({"200": {"description": "The file.", "content": file}, "4XX": error, "default": error});
    }
    let mut schema = match operation.answer {
        Some(field) => {
            let mut schema = schemas.property(operation.response, field);
            if let Some(schema) = schema.as_object_mut() {
                schema.shift_remove("description");
            }
            schema
        }
        None => reference(operation.response),
    };
    if operation.single.is_some() {
        schema = json!({"oneOf": [schema, schema["items"]]});
    }
    let content_type = if operation.stream { "text/event-stream" } else { "application/json" };
    let about = match operation.stream {
        true => {
            "Server-Sent Events. `id` is the resume token, `data` is JSON as below. An event `fault` carries an error and \
                 ends the stream. Comments keep the connection alive."
        }
        false => "Success.",
    };
    let mut responses = json!({"200": {"description": about, "content": {content_type: {"schema": schema}}}});
    let etag = json!({"ETag": {"description": "The revision of the resource, such as `\"7\"`.", "schema": {"type": "string"}}});
    if operation.etag {
        responses["200"]["headers"] = etag.clone();
    }
    if operation.etag && operation.verb == "get" {
        responses["304"] =
            json!({"description": "The resource still has the `ETag` of `If-None-Match`.", "headers": etag});
    }
    if operation.if_match {
        let about = "`STALE_REVISION`: the resource has another `ETag` than `If-Match`. Nothing was changed.";
        responses["412"] = json!({"description": about, "headers": etag, "content": error["content"]});
    }
    responses["4XX"] = error.clone();
    responses["default"] = error;
    responses
}

impl Operation {
    fn has_in_path(&self, field: &str) -> bool {
        self.path.split('/').any(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) == Some(field))
    }
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn security_schemes() -> Value {
    json!({
        "bearer": {"type": "http", "scheme": "bearer", "description": "A JWT or an access key."},
        "token": {"type": "apiKey", "in": "query", "name": "token", "description": "A JWT."},
        "accesskey": {"type": "apiKey", "in": "query", "name": "accesskey", "description": "An access key."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "token", "description": "A JWT; same-origin requests only."},
    })
}
