#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::io::{self, Read};

use super::*;

/// The document as one line per event, or the error.
fn read(source: impl Read) -> Result<String, XmlError> {
    let mut xml = Xml::new(source);
    let mut out = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) => {
                write!(out, "<{}", String::from_utf8_lossy(tag.local())).unwrap();
                for (name, value) in tag.attributes() {
                    write!(out, " {}={value:?}", String::from_utf8_lossy(name)).unwrap();
                }
                out.push('\n');
            }
            Event::End(name) => writeln!(out, ">{}", String::from_utf8_lossy(name)).unwrap(),
            Event::Text(text) => writeln!(out, "{text:?}").unwrap(),
            Event::Eof => return Ok(out),
        }
    }
}

fn refused(document: &[u8]) -> String {
    read(document).expect_err("must be refused").to_string()
}

/// Gives one byte at a time, so that every boundary is met.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
        output[0] = *first;
        self.0 = rest;
        Ok(1)
    }
}

#[test]
fn elements_text_and_cdata_in_order() {
    let document = br#"<?xml version="1.0"?>
<!-- made by --><a:suite xmlns:a="urn:a" n='1 &amp; "2"&#x41;' t="x
y"><b/> one &lt;<![CDATA[<raw> ]] &amp;]]> two</a:suite>"#;
    let expected = "<suite xmlns:a=\"urn:a\" n=\"1 & \\\"2\\\"A\" t=\"x y\"\n<b\n>b\n\"one <\"\n\"<raw> ]] &amp;\"\n\"two\"\n>suite\n";
    assert_eq!(read(&document[..]).unwrap(), expected);
    assert_eq!(read(Trickle(document)).unwrap(), expected);
}

#[test]
fn a_place_counts_lines_and_characters() {
    assert_eq!(refused("<a>\n<b>é</b> <c x='1' x='2'/>\n</a>".as_bytes()), "attribute `x` is given twice (line 2, column 19)");
    let long = format!("<a>{}\n<b></c></a>", "\n<b/>".repeat(100_000));
    assert_eq!(read(long.as_bytes()).unwrap_err().place, Place { line: 100_002, column: 4 });
    let mut xml = Xml::new("<a>\n  <b/></a>".as_bytes());
    xml.next().unwrap();
    xml.next().unwrap();
    assert_eq!(xml.place(), Place { line: 2, column: 3 });
}

#[test]
fn encodings_are_decoded() {
    let text = "<a n=\"é\">ü\u{10400}</a>";
    let expected = "<a n=\"é\"\n\"ü𐐀\"\n>a\n";
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{text}");
    assert_eq!(read(format!("\u{FEFF}{text}").as_bytes()).unwrap(), expected);
    for document in [format!("\u{FEFF}{text}"), declared.clone(), format!("\u{FEFF}{declared}")] {
        assert_eq!(read(&utf16(&document, u16::to_le_bytes)[..]).unwrap(), expected);
        assert_eq!(read(Trickle(&utf16(&document, u16::to_be_bytes))).unwrap(), expected);
    }
    assert_eq!(read(declared.as_bytes()).unwrap(), expected, "UTF-16 declared, UTF-8 written");
    assert_eq!(read(&b"<?xml version='1.0' encoding='ISO-8859-1'?><a n='\xE9'/>"[..]).unwrap(), "<a n=\"é\"\n>a\n");
    assert_eq!(read(&b"<?xml version='1.0' encoding='windows-1252'?><a n='\x80'/>"[..]).unwrap(), "<a n=\"€\"\n>a\n");
    assert_eq!(refused(b"<?xml version='1.0' encoding='klingon'?><a/>"), "the declared encoding `klingon` is not known (line 1, column 1)");
    assert_eq!(refused(b"<a>\n<b n='\xE9'/></a>"), "a byte sequence that is not UTF-8 (line 2, column 7)");
    assert_eq!(refused(b"<a>\n \xE9 </a>"), "a byte sequence that is not UTF-8 (line 2, column 2)");
    let half = utf16("<a>\n<b/></a>", u16::to_le_bytes);
    assert_eq!(refused(&half[..19]), "a byte sequence that is not UTF-16LE (line 2, column 5)");
    assert_eq!(read(Trickle(&half[..19])).unwrap_err().to_string(), "a byte sequence that is not UTF-16LE (line 2, column 5)");
    assert!(refused(&"<a/>".chars().flat_map(|c| (c as u32).to_le_bytes()).collect::<Vec<u8>>()).contains("UTF-32"));
}

