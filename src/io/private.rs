//! Temporary files that nobody else can see: a folder of our own, what is copied into one, and sorting more than fits in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many entries of a [`Sorter`] are held in memory.
const HELD: usize = 1 << 18;
/// How many bytes of a [`Spool`] are.
const SPOOLED: usize = 1 << 16;

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
    /// The file it was made from, where it was one: what lies beside that lies beside the copy.
    pub from: Option<PathBuf>,
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

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.spilled.is_empty()
    }

    /// Passes every entry in order to `take`, with those of other sources that are in order already.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn each(mut self, others: Vec<Source<'_, N>>, mut take: impl FnMut(&[u8; N])) -> io::Result<()> {
        self.held.sort_unstable();
        let mut sources = others;
        for path in &self.spilled {
            let mut file = BufReader::new(File::open(path)?);
            sources.push(Box::new(std::iter::from_fn(move || next(&mut file).transpose())));
        }
        sources.push(Box::new(self.held.drain(..).map(Ok)));
        let mut heap = BinaryHeap::new();
        for (place, source) in sources.iter_mut().enumerate() {
            heap.extend(source.next().transpose()?.map(|entry| Reverse((entry, place))));
        }
        while let Some(Reverse((entry, place))) = heap.pop() {
            take(&entry);
            heap.extend(sources[place].next().transpose()?.map(|entry| Reverse((entry, place))));
        }
        Ok(())
    }
}

/// Entries in order.
pub type Source<'s, const N: usize> = Box<dyn Iterator<Item = io::Result<[u8; N]>> + 's>;

/// Bytes that are written once and read once, on disk as soon as they are many.
#[derive(Debug, Default)]
pub struct Spool {
    held: Vec<u8>,
    // Closed before the folder is removed.
    file: Option<File>,
    folder: Option<Folder>,
}

impl Spool {
    /// Adds bytes.
    ///
    /// # Errors
    /// When the disk cannot be written to.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.held.extend_from_slice(bytes);
        if self.held.len() < SPOOLED {
            return Ok(());
        }
        if self.file.is_none() {
            let folder = Folder::new()?;
            let path = folder.0.join("spool");
            self.file = Some(OpenOptions::new().read(true).write(true).create_new(true).open(path)?);
            self.folder = Some(folder);
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.held)?;
        }
        self.held.clear();
        Ok(())
    }

    /// All of them, from the first.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn read(&mut self) -> io::Result<impl BufRead> {
        if let Some(file) = &mut self.file {
            file.rewind()?;
        }
        let written: Box<dyn Read> = match &self.file {
            Some(file) => Box::new(file),
            None => Box::new(io::empty()),
        };
        Ok(BufReader::new(written.chain(self.held.as_slice())))
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
            .each(Vec::new(), |entry| {
                assert_eq!(u64::from_be_bytes(*entry), expected);
                expected += 1;
            })
            .unwrap();
        assert_eq!((expected, folder.exists()), (count, false));
    }

    #[test]
    fn what_is_spooled_is_read_from_the_first_byte() {
        for length in [0, 10, SPOOLED, 3 * SPOOLED + 5] {
            let mut spool = Spool::default();
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            bytes.chunks(7).for_each(|chunk| spool.add(chunk).unwrap());
            for _ in 0..2 {
                let mut read = Vec::new();
                spool.read().unwrap().read_to_end(&mut read).unwrap();
                assert!(read == bytes, "{length}");
            }
            let folder = spool.folder.as_ref().map(|folder| folder.0.clone());
            drop(spool);
            assert!(folder.is_none_or(|folder| !folder.exists()));
        }
    }

    #[test]
    fn other_sources_are_merged() {
        let mut sorter = Sorter::<1>::default();
        assert!(sorter.is_empty());
        [5, 1, 3].into_iter().for_each(|n| sorter.add([n]).unwrap());
        let mut seen = Vec::new();
        sorter.each(vec![Box::new([[0], [4]].into_iter().map(Ok)), Box::new([[2]].into_iter().map(Ok))], |n| seen.push(n[0])).unwrap();
        assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
    }
}
