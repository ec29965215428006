//! XML, strictly: the only place that names `quick-xml`, which finds the markup; well-formedness, encodings and limits are ours.
//!
//! A report that is cut short, has two roots or a stray `<` in a value is an error with its place, never a smaller report. DTDs are skipped unread, nothing is fetched, no entity is
//! expanded. Memory stays small whatever comes in.
//!
//! ```
//! use readiness::io::xml::{Event, Xml};
//! let mut xml = Xml::new(&b"<suite><case name='a &lt; b'/></suite>"[..]);
//! loop {
//!     match xml.next()? {
//!         Event::Start(tag) if tag.local() == b"case" => assert_eq!(tag.get("name").as_deref(), Some("a < b")),
//!         Event::Eof => break,
//!         _ => {}
//!     }
//! }
//! # Ok::<(), readiness::io::xml::XmlError>(())
//! ```

mod decode;
mod feed;
mod tag;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event as Markup;

use decode::Utf8Reader;
pub use feed::Place;
use feed::Feed;
pub use tag::Tag;
use tag::{Attribute, Flaw};

/// Deeper nesting than any report has.
const DEEPEST: usize = 256;
/// A single tag, comment or DTD may be this long.
const LONGEST_MARKUP: usize = 1 << 20;
/// Text comes in pieces of at most about this size.
const PIECE: usize = 1 << 16;
const BUFFER: usize = 1 << 16;

