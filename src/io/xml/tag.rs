//! Tags and characters: the parts of XML 1.0 (fifth edition) well-formedness that lie inside one piece of markup or text.

use std::borrow::Cow;

/// More attributes than any report writes, few enough to compare each with each.
const MOST_ATTRIBUTES: usize = 256;

const NAME_START: u8 = 1;
const NAME: u8 = 2;
const SPECIAL: u8 = 4;

/// What a byte may be: begin a name, continue a name, need a closer look inside an attribute value.
static CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => NAME_START | NAME,
            b'-' | b'.' | b'0'..=b'9' => NAME,
            0..0x20 | b'"' | b'\'' | b'&' | b'<' | 0xEF => SPECIAL,
            _ => 0,
        };
        byte += 1;
    }
    class
};

/// What is wrong, and how many bytes into the text that was looked at.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Flaw {
    pub(super) fn new<T>(at: usize, message: impl Into<String>) -> Result<T, Self> {
        Err(Self { at, message: message.into() })
    }
}

/// Where an attribute lies in its tag; `plain` values need no unescaping.
#[derive(Clone, Copy)]
pub(super) struct Attribute {
    name: (u32, u32),
    value: (u32, u32),
    plain: bool,
}

/// A start tag, borrowed from the reader until the next event.
#[derive(Clone, Copy)]
pub struct Tag<'a> {
    pub(super) content: &'a [u8],
    pub(super) name: usize,
    pub(super) attributes: &'a [Attribute],
}

impl<'a> Tag<'a> {
    /// The element's name without its namespace prefix.
    pub fn local(&self) -> &'a [u8] {
        local(&self.content[..self.name])
    }

    /// The value of the attribute with this name (prefix included), unescaped and normalised as XML 1.0 section 3.3.3 says.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes
            .iter()
            .find(|attribute| slice(self.content, attribute.name) == name.as_bytes())
            .map(|attribute| self.value(attribute))
    }

    /// All attributes in order: name (prefix included) and value as `get` gives it.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a [u8], Cow<'a, str>)> {
        self.attributes.iter().map(|attribute| (slice(self.content, attribute.name), self.value(attribute)))
    }

    fn value(&self, attribute: &Attribute) -> Cow<'a, str> {
        // quick-xml has checked that the tag is UTF-8, so nothing is lost by the default.
        let raw = std::str::from_utf8(slice(self.content, attribute.value)).unwrap_or_default();
        if attribute.plain { Cow::Borrowed(raw) } else { Cow::Owned(unescape(&raw.replace("\r\n", " ").replace(['\n', '\t', '\r'], " "))) }
    }
}

fn slice(content: &[u8], (from, to): (u32, u32)) -> &[u8] {
    &content[from as usize..to as usize]
}

/// A name without its prefix.
pub(super) fn local(name: &[u8]) -> &[u8] {
    name.iter().rposition(|&byte| byte == b':').map_or(name, |colon| &name[colon + 1..])
}

/// Checks the inside of a start tag (valid UTF-8, less than 4 GiB), notes its attributes and returns the length of its name.
pub(super) fn scan(content: &[u8], attributes: &mut Vec<Attribute>) -> Result<usize, Flaw> {
    attributes.clear();
    let name = name_end(content, 0)?;
    let mut at = name;
    loop {
        let spaced = skip_space(content, at);
        if spaced == content.len() {
            return Ok(name);
        }
        if spaced == at {
            return Flaw::new(at, "white space is missing before an attribute");
        }
        let end = name_end(content, spaced)?;
        let value = quoted(content, skip_equals(content, end)?)?;
        let attribute = Attribute { name: (spaced as u32, end as u32), value: (value.from as u32, value.to as u32), plain: value.plain };
        if attributes.iter().any(|other| slice(content, other.name) == &content[spaced..end]) {
            return Flaw::new(spaced, format!("attribute `{}` is given twice", shown(&content[spaced..end])));
        }
        if attributes.len() == MOST_ATTRIBUTES {
            return Flaw::new(spaced, format!("an element has more than {MOST_ATTRIBUTES} attributes"));
        }
        attributes.push(attribute);
        at = value.to + 1;
    }
}

fn skip_equals(content: &[u8], at: usize) -> Result<usize, Flaw> {
    let at = skip_space(content, at);
    if content.get(at) != Some(&b'=') {
        return Flaw::new(at, "an attribute has no value");
    }
    Ok(skip_space(content, at + 1))
}

struct Quoted {
    from: usize,
    to: usize,
    plain: bool,
}

fn quoted(content: &[u8], at: usize) -> Result<Quoted, Flaw> {
    let quote = match content.get(at) {
        Some(&quote @ (b'"' | b'\'')) => quote,
        _ => return Flaw::new(at, "an attribute value is not quoted"),
    };
    let from = at + 1;
    let mut plain = true;
    let mut at = from;
    loop {
        while content.get(at).is_some_and(|&byte| CLASS[byte as usize] & SPECIAL == 0) {
            at += 1;
        }
        match content.get(at) {
            None => return Flaw::new(from - 1, "an attribute value is not closed"),
            Some(&byte) if byte == quote => return Ok(Quoted { from, to: at, plain }),
            Some(b'"' | b'\'') => at += 1,
            Some(b'<') => return Flaw::new(at, "`<` stands in an attribute value"),
            Some(b'&') => {
                at += reference(&content[at..]).map_err(|message| Flaw { at, message })?.1;
                plain = false;
            }
            Some(b'\n' | b'\t' | b'\r') => {
                at += 1;
                plain = false;
            }
            Some(_) => {
                let width = width(content[at]);
                check_characters(&content[at..at + width]).map_err(|flaw| Flaw { at, ..flaw })?;
                at += width;
            }
        }
    }
}

