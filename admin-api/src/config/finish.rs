//! From what is written to what a start needs: checks that need more than one key, and files.

use std::path::{Path, PathBuf};

use configuration::{Layers, Secret};

use super::{ConfigError, Log, Sections, Usual, sections};
use crate::clock::Clock;
use crate::operator_name::normalised;
use crate::password::check_hash;
use crate::settings::{Bootstrap, Database, Ingest, IngestTls, Oidc, Retention, Server, Settings, VerifyKey};

/// A file in the working directory.
const DEFAULT_URL: &str = "sqlite://bauta-admin.db";

pub(super) fn settings(
    sections: Sections,
    usual: Usual,
    layers: &Layers,
) -> Result<(Settings, Log), ConfigError> {
    let Sections {
        server,
        ingest,
        ops,
        database: written,
        bootstrap: first,
        retention,
        oidc: provider,
        log,
        telemetry,
    } = sections;
    let fail = |key: &str, problem: &str| layers.wrong(key, problem);
    if !(1..=3650).contains(&retention.days) {
        return Err(fail("admin.retention.days", "expected 1 to 3650 days"));
    }
    if retention.events == 0 {
        return Err(fail("admin.retention.events", "expected at least one event"));
    }
    log.check(layers, "admin.log")?;
    telemetry.check(layers, "admin.telemetry")?;
    if let Some(folder) = &server.static_dir
        && !folder.join("index.html").is_file()
    {
        return Err(fail(
            "admin.server.static_dir",
            "there is no index.html in this folder",
        ));
    }
    if server.public_url.is_none() && !server.listen.address().ip().is_loopback() {
        return Err(fail(
            "admin.server.public_url",
            "is missing: browsers do not reach this address by its number; set the origin that they use, such as \
             https://bauta.example.com",
        ));
    }
    let settings = Settings {
        server: Server {
            listen: server.listen.address(),
            public_url: server.public_url,
            static_dir: server.static_dir,
            trusted_proxies: server.trusted_proxies,
        },
        ingest: ingest_of(ingest, usual.verify_key, layers)?,
        ops: ops.listen.address(),
        database: database(written, usual.database_url, layers)?,
        bootstrap: bootstrap(first, layers)?,
        retention: Retention {
            days: retention.days,
            events: retention.events,
        },
        oidc: oidc(provider, layers)?,
        telemetry,
        clock: Clock::system(),
    };
    Ok((settings, log))
}

pub(super) fn database(
    written: sections::Database,
    usual: Option<Secret>,
    layers: &Layers,
) -> Result<Database, ConfigError> {
    let url = layers
        .secret(written.url, written.url_file.as_deref(), "admin.database.url")?
        .or(usual)
        .unwrap_or_else(|| Secret::new(DEFAULT_URL.to_owned()));
    let is_known = ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.expose_text().starts_with(scheme));
    if !is_known {
        return Err(layers.wrong(
            "admin.database.url",
            "not a database; expected sqlite:///path or postgres://user:password@host/name",
        ));
    }
    if !(2..=100).contains(&written.connections) {
        return Err(layers.wrong("admin.database.connections", "expected 2 to 100 connections"));
    }
    Ok(Database {
        url,
        connections: written.connections,
    })
}

