//! SIP statuses (RFC 3261 §21) and the reasons for which calls end.

use crate::model::call::HangupReason;

/// Returns why a call has ended whose remote party refused it with this status.
pub fn reason_of(code: u16) -> HangupReason {
    match code {
        486 | 600 => HangupReason::Busy,
        408 | 480 => HangupReason::Noanswer,
        487 => HangupReason::Cancel,
        _ => HangupReason::Failed,
    }
}

/// Returns the status with which an incoming call is refused that is hung up before it is answered.
pub fn status_for(reason: HangupReason) -> u16 {
    match reason {
        HangupReason::Normal | HangupReason::Amd => 603,
        HangupReason::Busy => 486,
        HangupReason::Noanswer | HangupReason::Cancel | HangupReason::Dialout | HangupReason::Timeout => 480,
        HangupReason::Failed => 503,
    }
}

/// Returns the phrase that RFC 3261 gives a status with which calls are refused; "" for other statuses.
pub fn phrase(code: u16) -> &'static str {
    match code {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        410 => "Gone",
        480 => "Temporarily Unavailable",
        484 => "Address Incomplete",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        500 => "Server Internal Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        _ => "",
    }
}
