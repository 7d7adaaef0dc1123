//! The commands that a document has its readers paste.

/// The commands of all blocks that name no language, in order, each in one piece however many lines it takes.
pub fn commands(document: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let (mut language, mut open) = (None, String::new());
    for line in document.lines() {
        match (line.strip_prefix("```"), language) {
            (Some(named), None) => language = Some(named),
            (Some(_), Some(_)) => {
                assert!(open.is_empty(), "a command without an end: {open}");
                language = None;
            }
            (None, Some("")) => {
                open += line;
                if is_whole(&open) {
                    commands.push(std::mem::take(&mut open));
                } else {
                    open += "\n";
                }
            }
            (None, _) => {}
        }
    }
    commands.retain(|it| !it.trim().is_empty());
    commands
}

/// Whether a shell would begin to run it: no quote is open and no line is to follow.
fn is_whole(command: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    for letter in command.chars() {
        match (letter, quote) {
            ('#', None) if before.is_whitespace() => return true,
            ('\'' | '"', None) => quote = Some(letter),
            (letter, Some(open)) if letter == open => quote = None,
            _ => {}
        }
        before = letter;
    }
    quote.is_none() && !command.ends_with('\\')
}

#[test]
fn commands_are_found() {
    let document = "Text.\n\n```\none   # that's it\ntwo '{\n  \"a\": 1}'\n\nthree \\\n    four\n```\n\n```rust\nfive\n```\n`six`\n";
    assert_eq!(commands(document), ["one   # that's it", "two '{\n  \"a\": 1}'", "three \\\n    four"]);
}
