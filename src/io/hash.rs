//! The door to SHA-256, and to base64 for the digests that browsers want.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read};

/// SHA-256 of `bytes` in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of `bytes` in base64, as Content-Security-Policy writes it.
pub fn sha256_base64(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

/// SHA-256 of `bytes`, as it is.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The bytes that hex digits of either case stand for; nothing when the text is anything else.
pub fn unhex(text: &[u8]) -> Option<[u8; 32]> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let mut bytes = [0; 32];
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

/// SHA-256 of a byte and two hashes: an inner node of a tree of RFC 6962, section 2.1.
pub fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    digest(&bytes)
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that base64 with padding stands for; nothing when it is anything else.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A short digest of an ordered list of texts, the same on every machine: 32 hex digits.
pub fn fingerprint(parts: &[&str]) -> String {
    sha256(parts.join("\0").as_bytes())[..32].to_owned()
}

/// The first sixteen bytes of a text's SHA-256: enough to tell texts apart, also those of somebody who wants them mixed up.
pub fn short(text: &str) -> u128 {
    Sha256::digest(text.as_bytes()).iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// One digest of several files' digests, in whatever order they were read.
pub fn together<'d>(digests: impl Iterator<Item = &'d str>) -> String {
    let mut digests: Vec<&str> = digests.collect();
    digests.sort_unstable();
    fingerprint(&digests)
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// SHA-256 of what is added to it piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Sum(Sha256);

impl Sum {
    /// Adds a piece.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest in lower-case hex.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// A buffered reader that hashes what passes through it, so that a file is read once.
pub struct Hashing<R> {
    inner: R,
    digest: Sha256,
    bytes: u64,
}

impl<R: BufRead> Hashing<R> {
    /// Hashes what is read from `inner`.
    pub fn new(inner: R) -> Self {
        Hashing { inner, digest: Sha256::new(), bytes: 0 }
    }

    /// Reads what is left, then gives the number of bytes and their SHA-256.
    ///
    /// # Errors
    /// When the file cannot be read to its end.
    pub fn finish(mut self) -> io::Result<(u64, String)> {
        loop {
            let n = self.fill_buf()?.len();
            if n == 0 {
                return Ok((self.bytes, hex(&self.digest.finalize())));
            }
            self.consume(n);
        }
    }

    fn take(&mut self, n: usize) -> io::Result<()> {
        let seen = self.inner.fill_buf()?;
        self.digest.update(&seen[..n]);
        self.bytes += n as u64;
        self.inner.consume(n);
        Ok(())
    }
}

impl<R: BufRead> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.len().min(buffer.len());
        buffer[..n].copy_from_slice(&self.inner.fill_buf()?[..n]);
        self.take(n)?;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Hashing<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        // The buffer holds `n` bytes by the contract of `consume`, so asking for it again reads nothing new and cannot fail.
        let _ = self.take(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_all_of_it_once() -> io::Result<()> {
        let data = vec![7u8; 100_000];
        let mut reader = Hashing::new(io::BufReader::with_capacity(1000, &data[..]));
        let mut some = [0; 777];
        reader.read_exact(&mut some)?;
        let (n, digest) = reader.finish()?;
        assert_eq!((n, digest), (100_000, sha256(&data)));
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha256_base64(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        Ok(())
    }
}
