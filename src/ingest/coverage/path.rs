//! What tools call a source file, made comparable.

/// One spelling for a file: `/` between folders, no `./`, no empty or `..` step that can be resolved, an upper-case drive letter,
/// no `/_/` (the root that .NET writes into deterministic builds). The address of a source server is left alone.
pub fn normal(path: &str) -> String {
    let path = path.trim();
    if is_normal(path) {
        return path.to_owned();
    }
    if path.contains("://") {
        return path.strip_prefix("file://").map_or_else(|| path.to_owned(), normal);
    }
    let slashed = path.replace('\\', "/");
    let (root, rest) = root(&slashed);
    let mut steps: Vec<&str> = Vec::new();
    for step in rest.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => drop(steps.pop()),
            ".." if !root.is_empty() => {}
            step => steps.push(step),
        }
    }
    format!("{}{}", root, steps.join("/"))
}

/// Whether nothing needs to be done, as with most of the thousands of paths of a report.
fn is_normal(path: &str) -> bool {
    let steps = path.strip_prefix('/').unwrap_or(path);
    !path.contains(['\\', ':']) && !path.starts_with("/_/") && steps.split('/').all(|step| !matches!(step, "" | "." | ".."))
}

/// The root of an absolute path, and what follows it.
fn root(path: &str) -> (String, &str) {
    if let Some(rest) = path.strip_prefix("/_/") {
        return (String::new(), rest);
    }
    if let Some(rest) = path.strip_prefix("//") {
        return ("//".to_owned(), rest);
    }
    match path.as_bytes() {
        // `file:///C:/a` leaves a slash before the drive.
        [b'/', drive, b':', b'/', ..] => (format!("{}:/", drive.to_ascii_uppercase() as char), &path[4..]),
        [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => (format!("{}:/", drive.to_ascii_uppercase() as char), &path[3..]),
        [b'/', ..] => ("/".to_owned(), &path[1..]),
        _ => (String::new(), path),
    }
}

/// Whether a normal path says where it begins.
pub fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.contains("://") || path.as_bytes().get(1) == Some(&b':')
}

/// The folder of a normal path; `.` for a file that lies in none.
pub fn folder(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}

/// The normal path of a file in a package that is named like a folder. Pester repeats the last folders of the package in the name of
/// the file.
pub fn in_package(package: &str, name: &str) -> String {
    let (package, name) = (normal(package), normal(name));
    let folders = name.match_indices('/').map(|(at, _)| at).rev();
    let repeated = folders.filter(|&at| format!("/{package}").ends_with(&format!("/{}", &name[..at]))).max();
    let name = repeated.map_or(&*name, |at| &name[at + 1..]);
    if package.is_empty() || is_absolute(name) { name.to_owned() } else { format!("{package}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_file_are_one() {
        for (path, expected) in [
            ("src/a.py", "src/a.py"),
            ("./src//a.py", "src/a.py"),
            (r"src\app\a.ts", "src/app/a.ts"),
            (r"c:\Repos\x.git\A.cs", "C:/Repos/x.git/A.cs"),
            ("C:/Repos/x.git/lib/../A.cs", "C:/Repos/x.git/A.cs"),
            ("/_/src/A.cs", "src/A.cs"),
            ("/home/a/./b.c", "/home/a/b.c"),
            ("/../b.c", "/b.c"),
            ("../lib/b.c", "../lib/b.c"),
            ("../../lib/x/../b.c", "../../lib/b.c"),
            (r"\\server\share\a.cs", "//server/share/a.cs"),
            ("https://raw.example.org/o/r/abc/src/A.cs", "https://raw.example.org/o/r/abc/src/A.cs"),
            ("file:///C:/x/a.cs", "C:/x/a.cs"),
            ("file:///home/x/a.c", "/home/x/a.c"),
            (" a.py ", "a.py"),
            ("é/漢.py", "é/漢.py"),
            ("/é:/x", "/é:/x"),
        ] {
            assert_eq!(normal(path), expected, "{path}");
            assert_eq!(normal(expected), expected, "{path}: not settled");
        }
        for (package, name, expected) in [
            ("com/x", "A.java", "com/x/A.java"),
            ("", "a.c", "a.c"),
            ("src/sub", "sub/a.ps1", "src/sub/a.ps1"),
            ("src/sub", "src/sub/a.ps1", "src/sub/a.ps1"),
            ("src/sub", "ub/a.ps1", "src/sub/ub/a.ps1"),
            ("com/x", "/src/A.java", "/src/A.java"),
        ] {
            assert_eq!(in_package(package, name), expected);
        }
        assert!(is_absolute("C:/a") && is_absolute("/a") && !is_absolute("a/b"));
        assert_eq!((folder("a/b/c.py"), folder("c.py"), folder("/c.py")), ("a/b", ".", "/"));
    }
}
