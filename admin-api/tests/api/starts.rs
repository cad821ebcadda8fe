//! What the real program says, in a sentence, when it cannot start.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

use crate::plane::{PASSWORD, SECRET};

/// `nobody`: to root every file can be written.
const UNPRIVILEGED: u32 = 65534;

/// A folder with a key, and what a start is told.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), SECRET).unwrap();
        Self { folder }
    }

    /// With a database that the program has made.
    fn with_database() -> Self {
        let place = Self::new();
        let mut command = place.command(Path::new(env!("CARGO_BIN_EXE_admin-api")), &[]);
        command.args(["operator", "add", "ada"]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let line = format!("{PASSWORD}\n");
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        assert!(child.wait_with_output().unwrap().status.success());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, program: &Path, more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.folder.path());
        let url = format!("sqlite://{}", self.path("admin.db").display());
        let keys = format!("[{:?}]", self.path("key"));
        let usual = [
            ("SERVER__LISTEN", "127.0.0.1:0"),
            ("OPS__LISTEN", "127.0.0.1:0"),
            ("INGEST__LISTEN", "127.0.0.1:0"),
            ("INGEST__VERIFY_KEYS", &keys),
            ("DATABASE__URL", &url),
        ];
        for (key, value) in usual.iter().chain(more) {
            command.env(format!("BAUTA_ADMIN__{key}"), value);
        }
        let is_elsewhere = more.iter().any(|(key, _)| *key == "DATABASE__URL_FILE");
        if is_elsewhere {
            command.env_remove("BAUTA_ADMIN__DATABASE__URL");
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end; gives the sentence.
    fn refused(&self, more: &[(&str, &str)]) -> String {
        refusal(self.command(Path::new(env!("CARGO_BIN_EXE_admin-api")), more))
    }

    async fn database(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path("admin.db"));
        options.connect().await.unwrap()
    }

    async fn change(&self, statements: &[&str]) {
        let mut database = self.database().await;
        for statement in statements {
            let statement = AssertSqlSafe((*statement).to_owned());
            sqlx::query(statement).execute(&mut database).await.unwrap();
        }
        database.close().await.unwrap();
    }
}

/// One line of plain words, and no other end.
fn refusal(mut command: Command) -> String {
    let mut child = command.spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        said.push('\n');
        // Else it would run for ever.
        if said.contains("the control plane is ready") {
            child.kill().unwrap();
        }
    }
    assert_eq!(child.wait().unwrap().code(), Some(1), "{said}");
    // What it logs before has a time in front.
    let told: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("admin-api: "))
        .collect();
    let [sentence] = told[..] else { panic!("{said}") };
    assert_eq!(said.lines().last(), Some(sentence), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for noise in ["Error", "Sqlite", "sqlx", "Some(", "code:", "hunter2"] {
        assert!(!sentence.contains(noise), "{sentence}");
    }
    sentence.to_owned()
}

#[tokio::test]
async fn a_database_of_another_release_is_told() {
    let row = |version: u32| {
        format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES ({version}, 'later', TRUE, x'00', 0)"
        )
    };
    for (statement, sentence) in [
        (
            row(3001),
            "the database is of a release that is more than one ahead of this one",
        ),
        (
            row(10_001),
            "the database is of a release that is more than one ahead of this one",
        ),
        (
            "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1002".to_owned(),
            "migration 1002 of the database is not the one of this release",
        ),
        (
            "UPDATE _sqlx_migrations SET success = FALSE WHERE version = 1004".to_owned(),
            "migration 1004 of the database broke off: restore the database from a backup",
        ),
        // A step that was made and not written down is not made twice.
        (
            "DELETE FROM _sqlx_migrations WHERE version = 1002".to_owned(),
            "the database's list of migrations lacks 1002 (rollups)",
        ),
        (
            "DELETE FROM _sqlx_migrations".to_owned(),
            "the database's list of migrations lacks 1001 (events)",
        ),
    ] {
        let place = Place::with_database();
        place.change(&[&statement]).await;
        let told = place.refused(&[]);
        assert!(told.contains(sentence), "{statement}: {told}");
    }
    // A table that is gone though its step was made.
    let place = Place::with_database();
    place.change(&["DROP TABLE totals"]).await;
    let told = place.refused(&[]);
    assert!(told.contains("the database"), "{told}");
}

