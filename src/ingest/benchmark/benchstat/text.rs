//! Where the columns of a text table are: its header has a bar above the left edge of each, and one behind the last.

/// A line of a table's header.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Where a column begins, in letters, and what stands above it.
    columns: Vec<(usize, String)>,
}

const BAR: char = '│';

impl Header {
    /// A line with bars: the last line of a header names the units.
    pub fn parse(line: &str) -> Option<Header> {
        let parts: Vec<&str> = line.trim_end().split(BAR).collect();
        let [label, columns @ .., ""] = parts.as_slice() else { return None };
        if columns.is_empty() || !label.trim().is_empty() {
            return None;
        }
        let mut at = label.chars().count();
        let column = |part: &&str| {
            let begin = at;
            at += part.chars().count() + 1;
            (begin, part.trim().to_owned())
        };
        Some(Header { columns: columns.iter().map(column).collect() })
    }

    /// Whether it names units, and not what is compared: the second column and those behind it say that they are compared.
    pub fn names_units(&self) -> bool {
        let compared = |column: &(usize, String)| column.1.ends_with("vs base");
        self.columns.iter().skip(1).all(compared) && self.columns.iter().all(|(_, name)| !name.is_empty())
    }

    /// The unit of a column.
    pub fn unit(&self, column: usize) -> &str {
        let name = self.columns.get(column).map_or("", |(_, name)| name);
        name.strip_suffix("vs base").unwrap_or(name).trim()
    }

    /// What stands in front of the columns.
    pub fn row<'l>(&self, line: &'l str) -> &'l str {
        let begin = self.columns.first().map_or(0, |(at, _)| *at);
        slice(line, 0, Some(begin)).trim()
    }

    /// The values of a row, each with its column: those that have an interval (`46.55n ± 9%`), which a geometric mean has not.
    pub fn values(&self, line: &str) -> Vec<(usize, String)> {
        let mut values = Vec::new();
        for (column, (begin, _)) in self.columns.iter().enumerate() {
            let end = self.columns.get(column + 1).map(|(at, _)| *at);
            let mut words = slice(line, *begin, end).split_whitespace();
            if let (Some(value), Some("±")) = (words.next(), words.next()) {
                values.push((column, value.to_owned()));
            }
        }
        values
    }
}

/// Some letters of a line.
fn slice(line: &str, begin: usize, end: Option<usize>) -> &str {
    let at = |letter: usize| line.char_indices().nth(letter).map_or(line.len(), |(at, _)| at);
    line.get(at(begin)..end.map_or(line.len(), at)).unwrap_or("")
}
