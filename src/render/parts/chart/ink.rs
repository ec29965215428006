//! What the marks of a chart mean, and the two sizes it is drawn in.

/// What a mark means; its colour and width are the style sheet's business (`.l-…` lines, `.f-…` areas, `.d-…` dots, `.t-…` text).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Ink {
    /// Values as measured, and ordinary text.
    Plain,
    /// Grid lines and the text at them.
    Grid,
    /// Text that carries the finding.
    Strong,
    /// The line that values must keep to, and the text at it.
    Limit,
    /// The ordinary range of values, and the level in its middle.
    Usual,
    /// What is claimed, not shown.
    Claim,
    /// Good.
    Pass,
    /// Bad.
    Fail,
    /// Not decided.
    Unproven,
    /// Not done, or not known.
    Void,
}

impl Ink {
    const ALL: [(Ink, &'static str); 10] = [
        (Ink::Plain, "plain"),
        (Ink::Grid, "grid"),
        (Ink::Strong, "strong"),
        (Ink::Limit, "limit"),
        (Ink::Usual, "usual"),
        (Ink::Claim, "claim"),
        (Ink::Pass, "pass"),
        (Ink::Fail, "fail"),
        (Ink::Unproven, "unproven"),
        (Ink::Void, "void"),
    ];

    /// The ink of this number.
    pub(super) fn numbered(number: u8) -> Ink {
        Ink::ALL.get(usize::from(number)).map_or(Ink::Plain, |(ink, _)| *ink)
    }

    /// The last part of its class.
    pub(super) fn class(self) -> &'static str {
        Ink::ALL.get(usize::from(self as u8)).map_or("plain", |(_, class)| class)
    }
}

/// The two renderings of every chart; the style sheet shows the one that fits, so that letters keep their size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// For a column of a desktop page and for paper.
    Wide,
    /// For a phone.
    Narrow,
}

impl Size {
    /// Width in pixels.
    pub const fn width(self) -> i32 {
        self.pick(860, 328)
    }

    /// One of two values.
    pub const fn pick<T: Copy>(self, wide: T, narrow: T) -> T {
        match self {
            Size::Wide => wide,
            Size::Narrow => narrow,
        }
    }
}

/// Where text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The point is its left end.
    Start,
    /// The point is its middle.
    Middle,
    /// The point is its right end.
    End,
}