#[tokio::test]
async fn a_database_of_the_release_before_gets_what_it_lacks() {
    let place = Place::with_database();
    place
        .change(&[
            "DROP TABLE ages",
            "DROP INDEX events_by_arrival",
            "ALTER TABLE events DROP COLUMN arrival",
            "DELETE FROM totals WHERE name IN ('arrivals', 'salt')",
            "DELETE FROM _sqlx_migrations WHERE version = 1005",
        ])
        .await;
    let mut list = place.command(Path::new(env!("CARGO_BIN_EXE_admin-api")), &[]);
    let output = list.args(["operator", "list"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"ada\tadmin\n", "what there was is still there");
}

#[tokio::test]
async fn a_database_that_somebody_holds_is_told() {
    let place = Place::with_database();
    // A writer in the middle of its work, and one that lets nobody else in.
    for mode in ["NORMAL", "EXCLUSIVE"] {
        let mut holder = place.database().await;
        let statement = AssertSqlSafe(format!("PRAGMA locking_mode = {mode}"));
        sqlx::query(statement).execute(&mut holder).await.unwrap();
        for statement in ["BEGIN IMMEDIATE", "UPDATE totals SET value = value"] {
            sqlx::query(statement).execute(&mut holder).await.unwrap();
        }
        let told = place.refused(&[]);
        assert!(told.contains("it is locked by another process"), "{mode}: {told}");
        holder.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_told() {
    let place = Place::with_database();
    let url = format!("sqlite://{}?mode=ro", place.path("admin.db").display());
    let told = place.refused(&[("DATABASE__URL", &url)]);
    assert!(told.contains("it is read-only"), "{told}");
    // By its permissions: as somebody to whom they matter.
    let program = place.path("admin-api");
    // By another process: a child that is forked meanwhile would hold the file open for writing, and it could not be run.
    let copied = Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_admin-api"))
        .arg(&program)
        .status();
    assert!(copied.unwrap().success());
    let is_root = chown(place.folder.path(), Some(UNPRIVILEGED), Some(UNPRIVILEGED)).is_ok();
    let run = || {
        let mut command = place.command(&program, &[]);
        if is_root {
            command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
        }
        refusal(command)
    };
    for name in ["admin.db", "key"] {
        let path = place.path(name);
        std::fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    }
    let told = run();
    assert!(told.contains("it is read-only"), "{told}");
    std::fs::set_permissions(place.path("admin.db"), Permissions::from_mode(0o000)).unwrap();
    let told = run();
    assert!(told.contains("it may not be read or written"), "{told}");
    let missing = format!("sqlite://{}/none/admin.db", place.folder.path().display());
    let told = place.refused(&[("DATABASE__URL", &missing)]);
    assert!(told.contains("its folder has to exist"), "{told}");
}

#[test]
fn a_password_file_that_holds_none_is_told() {
    let place = Place::new();
    let write = |name: &str, text: &str| {
        std::fs::write(place.path(name), text).unwrap();
        place.path(name).display().to_string()
    };
    let weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$mZ3CzQ6pEEUvhLPTfLN+hQ";
    let key = "admin.bootstrap.password_hash";
    for (file, sentence) in [
        (place.path("none").display().to_string(), "cannot be read"),
        (write("plain", "hunter2hunter2"), "not a PHC string"),
        (write("weak", weak), "the password hash is weaker than"),
        (write("empty", ""), "empty"),
        (place.folder.path().display().to_string(), "cannot be read"),
    ] {
        let told = place.refused(&[
            ("BOOTSTRAP__USERNAME", "ada"),
            ("BOOTSTRAP__PASSWORD_HASH_FILE", &file),
        ]);
        assert!(told.contains(key) && told.contains(sentence), "{file}: {told}");
    }
    for (file, sentence) in [
        (place.path("none").display().to_string(), "cannot be read"),
        (write("url", "mysql://u:hunter2@h/d"), "not a database"),
    ] {
        let told = place.refused(&[("DATABASE__URL_FILE", &file)]);
        assert!(told.contains("admin.database.url"), "{file}: {told}");
        assert!(told.contains(sentence), "{file}: {told}");
    }
    let short = format!("[{:?}]", write("short", "hunter2"));
    let told = place.refused(&[("INGEST__VERIFY_KEYS", &short)]);
    assert!(told.contains("an HS256 secret has at least 32 bytes"), "{told}");
}

/// A server of PostgreSQL's protocol that refuses whoever comes
/// (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
fn refusing_server(code: &'static str) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut length = [0; 4];
            while stream.read_exact(&mut length).is_ok() {
                let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
                stream.read_exact(&mut rest).unwrap();
                // A wish for TLS, which is not granted.
                if rest == 80_877_103_u32.to_be_bytes() {
                    stream.write_all(b"N").unwrap();
                    continue;
                }
                let fields = format!("SFATAL\0VFATAL\0C{code}\0Mfor user hunter2\0\0");
                let mut message = vec![b'E'];
                message.extend((u32::try_from(fields.len()).unwrap() + 4).to_be_bytes());
                message.extend(fields.as_bytes());
                stream.write_all(&message).unwrap();
                break;
            }
        }
    });
    address
}

#[test]
fn a_server_that_lets_nobody_in_is_told() {
    for (code, sentence) in [
        ("28P01", "user or password is wrong"),
        ("3D000", "there is no database of that name"),
        ("53300", "it has too many connections"),
    ] {
        let place = Place::new();
        let url = format!("postgres://bauta:hunter2@{}/bauta", refusing_server(code));
        let file = place.path("url");
        std::fs::write(&file, url).unwrap();
        let told = place.refused(&[("DATABASE__URL_FILE", &file.display().to_string())]);
        assert!(told.contains(sentence), "{code}: {told}");
    }
}
