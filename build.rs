//! Compiles the contract in `proto/` into Rust: messages, services, the JSON shape of REST, the catalogue of actions.
//!
//! Everything is read from the same descriptors, so that each fact about a message is stated only once.

#[path = "build/access.rs"]
mod access;
#[path = "build/actions.rs"]
mod actions;
#[path = "build/contract.rs"]
mod contract;
#[path = "build/enums.rs"]
mod enums;
#[path = "build/frames.rs"]
mod frames;
#[path = "build/json_shape.rs"]
mod json_shape;
#[path = "build/operations.rs"]
mod operations;
#[path = "build/routes.rs"]
mod routes;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=build");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let contract = contract::Contract::compile("proto")?;
    std::fs::write(out.join("descriptor.bin"), contract.bytes())?;
    std::fs::write(out.join("access.rs"), access::generate(&contract))?;
    std::fs::write(out.join("actions.rs"), actions::generate(&contract))?;
    std::fs::write(out.join("enums.rs"), enums::generate(&contract))?;
    std::fs::write(out.join("routes.rs"), routes::generate(&contract))?;
    std::fs::write(out.join("operations.rs"), operations::generate(&contract))?;

    let mut config = prost_build::Config::new();
    // Ordered maps: the same message always has the same bytes and the same JSON.
    config.btree_map(["."]);
    // A derived `Debug` would print their secrets; theirs is written by hand (`src/proto/secrets.rs`).
    config.skip_debug([".ringdown.v1.AccessKey", ".ringdown.v1.Customer", ".ringdown.v1.ProviderSipSettings"]);
    json_shape::apply(&contract, &mut config);
    frames::share(&mut config);
    let files = frames::with_frames(&contract)?;
    tonic_prost_build::configure().codec_path("crate::proto::codec::Codec").compile_fds_with_config(files, config)?;
    Ok(())
}
