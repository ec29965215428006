//! Coverage reports of any size, the same bytes every time; one line in ten is a branch. In Cobertura half of the lines also
//! stand in methods, and one class in twenty shares its file with the one before.

use std::io::{self, Write};

/// What a correct reader finds in it: each line of each file counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Lines that ran, and all.
    pub lines: (u64, u64),
    /// Branches that were taken, and all.
    pub branches: (u64, u64),
    /// Source files.
    pub files: u64,
}

const LINES: u64 = 76;

/// Hits of a line, and its conditions where it is a branch.
fn line(file: u64, number: u64) -> (u64, Option<(u64, u64)>) {
    let mixed = (file << 20 | number).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32;
    let hits = if mixed.is_multiple_of(5) { 0 } else { mixed % 1000 };
    let taken = if hits == 0 { 0 } else { 1 + (mixed >> 8) % 2 };
    (hits, (mixed >> 16).is_multiple_of(10).then_some((taken, 2)))
}

fn write_line(out: &mut impl Write, indent: &str, file: u64, number: u64) -> io::Result<()> {
    match line(file, number) {
        (hits, None) => writeln!(out, r#"{indent}<line number="{number}" hits="{hits}"/>"#),
        (hits, Some((taken, all))) => {
            let percent = taken * 100 / all;
            writeln!(
                out,
                r#"{indent}<line number="{number}" hits="{hits}" branch="true" condition-coverage="{percent}% ({taken}/{all})">"#
            )?;
            writeln!(out, r#"{indent}  <conditions><condition number="0" type="jump" coverage="{percent}%"/></conditions>"#)?;
            writeln!(out, "{indent}</line>")
        }
    }
}

/// Writes about `megabytes` of LCOV.
pub fn lcov(out: &mut impl Write, megabytes: u64) -> io::Result<Truth> {
    let mut truth = Truth::default();
    for file in 0..megabytes * 1_000_000 / 1_300 {
        writeln!(out, "TN:\nSF:module{}/deeply/nested/folder/file_{file}.py", file / 40)?;
        for number in 10..10 + LINES {
            let (hits, branch) = line(file, number);
            writeln!(out, "DA:{number},{hits}")?;
            let (taken, all) = branch.unwrap_or_default();
            for arm in 0..all {
                let times = if arm < taken { hits.to_string() } else { "-".to_owned() };
                writeln!(out, "BRDA:{number},0,{arm},{times}")?;
            }
            truth.lines.0 += u64::from(hits > 0);
            truth.lines.1 += 1;
            truth.branches.0 += taken;
            truth.branches.1 += all;
        }
        writeln!(out, "end_of_record")?;
        truth.files += 1;
    }
    Ok(truth)
}

/// Writes about `megabytes` of Cobertura.
pub fn cobertura(out: &mut impl Write, megabytes: u64) -> io::Result<Truth> {
    let classes = megabytes * 1_000_000 / 8_640;
    let mut truth = Truth::default();
    writeln!(out, "<?xml version=\"1.0\" ?>\n<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">")?;
    writeln!(out, "<coverage version=\"1\" timestamp=\"1760000000000\">\n<sources><source>/build/src</source></sources>\n<packages>")?;
    for class in 0..classes {
        let (file, nested) = if class % 20 == 19 { (class - 1, true) } else { (class, false) };
        let package = class / 40;
        if class % 40 == 0 {
            let close = if class == 0 { "" } else { "</classes></package>\n" };
            writeln!(out, r#"{close}<package name="module{package}" line-rate="0.8" branch-rate="0.7" complexity="1"><classes>"#)?;
        }
        writeln!(
            out,
            r#"<class name="Class{class}" filename="module{package}/deeply/nested/folder/file_{file}.py" line-rate="0.8" branch-rate="0.5">"#
        )?;
        writeln!(out, "  <methods>")?;
        for method in 0..LINES / 8 {
            writeln!(
                out,
                r#"    <method name="method_{method}" signature="(Ljava/lang/String;)V" line-rate="0.8" branch-rate="0.5"><lines>"#
            )?;
            (0..8).try_for_each(|n| write_line(out, "      ", file, 10 + method * 8 + n))?;
            writeln!(out, "    </lines></method>")?;
        }
        writeln!(out, "  </methods>\n  <lines>")?;
        for number in 10..10 + LINES {
            write_line(out, "    ", file, number)?;
            if !nested {
                let (hits, branch) = line(file, number);
                truth.lines.0 += u64::from(hits > 0);
                truth.lines.1 += 1;
                let (taken, all) = branch.unwrap_or_default();
                truth.branches.0 += taken;
                truth.branches.1 += all;
            }
        }
        writeln!(out, "  </lines>\n</class>")?;
        truth.files += u64::from(!nested);
    }
    writeln!(out, "</classes></package>\n</packages>\n</coverage>")?;
    Ok(truth)
}