#[test]
fn long_text_comes_in_pieces_and_loses_nothing() {
    let words: String = (0..60_000).map(|n| format!("{n} é&amp;漢]]")).collect();
    let plain = words.replace("&amp;", "&");
    for (document, expected) in [(format!("<a>{words}</a>"), &plain), (format!("<a><![CDATA[{words}]]></a>"), &words)] {
        let mut xml = Xml::new(document.as_bytes());
        let (mut text, mut most) = (String::new(), 0);
        loop {
            match xml.next().unwrap() {
                Event::Text(piece) => {
                    most = most.max(piece.len());
                    text.push_str(piece);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(most <= 2 * PIECE && text == *expected);
    }
    assert_eq!(refused(format!("<a>{}]]></a>", "]".repeat(PIECE - 2)).as_bytes()), "`]]>` stands in text (line 1, column 65538)");
    assert!(read(format!("<a>{}</a>", "]".repeat(5 * PIECE)).as_bytes()).is_ok());
    assert!(read(format!("<a>{}</a>", "漢".repeat(PIECE)).as_bytes()).is_ok());
}

#[test]
fn what_is_not_a_whole_document_is_refused() {
    for (document, message) in [
        ("", "there is no XML element in it (line 1, column 1)"),
        ("  \n ", "there is no XML element in it (line 2, column 2)"),
        ("coverage: 80", "text stands outside the root element (line 1, column 1)"),
        ("<a><b>", "the file ends while 2 elements are still open: it is cut short (line 1, column 7)"),
        ("<a/><b/>", "a second root element follows the first (line 1, column 5)"),
        ("<a/>x", "text stands outside the root element (line 1, column 5)"),
        ("<a/><![CDATA[x]]>", "a CDATA section stands outside the root element (line 1, column 5)"),
        ("<a x='<'/>", "`<` stands in an attribute value (line 1, column 7)"),
        ("<a x=1/>", "an attribute value is not quoted (line 1, column 6)"),
        ("<a x/>", "an attribute has no value (line 1, column 5)"),
        ("<a x='1'y='2'/>", "white space is missing before an attribute (line 1, column 9)"),
        ("<a>]]></a>", "`]]>` stands in text (line 1, column 4)"),
        ("<a>\u{1}</a>", "the character U+0001 is not allowed in XML (line 1, column 4)"),
        ("<a x='\u{1}'/>", "the character U+0001 is not allowed in XML (line 1, column 7)"),
        ("<a x='\u{FFFF}'/>", "the character U+FFFF is not allowed in XML (line 1, column 7)"),
        ("<a>&#0;</a>", "a numeric reference is not a character that XML allows (line 1, column 4)"),
        ("<a>a & b</a>", "`&` does not begin a reference (line 1, column 6)"),
        ("<a>&nbsp;</a>", "`&nbsp;` is not one of the five predefined entities, and no other is expanded (line 1, column 4)"),
        ("<a><![CDATA[x</a>", "a CDATA section is not closed: the file is cut short (line 1, column 13)"),
        (" <?xml version='1.0'?><a/>", "an XML declaration stands elsewhere than at the very start (line 1, column 2)"),
        ("<?xml encoding='UTF-8'?><a/>", "the XML declaration has no version (line 1, column 3)"),
        ("<a/><!DOCTYPE a>", "a DOCTYPE stands elsewhere than before the root element (line 1, column 5)"),
        ("<!DOCTYPE a SYSTEM><a/>", "a DOCTYPE has no proper external identifier (line 1, column 19)"),
    ] {
        assert_eq!(refused(document.as_bytes()), message, "{document:?}");
        assert_eq!(read(Trickle(document.as_bytes())).unwrap_err().to_string(), message, "{document:?} byte by byte");
    }
}

#[test]
fn a_dtd_is_skipped_and_never_expanded() {
    let head = "<!DOCTYPE a PUBLIC '-//x' \"http://localhost/x.dtd\" [<!ENTITY x SYSTEM 'file:///etc/passwd'> <!ENTITY y '&x;&x;'> <!-- > ]> --> ] >";
    assert_eq!(read(format!("{head}<a/>").as_bytes()).unwrap(), "<a\n>a\n");
    assert!(refused(format!("{head}<a>&y;</a>").as_bytes()).contains("no other is expanded"));
    assert!(refused(format!("{head}<a b='&y;'/>").as_bytes()).contains("no other is expanded"));
}

/// Counts what it hands out of an endless pattern.
struct Endless<'a> {
    head: &'a [u8],
    pattern: &'a [u8],
    given: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        for byte in output.iter_mut() {
            *byte = if self.given < self.head.len() {
                self.head[self.given]
            } else {
                self.pattern[(self.given - self.head.len()) % self.pattern.len()]
            };
            self.given += 1;
        }
        assert!(self.given < 4 << 20, "reads on without a limit");
        Ok(output.len())
    }
}

#[test]
fn endless_input_is_refused_early() {
    for (head, pattern, message) in [
        ("", "<a>", "nested deeper than 256"),
        ("<a b='", "x", "longer than 1048576 bytes"),
        ("<a ", "x", "longer than 1048576 bytes"),
        ("<", "a", "longer than 1048576 bytes"),
        ("<!--", "x", "longer than 1048576 bytes"),
        ("<?a ", "x", "longer than 1048576 bytes"),
        ("<!DOCTYPE a [", "<!ENTITY x 'y'>", "longer than 1048576 bytes"),
        ("<![CDATA[", "x", "longer than 1048576 bytes"),
        ("<a>&", "x", "does not begin a reference"),
    ] {
        let error = read(Endless { head: head.as_bytes(), pattern: pattern.as_bytes(), given: 0 }).unwrap_err();
        assert!(error.to_string().contains(message), "{head}: {error}");
    }
    assert!(refused(format!("<a></{}>", "b".repeat(1 << 19)).as_bytes()).len() < 400);
    let many: String = (0..=256).map(|n| format!(" a{n}=''")).collect();
    assert!(refused(format!("<a{many}/>").as_bytes()).contains("more than 256 attributes"));
}

/// A reproducible stream of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % most as u64) as usize
    }
}

