//! The first two elements of a document.

use super::{Event, Xml, XmlError};

/// How a document begins: what formats are told apart by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The local name of the root element.
    pub root: String,
    /// The names of its attributes.
    pub attributes: Vec<String>,
    /// The local name of the first element in it, if it is near enough.
    pub child: Option<String>,
}

/// How the document begins that `head` is the beginning of.
///
/// # Errors
/// When it does not begin as XML does.
pub fn opening(head: &[u8]) -> Result<Opening, XmlError> {
    let mut xml = Xml::new(head);
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut opening = Opening::default();
    if let Event::Start(root) = xml.next()? {
        opening.root = text(root.local());
        opening.attributes = root.attributes().map(|(name, _)| text(name)).collect();
    }
    loop {
        match xml.next() {
            Ok(Event::Start(child)) => opening.child = Some(text(child.local())),
            Ok(Event::Text(_)) => continue,
            _ => {}
        }
        return Ok(opening);
    }
}
