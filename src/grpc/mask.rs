//! Field masks: which fields an update changes (AIP-134).

use crate::error::{Error, Reason, Result};
use prost_types::FieldMask;

/// All fields, or those listed in `update_mask`.
pub struct Mask(Option<Vec<String>>);

impl Mask {
    /// Selects all fields.
    pub fn whole() -> Mask {
        Mask(None)
    }

    /// Parses a mask. `known` are the fields that can be changed; no mask, or `*`, selects all of them.
    pub fn of(mask: Option<FieldMask>, known: &[&str]) -> Result<Mask> {
        let Some(FieldMask { paths }) = mask else { return Ok(Mask::whole()) };
        let refused = |what: String| {
            let description = format!("{what}; expected one or more of: {}; or *", known.join(", "));
            Err(Error::field(Reason::InvalidArgument, "update_mask", description))
        };
        if paths.is_empty() {
            return refused("names no field".to_owned());
        }
        if let Some(path) = paths.iter().find(|path| *path != "*" && !known.contains(&path.as_str())) {
            return refused(format!("unknown field \"{}\"", path.escape_debug()));
        }
        Ok(Mask(Some(paths).filter(|paths| !paths.iter().any(|path| path == "*"))))
    }

    /// Returns whether every field is selected.
    pub fn is_whole(&self) -> bool {
        self.0.is_none()
    }

    pub fn has(&self, field: &str) -> bool {
        self.0.as_ref().is_none_or(|paths| paths.iter().any(|path| path == field))
    }

    /// Reads the value of a field if it is selected; otherwise `read` is not called.
    pub fn take<T>(&self, field: &str, read: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        self.has(field).then(read).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(paths: &[&str]) -> Result<Mask> {
        let paths = paths.iter().map(|path| path.to_string()).collect();
        Mask::of(Some(FieldMask { paths }), &["name", "detail"])
    }

    #[test]
    fn a_mask_names_fields() {
        let all = Mask::of(None, &["name"]).unwrap();
        assert!(all.is_whole() && all.has("name") && mask(&["name", "*"]).unwrap().is_whole());
        let some = mask(&["name", "name"]).unwrap();
        assert!(some.has("name") && !some.has("detail") && !some.is_whole());
        assert_eq!(some.take("name", || Ok(1)).unwrap(), Some(1));
        let wrong = || Err::<u8, _>(Error::new(Reason::InvalidArgument, "wrong"));
        assert_eq!(some.take("detail", wrong).unwrap(), None, "a field that is not selected is not read");
    }

    #[test]
    fn unknown_fields_are_named() {
        for (paths, what) in
            [(&["name", "nam\0e"][..], "\"nam\\0e\""), (&["name.first"], "\"name.first\""), (&[], "no field")]
        {
            let Err(error) = mask(paths) else { panic!("{paths:?} is accepted") };
            assert_eq!(error.violations[0].field, "update_mask");
            assert!(error.message.contains(what) && error.message.contains("name, detail"), "{}", error.message);
        }
    }
}