const SEEDS: [&str; 5] = [
    "<?xml version=\"1.0\" ?>\n<!DOCTYPE coverage SYSTEM 'http://x.org/coverage-04.dtd'>\n<!-- by tool -->\n<coverage line-rate=\"0.5\" version='7'>\n\t<sources><source>/src</source></sources><packages>\
     <class name=\"a&lt;b\" filename=\"a.py\"><methods/><lines><line number=\"1\" hits=\"1\"/><line number=\"2\" branch=\"true\" condition-coverage=\"50% (1/2)\" hits=\"0\" /></lines></class></packages></coverage>\n",
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes'?><testsuites><testsuite name=\"s\" tests=\"1\"><properties/><testcase classname=\"a.b\" name=\"t[é-1]\" time=\"0.1\"><failure message=\"a &gt; b&#10;c\">\
     trace &amp; <![CDATA[<x> ]] > &]]> end</failure><system-out>é漢</system-out></testcase></testsuite></testsuites>",
    "<a:r xmlns:a='urn:1' xmlns='urn:2' xsi:l='u' xmlns:xsi='urn:3'><?pi some ?><a:b a:c='1' c='2'>text</a:b><!----></a:r >",
    "<!DOCTYPE r PUBLIC \"-//a//b\" \"u\" [\n<!ENTITY e 'v'>\n<!-- c -->\n]>\n<?p?><r>x &quot;&apos;&#65;&#x41;</r><!-- after --> <?q z?>",
    "<r é='ü'>\u{10000}\r\n<x\n a = \"1\"\tb='2' /></r>",
];

