//! The door to Ed25519 (`ed25519-dalek`): signatures of notes, and the keys they are made and checked with.
//!
//! Sources: <https://c2sp.org/signed-note>, <https://c2sp.org/tlog-cosignature>, RFC 8032, RFC 8410.

use super::hash::{base64, digest, unbase64};
use crate::instant::Instant;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

/// A signature of the text itself.
const PLAIN: u8 = 1;
/// A witness' signature of the text and the time.
const COSIGNATURE: u8 = 4;
/// What stands before the 32 bytes of an Ed25519 key in PKCS #8.
const PKCS8: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// What a signature is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text itself.
    Plain,
    /// The text and the time: a witness'.
    Cosignature,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Kind::Plain => PLAIN,
            Kind::Cosignature => COSIGNATURE,
        }
    }
}

/// A key that signatures are checked with.
#[derive(Clone, Debug)]
pub struct Verifier {
    /// Whose it is.
    pub name: String,
    /// A short hash of it.
    pub id: [u8; 4],
    kind: u8,
    key: VerifyingKey,
}

impl Verifier {
    /// Reads `name+id+key`, as notes' tools print it: the id in hex, the key in base64 after a byte that says its kind.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(text: &str) -> Result<Verifier, String> {
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("a key is `name+id+key`".to_owned());
        };
        let bytes = unbase64(key).filter(|bytes| bytes.len() == 33).ok_or("the key is not 33 bytes in base64")?;
        let kind = bytes[0];
        if kind != PLAIN && kind != COSIGNATURE {
            return Err(format!("the key is of the kind {kind}, and only Ed25519 (1) and cosignatures of it (4) are known"));
        }
        let key = bytes[1..].try_into().ok().and_then(|bytes| VerifyingKey::from_bytes(bytes).ok()).ok_or("it is no Ed25519 key")?;
        let verifier = Verifier::new(name, kind, key)?;
        if verifier.id_in_hex() != id.to_ascii_lowercase() {
            return Err(format!("the id of the key is {}, not {id}", verifier.id_in_hex()));
        }
        Ok(verifier)
    }

    fn new(name: &str, kind: u8, key: VerifyingKey) -> Result<Verifier, String> {
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
            return Err(format!("`{}` cannot be the name of a key: no blanks, no `+`", name.escape_debug()));
        }
        let hash = digest(&[name.as_bytes(), b"\n", &[kind], key.as_bytes()].concat());
        Ok(Verifier { name: name.to_owned(), id: [hash[0], hash[1], hash[2], hash[3]], kind, key })
    }

    fn id_in_hex(&self) -> String {
        super::hash::hex(&self.id)
    }

    /// Whether a signature is of this text; and when it was made, where it says so.
    pub fn holds(&self, text: &str, signature: &[u8]) -> Option<Option<Instant>> {
        let (message, at, signature) = match (self.kind, signature.split_at_checked(8)) {
            (COSIGNATURE, Some((time, signature))) => {
                let time = time.try_into().map_or(u64::MAX, u64::from_be_bytes);
                let at = i64::try_from(time).ok()?.checked_mul(1000)?;
                (format!("cosignature/v1\ntime {time}\n{text}"), Some(Instant(at)), signature)
            }
            _ => (text.to_owned(), None, signature),
        };
        let signature = Signature::from_slice(signature).ok()?;
        self.key.verify_strict(message.as_bytes(), &signature).ok().map(|()| at)
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id_in_hex(), base64(&[&[self.kind][..], self.key.as_bytes()].concat()))
    }
}

/// A key that texts are signed with.
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

impl Signer {
    /// Reads a private key: `PRIVATE+KEY+name+id+key` as notes' tools write it, or PEM as `openssl genpkey -algorithm ed25519` does,
    /// which is then called `name`. What it signs is of this kind.
    ///
    /// # Errors
    /// One sentence that quotes nothing of the key.
    pub fn parse(text: &str, name: &str, kind: Kind) -> Result<Signer, String> {
        let (name, seed) = match text.trim().strip_prefix("PRIVATE+KEY+") {
            Some(rest) => {
                let mut parts = rest.splitn(3, '+');
                let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
                    return Err("a private key is `PRIVATE+KEY+name+id+key`".to_owned());
                };
                let bytes = unbase64(key).filter(|bytes| bytes.len() == 33 && bytes[0] == PLAIN);
                (name, bytes.map(|bytes| bytes[1..].to_vec()))
            }
            None => (name, pem(text)),
        };
        let seed: Option<[u8; 32]> = seed.and_then(|seed| seed.try_into().ok());
        let key = SigningKey::from_bytes(&seed.ok_or("it is no Ed25519 key, neither of a note nor in PEM (PKCS #8)")?);
        Ok(Signer { verifier: Verifier::new(name, kind.byte(), key.verifying_key())?, key })
    }

    /// The key that its signatures are checked with.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The line of a note that says that this text was signed. A witness' signature is also of the moment, in whole seconds.
    pub fn line(&self, text: &str, now: Instant) -> String {
        let seconds = u64::try_from(now.0.div_euclid(1000)).unwrap_or(0);
        let (time, message) = match self.verifier.kind {
            COSIGNATURE => (seconds.to_be_bytes().to_vec(), format!("cosignature/v1\ntime {seconds}\n{text}")),
            _ => (Vec::new(), text.to_owned()),
        };
        let signature = [&self.verifier.id[..], &time, &self.key.sign(message.as_bytes()).to_bytes()].concat();
        format!("\u{2014} {} {}\n", self.verifier.name, base64(&signature))
    }
}

/// The 32 bytes of a key in PEM.
fn pem(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (inner, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let bytes = unbase64(&inner.split_whitespace().collect::<String>())?;
    bytes.strip_prefix(&PKCS8).map(<[u8]>::to_vec)
}
