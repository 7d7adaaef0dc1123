//! `condition_datetime`: continues if true, jumps if false.

use super::condition_variable::{CONDITIONS, holds};
use super::{Control, target};
use crate::engine::checker::Checker;
use crate::engine::machine::Machine;
use crate::proto::ConditionDatetimeOption;
use chrono::{DateTime, Datelike, TimeZone, Timelike};
use chrono_tz::Tz;
use std::cmp::Ordering;

pub fn check(option: &ConditionDatetimeOption, checker: &mut Checker) {
    checker.required_one_of("condition", &option.condition, &CONDITIONS);
    checker.number("minute", option.minute, -1..=59);
    checker.number("hour", option.hour, -1..=23);
    checker.number("day", option.day, -1..=31);
    checker.number("month", option.month, -1..=12);
    for (at, day) in option.weekdays.iter().enumerate() {
        checker.number(&format!("weekdays[{at}]"), Some(*day), 0..=6);
    }
    if let Some(zone) = option.timezone.as_deref().filter(|zone| !zone.is_empty() && !checker.lets_through(zone))
        && zone.parse::<Tz>().is_err()
    {
        checker.option("timezone", "expected a name of the IANA time zone database, as Europe/Berlin");
    }
    checker.required_id("false_target_id", &option.false_target_id);
}

pub fn begin(machine: &mut Machine, option: &ConditionDatetimeOption) -> Control {
    let zone = option.timezone.as_deref().filter(|zone| !zone.is_empty()).unwrap_or("UTC");
    // The option was checked before the action began, so the zone always parses here.
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let Some(now) = DateTime::from_timestamp_micros(machine.now.0) else {
        return Control::failed("the time is out of range");
    };
    match matches(option, &zone.from_utc_datetime(&now.naive_utc())) {
        true => Control::DONE,
        false => Control::Jump(target(&option.false_target_id)),
    }
}

/// Compares the given parts of (month, day, hour, minute) as one value, and checks the weekday.
fn matches(option: &ConditionDatetimeOption, now: &DateTime<Tz>) -> bool {
    let weekday = now.weekday().num_days_from_sunday() as i32;
    if !option.weekdays.is_empty() && !option.weekdays.contains(&weekday) {
        return false;
    }
    let parts = [
        (option.month.filter(|month| *month > 0), now.month() as i32),
        (option.day.filter(|day| *day > 0), now.day() as i32),
        (option.hour.filter(|hour| *hour >= 0), now.hour() as i32),
        (option.minute.filter(|minute| *minute >= 0), now.minute() as i32),
    ];
    let given = parts.iter().filter_map(|(expected, is)| expected.map(|expected| (*is, expected)));
    let order = given.map(|(is, expected)| is.cmp(&expected)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
    let compares = parts.iter().any(|(expected, _)| expected.is_some());
    !compares || holds(option.condition.as_deref().unwrap_or("=="), order)
}