const TOKENS: [&str; 48] = [
    "<",
    ">",
    "&",
    "\"",
    "'",
    "/",
    "=",
    " ",
    "\n",
    "!",
    "?",
    "-",
    "]",
    "[",
    ";",
    "#",
    "x",
    "0",
    ":",
    "é",
    "\u{1}",
    "\u{FFFE}",
    "\u{7F}",
    "\t",
    "--",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[",
    "/>",
    "</",
    "<a>",
    "</a>",
    "<a/>",
    "&amp;",
    "&#0;",
    "&#x110000;",
    "&e;",
    "<?xml version='1.0'?>",
    "<?",
    "?>",
    "<!DOCTYPE r>",
    "a='1'",
    " a='1'",
    "xmlns:b='u'",
    "b:",
    "\u{FEFF}",
    "%",
];

fn mutate(seed: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = seed.chars().collect();
    for _ in 0..=dice.below(2) {
        let at = dice.below(letters.len());
        let token = TOKENS[dice.below(TOKENS.len())].chars();
        match dice.below(5) {
            0 => drop(letters.remove(at)),
            1 => drop(letters.splice(at..=at, token)),
            2 => drop(letters.splice(at..at, token)),
            3 => {
                let other = dice.below(letters.len());
                letters.swap(at, other);
            }
            _ => {
                let end = (at + dice.below(12)).min(letters.len());
                let copied: Vec<char> = letters[at..end].to_vec();
                let to = dice.below(letters.len());
                letters.splice(to..to, copied);
            }
        }
        if letters.is_empty() {
            letters.push('<');
        }
    }
    letters.into_iter().collect()
}

fn oracle(document: &str) -> Result<(), roxmltree::Error> {
    roxmltree::Document::parse_with_options(document, roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() }).map(drop)
}

/// What the oracle refuses beyond well-formedness: namespaces, which do not change what a local name says.
fn is_about_namespaces(error: &roxmltree::Error) -> bool {
    use roxmltree::Error::*;
    matches!(
        error,
        InvalidXmlPrefixUri(_)
            | UnexpectedXmlUri(_)
            | UnexpectedXmlnsUri(_)
            | InvalidElementNamePrefix(_)
            | DuplicatedNamespace(..)
            | UnknownNamespace(..)
    )
}

/// What is wrong only inside the internal subset of a DTD, which is skipped unread and cannot change what the document says.
fn is_about_the_subset(document: &str) -> bool {
    let ends = |start: usize| document.match_indices(']').filter(move |(end, _)| *end > start);
    let blanked = |start: usize, end: usize| format!("{}{}", &document[..=start], &document[end..]);
    document.contains("<!DOCTYPE")
        && document.match_indices('[').any(|(start, _)| ends(start).any(|(end, _)| oracle(&blanked(start, end)).is_ok()))
}

/// Where we are right and the oracle is lax: the grammar of XML declarations, names of processing instructions, a colon at the start
/// of a name, numbers of no character, characters in a system identifier, `xmlns` given twice, encodings it does not look at.
const STRICTER: [&str; 11] = [
    "the XML declaration",
    "a processing instruction",
    "a name is expected",
    "a numeric reference",
    "the character U+",
    "is given twice",
    "the declared encoding",
    "`&` does not begin",
    "is not closed",
    "no other is expanded",
    "`</:",
];

#[test]
fn nothing_that_a_strict_parser_refuses_is_accepted() {
    let mut dice = Dice(7);
    let truncated = SEEDS.iter().flat_map(|seed| seed.char_indices().map(|(at, _)| seed[..at].to_owned()));
    let mutated = SEEDS.iter().flat_map(|seed| std::iter::repeat_n(seed, 12_000)).map(|seed| mutate(seed, &mut dice));
    let (mut refused, mut stricter) = (0, 0);
    for (number, document) in truncated.chain(mutated).enumerate() {
        let ours = read(document.as_bytes()).map_err(|error| error.to_string());
        match (oracle(&document), &ours) {
            (Err(error), Ok(_)) => {
                assert!(is_about_namespaces(&error) || is_about_the_subset(&document), "accepted although {error}: {document:?}")
            }
            (Err(_), Err(_)) => refused += 1,
            (Ok(()), Err(error)) => {
                stricter += 1;
                assert!(STRICTER.iter().any(|message| error.contains(message)), "{error}: {document:?}");
            }
            (Ok(()), Ok(_)) => {}
        }
        if number % 8 == 0 {
            assert_eq!(ours, read(Trickle(document.as_bytes())).map_err(|error| error.to_string()), "{document:?}");
        }
    }
    assert!(refused > 20_000 && stricter < refused / 40, "{refused} refused by both, {stricter} by us alone");
}
