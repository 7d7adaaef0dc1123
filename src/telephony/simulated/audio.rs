//! The audio of one call.

/// What sounds on a call, and which of it passes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audio {
    /// What we play to the remote party.
    pub ours: Option<String>,
    /// What the remote party says.
    pub theirs: Option<String>,
    /// The remote party's audio is sent back to it.
    pub echo: bool,
    /// The remote party hears nothing: it is held or muted.
    pub hears_nothing: bool,
    /// Nobody hears the remote party.
    pub unheard: bool,
}

impl Audio {
    /// Returns what others hear of the remote party.
    pub fn said(&self) -> Option<&String> {
        self.theirs.as_ref().filter(|_| !self.unheard)
    }
}