/// What comes next in a document. Every `Start` is followed by its `End`, also for `<a/>`.
pub enum Event<'a> {
    /// An element begins.
    Start(Tag<'a>),
    /// The element with this local name ends.
    End(&'a [u8]),
    /// Text or CDATA, unescaped. White space before the first character after markup is dropped; long text comes in several pieces.
    Text(&'a str),
    /// The document is complete and well-formed.
    Eof,
}

/// Why a document cannot be trusted, and where.
#[derive(Debug, thiserror::Error)]
#[error("{message} (line {}, column {})", place.line, place.column)]
pub struct XmlError {
    /// Where it was noticed.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}

/// A pull reader of one document.
pub struct Xml<R> {
    reader: Reader<Feed<Utf8Reader<R>>>,
    /// The markup last read, from `<` to `>`.
    markup: Vec<u8>,
    attributes: Vec<Attribute>,
    text: Vec<u8>,
    plain: String,
    /// Bytes of `text` that the last event gave out.
    given: usize,
    state: State,
    depth: usize,
    doctype: bool,
    root: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Content,
    /// Inside a long text, or a CDATA section.
    Text,
    Cdata,
    /// An empty-element tag was given as a start; its end is due. The length of its name.
    EmptyEnd(usize),
}

enum Found {
    Start,
    Empty,
    End(usize),
    Comment,
    Instruction,
    Doctype,
    Other,
}

impl<R: Read> Xml<R> {
    /// Reads from `source`, which needs no buffering of its own.
    pub fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(Feed::new(Utf8Reader::new(source), BUFFER, LONGEST_MARKUP));
        reader.config_mut().check_comments = true;
        Self {
            reader,
            markup: Vec::new(),
            attributes: Vec::new(),
            text: Vec::new(),
            plain: String::new(),
            given: 0,
            state: State::Content,
            depth: 0,
            doctype: false,
            root: false,
        }
    }

    /// Where the last event began.
    pub fn place(&self) -> Place {
        self.reader.get_ref().place()
    }

    /// The next event; after an error, nothing that follows means anything.
    ///
    /// # Errors
    /// Anything that XML 1.0 calls not well-formed, an encoding that cannot be read, a limit that is passed, an I/O error.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Event<'_>, XmlError> {
        loop {
            match self.state {
                State::Text | State::Cdata => {
                    if self.more_text()? {
                        return Ok(Event::Text(&self.plain));
                    }
                }
                State::EmptyEnd(name) => {
                    self.state = State::Content;
                    self.depth -= 1;
                    return Ok(Event::End(tag::local(&self.markup[1..=name])));
                }
                State::Content => match self.peek()? {
                    None => return self.end(),
                    Some(b'<') if self.depth > 0 && self.at(b"<![CDATA[")? => self.begin_cdata(),
                    Some(b'<') => match self.read_markup()? {
                        Found::Start => return self.start(0),
                        Found::Empty => return self.start(1),
                        Found::End(name) => {
                            self.depth -= 1;
                            return Ok(Event::End(tag::local(&self.markup[2..2 + name])));
                        }
                        Found::Comment => self.check(4, tag::check_characters)?,
                        Found::Instruction => self.check_instruction()?,
                        Found::Doctype => self.check_doctype()?,
                        Found::Other => return Err(self.error("a CDATA section stands outside the root element")),
                    },
                    Some(_) if self.depth == 0 => return Err(self.error("text stands outside the root element")),
                    Some(_) => {
                        self.state = State::Text;
                        self.text.clear();
                        self.given = 0;
                    }
                },
            }
        }
    }

    fn start(&mut self, slash: usize) -> Result<Event<'_>, XmlError> {
        let inside = 1..self.markup.len() - 1 - slash;
        let name = match tag::scan(&self.markup[inside.clone()], &mut self.attributes) {
            Ok(name) => name,
            Err(flaw) => return Err(self.flaw(inside.start, flaw)),
        };
        if self.depth == 0 && self.root {
            return Err(self.error("a second root element follows the first"));
        }
        if self.depth == DEEPEST {
            return Err(self.error(&format!("elements are nested deeper than {DEEPEST}")));
        }
        self.root = true;
        self.depth += 1;
        if slash == 1 {
            self.state = State::EmptyEnd(name);
        }
        Ok(Event::Start(Tag { content: &self.markup[inside], name, attributes: &self.attributes }))
    }

    fn end(&self) -> Result<Event<'_>, XmlError> {
        match (self.depth, self.root) {
            (0, true) => Ok(Event::Eof),
            (0, false) => Err(self.error("there is no XML element in it")),
            (depth, _) => Err(self.error(&format!("the file ends while {depth} elements are still open: it is cut short"))),
        }
    }

    /// The next byte that is not white space, with the mark set on it.
    fn peek(&mut self) -> Result<Option<u8>, XmlError> {
        let feed = self.reader.get_mut();
        let next = feed.skip_space();
        feed.set_mark();
        next.map_err(|error| self.failed(&error))
    }

    fn at(&mut self, prefix: &[u8]) -> Result<bool, XmlError> {
        let at = self.reader.get_mut().starts_with(prefix);
        at.map_err(|error| self.failed(&error))
    }

    fn read_markup(&mut self) -> Result<Found, XmlError> {
        self.markup.clear();
        match self.reader.read_event_into(&mut self.markup) {
            Ok(Markup::Start(_)) => Ok(Found::Start),
            Ok(Markup::Empty(_)) => Ok(Found::Empty),
            Ok(Markup::End(end)) => Ok(Found::End(end.name().as_ref().len())),
            Ok(Markup::Comment(_)) => Ok(Found::Comment),
            Ok(Markup::PI(_) | Markup::Decl(_)) => Ok(Found::Instruction),
            Ok(Markup::DocType(_)) => Ok(Found::Doctype),
            Ok(_) => Ok(Found::Other),
            Err(quick_xml::Error::Io(error)) => Err(self.failed(&error)),
            Err(quick_xml::Error::Encoding(_)) => Err(self.check(0, tag::check_characters).err().unwrap_or_else(|| self.error("a byte sequence that is not UTF-8"))),
            Err(error) => Err(self.error(&tag::shown(error.to_string().as_bytes()))),
        }
    }

    fn begin_cdata(&mut self) {
        self.reader.get_mut().consume(b"<![CDATA[".len());
        self.state = State::Cdata;
        self.text.clear();
        self.given = 0;
    }

    /// Reads the next piece of text into `plain`. Whether there is anything in it.
    fn more_text(&mut self) -> Result<bool, XmlError> {
        self.text.drain(..self.given);
        let carried = self.text.len();
        self.reader.get_mut().set_mark();
        let read = if self.state == State::Cdata { self.read_cdata() } else { self.read_text() };
        let ended = match read {
            Ok(ended) => ended,
            Err(error) => return Err(self.failed(&error)),
        };
        self.given = if ended { self.text.len() } else { tag::whole(&self.text) };
        let piece = &self.text[..self.given];
        let checked = if self.state == State::Cdata { tag::check_characters(piece) } else { tag::check_text(piece) };
        match checked {
            Ok(text) if self.state == State::Text && text.contains('&') => self.plain = tag::unescape(text),
            Ok(text) => {
                self.plain.clear();
                self.plain.push_str(text);
            }
            Err(Flaw { at, message }) => {
                let place = self.place();
                let column = place.column.saturating_sub(carried as u64).max(1);
                return Err(XmlError { place: Place { column, ..place }.after(&piece[..at]), message });
            }
        }
        if ended {
            self.state = State::Content;
        }
        Ok(!self.plain.is_empty())
    }

    fn read_text(&mut self) -> io::Result<bool> {
        let before = self.text.len();
        let stopped = self.reader.get_mut().take_until(b'<', PIECE, &mut self.text)?;
        Ok(stopped || self.text.len() - before < PIECE)
    }

    fn read_cdata(&mut self) -> io::Result<bool> {
        let feed = self.reader.get_mut();
        while self.text.len() < PIECE {
            if feed.take_until(b'>', PIECE, &mut self.text)? {
                feed.consume(1);
                if self.text.ends_with(b"]]") {
                    self.text.truncate(self.text.len() - 2);
                    return Ok(true);
                }
                self.text.push(b'>');
            } else if self.text.len() < PIECE {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a CDATA section is not closed: the file is cut short"));
            }
        }
        Ok(false)
    }

    fn check_instruction(&self) -> Result<(), XmlError> {
        let content = &self.markup[2..self.markup.len() - 2];
        let name = tag::name_end(content, 0).map_err(|flaw| self.flaw(2, flaw))?;
        if content.get(name).is_some_and(|&byte| !tag::is_space(byte)) {
            return Err(self.error("a processing instruction has no proper name"));
        }
        match &content[..name] {
            b"xml" if self.place() == Place::START => self.check_declaration(content),
            b"xml" => Err(self.error("an XML declaration stands elsewhere than at the very start")),
            other if other.eq_ignore_ascii_case(b"xml") => Err(self.error("a processing instruction is named `xml`")),
            _ => self.check(2, tag::check_characters),
        }
    }

    fn check_declaration(&self, content: &[u8]) -> Result<(), XmlError> {
        let mut attributes = Vec::new();
        let name = tag::scan(content, &mut attributes).map_err(|flaw| self.flaw(2, flaw))?;
        let declaration = Tag { content, name, attributes: &attributes };
        let mut wanted = [&b"version"[..], b"encoding", b"standalone"].into_iter();
        for (name, value) in declaration.attributes() {
            let proper = match name {
                b"version" => value.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())),
                b"encoding" => value.starts_with(|first: char| first.is_ascii_alphabetic()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)),
                _ => matches!(&*value, "yes" | "no"),
            };
            if !proper || !wanted.any(|other| other == name) {
                return Err(self.error("the XML declaration is not well-formed"));
            }
        }
        if declaration.get("version").is_none() { Err(self.error("the XML declaration has no version")) } else { Ok(()) }
    }

    /// `<!DOCTYPE name external-id? [internal subset]? >`, before the root, once. What the subset says is not read.
    fn check_doctype(&mut self) -> Result<(), XmlError> {
        if self.root || std::mem::replace(&mut self.doctype, true) {
            return Err(self.error("a DOCTYPE stands elsewhere than before the root element"));
        }
        match tag::doctype(&self.markup) {
            Ok(()) => self.check(0, tag::check_characters),
            Err(flaw) => Err(self.flaw(0, flaw)),
        }
    }

    fn check(&self, from: usize, check: impl Fn(&[u8]) -> Result<&str, Flaw>) -> Result<(), XmlError> {
        check(&self.markup[from..]).map(drop).map_err(|flaw| self.flaw(from, flaw))
    }

    fn flaw(&self, from: usize, flaw: Flaw) -> XmlError {
        XmlError { place: self.place().after(&self.markup[..from + flaw.at]), message: flaw.message }
    }

    fn error(&self, message: &str) -> XmlError {
        XmlError { place: self.place(), message: message.to_owned() }
    }

    fn failed(&self, error: &io::Error) -> XmlError {
        match error.kind() {
            io::ErrorKind::FileTooLarge => self.error(&format!("a tag, comment or DTD is longer than {LONGEST_MARKUP} bytes")),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => self.error(&error.to_string()),
            _ => self.error(&format!("reading failed: {error}")),
        }
    }
}
