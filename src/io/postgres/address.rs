//! Where a database is: `postgres://user@host:5432/database?schema=audit`. Never with a password.

use super::Failure;

/// For how long the server may work on one statement when the address does not say, in milliseconds.
const TIMEOUT: u64 = 300_000;
/// For how long to wait for somebody's lock, in milliseconds.
const LOCK_TIMEOUT: u64 = 10_000;

/// The address of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As it was written.
    pub shown: String,
    /// What the driver understands of it.
    pub url: String,
    /// Where the table is.
    pub schema: String,
    /// How the connection is protected: `sslmode` as libpq knows it.
    pub tls: Tls,
    /// For how long the server may work on one statement, in milliseconds.
    pub timeout: u64,
    /// For how long to wait for somebody's lock, in milliseconds.
    pub lock_timeout: u64,
}

/// libpq's `sslmode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// `disable`.
    Disable,
    /// `prefer`: encrypted where the server can; nothing is verified.
    #[default]
    Prefer,
    /// `require`: encrypted; the certificate is not verified.
    Require,
    /// `verify-ca` and `verify-full`: encrypted, by a server whose certificate is of its name.
    Verify,
}

/// Whether a path is the address of a database.
pub fn is_address(path: &str) -> bool {
    path.starts_with("postgres://") || path.starts_with("postgresql://")
}

impl Address {
    /// Understands an address.
    ///
    /// # Errors
    /// When it holds a password, or says what nobody understands. The sentence quotes nothing that may be secret.
    pub fn parse(text: &str) -> Result<Address, Failure> {
        let wrong = |message: String| Failure::new("address", message);
        let (start, query) = text.split_once('?').map_or((text, ""), |(start, query)| (start, query));
        let rest = start.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
        // A password may hold an `@` that nobody escaped.
        let user = rest.rsplit_once('@').map_or("", |(user, _)| user);
        let mut address = Address {
            shown: text.to_owned(),
            url: String::new(),
            schema: "public".to_owned(),
            tls: Tls::default(),
            timeout: TIMEOUT,
            lock_timeout: LOCK_TIMEOUT,
        };
        let mut kept = Vec::new();
        let mut secret = user.contains(':');
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| wrong("its parameters are written `name=value`, with `&` between them".into()))?;
            match key {
                "schema" => address.schema = decoded(value).ok_or_else(|| wrong("its `schema` is not text in UTF-8".into()))?,
                "timeout" => {
                    address.timeout = duration(value).ok_or_else(|| wrong("its `timeout` is no time such as 90s or 5min".into()))?
                }
                "lock_timeout" => {
                    address.lock_timeout = duration(value).ok_or_else(|| wrong("its `lock_timeout` is no time such as 10s".into()))?;
                }
                "sslmode" => {
                    address.tls =
                        tls(value).ok_or_else(|| wrong("its `sslmode` is none of disable, prefer, require, verify-full".into()))?
                }
                "host" | "port" | "user" | "dbname" | "connect_timeout" | "target_session_attrs" => kept.push(pair),
                key if key.to_ascii_lowercase().contains("pass") => secret = true,
                _ => {
                    let known =
                        "schema, timeout, lock_timeout, sslmode, host, port, user, dbname, connect_timeout and target_session_attrs";
                    return Err(wrong(format!("it has a parameter that nobody understands; there are {known}")));
                }
            }
        }
        if secret {
            let message = "a password stands in the address, where everybody can read it: take it out, and give it in PGPASSWORD or in a file ~/.pgpass";
            return Err(Failure::new("password", message));
        }
        if authority.is_empty() && !kept.iter().any(|pair| pair.starts_with("host=")) {
            return Err(wrong("it names no host: postgres://user@host/database".into()));
        }
        if address.schema.is_empty() || address.timeout == 0 {
            return Err(wrong("its `schema` is empty, or its `timeout` nothing".into()));
        }
        address.url = if kept.is_empty() { start.to_owned() } else { format!("{start}?{}", kept.join("&")) };
        Ok(address)
    }

    /// The server as messages name it.
    pub fn server(&self) -> &str {
        self.shown.split_once('?').map_or(self.shown.as_str(), |(start, _)| start)
    }
}

fn tls(word: &str) -> Option<Tls> {
    Some(match word {
        "disable" => Tls::Disable,
        "allow" | "prefer" => Tls::Prefer,
        "require" => Tls::Require,
        "verify-ca" | "verify-full" => Tls::Verify,
        _ => return None,
    })
}

/// `250ms`, `90s` or `5min` in milliseconds, at most a day.
fn duration(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match &text[digits..] {
        "ms" => 1,
        "s" | "" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(unit).filter(|ms| *ms <= 86_400_000)
}

/// A text in which `%20` stands for a blank.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_is_understood() {
        let address =
            Address::parse("postgres://auditor@db.example:5433/app?schema=au%20dit&timeout=90s&sslmode=verify-full&host=/run").unwrap();
        assert_eq!(address.url, "postgres://auditor@db.example:5433/app?host=/run");
        assert_eq!((address.schema.as_str(), address.timeout, address.tls), ("au dit", 90_000, Tls::Verify));
        assert_eq!(address.server(), "postgres://auditor@db.example:5433/app");
        let plain = Address::parse("postgresql://h/d").unwrap();
        assert_eq!((plain.schema.as_str(), plain.timeout, plain.lock_timeout), ("public", 300_000, 10_000));
        assert!(is_address("postgres://x") && is_address("postgresql://x") && !is_address("postgres.db"));
    }

    #[test]
    fn a_password_is_refused_and_never_told() {
        for text in [
            "postgres://u:hunter2@h/d",
            "postgres://u:hun@ter2@h/d",
            "postgres://u:hun/ter2@h/d",
            "postgres://u@h/d?password=hunter2",
            "postgres://u@h/d?sslpassword=hunter2",
        ] {
            let failure = Address::parse(text).unwrap_err();
            assert_eq!(failure.code, "password", "{text}");
            assert!(!failure.message.contains("ter2"), "{text}");
        }
    }

    #[test]
    fn what_nobody_understands_is_refused() {
        for text in [
            "postgres://",
            "postgres:///d",
            "postgres://h/d?schema=",
            "postgres://h/d?schema=%ff",
            "postgres://h/d?schema=%f",
            "postgres://h/d?timeout=0",
            "postgres://h/d?timeout=long",
            "postgres://h/d?timeout=25h",
            "postgres://h/d?sslmode=maybe",
            "postgres://h/d?options=-csearch_path=x",
            "postgres://h/d?schema",
        ] {
            assert_eq!(Address::parse(text).unwrap_err().code, "address", "{text}");
        }
    }
}
