//! XML, strictly: the only place that names `quick-xml`, which finds the ends of markup that is not a plain tag; well-formedness,
//! encodings and limits are ours.
//!
//! A report that is cut short, has two roots or a stray `<` in a value is an error with its place, never a smaller report. DTDs are
//! skipped unread, nothing is fetched, no entity is expanded. Memory stays small whatever comes in.
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
mod opening;
mod prolog;
mod tag;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event as Markup;

use decode::Utf8Reader;
use feed::Feed;
pub use feed::Place;
pub use opening::{Opening, opening};
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
    /// Whether the input was at its end by then, as when a file is cut short.
    pub ended: bool,
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
    /// Names of the open elements, one after the other, and where each begins.
    names: Vec<u8>,
    open: Vec<usize>,
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
    /// A start tag whose name is so long; `slash` is 1 for `<a/>`.
    Start {
        name: usize,
        slash: usize,
    },
    /// An end tag whose name is so long.
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
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        Self {
            reader,
            markup: Vec::new(),
            attributes: Vec::new(),
            text: Vec::new(),
            plain: String::new(),
            given: 0,
            state: State::Content,
            names: Vec::new(),
            open: Vec::new(),
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
                    return Ok(Event::End(tag::local(&self.markup[1..=name])));
                }
                State::Content => match self.peek()? {
                    None => return self.end(),
                    Some(b'<') if !self.open.is_empty() && self.at(b"<![CDATA[")? => self.begin_cdata(),
                    Some(b'<') => match self.read_markup()? {
                        Found::Start { name, slash } => return self.start(name, slash),
                        Found::End(name) => return self.finish(name),
                        Found::Comment => self.check(4, tag::check_characters)?,
                        Found::Instruction => self.check_instruction()?,
                        Found::Doctype => self.check_doctype()?,
                        Found::Other => return Err(self.error("a CDATA section stands outside the root element")),
                    },
                    Some(_) if self.open.is_empty() => return Err(self.error("text stands outside the root element")),
                    Some(_) => {
                        self.state = State::Text;
                        self.text.clear();
                        self.given = 0;
                    }
                },
            }
        }
    }

    fn start(&mut self, name: usize, slash: usize) -> Result<Event<'_>, XmlError> {
        if self.open.is_empty() && std::mem::replace(&mut self.root, true) {
            return Err(self.error("a second root element follows the first"));
        }
        if self.open.len() == DEEPEST {
            return Err(self.error(&format!("elements are nested deeper than {DEEPEST}")));
        }
        if slash == 0 {
            self.open.push(self.names.len());
            self.names.extend_from_slice(&self.markup[1..=name]);
        } else {
            self.state = State::EmptyEnd(name);
        }
        Ok(Event::Start(Tag { content: &self.markup[1..self.markup.len() - 1 - slash], name, attributes: &self.attributes }))
    }

    fn finish(&mut self, name: usize) -> Result<Event<'_>, XmlError> {
        let name = &self.markup[2..2 + name];
        let Some(open) = self.open.pop() else { return Err(self.error(&format!("`</{}>` closes nothing", tag::shown(name)))) };
        if name != &self.names[open..] {
            return Err(self.error(&format!("`</{}>` closes `<{}>`", tag::shown(name), tag::shown(&self.names[open..]))));
        }
        self.names.truncate(open);
        Ok(Event::End(tag::local(name)))
    }

    fn end(&self) -> Result<Event<'_>, XmlError> {
        match (self.open.len(), self.root) {
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

    /// Reads the markup that begins here into `self.markup`.
    fn read_markup(&mut self) -> Result<Found, XmlError> {
        self.markup.clear();
        if let Some(tag) = self.reader.get_ref().up_to(b'>') {
            self.markup.extend_from_slice(tag);
            if let Some(found) = self.plain_tag() {
                self.reader.get_mut().consume(self.markup.len());
                return Ok(found);
            }
            self.markup.clear();
        }
        self.any_markup()
    }

    /// The fast path: a tag that lies in the buffer and has no `>` in a value. What is not one, or not well-formed, is left to
    /// `any_markup`.
    fn plain_tag(&mut self) -> Option<Found> {
        let inside = &self.markup[1..self.markup.len() - 1];
        if !inside.is_ascii() && std::str::from_utf8(inside).is_err() {
            return None;
        }
        match inside {
            [b'!' | b'?', ..] => None,
            [b'/', name @ ..] => Some(Found::End(name.iter().rposition(|&byte| !tag::is_space(byte)).map_or(0, |last| last + 1))),
            [tag @ .., b'/'] => tag::scan(tag, &mut self.attributes).ok().map(|name| Found::Start { name, slash: 1 }),
            tag => tag::scan(tag, &mut self.attributes).ok().map(|name| Found::Start { name, slash: 0 }),
        }
    }

    fn any_markup(&mut self) -> Result<Found, XmlError> {
        let slash = match self.reader.read_event_into(&mut self.markup) {
            Ok(Markup::Start(_)) => 0,
            Ok(Markup::Empty(_)) => 1,
            Ok(Markup::End(end)) => return Ok(Found::End(end.name().as_ref().len())),
            Ok(Markup::Comment(_)) => return Ok(Found::Comment),
            Ok(Markup::PI(_) | Markup::Decl(_)) => return Ok(Found::Instruction),
            Ok(Markup::DocType(_)) => return Ok(Found::Doctype),
            Ok(_) => return Ok(Found::Other),
            Err(quick_xml::Error::Io(error)) => return Err(self.failed(&error)),
            Err(quick_xml::Error::Encoding(_)) => {
                self.check(0, tag::check_characters)?;
                return Err(self.error("a byte sequence that is not UTF-8"));
            }
            Err(error) => return Err(self.error(&tag::shown(error.to_string().as_bytes()))),
        };
        match tag::scan(&self.markup[1..self.markup.len() - 1 - slash], &mut self.attributes) {
            Ok(name) => Ok(Found::Start { name, slash }),
            Err(flaw) => Err(self.flaw(1, flaw)),
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
                return Err(XmlError { place: Place { column, ..place }.after(&piece[..at]), ..self.error(&message) });
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
            b"xml" if self.place() == Place::START => prolog::declaration(content).map_err(|flaw| self.flaw(2, flaw)),
            b"xml" => Err(self.error("an XML declaration stands elsewhere than at the very start")),
            other if other.eq_ignore_ascii_case(b"xml") => Err(self.error("a processing instruction is named `xml`")),
            _ => self.check(2, tag::check_characters),
        }
    }

    /// `<!DOCTYPE name external-id? [internal subset]? >`, before the root, once. What the subset says is not read.
    fn check_doctype(&mut self) -> Result<(), XmlError> {
        if self.root || std::mem::replace(&mut self.doctype, true) {
            return Err(self.error("a DOCTYPE stands elsewhere than before the root element"));
        }
        match prolog::doctype(&self.markup) {
            Ok(()) => self.check(0, tag::check_characters),
            Err(flaw) => Err(self.flaw(0, flaw)),
        }
    }

    fn check(&self, from: usize, check: impl Fn(&[u8]) -> Result<&str, Flaw>) -> Result<(), XmlError> {
        check(&self.markup[from..]).map(drop).map_err(|flaw| self.flaw(from, flaw))
    }

    fn flaw(&self, from: usize, flaw: Flaw) -> XmlError {
        XmlError { place: self.place().after(&self.markup[..from + flaw.at]), ..self.error(&flaw.message) }
    }

    fn error(&self, message: &str) -> XmlError {
        XmlError { place: self.place(), message: message.to_owned(), ended: self.reader.get_ref().has_ended() }
    }

    fn failed(&self, error: &io::Error) -> XmlError {
        match error.kind() {
            io::ErrorKind::FileTooLarge => self.error(&format!("a tag, comment or DTD is longer than {LONGEST_MARKUP} bytes")),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => self.error(&error.to_string()),
            _ => self.error(&format!("reading failed: {error}")),
        }
    }
}
