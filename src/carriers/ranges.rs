//! Numbers that cost far more than others. Fraud goes there, because whoever owns such a number earns with each call. A
//! call goes there only if the target of a route names the range.
//!
//! Of the ranges that ITU-T assigns (List of E.164 assigned country codes), all that no country has. Of the countries,
//! the premium rate numbers of their numbering plans, where they can be told from others by their first digits; lists of
//! these never are complete. Of the North American numbering plan, the area codes outside of the United States and
//! Canada, which have the same country code as these.

/// Numbers with a common beginning.
#[derive(Debug, PartialEq, Eq)]
pub struct Range {
    /// `+` and digits.
    pub prefix: &'static str,
    /// What the numbers are, in a few words.
    pub what: &'static str,
}

/// Returns the most specific range that a number belongs to.
pub fn of(number: &str) -> Option<&'static Range> {
    RANGES.iter().filter(|range| number.starts_with(range.prefix)).max_by_key(|range| range.prefix.len())
}

const fn range(prefix: &'static str, what: &'static str) -> Range {
    Range { prefix, what }
}

const SATELLITE: &str = "satellite and international networks";
const SHARED: &str = "international shared cost numbers";
const PREMIUM: &str = "premium rate numbers";
const PERSONAL: &str = "personal numbers";
/// `+1` with an area code outside of the United States and Canada.
const ISLANDS: &str = "an island with the country code 1";

static RANGES: &[Range] = &[
    // All countries.
    range("+808", SHARED),
    range("+870", SATELLITE),
    range("+878", PERSONAL),
    range("+881", SATELLITE),
    range("+882", SATELLITE),
    range("+883", SATELLITE),
    range("+888", SATELLITE),
    range("+979", PREMIUM),
    // North America.
    range("+1900", PREMIUM),
    range("+1242", ISLANDS),
    range("+1246", ISLANDS),
    range("+1264", ISLANDS),
    range("+1268", ISLANDS),
    range("+1284", ISLANDS),
    range("+1345", ISLANDS),
    range("+1441", ISLANDS),
    range("+1473", ISLANDS),
    range("+1649", ISLANDS),
    range("+1658", ISLANDS),
    range("+1664", ISLANDS),
    range("+1721", ISLANDS),
    range("+1758", ISLANDS),
    range("+1767", ISLANDS),
    range("+1784", ISLANDS),
    range("+1809", ISLANDS),
    range("+1829", ISLANDS),
    range("+1849", ISLANDS),
    range("+1868", ISLANDS),
    range("+1869", ISLANDS),
    range("+1876", ISLANDS),
    // Europe.
    range("+31900", PREMIUM),
    range("+31906", PREMIUM),
    range("+31909", PREMIUM),
    range("+3290", PREMIUM),
    range("+3389", PREMIUM),
    range("+34803", PREMIUM),
    range("+34806", PREMIUM),
    range("+34807", PREMIUM),
    range("+34905", PREMIUM),
    range("+352905", PREMIUM),
    range("+35176", PREMIUM),
    range("+35490", PREMIUM),
    range("+357900", PREMIUM),
    range("+357909", PREMIUM),
    range("+358600", PREMIUM),
    range("+358700", PREMIUM),
    range("+35990", PREMIUM),
    range("+3690", PREMIUM),
    range("+370900", PREMIUM),
    range("+37190", PREMIUM),
    range("+372900", PREMIUM),
    range("+381900", PREMIUM),
    range("+38560", PREMIUM),
    range("+38690", PREMIUM),
    range("+3989", PREMIUM),
    range("+40900", PREMIUM),
    range("+40903", PREMIUM),
    range("+40906", PREMIUM),
    range("+41900", PREMIUM),
    range("+41901", PREMIUM),
    range("+41906", PREMIUM),
    range("+420900", PREMIUM),
    range("+420906", PREMIUM),
    range("+420909", PREMIUM),
    range("+421900", PREMIUM),
    range("+43900", PREMIUM),
    range("+43901", PREMIUM),
    range("+43930", PREMIUM),
    range("+43931", PREMIUM),
    range("+43939", PREMIUM),
    range("+4470", PERSONAL),
    range("+44871", PREMIUM),
    range("+44872", PREMIUM),
    range("+44873", PREMIUM),
    range("+449", PREMIUM),
    range("+4590", PREMIUM),
    range("+46900", PREMIUM),
    range("+46939", PREMIUM),
    range("+46944", PREMIUM),
    range("+47820", PREMIUM),
    range("+47829", PREMIUM),
    range("+4870", PREMIUM),
    range("+49137", PREMIUM),
    range("+49900", PREMIUM),
    // Elsewhere.
    range("+55900", PREMIUM),
    range("+61190", PREMIUM),
    range("+64900", PREMIUM),
    range("+651900", PREMIUM),
    range("+7803", PREMIUM),
    range("+7809", PREMIUM),
    range("+81990", PREMIUM),
    range("+8260", PREMIUM),
    range("+90900", PREMIUM),
    range("+9721900", PREMIUM),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_a_beginning_of_numbers_and_is_there_once() {
        for range in RANGES {
            let digits = range.prefix.strip_prefix('+').unwrap();
            assert!((3..=7).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit()), "{range:?}");
            assert_eq!(RANGES.iter().filter(|it| it.prefix == range.prefix).count(), 1, "{range:?}");
        }
    }

    #[test]
    fn ordinary_numbers_are_in_no_range() {
        // Of countries and networks whose numbers begin much like those above.
        for number in [
            "+12125550123",
            "+14165550123",
            "+8801712345678",
            "+886223456789",
            "+81901234567",
            "+821012345678",
            "+447700900123",
            "+442079460123",
            "+493012345678",
            "+4915112345678",
            "+33142345678",
            "+34912345678",
            "+390612345678",
            "+393471234567",
            "+31201234567",
            "+358401234567",
            "+46701234567",
            "+4741234567",
            "+41791234567",
            "+4366412345678",
            "+61412345678",
            "+6491234567",
            "+5511912345678",
            "+74951234567",
            "+972501234567",
            "+6561234567",
            "+85290123456",
            "+919012345678",
            "+35315501234",
            "",
        ] {
            assert_eq!(of(number), None, "{number}");
        }
        for (number, prefix) in [("+881612345678", "+881"), ("+18765550123", "+1876"), ("+4490012345", "+449")] {
            assert_eq!(of(number).map(|range| range.prefix), Some(prefix));
        }
    }
}
