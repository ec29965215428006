//! Sorts more than fits in memory.

use super::Folder;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;

/// How many bytes of entries are held in memory.
const HELD: usize = if cfg!(test) { 1 << 14 } else { 2 << 20 };
/// So many files become one, so that never more are open at once for each step in size.
const FILES: usize = 64;

/// Entries in order.
pub type Source<'s, const N: usize> = Box<dyn Iterator<Item = io::Result<[u8; N]>> + 's>;

/// Sorts entries of `N` bytes by their bytes, on disk as soon as they are many.
#[derive(Debug)]
pub struct Sorter<const N: usize> {
    held: Vec<[u8; N]>,
    /// Files of sorted entries: those first written, those made from [`FILES`] of them, and so on.
    spilled: Vec<Vec<PathBuf>>,
    /// How many files there were.
    files: usize,
    folders: Vec<Folder>,
}

// By hand, because arrays of any length have no default.
impl<const N: usize> Default for Sorter<N> {
    fn default() -> Self {
        Sorter { held: Vec::new(), spilled: Vec::new(), files: 0, folders: Vec::new() }
    }
}

impl<const N: usize> Sorter<N> {
    /// Adds an entry.
    ///
    /// # Errors
    /// When the disk cannot be written to.
    pub fn add(&mut self, entry: [u8; N]) -> io::Result<()> {
        self.held.push(entry);
        if self.held.len() * N >= HELD { self.spill() } else { Ok(()) }
    }

    /// Adds the entries of another.
    ///
    /// # Errors
    /// When the disk cannot be written to.
    pub fn merge(&mut self, other: Sorter<N>) -> io::Result<()> {
        self.folders.extend(other.folders);
        for (step, paths) in other.spilled.into_iter().enumerate() {
            paths.into_iter().try_for_each(|path| self.keep(path, step))?;
        }
        other.held.into_iter().try_for_each(|entry| self.add(entry))
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let (path, mut file) = self.file()?;
        for entry in self.held.drain(..) {
            file.write_all(&entry)?;
        }
        file.flush()?;
        self.keep(path, 0)
    }

    /// A new file.
    fn file(&mut self) -> io::Result<(PathBuf, BufWriter<File>)> {
        // What another sorter spilled keeps its own folder.
        if self.files == 0 {
            self.folders.insert(0, Folder::new()?);
        }
        let folder = self.folders.first().map(|folder| folder.0.clone()).unwrap_or_default();
        let path = folder.join(format!("sorted-{}", self.files));
        self.files += 1;
        Ok((path.clone(), BufWriter::new(File::create_new(path)?)))
    }

    /// Keeps a file, which becomes one with the others of its step when they are many.
    fn keep(&mut self, path: PathBuf, step: usize) -> io::Result<()> {
        if self.spilled.len() <= step {
            self.spilled.resize_with(step + 1, Vec::new);
        }
        self.spilled[step].push(path);
        if self.spilled[step].len() < FILES {
            return Ok(());
        }
        let many = std::mem::take(&mut self.spilled[step]);
        let (path, mut file) = self.file()?;
        let mut outcome = Ok(());
        each(sources(&many)?, |entry: &[u8; N]| {
            if outcome.is_ok() {
                outcome = file.write_all(entry);
            }
        })?;
        outcome.and_then(|()| file.flush())?;
        many.iter().try_for_each(fs::remove_file)?;
        self.keep(path, step + 1)
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.spilled.is_empty()
    }

    /// Passes every entry in order to `take`, with those of other sources that are in order already.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn each(mut self, others: Vec<Source<'_, N>>, take: impl FnMut(&[u8; N])) -> io::Result<()> {
        self.held.sort_unstable();
        let mut all = others;
        all.extend(sources(self.spilled.iter().flatten())?);
        all.push(Box::new(self.held.drain(..).map(Ok)));
        each(all, take)
    }
}

/// What stands in files of sorted entries.
fn sources<'p, const N: usize>(paths: impl IntoIterator<Item = &'p PathBuf>) -> io::Result<Vec<Source<'static, N>>> {
    let open = |path: &PathBuf| -> io::Result<Source<'static, N>> {
        let mut file = BufReader::new(File::open(path)?);
        Ok(Box::new(std::iter::from_fn(move || next(&mut file).transpose())))
    };
    paths.into_iter().map(open).collect()
}

/// Passes the entries of all sources in order.
fn each<const N: usize>(mut sources: Vec<Source<'_, N>>, mut take: impl FnMut(&[u8; N])) -> io::Result<()> {
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
        // Enough that files become one in either of the two.
        let count = (3 * FILES * HELD / 8) as u64 + 1001;
        let (mut sorter, mut other) = (Sorter::<8>::default(), Sorter::<8>::default());
        for n in 0..count {
            // Every number once, in no order.
            let entry = (n * 7919 % count).to_be_bytes();
            if n % 3 == 0 { other.add(entry).unwrap() } else { sorter.add(entry).unwrap() }
        }
        assert_eq!((sorter.spilled[1].len(), other.spilled[1].len()), (2, 1));
        sorter.merge(other).unwrap();
        let folders: Vec<PathBuf> = sorter.folders.iter().map(|folder| folder.0.clone()).collect();
        assert!(folders.len() == 2 && folders.iter().all(|folder| folder.exists()));
        let mut expected = 0_u64;
        sorter
            .each(Vec::new(), |entry| {
                assert_eq!(*entry, expected.to_be_bytes());
                expected += 1;
            })
            .unwrap();
        assert_eq!((expected, folders.iter().any(|folder| folder.exists())), (count, false));
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
