//! Combines several checks of one request, so that all violations are reported together.

use super::{Error, Result};

/// Returns the values of several checks, or all their errors under the reason of the first: `all((name, detail))`.
pub fn all<C: Checks>(checks: C) -> Result<C::Values> {
    checks.values()
}

/// Like [`all`], for any number of checks of one kind.
pub fn each<T>(checks: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut values, mut error) = (Vec::new(), None);
    for check in checks {
        values.extend(value_of(check, &mut error));
    }
    error.map_or(Ok(values), Err)
}

/// A tuple of results.
pub trait Checks {
    type Values;

    fn values(self) -> Result<Self::Values>;
}

fn value_of<T>(check: Result<T>, error: &mut Option<Error>) -> Option<T> {
    match (check, error.take()) {
        (Ok(value), before) => {
            *error = before;
            Some(value)
        }
        (Err(first), None) => {
            *error = Some(first);
            None
        }
        (Err(other), Some(before)) => {
            *error = Some(before.and(other));
            None
        }
    }
}

macro_rules! checks {
    ($($check:ident)+) => {
        impl<$($check),+> Checks for ($(Result<$check>,)+) {
            type Values = ($($check,)+);

            #[allow(non_snake_case)]
            fn values(self) -> Result<Self::Values> {
                let ($($check,)+) = self;
                let mut error = None;
                $(let $check = value_of($check, &mut error);)+
                match (error, $($check),+) {
                    (None, $(Some($check)),+) => Ok(($($check,)+)),
                    (error, ..) => Err(error.expect("a check without a value has an error")),
                }
            }
        }
    };
}

checks!(A B);
checks!(A B C);
checks!(A B C D);
checks!(A B C D E);
checks!(A B C D E F);
checks!(A B C D E F G);
checks!(A B C D E F G H);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Reason;

    fn wrong(field: &str) -> Result<u8> {
        Err(Error::field(Reason::InvalidId, field, "expected a UUID"))
    }

    #[test]
    fn all_that_is_wrong_is_told_under_the_first_reason() {
        assert_eq!(all((Ok(1), Ok("a"))).unwrap(), (1, "a"));
        let name: Result<u8> = Err(Error::field(Reason::InvalidArgument, "name", "is too long"));
        let error = all((Ok(1), name, wrong("a"), each([Ok(1), wrong("b"), wrong("c")].into_iter()))).unwrap_err();
        let fields: Vec<&str> = error.violations.iter().map(|it| it.field.as_str()).collect();
        assert_eq!((error.reason, fields), (Reason::InvalidArgument, vec!["name", "a", "b", "c"]));
        assert_eq!(error.message, "name: is too long (and 3 more)");
    }

    #[test]
    fn an_error_that_is_no_fields_stands_alone() {
        let broken: Result<u8> = Err(Error::internal("disk full"));
        let error = all((wrong("a"), broken, wrong("b"))).unwrap_err();
        assert!(error.reason == Reason::Internal && error.violations.is_empty());
    }
}
