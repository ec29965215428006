//! Embeds the shipped packs, so that a rule needs no line of Rust.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo on stdout")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=rules");
    let mut code =
        String::from("/// Pack, path and text of every shipped rule file.\npub(super) const EMBEDDED: &[(&str, &str, &str)] = &[\n");
    for pack in sorted(Path::new("rules"))? {
        if !Path::new("rules").join(&pack).join("pack.yaml").is_file() {
            continue;
        }
        for file in sorted(&Path::new("rules").join(&pack))? {
            if file.ends_with(".yaml") {
                let path = format!("rules/{pack}/{file}");
                println!("cargo::rerun-if-changed={path}");
                let _ = writeln!(code, "    ({pack:?}, {path:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{path}\"))),");
            }
        }
    }
    code.push_str("];\n");
    #[allow(clippy::disallowed_methods, reason = "a build script is told its folder by the environment")]
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("rules.rs"), code)
}

fn sorted(folder: &Path) -> io::Result<Vec<String>> {
    let mut names: Vec<String> =
        fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    Ok(names)
}
