#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn rows(text: &str, separator: char) -> Vec<Result<(u64, Vec<String>), Fault>> {
    let owned = |row: Row<'_>| (row.line, row.cells.into_iter().map(Cow::into_owned).collect());
    Rows::new(text, separator).map(|row| row.map(owned)).collect()
}

fn row(line: u64, cells: &[&str]) -> Result<(u64, Vec<String>), Fault> {
    Ok((line, cells.iter().map(|cell| (*cell).to_owned()).collect()))
}

#[test]
fn quotes_hold_separators_line_ends_and_quotes() {
    let text = "a,b\r\n\"1,\"\"2\"\"\n3\",x\n\n,\"\"\ny, \"z\"";
    assert_eq!(
        rows(text, ','),
        [row(1, &["a", "b"]), row(2, &["1,\"2\"\n3", "x"]), row(4, &[""]), row(5, &["", ""]), row(6, &["y", " \"z\""])]
    );
    assert_eq!(rows("a\rb\r\nc", ';'), [row(1, &["a"]), row(2, &["b"]), row(3, &["c"])]);
    assert_eq!(rows("a,", ','), [row(1, &["a", ""])]);
    assert_eq!(rows("\"\"\"a\"\"\"", ','), [row(1, &["\"a\""])]);
    assert_eq!(rows("", ','), []);
}

#[test]
fn what_is_broken_is_told() {
    assert_eq!(rows("a,b\n1,\"2\n3,4\n", ','), [row(1, &["a", "b"]), Err(Fault::Open(2))]);
    assert_eq!(rows("\"a\"b,c\nd,e\n", ','), [Err(Fault::Behind(1)), row(2, &["d", "e"])]);
}

#[test]
fn the_separator_is_the_one_that_separates_most() {
    assert_eq!(separator("question;answer;a,b\n1;2;3"), ';');
    assert_eq!(separator("a\tb\tc"), '\t');
    assert_eq!(separator("a,\"b;c;d\",e"), ',');
    assert_eq!(separator("one"), ',');
    assert_eq!(header("\u{feff}id, score\n1,2".as_bytes()), Some(vec!["id".into(), "score".into()]));
    assert_eq!(header(b"just words"), None);
}

#[test]
fn spreadsheets_write_in_many_encodings() {
    assert_eq!(decode("é".as_bytes()), ("é".into(), Encoding::Utf8));
    assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9"), ("é".into(), Encoding::Utf8));
    assert_eq!(decode(b"d\xe9but \x80"), ("début €".into(), Encoding::Windows1252));
    assert_eq!(decode(b"\xff\xfea\x00\xe9\x00"), ("aé".into(), Encoding::Utf16));
    assert_eq!(decode(b"\xfe\xff\x00a\x00\xe9"), ("aé".into(), Encoding::Utf16));
    assert_eq!(decode(b"ab\xc3"), ("ab".into(), Encoding::Utf8));
}

#[test]
fn numbers_are_read_as_people_write_them() {
    for (text, value) in [
        ("0.5", Some(0.5)),
        (" 0,5 ", Some(0.5)),
        ("-1", Some(-1.0)),
        ("1e-3", Some(0.001)),
        ("82 %", Some(0.82)),
        (".5", Some(0.5)),
        ("1,234.5", None),
        ("1,234,567", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("high", None),
    ] {
        assert_eq!(number(text), value, "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_quoted_is_read_back(table in prop::collection::vec(prop::collection::vec("[a-z\",;\\r\\n ]{0,6}", 2..4), 1..5)) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let text: String = table.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect();
        let read: Vec<Vec<String>> = rows(&text, ',').into_iter().map(|row| row.unwrap().1).collect();
        prop_assert_eq!(read, table);
    }

    #[test]
    fn nothing_panics(text in "[a,\"\\n\\r;é]{0,40}") {
        let rows = rows(&text, ',');
        prop_assert!(rows.len() <= text.len() + 1);
        let _ = (separator(&text), header(text.as_bytes()));
    }
}
