//! The response of a watch goes to many clients: it is a `Shared`, encoded once (`src/proto/shared.rs`).
//!
//! For gRPC the response of a watch is `Shared<…Frame>`, where the frame is the same message under a second name that
//! exists only in Rust. Reflection and the OpenAPI document never see that name.
//!
//! An action that many activeflows show is encoded once too: those fields hold `Shared<Action>`.

use crate::contract::{Contract, PACKAGE};
use prost::Message;
use prost_build::Config;
use prost_reflect::MessageDescriptor;
use prost_types::source_code_info::Location;
use prost_types::{FileDescriptorProto, FileDescriptorSet, SourceCodeInfo};

/// The responses of watches, and the names of their frames.
const SHARED: [(&str, &str); 2] =
    [("WatchActiveflowsResponse", "ActiveflowFrame"), ("WatchCallsResponse", "CallFrame")];

/// The message and the fields that show actions of a program, and the name, only in Rust, of a shared action.
const SHOWS_ACTIONS: (&str, [&str; 2]) = ("Activeflow", ["executed_actions", "pending_actions"]);
const SHARED_ACTION: &str = "SharedAction";

pub fn is_shared(message: &MessageDescriptor) -> bool {
    frame(message).is_some()
}

/// Returns the full name under which Rust knows the fields of a message.
pub fn rust_name(message: &MessageDescriptor) -> String {
    match frame(message) {
        Some(frame) => format!("{PACKAGE}.{frame}"),
        None => message.full_name().to_owned(),
    }
}

/// Maps the responses of watches, and the actions that activeflows show, to `Shared` types.
pub fn share(config: &mut Config) {
    for (response, frame) in SHARED {
        let shared = format!("crate::proto::Shared<crate::proto::{frame}>");
        config.extern_path(format!(".{PACKAGE}.{response}"), shared);
    }
    config.extern_path(format!(".{PACKAGE}.{SHARED_ACTION}"), "crate::proto::Shared<crate::proto::Action>");
}

/// Returns the files of the contract as Rust sees them, plus one with the frames.
pub fn with_frames(contract: &Contract) -> Result<FileDescriptorSet, prost::DecodeError> {
    let mut files = FileDescriptorSet::decode(contract.bytes())?;
    let (message, fields) = SHOWS_ACTIONS;
    let messages = files.file.iter_mut().flat_map(|file| &mut file.message_type);
    let shows = messages.filter(|it| it.name() == message).flat_map(|it| &mut it.field);
    for field in shows.filter(|field| fields.contains(&field.name())) {
        field.type_name = Some(format!(".{PACKAGE}.{SHARED_ACTION}"));
    }
    let mut frames = FileDescriptorProto {
        name: Some("ringdown/v1/frames.proto".to_owned()),
        package: Some(PACKAGE.to_owned()),
        syntax: Some("proto3".to_owned()),
        dependency: files.file.iter().map(|file| file.name().to_owned()).collect(),
        ..FileDescriptorProto::default()
    };
    let mut comments = Vec::new();
    for (response, frame) in SHARED {
        let original = contract.message(response);
        let mut copy = original.descriptor_proto().clone();
        copy.name = Some(frame.to_owned());
        comments.extend(moved_comments(&original, frames.message_type.len()));
        frames.message_type.push(copy);
    }
    frames.source_code_info = Some(SourceCodeInfo { location: comments });
    files.file.push(frames);
    Ok(files)
}

/// Returns the comments in a message, with their paths in a file where it is the message at `index`.
fn moved_comments(message: &MessageDescriptor, index: usize) -> Vec<Location> {
    let file = message.parent_file();
    let info = file.file_descriptor_proto().source_code_info.as_ref().expect("compiled with source info");
    let mut moved: Vec<Location> =
        info.location.iter().filter(|location| location.path.starts_with(message.path())).cloned().collect();
    for location in &mut moved {
        // The path of a message is [4 (the field of FileDescriptorProto), its index].
        location.path[1] = index as i32;
    }
    moved
}

fn frame(message: &MessageDescriptor) -> Option<&'static str> {
    SHARED.iter().find(|(response, _)| *response == message.name()).map(|(_, frame)| *frame)
}
