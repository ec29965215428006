//! Whether a write-ahead log is whole, and what SQLite will not read of it.
//!
//! Source: <https://www.sqlite.org/fileformat.html>, section 4. SQLite stops at the first frame that fails its checksum and
//! silently ignores whatever follows, also when it was committed.

use super::{Failure, Note};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

const HEADER: usize = 32;
const FRAME: usize = 24;

/// What a log holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Log {
    /// Bytes of a page.
    page: usize,
    /// Frames up to the last commit.
    committed: u64,
    /// Frames after it.
    uncommitted: u64,
    /// A commit that comes after a damaged frame, and so is not read.
    lost: Option<u64>,
}

/// What should be known of the log beside a database with pages of so many bytes.
///
/// # Errors
/// When it is damaged so that rows are missing, or of another database.
pub(super) fn judge(path: &Path, page: u64) -> Result<Vec<Note>, Failure> {
    let file = File::open(path).map_err(|e| Failure::new("unreadable", format!("the -wal cannot be read: {e}")))?;
    let Some(log) = scan(BufReader::with_capacity(256 * 1024, file)) else {
        return Err(Failure::new("damaged", "the -wal beside the database is damaged: its header is not that of a write-ahead log"));
    };
    // SQLite would take its pages all the same, and show another database.
    if log.page as u64 != page {
        let message = format!(
            "the -wal beside the database is of another one: its pages are of {} bytes, and those of the database of {page}",
            log.page
        );
        return Err(Failure::new("damaged", message));
    }
    if let Some(frame) = log.lost {
        let message = format!("the -wal beside the database is damaged at frame {frame}: the transactions after it are lost");
        return Err(Failure::new("damaged", message));
    }
    if log.uncommitted == 0 {
        return Ok(Vec::new());
    }
    let message = format!(
        "{} uncommitted frames ignored at the end of the -wal; {} frames up to the last commit were read",
        log.uncommitted, log.committed
    );
    Ok(vec![Note { code: "uncommitted", message }])
}

/// Walks over the frames; nothing when the header is not one.
fn scan(mut log: impl Read) -> Option<Log> {
    let mut header = [0; HEADER];
    log.read_exact(&mut header).ok()?;
    let big = match word(&header, 0) {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return None,
    };
    let page = word(&header, 8) as usize;
    let mut sum = Sum { big, a: 0, b: 0 };
    sum.add(&header[..24]);
    if !page.is_power_of_two() || !(512..=65_536).contains(&page) || !sum.is(&header[24..]) {
        return None;
    }
    let (mut found, mut damaged) = (Log { page, ..Log::default() }, None);
    let mut frame = vec![0; FRAME + page];
    for n in 1.. {
        // A frame of an earlier round of the log carries other salts: the log ends before it. A transaction that is still
        // being written may leave frames without salts, and others that it changed after it took their checksum.
        let read = log.read_exact(&mut frame).is_ok();
        if !read || (frame[8..16] != header[16..24] && frame[8..16] != [0; 8]) {
            break;
        }
        sum.add(&frame[..8]);
        sum.add(&frame[FRAME..]);
        if damaged.is_none() && !(frame[8..16] == header[16..24] && sum.is(&frame[16..24])) {
            damaged = Some(n);
        }
        match (damaged, word(&frame, 4) > 0) {
            (None, true) => (found.committed, found.uncommitted) = (n, 0),
            (Some(at), true) => found.lost = found.lost.or(Some(at)),
            (_, false) => found.uncommitted += 1,
        }
    }
    Some(found)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// The running checksum of a log.
struct Sum {
    big: bool,
    a: u32,
    b: u32,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let read = |b: &[u8]| {
            let array = b.try_into().unwrap_or_default();
            if self.big { u32::from_be_bytes(array) } else { u32::from_le_bytes(array) }
        };
        let (mut a, mut b) = (self.a, self.b);
        for pair in bytes.chunks_exact(8) {
            a = a.wrapping_add(read(&pair[..4])).wrapping_add(b);
            b = b.wrapping_add(read(&pair[4..])).wrapping_add(a);
        }
        (self.a, self.b) = (a, b);
    }

    fn is(&self, stated: &[u8]) -> bool {
        word(stated, 0) == self.a && word(stated, 4) == self.b
    }
}