pub(super) fn skip_space(content: &[u8], mut at: usize) -> usize {
    while content.get(at).is_some_and(|&byte| is_space(byte)) {
        at += 1;
    }
    at
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r')
}

/// Where the name that starts at `at` ends: a `QName`, that is at most one colon, with something on both sides.
pub(super) fn name_end(content: &[u8], at: usize) -> Result<usize, Flaw> {
    let mut end = at;
    let mut wanted = NAME_START;
    let mut prefixed = false;
    while let Some(&byte) = content.get(end) {
        if CLASS[byte as usize] & wanted != 0 {
            end += 1;
            wanted = NAME;
        } else if byte >= 0x80 && is_wide_name(&content[end..end + width(byte)], wanted == NAME) {
            end += width(byte);
            wanted = NAME;
        } else if byte == b':' && wanted == NAME && !prefixed {
            end += 1;
            wanted = NAME_START;
            prefixed = true;
        } else {
            break;
        }
    }
    if wanted == NAME_START { Flaw::new(end, "a name is expected") } else { Ok(end) }
}

/// Bytes of the UTF-8 character that starts with this one.
fn width(first: u8) -> usize {
    first.leading_ones().max(1) as usize
}

/// Productions 4 and 4a, beyond ASCII.
fn is_wide_name(letter: &[u8], inside: bool) -> bool {
    let Some(letter) = std::str::from_utf8(letter).ok().and_then(|text| text.chars().next()) else { return false };
    matches!(letter, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
        || (inside && matches!(letter, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}'))
}

/// Production 2: what may stand in a document at all.
fn is_character(letter: char) -> bool {
    !matches!(letter, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Refuses invalid UTF-8 and characters that XML does not allow.
pub(super) fn check_characters(content: &[u8]) -> Result<&str, Flaw> {
    let text = match std::str::from_utf8(content) {
        Ok(text) => text,
        Err(error) => return Flaw::new(error.valid_up_to(), "a byte sequence that is not UTF-8"),
    };
    let suspect = |byte: &u8| (*byte < 0x20 && !is_space(*byte)) || *byte == 0xEF;
    if !content.iter().any(suspect) {
        return Ok(text);
    }
    match text.char_indices().find(|(_, letter)| !is_character(*letter)) {
        Some((at, letter)) => Flaw::new(at, format!("the character U+{:04X} is not allowed in XML", letter as u32)),
        None => Ok(text),
    }
}

/// The character that a reference at the start of `content` stands for, and its length. Only the five predefined entities and
/// numbers: entities that a DTD declares are never expanded.
fn reference(content: &[u8]) -> Result<(char, usize), String> {
    let end = content.iter().take(64).position(|&byte| byte == b';').ok_or("`&` does not begin a reference")?;
    let name = &content[1..end];
    let letter = match name {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => numbered(digits, 16)?,
        [b'#', digits @ ..] => numbered(digits, 10)?,
        _ => return Err(format!("`&{};` is not one of the five predefined entities, and no other is expanded", shown(name))),
    };
    Ok((letter, end + 1))
}

fn numbered(digits: &[u8], radix: u32) -> Result<char, String> {
    let digit = |byte: &u8| (*byte as char).is_digit(radix);
    let number =
        std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(digit)).and_then(|text| u32::from_str_radix(text, radix).ok());
    number
        .and_then(char::from_u32)
        .filter(|letter| is_character(*letter))
        .ok_or_else(|| "a numeric reference is not a character that XML allows".into())
}

/// Checks character data: characters, references, no `]]>`.
pub(super) fn check_text(content: &[u8]) -> Result<&str, Flaw> {
    let text = check_characters(content)?;
    for at in memchr::memchr_iter(b'&', content) {
        reference(&content[at..]).map_err(|message| Flaw { at, message })?;
    }
    match memchr::memmem::find(content, b"]]>") {
        Some(at) => Flaw::new(at, "`]]>` stands in text"),
        None => Ok(text),
    }
}

/// Replaces the references of a checked text.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let (letter, length) = reference(&rest.as_bytes()[at..]).unwrap_or(('&', 1));
        plain.push(letter);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    plain
}

/// How much of `text` can be looked at on its own: no character, reference or `]]>` is cut in two.
pub(super) fn whole(text: &[u8]) -> usize {
    let mut end = text.len();
    for back in 1..=text.len().min(4) {
        let byte = text[text.len() - back];
        if byte & 0xC0 != 0x80 {
            if width(byte) > back {
                end -= back;
            }
            break;
        }
    }
    let tail = end.saturating_sub(64);
    if let Some(at) = memchr::memrchr(b'&', &text[tail..end])
        && !text[tail + at..end].contains(&b';')
    {
        end = tail + at;
    }
    match text[..end] {
        [.., b']', b']'] => end - 2,
        [.., b']'] => end - 1,
        _ => end,
    }
}

/// Bytes for a message: printable and short.
pub(super) fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 100;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST)]);
    let mut shown: String = text
        .chars()
        .take(MOST)
        .flat_map(|letter| if letter.is_control() { letter.escape_default().collect() } else { vec![letter] })
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}
