//! A PostgreSQL server of our own: a new data folder, loopback and a socket, no user's rights, gone with the test however it ends.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

/// Runs a server until nobody holds its standard input any more, then removes what it left: also when the test is killed.
/// A server that has only just begun does not hear QUIT yet.
const WATCH: &str = r#"exec 3<&0; "$@" </dev/null 3<&- & server=$!; cat <&3 >/dev/null
    kill -QUIT $server; sleep 0.5; kill -KILL $server 2>/dev/null; wait $server; rm -rf "$FOLDER""#;
/// The password of everybody who has one.
pub const PASSWORD: &str = "correct horse";

/// The server.
pub struct Server {
    folder: PathBuf,
    binaries: PathBuf,
    /// Where it listens on loopback.
    pub port: u16,
    user: Option<(u32, u32)>,
    // Its standard input is what keeps the server alive.
    _watch: Child,
}

static SERVER: LazyLock<Option<Server>> = LazyLock::new(Server::start);

/// The server; nothing when a person said to leave these tests out.
pub fn server() -> Option<&'static Server> {
    SERVER.as_ref()
}

impl Server {
    fn start() -> Option<Server> {
        if std::env::var_os("READINESS_WITHOUT_POSTGRES").is_some() {
            eprintln!("READINESS_WITHOUT_POSTGRES is set: nothing is tried with a real PostgreSQL");
            return None;
        }
        let binaries = binaries().unwrap_or_else(|| {
            panic!(
                "no PostgreSQL server is installed (Debian: apt-get install postgresql). READINESS_POSTGRES names the folder of initdb and \
                 postgres; READINESS_WITHOUT_POSTGRES=1 leaves these tests out"
            )
        });
        let folder = tempfile::tempdir().unwrap().keep();
        // A server refuses to run as root.
        let user = (fs::metadata(&folder).unwrap().uid() == 0).then(nobody);
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.join("data");
        let initdb = run_as(user, &binaries.join("initdb"))
            .args(["--username=admin", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C"])
            .arg("--pgdata")
            .arg(&data)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(initdb.status.success(), "{}", String::from_utf8_lossy(&initdb.stderr));
        encrypt(user, &data);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut watch = run_as(user, Path::new("/bin/sh"));
        let log = fs::File::create(folder.join("log")).unwrap();
        watch.args(["-c", WATCH, "watch"]).arg(binaries.join("postgres")).arg("-D").arg(&data).env("FOLDER", &folder);
        let socket = folder.join("socket");
        fs::create_dir(&socket).unwrap();
        if let Some((uid, gid)) = user {
            chown(&socket, Some(uid), Some(gid)).unwrap();
        }
        for setting in [
            format!("unix_socket_directories={}", socket.display()),
            "listen_addresses=127.0.0.1".into(),
            format!("port={port}"),
            "ssl=on".into(),
            "fsync=off".into(),
            "synchronous_commit=off".into(),
            "full_page_writes=off".into(),
            "shared_buffers=32MB".into(),
            "max_wal_size=4GB".into(),
        ] {
            watch.arg("-c").arg(setting);
        }
        let watch = watch.current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let server = Server { folder, binaries, port, user, _watch: watch };
        for _ in 0..600 {
            if server.psql("postgres", "SELECT 1").is_ok() {
                server.sql("postgres", &format!("CREATE ROLE auditor LOGIN PASSWORD '{PASSWORD}'"));
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server did not start: {}", fs::read_to_string(server.folder.join("log")).unwrap_or_default());
    }

    /// Runs SQL as the superuser, over the socket.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = run_as(self.user, &self.binaries.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--username=admin"]);
        psql.arg("--host").arg(self.folder.join("socket")).arg("--port").arg(self.port.to_string()).arg("--dbname").arg(database);
        psql.current_dir(&self.folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = psql.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = sql.to_owned();
        let writer = std::thread::spawn(move || drop(input.write_all(text.as_bytes())));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The same, where it must work.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        self.psql(database, sql).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A new database.
    pub fn database(&self, name: &str) {
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
    }

    /// The address of a database for a user with few rights.
    pub fn address(&self, database: &str, more: &str) -> String {
        format!("postgres://auditor@127.0.0.1:{}/{database}?connect_timeout=5{more}", self.port)
    }
}

/// Lets the server speak TLS, with a certificate of its own making, and take no other connection to the database `tlsonly`.
fn encrypt(user: Option<(u32, u32)>, data: &Path) {
    let mut openssl = run_as(user, Path::new("openssl"));
    openssl.args(["req", "-new", "-x509", "-days", "2", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.crt"]);
    let made = openssl.current_dir(data).output().unwrap_or_else(|e| panic!("openssl makes the server's certificate: {e}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::set_permissions(data.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let rules = data.join("pg_hba.conf");
    let usual = fs::read_to_string(&rules).unwrap();
    let strict = "hostssl tlsonly all all scram-sha-256\nhostnossl tlsonly all all reject\n";
    fs::write(rules, format!("{strict}{usual}")).unwrap();
}

fn binaries() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("READINESS_POSTGRES") {
        return Some(PathBuf::from(named));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let whole = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|program| folder.join(program).is_file());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    versions.filter(whole).max().or_else(|| std::env::split_paths(&path).find(whole))
}

/// The user that Debian's package makes, else nobody.
fn nobody() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).unwrap()
}

fn run_as(user: Option<(u32, u32)>, program: &Path) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command.env_remove("PGPASSWORD").env_remove("PGPASSFILE");
    command
}
