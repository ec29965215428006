//! The password, as libpq finds it: in PGPASSWORD, or in the file that PGPASSFILE names, `~/.pgpass` where it names none.
//!
//! Source: <https://www.postgresql.org/docs/current/libpq-pgpass.html>.

use crate::io::fs;
use crate::io::terminal;
use std::path::{Path, PathBuf};

/// What a password is looked for by.
pub(super) struct Wanted<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password, if there is one.
///
/// # Errors
/// A sentence when the file may be read by others, as libpq ignores it then.
pub(super) fn find(wanted: &Wanted<'_>) -> Result<Option<String>, String> {
    if let Some(password) = terminal::variable("PGPASSWORD") {
        return Ok(Some(password));
    }
    let home = || terminal::variable("HOME").map(|home| Path::new(&home).join(".pgpass"));
    let Some(path) = terminal::variable("PGPASSFILE").map(PathBuf::from).or_else(home).filter(|path| fs::exists(path)) else {
        return Ok(None);
    };
    if is_open(&path) {
        return Err(format!("{} may be read by others and is not used: chmod 0600", path.display()));
    }
    let text = fs::read_text(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(text.lines().find_map(|line| of(line, wanted)))
}

#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

/// The password of a line `host:port:database:user:password`, if it fits.
fn of(line: &str, wanted: &Wanted<'_>) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            '\\' => letters.next(),
            letter => Some(letter),
        };
        fields.last_mut()?.extend(letter);
    }
    let [host, port, database, user, password] = fields.as_slice() else { return None };
    let fits = |field: &str, value: &str| field == "*" || field == value;
    // A socket is `localhost` there.
    let place = if wanted.host.starts_with('/') { "localhost" } else { wanted.host };
    let here = fits(host, wanted.host) || fits(host, place);
    (here && fits(port, &wanted.port.to_string()) && fits(database, wanted.database) && fits(user, wanted.user)).then(|| password.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_counts() {
        let wanted = Wanted { host: "db", port: 5432, database: "app", user: "al:ice" };
        let of = |line| of(line, &wanted);
        assert_eq!(of(r"db:5432:app:al\:ice:se:cr\\et").as_deref(), Some(r"se:cr\et"));
        assert_eq!(of("*:*:*:*:x").as_deref(), Some("x"));
        for line in ["# db:5432:app:al\\:ice:x", "", "other:*:*:*:x", "db:5433:*:*:x", "db:5432:app", "*:*:*:bob:x"] {
            assert_eq!(of(line), None, "{line}");
        }
        let socket = Wanted { host: "/run", ..wanted };
        assert_eq!(super::of("localhost:*:*:*:x", &socket).as_deref(), Some("x"));
    }
}
