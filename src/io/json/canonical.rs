//! JSON as hashes are taken of it: what Python's `json.dumps(value, sort_keys=True, separators=(",", ":"))` writes.
//!
//! Keys in the order of their code points, no blanks, everything outside of ASCII escaped. Whole numbers stay as they are,
//! whatever their size; fractions are written as Python's `repr` does: the shortest digits, with an exponent from 1e16 on and
//! below 1e-4.

use super::Mistake;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Writes a JSON text in its canonical form to the end of `out`.
///
/// # Errors
/// When it is not JSON; what was written then is no use.
pub fn canonical(text: &str, out: &mut String) -> Result<(), Mistake> {
    write(serde_json::from_str::<&RawValue>(text)?, out)
}

/// Writes a text as JSON, in ASCII, to the end of `out`.
pub fn ascii(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    // Writing to a text cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

fn write(value: &RawValue, out: &mut String) -> Result<(), Mistake> {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            out.push('{');
            for (at, (key, value)) in serde_json::from_str::<BTreeMap<String, &RawValue>>(text)?.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                ascii(&key, out);
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            for (at, value) in serde_json::from_str::<Vec<&RawValue>>(text)?.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, out)?;
            }
            out.push(']');
        }
        Some(b'"') => ascii(&serde_json::from_str::<String>(text)?, out),
        Some(b'-' | b'0'..=b'9') => number(text, out),
        _ => out.push_str(text),
    }
    Ok(())
}

fn number(text: &str, out: &mut String) {
    match text.parse::<f64>() {
        Ok(value) if text.contains(['.', 'e', 'E']) => fraction(value, out),
        _ if text == "-0" => out.push('0'),
        _ => out.push_str(text),
    }
}

/// Writes a binary fraction as Python's `repr` does.
pub fn fraction(value: f64, out: &mut String) {
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let shortest = format!("{value:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let _ = if (-4..16).contains(&exponent) {
        write!(out, "{value:?}")
    } else {
        write!(out, "{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let mut out = String::new();
        match canonical(text, &mut out) {
            Ok(()) => out,
            Err(mistake) => mistake.message,
        }
    }

    #[test]
    fn it_is_written_as_python_writes_it() {
        // Left as it was given, right as Python 3.11 prints it.
        for (text, expected) in [
            (
                "{\"b\": 1, \"a\": [true, null, {\"z\": \"ü😀\", \"é\": 2}], \"B\": \"\\u0001/\\n\\u007f\"}",
                "{\"B\":\"\\u0001/\\n\\u007f\",\"a\":[true,null,{\"z\":\"\\u00fc\\ud83d\\ude00\",\"\\u00e9\":2}],\"b\":1}",
            ),
            (
                "[1.0, 0.1, 1e3, 1e16, 123456789012345680.0, 1e-4, 0.00001, 1.5e-7, -0.0, 5e-324, 1e400]",
                "[1.0,0.1,1000.0,1e+16,1.2345678901234568e+17,0.0001,1e-05,1.5e-07,-0.0,5e-324,Infinity]",
            ),
            ("[123456789012345678901234567890, -0, -7]", "[123456789012345678901234567890,0,-7]"),
            ("{\"a\": 1, \"a\": 2}", "{\"a\":2}"),
            (" {} ", "{}"),
            ("[]", "[]"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
        assert_eq!(told("{\"a\":}"), "expected value");
        assert!(told(&"[".repeat(100_000)).contains("recursion limit") || !told(&"[".repeat(100_000)).starts_with('['));
    }
}
