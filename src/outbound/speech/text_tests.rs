//! What is spoken of a text, and what a program sees of it.

use super::*;
use proptest::prelude::*;

#[test]
fn tags_are_not_spoken() {
    for (text, expected) in [
        ("Hello <b>you</b> & me", "Hello <b>you</b> & me"),
        ("a\0b\u{1b}[1mc", "ab[1mc"),
        ("<speak>Hello <emphasis level=\"strong\">you</emphasis> &amp; me</speak>", "Hello you & me"),
        ("  <speak version='1.1'>one<break time=\"500ms\"/>two</speak>", "one … two"),
        ("<speak><p>One.</p><p>Two.</p></speak>", "\nOne.\n\nTwo.\n"),
        ("<speak>a<metadata>secret<metadata>x</metadata></metadata>b</speak>", "ab"),
        ("<speak>&lt;b&gt; &#65;&#x42; &copy; &; & x</speak>", "<b> AB &copy; &; & x"),
        ("<speak><![CDATA[1 < 2]]><!-- no --><?no?>.</speak>", "1 < 2."),
        ("<speak>never closed <", "never closed "),
        ("<speak>never closed <!-- x", "never closed "),
        ("<speak", ""),
    ] {
        assert_eq!(plain(text), expected, "{text}");
    }
}

#[test]
fn only_harmless_ssml_is_passed_on() {
    for (text, expected) in [
        ("2 < 3 & 5 > 4", "2 &lt; 3 &amp; 5 &gt; 4"),
        ("<speak>a<break time=\"1s\"/>b</speak>", "a<break time=\"1s\"/>b"),
        ("<speak><audio src=\"x; reboot\"/>b<audio src='a'>c</audio></speak>", "bc"),
        ("<speak><voice name=\"../../x\" gender='female'>a</voice></speak>", "<voice gender=\"female\">a</voice>"),
        ("<speak><prosody rate=\"+10%\" pitch=\"x&quot;y\">a</speak>", "<prosody rate=\"+10%\">a</prosody>"),
        ("<speak><p><s>a</p></s>b</speak>", "<p><s>a</s></p>b"),
        ("<speak><lexicon uri=\"http://x\"/><mark name=\"x\"/>a&lt;audio/&gt;</speak>", "a&lt;audio/&gt;"),
        ("<speak><![CDATA[<audio src=\"x\"/>]]></speak>", "&lt;audio src=\"x\"/&gt;"),
        ("<speak><sub alias=\"a\" alias2=\"b\" onclick = 'c'>d</sub></speak>", "<sub alias=\"a\">d</sub>"),
        ("<speak><p/ xml:lang=\"en\">a</speak>", "a"),
    ] {
        assert_eq!(ssml(text), format!("<speak>{expected}</speak>"), "{text}");
    }
    let deep = format!("<speak>{}x", "<p>".repeat(10_000));
    assert_eq!(ssml(&deep).matches("<p>").count(), MAX_DEPTH);
}

#[test]
fn texts_are_split_where_sentences_end() {
    assert_eq!(pieces("One. Two. Three.", 10), ["One. Two.", "Three."]);
    assert_eq!(pieces("It costs 3.50 today. Good.", 18), ["It costs 3.50", "today. Good."]);
    assert_eq!(pieces("첫 문장입니다。둘째。", 9), ["첫 문장입니다。", "둘째。"]);
    assert_eq!(pieces("aaaaaaaaaa", 4), ["aaaa", "aaaa", "aa"]);
    assert_eq!(pieces("ääää", 1), ["ä", "ä", "ä", "ä"]);
    assert_eq!(pieces("  short  ", 100), ["short"]);
    assert_eq!(pieces(" \n ", 100), Vec::<&str>::new());
}

proptest! {
    #[test]
    fn no_text_breaks_anything(text in "(<speak>)?[a-z <>/&;!?\\[\\]\"'=.。\\-#x0-9\n]{0,120}", most in 1..30_usize) {
        let spoken = plain(&text);
        for piece in pieces(&spoken, most) {
            prop_assert!(!piece.is_empty() && piece.chars().count() <= most);
        }
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(letters(&pieces(&spoken, most).concat()), letters(&spoken));
        // Whatever went in, what comes out has only known elements, in order.
        let document = ssml(&text);
        let mut open = Vec::new();
        for part in Parts(&document) {
            match part {
                Part::Open { empty: true, .. } | Part::Text(_) => {}
                Part::Open { name, .. } => {
                    prop_assert!(name == "speak" || ELEMENTS.iter().any(|(known, _)| *known == name));
                    open.push(name);
                }
                Part::Close(name) => prop_assert_eq!(open.pop(), Some(name)),
                Part::Other => prop_assert!(false, "{}", document),
            }
        }
        prop_assert!(open.is_empty());
    }

    #[test]
    fn documents_of_tags_stay_well_formed(
        tags in prop::collection::vec(
            prop::sample::select(vec!["<p>", "</p>", "<s>", "</s>", "<voice gender='x'>", "</voice>", "<audio src='x'>",
                "</audio>", "<metadata>", "</metadata>", "x", "&lt;", "<", ">", "<break/>", "<!--", "-->", "<![CDATA[", "]]>"]),
            0..30,
        ),
    ) {
        let document = ssml(&format!("<speak>{}", tags.concat()));
        prop_assert!(!document.contains("<audio"));
        prop_assert_eq!(document.matches("<p>").count(), document.matches("</p>").count());
        prop_assert_eq!(document.matches("<voice").count(), document.matches("</voice>").count());
    }
}
