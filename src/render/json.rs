//! `report.json`: the whole report, versioned (`site/schema/report-1.json`).

use super::{Output, Style};
use crate::error::Error;
use crate::io::json;
use crate::report::Report;

/// The report as one JSON document.
pub const OUTPUT: Output = Output {
    name: "json",
    file: Some("report.json"),
    about: "the whole report as one JSON document, for machines and for comparison",
    render,
};

fn render(report: &Report, _: Style) -> Result<String, Error> {
    json::document(report).map_err(|mistake| Error::Internal(mistake.message))
}
