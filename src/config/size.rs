//! Sizes, as options are written.

/// Reads a whole number with an optional binary unit.
pub fn number(text: &str) -> Option<u64> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let unit = units.iter().find_map(|(unit, shift)| text.strip_suffix(unit).map(|digits| (digits, *shift)));
    let (digits, shift) = unit.unwrap_or((text, 0));
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// Reads a number of bytes.
pub fn bytes(text: &str) -> Result<u64, String> {
    number(text).ok_or_else(|| "expected a number of bytes, such as 1048576, 512MiB or 2GiB".to_owned())
}
