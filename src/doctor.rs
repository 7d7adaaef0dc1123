//! Finds the damaged rows of a database: reads each row of each table, and decodes what it holds.

use crate::delivery::customers::Profile;
use crate::error::Result;
use crate::model::call::Call;
use crate::model::codec;
use crate::model::event::Record;
use crate::model::flow::{Flow, Revision};
use crate::model::outgoing::OutboxPayload;
use crate::model::recording::Recording;
use crate::model::run::Run;
use crate::model::variables::Variables;
use crate::proto;
use crate::store::inspect::{Inspect, StoredRow, TABLES};
use prost::Message;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Checks every row. Calls `report` with a sentence for each problem, and returns the numbers of rows and of problems.
pub async fn examine(database: &mut dyn Inspect, mut report: impl FnMut(String)) -> Result<(u64, u64)> {
    let (mut rows, mut problems) = (0, 0);
    for problem in database.problems().await? {
        problems += 1;
        report(format!("the file: {problem}"));
    }
    for table in TABLES {
        let mut after = (0, 0);
        loop {
            let page = database.rows(table, after).await?;
            let Some(last) = page.last() else { break };
            after = last.place;
            for row in page {
                rows += 1;
                if let Err(why) = check(table, &row) {
                    problems += 1;
                    report(sentence(table, &row, &why));
                }
            }
        }
    }
    Ok((rows, problems))
}

fn sentence(table: &str, row: &StoredRow, why: &str) -> String {
    let key = match (table, row.place) {
        ("log", (epoch, sequence)) if sequence > 0 => format!("{epoch}/{sequence}"),
        (_, (key, _)) => key.to_string(),
    };
    let id = row.id.map_or_else(String::new, |id| format!(" ({id})"));
    format!("{table} {key}{id}: {why}")
}

fn check(table: &str, row: &StoredRow) -> Result<(), String> {
    let bytes = row.content.as_ref().map_err(String::clone)?;
    match table {
        "customer" if bytes.is_empty() => Ok(()),
        "customer" => plain::<Profile>(bytes),
        "flow" => plain::<Flow>(bytes),
        "run" => plain::<Run>(bytes),
        "variables" => plain::<Variables>(bytes),
        "call" => plain::<Call>(bytes),
        "log" => plain::<Record>(bytes),
        "recording" => plain::<Recording>(bytes),
        "outgoing" => plain::<OutboxPayload>(bytes),
        "revision" => Revision::from_bytes(row.id.unwrap_or_default(), Uuid::nil(), 0, bytes).map(drop),
        "access_key" => message::<proto::AccessKey>(bytes),
        "number" => message::<proto::Number>(bytes),
        "provider" => message::<proto::Provider>(bytes),
        "route" => message::<proto::Route>(bytes),
        "message" => message::<proto::Message>(bytes),
        _ => Ok(()),
    }
}

fn plain<T: DeserializeOwned>(bytes: &[u8]) -> Result<(), String> {
    codec::from_bytes::<T>(bytes).map(drop).map_err(|why| match codec::is_whole(bytes) {
        true => format!("{why} (a newer version may have written it)"),
        false => why.to_string(),
    })
}

fn message<T: Message + Default>(bytes: &[u8]) -> Result<(), String> {
    T::decode(bytes).map(drop).map_err(|why| why.to_string())
}
