//! The command line of `--speech-command`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// What a command line may contain, in braces.
const NAMES: [&str; 5] = ["language", "voice", "gender", "text_file", "wav_file"];

/// A command line with names in braces. It is split into arguments before the names are replaced, and no shell reads it, so a
/// value is always a part of one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    arguments: Vec<String>,
}

/// What the names in braces stand for.
pub struct Values<'a> {
    pub language: &'a str,
    pub voice: &'a str,
    pub gender: &'a str,
    pub text_file: &'a Path,
    pub wav_file: &'a Path,
}

impl Template {
    /// Returns the program and its arguments.
    pub fn arguments(&self, values: &Values) -> Vec<String> {
        self.arguments.iter().map(|argument| filled(argument, values)).collect()
    }

    /// Returns whether the command reads the text from a file, and not from standard input.
    pub fn reads_file(&self) -> bool {
        self.names("{text_file}")
    }

    /// Returns whether the command writes the sound to a file, and not to standard output.
    pub fn writes_file(&self) -> bool {
        self.names("{wav_file}")
    }

    fn names(&self, name: &str) -> bool {
        self.arguments.iter().any(|argument| argument.contains(name))
    }
}

fn filled(argument: &str, values: &Values) -> String {
    let (mut filled, mut rest) = (String::new(), argument);
    // A value is not looked at again: it may contain braces.
    while let Some((before, name, after)) = next_name(rest) {
        filled.push_str(before);
        match name {
            "language" => filled.push_str(values.language),
            "voice" => filled.push_str(values.voice),
            "gender" => filled.push_str(values.gender),
            "text_file" => filled.push_str(&values.text_file.to_string_lossy()),
            _ => filled.push_str(&values.wav_file.to_string_lossy()),
        }
        rest = after;
    }
    filled + rest
}

/// Splits a text at its first name in braces.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let (before, from) = text.split_at_checked(at)?;
        let (name, after) = from.strip_prefix('{')?.split_once('}')?;
        NAMES.contains(&name).then_some((before, name, after))
    })
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Template, String> {
        let arguments = split(text)?;
        match arguments.first() {
            None => return Err("expected a program and its arguments".to_owned()),
            Some(program) if program.is_empty() || program.contains('{') => {
                return Err("expected the name of a program first".to_owned());
            }
            Some(_) => {}
        }
        let mut rest = text;
        while let Some((_, name)) = rest.split_once('{') {
            match next_name(&rest[rest.len() - name.len() - 1..]) {
                Some(("", _, after)) => rest = after,
                _ => return Err(format!("expected one of {{{}}} after each brace", NAMES.join("}, {"))),
            }
        }
        Ok(Template { text: text.to_owned(), arguments })
    }
}

/// Splits a command line into arguments as a POSIX shell does (XCU 2.2, 2.3): at blanks, but for those in quotes or behind a
/// backslash. Everything else that means something to a shell is refused, so that nobody relies on it.
fn split(text: &str) -> Result<Vec<String>, String> {
    let (mut arguments, mut current): (Vec<String>, Option<String>) = (Vec::new(), None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => arguments.extend(current.take()),
            '\'' => current.get_or_insert_default().push_str(&quoted(&mut letters, '\'')?),
            '"' => current.get_or_insert_default().push_str(&quoted(&mut letters, '"')?),
            '\\' => current.get_or_insert_default().push(letters.next().ok_or("a backslash is the last character")?),
            '|' | '&' | ';' | '<' | '>' | '(' | ')' | '$' | '`' | '*' | '?' | '#' | '~' => {
                return Err(format!("{letter} has no meaning without a shell; put it in single quotes to pass it on"));
            }
            '\0' => return Err("expected no NUL".to_owned()),
            letter => current.get_or_insert_default().push(letter),
        }
    }
    arguments.extend(current);
    Ok(arguments)
}

fn quoted(letters: &mut std::str::Chars, end: char) -> Result<String, String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter == end => return Ok(text),
            '\\' if end == '"' => match letters.next() {
                Some(escaped @ ('"' | '\\' | '$' | '`')) => text.push(escaped),
                Some(other) => text.extend(['\\', other]),
                None => break,
            },
            '$' | '`' if end == '"' => {
                return Err(format!("{letter} has no meaning without a shell; put it in single quotes to pass it on"));
            }
            letter => text.push(letter),
        }
    }
    Err(format!("a quote ({end}) is not closed"))
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(template: &str) -> Vec<String> {
        let values = Values {
            language: "en-US",
            voice: "a {text_file} 'b'",
            gender: "female",
            text_file: Path::new("/tmp/a b/text"),
            wav_file: Path::new("/tmp/a b/wav"),
        };
        template.parse::<Template>().unwrap().arguments(&values)
    }

    #[test]
    fn values_are_parts_of_one_argument() {
        assert_eq!(
            arguments("espeak-ng -v {language} -f {text_file} -w {wav_file}"),
            ["espeak-ng", "-v", "en-US", "-f", "/tmp/a b/text", "-w", "/tmp/a b/wav"]
        );
        assert_eq!(arguments("x --voice={voice}/{gender}"), ["x", "--voice=a {text_file} 'b'/female"]);
        assert_eq!(arguments(r#"'a b' "c \" d" e\ f '' 'g;h'"#), ["a b", "c \" d", "e f", "", "g;h"]);
        assert_eq!(arguments("x  -a\t-b\n"), ["x", "-a", "-b"]);
    }

    #[test]
    fn what_reads_and_writes_files_is_known() {
        let known = |template: &str| {
            let template: Template = template.parse().unwrap();
            (template.reads_file(), template.writes_file())
        };
        assert_eq!(known("x {text_file} {wav_file}"), (true, true));
        assert_eq!(known("x --stdin --stdout"), (false, false));
    }

    #[test]
    fn what_only_a_shell_understands_is_refused() {
        for (template, words) in [
            ("", "a program"),
            ("   ", "a program"),
            ("'' x", "name of a program"),
            ("{voice} x", "name of a program"),
            ("x | y", "without a shell"),
            ("x > y", "without a shell"),
            ("x; y", "without a shell"),
            ("x $HOME", "without a shell"),
            ("x \"$HOME\"", "without a shell"),
            ("x `y`", "without a shell"),
            ("x 'y", "not closed"),
            ("x \"y", "not closed"),
            ("x \\", "backslash"),
            ("x {text}", "expected one of {language}, {voice}, {gender}, {text_file}, {wav_file}"),
            ("x {voice", "expected one of"),
            ("x {{voice}}", "expected one of"),
        ] {
            let error = template.parse::<Template>().unwrap_err();
            assert!(error.contains(words), "{template}: {error}");
        }
    }
}