fn ingest_of(
    written: sections::Ingest,
    usual: Option<VerifyKey>,
    layers: &Layers,
) -> Result<Ingest, ConfigError> {
    const KEYS: &str = "admin.ingest.verify_keys";
    let fail = |key: &str, problem: &str| layers.wrong(key, problem);
    if written.verify_keys.is_empty() && usual.is_none() {
        return Err(fail(
            KEYS,
            "no key is configured, so no instance could deliver; name at least one file with an Ed25519 public key or an HS256 \
             secret",
        ));
    }
    let key = |path: &PathBuf| {
        let bytes = std::fs::read(path)
            .map(zeroize::Zeroizing::new)
            .map_err(|error| {
                fail(
                    KEYS,
                    &format!("a file of the list cannot be read: {}", error.kind()),
                )
            })?;
        VerifyKey::parse(&bytes)
            .map_err(|error| fail(KEYS, &format!("a file of the list holds no key: {error}")))
    };
    let text = |path: &Path, key: &str| {
        std::fs::read_to_string(path).map_err(|error| {
            fail(
                key,
                &format!("the file that it names cannot be read: {}", error.kind()),
            )
        })
    };
    let tls = match (&written.certificate_file, &written.key_file) {
        (Some(certificate), Some(key)) => Some(IngestTls {
            certificate: text(certificate, "admin.ingest.certificate_file")?,
            key: Secret::new(text(key, "admin.ingest.key_file")?),
            client_ca: written
                .client_ca_file
                .as_deref()
                .map(|path| text(path, "admin.ingest.client_ca_file"))
                .transpose()?,
        }),
        (None, None) if written.client_ca_file.is_some() => {
            return Err(fail(
                "admin.ingest.client_ca_file",
                "certificates of instances need TLS: set certificate_file and key_file too",
            ));
        }
        (None, None) => None,
        (Some(_), None) => {
            return Err(fail(
                "admin.ingest.key_file",
                "a certificate needs its key: set both or none",
            ));
        }
        (None, Some(_)) => {
            return Err(fail(
                "admin.ingest.certificate_file",
                "a key needs its certificate: set both or none",
            ));
        }
    };
    Ok(Ingest {
        listen: written.listen.address(),
        verify_keys: (written.verify_keys.iter().map(key))
            .chain(usual.map(Ok))
            .collect::<Result<_, _>>()?,
        tls,
    })
}

fn bootstrap(written: sections::Bootstrap, layers: &Layers) -> Result<Option<Bootstrap>, ConfigError> {
    const HASH: &str = "admin.bootstrap.password_hash";
    let fail = |key: &str, problem: &str| layers.wrong(key, problem);
    let hash = layers.secret(written.password_hash, written.password_hash_file.as_deref(), HASH)?;
    let (username, password_hash) = match (written.username, hash) {
        (None, None) => return Ok(None),
        (Some(username), Some(hash)) => (username, hash),
        (Some(_), None) => {
            return Err(fail(
                HASH,
                "is missing beside the username; `admin-api hash-password` makes one",
            ));
        }
        (None, Some(_)) => {
            return Err(fail(
                "admin.bootstrap.username",
                "is missing beside the password hash",
            ));
        }
    };
    let username = normalised(&username).ok_or_else(|| {
        fail(
            "admin.bootstrap.username",
            "not a name; expected a-z, 0-9, `.`, `_`, `@` and `-`, at most 64 characters",
        )
    })?;
    check_hash(password_hash.expose_text()).map_err(|error| fail(HASH, &error.to_string()))?;
    Ok(Some(Bootstrap {
        username,
        password_hash,
    }))
}

fn oidc(written: sections::Oidc, layers: &Layers) -> Result<Option<Oidc>, ConfigError> {
    let fail = |key: &str, problem: &str| layers.wrong(key, problem);
    let file = written.client_secret_file.as_deref();
    let client_secret = layers.secret(written.client_secret, file, "admin.oidc.client_secret")?;
    let Some(issuer) = written.issuer else {
        return match written.client_id {
            Some(_) => Err(fail("admin.oidc.issuer", "is missing beside the client id")),
            None => Ok(None),
        };
    };
    let is_local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|host| {
            issuer
                .strip_prefix(host)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
    if !issuer.starts_with("https://") && !is_local {
        return Err(fail(
            "admin.oidc.issuer",
            "expected https://, or http:// on this machine",
        ));
    }
    let client_id = written
        .client_id
        .ok_or_else(|| fail("admin.oidc.client_id", "is missing beside the issuer"))?;
    if written.roles.is_empty() {
        return Err(fail(
            "admin.oidc.roles",
            "is empty, so nobody could sign in; expected a table from values of the claim to auditor, operator or admin",
        ));
    }
    Ok(Some(Oidc {
        issuer,
        client_id,
        client_secret,
        roles_claim: written.roles_claim,
        roles: written.roles,
    }))
}
