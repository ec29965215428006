//! Temporary files that nobody else can see: a folder of our own, what is copied into one, and sorting more than fits in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, DirBuilder, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many entries of a [`Sorter`] are held in memory.
const HELD: usize = 1 << 18;

/// What a private copy was made from. The copy goes when nobody knows of it any more.
#[derive(Debug)]
pub struct Copied {
    /// The size of what was copied, in bytes.
    pub bytes: u64,
    /// SHA-256 of what was copied.
    pub sha256: String,
    /// What should be known of it: problem codes and sentences.
    pub notes: Vec<(&'static str, String)>,
    /// Further files that it was put together from.
    pub parts: Vec<Part>,
    /// Where the copy is.
    pub folder: Folder,
}

/// A file that is part of a copy.
#[derive(Clone, Debug)]
pub struct Part {
    /// As messages name it.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// One line for people.
    pub content: String,
}

/// A folder that only we can enter, removed with all that is in it.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes one in the system's place for temporary files.
    ///
    /// # Errors
    /// When that cannot be written to.
    pub fn new() -> io::Result<Folder> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let root = std::env::temp_dir().canonicalize()?;
        loop {
            let n = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = root.join(format!("readiness-{}-{n}", std::process::id()));
            let mut builder = DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                other => return other.map(|()| Folder(path)),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that cannot be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Sorts entries of `N` bytes by their bytes, on disk as soon as they are many.
#[derive(Debug)]
pub struct Sorter<const N: usize> {
    held: Vec<[u8; N]>,
    spilled: Vec<PathBuf>,
    folders: Vec<Folder>,
}

// By hand, because arrays of any length have no default.
impl<const N: usize> Default for Sorter<N> {
    fn default() -> Self {
        Sorter { held: Vec::new(), spilled: Vec::new(), folders: Vec::new() }
    }
}

impl<const N: usize> Sorter<N> {
    /// Adds an entry.
    ///
    /// # Errors
    /// When the disk cannot be written to.
    pub fn add(&mut self, entry: [u8; N]) -> io::Result<()> {
        self.held.push(entry);
        if self.held.len() >= HELD { self.spill() } else { Ok(()) }
    }

    /// Adds the entries of another.
    ///
    /// # Errors
    /// When the disk cannot be written to.
    pub fn merge(&mut self, other: Sorter<N>) -> io::Result<()> {
        self.spilled.extend(other.spilled);
        self.folders.extend(other.folders);
        other.held.into_iter().try_for_each(|entry| self.add(entry))
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        if self.folders.is_empty() {
            self.folders.push(Folder::new()?);
        }
        let Some(folder) = self.folders.first() else { return Ok(()) };
        let path = folder.0.join(format!("sorted-{}", self.spilled.len()));
        let mut file = BufWriter::new(File::create_new(&path)?);
        for entry in self.held.drain(..) {
            file.write_all(&entry)?;
        }
        file.flush()?;
        self.spilled.push(path);
        Ok(())
    }

    /// Passes every entry in order to `take`.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn each(mut self, mut take: impl FnMut(&[u8; N])) -> io::Result<()> {
        self.held.sort_unstable();
        let mut files = Vec::with_capacity(self.spilled.len());
        for path in &self.spilled {
            files.push(BufReader::new(File::open(path)?));
        }
        // The entries in memory are the last source of all.
        let mut held = self.held.iter();
        let mut following = |source: usize| match files.get_mut(source) {
            Some(file) => next(file),
            None => Ok(held.next().copied()),
        };
        let mut heap = BinaryHeap::new();
        for source in 0..=self.spilled.len() {
            heap.extend(following(source)?.map(|entry| Reverse((entry, source))));
        }
        while let Some(Reverse((entry, source))) = heap.pop() {
            take(&entry);
            heap.extend(following(source)?.map(|entry| Reverse((entry, source))));
        }
        Ok(())
    }
}

/// The next entry of a file; nothing at its end.
fn next<const N: usize>(file: &mut BufReader<File>) -> io::Result<Option<[u8; N]>> {
    let mut entry = [0; N];
    match file.read_exact(&mut entry) {
        Ok(()) => Ok(Some(entry)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn more_than_fits_in_memory_is_sorted_and_leaves_nothing_behind() {
        let count = 2 * HELD as u64 + 1000;
        let (mut sorter, mut other) = (Sorter::<8>::default(), Sorter::<8>::default());
        for n in 0..count {
            // Every number once, in no order.
            let entry = (n * 7919 % count).to_be_bytes();
            if n % 3 == 0 { other.add(entry).unwrap() } else { sorter.add(entry).unwrap() }
        }
        sorter.merge(other).unwrap();
        let folder = sorter.folders[0].0.clone();
        assert!(folder.exists());
        let mut expected = 0;
        sorter
            .each(|entry| {
                assert_eq!(u64::from_be_bytes(*entry), expected);
                expected += 1;
            })
            .unwrap();
        assert_eq!((expected, folder.exists()), (count, false));
    }
}
