//! What each sink of audit events needs, and what would have no effect.

use std::fs::read;
use std::path::{Path, PathBuf};

use configuration::Layers;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::audit::{SinkName, WrittenAudit};
use crate::config::signing_key::SigningKey;
use crate::config::{Audit, AuditSink, BaseUrl, ConfigError, Dangerous, Delivery, Secret, Tls, Waiting};

/// A smaller spool would be full after some hundred turns.
const LEAST_SPOOL: u64 = 1 << 20;
const MOST_SPOOL: u64 = 1 << 40;
const MOST_QUEUED: usize = 1 << 20;

struct Checking<'a> {
    dangerous: &'a Dangerous,
    layers: &'a Layers,
}

pub(super) fn finish(
    written: WrittenAudit,
    dangerous: &Dangerous,
    layers: &Layers,
) -> Result<Audit, ConfigError> {
    let checking = Checking { dangerous, layers };
    layers.in_range("audit.queue", written.queue, 1, MOST_QUEUED)?;
    let spool = (LEAST_SPOOL, MOST_SPOOL);
    layers.in_range("audit.spool_bytes", written.spool_bytes, spool.0, spool.1)?;
    let queue = written.queue;
    let open = layers.value("audit.sink").is_none().then_some(Waiting {
        spool_bytes: written.spool_bytes,
        when_full: written.when_full,
    });
    if written.sink != SinkName::Admin {
        checking.check_idle(&written)?;
    }
    let sink = match written.sink {
        SinkName::Off => AuditSink::Off,
        SinkName::Stdout => AuditSink::Stdout,
        SinkName::File => match written.path {
            Some(path) => AuditSink::File(path),
            None => return checking.fail("path", "missing; `audit.sink = \"file\"` needs a path"),
        },
        SinkName::Admin => AuditSink::Admin(Box::new(checking.delivery(written)?)),
    };
    Ok(Audit { sink, queue, open })
}

impl Checking<'_> {
    fn fail<T>(&self, key: &str, problem: &str) -> Result<T, ConfigError> {
        Err(self.layers.wrong(&format!("audit.{key}"), problem))
    }

    /// Whoever writes where events are to be delivered expects that they are.
    fn check_idle(&self, written: &WrittenAudit) -> Result<(), ConfigError> {
        for (key, is_set) in [
            ("endpoint", written.endpoint.is_some()),
            ("signing_key_file", written.signing_key_file.is_some()),
            ("spool_dir", written.spool_dir.is_some()),
            ("ca_file", written.ca_file.is_some()),
            (
                "client_certificate_file",
                written.client_certificate_file.is_some(),
            ),
            ("client_key_file", written.client_key_file.is_some()),
        ] {
            if is_set {
                return self.fail(
                    key,
                    "has no effect without audit.sink = \"admin\"; set that, or remove this key",
                );
            }
        }
        Ok(())
    }

    fn delivery(&self, written: WrittenAudit) -> Result<Delivery, ConfigError> {
        let Some(endpoint) = &written.endpoint else {
            return self.fail(
                "endpoint",
                "missing; `audit.sink = \"admin\"` needs https://host:port of admin-api",
            );
        };
        self.check_endpoint(endpoint)?;
        let tls = self.tls(endpoint, &written)?;
        if let Some(directory) = &written.spool_dir
            && !can_be_directory(directory)
        {
            return self.fail(
                "spool_dir",
                "neither a directory nor a place for one; expected a path whose parent exists",
            );
        }
        Ok(Delivery {
            signing_key: self.signing_key(written.signing_key_file.as_deref())?,
            endpoint: endpoint.clone(),
            spool_dir: written.spool_dir,
            spool_bytes: written.spool_bytes,
            when_full: written.when_full,
            tls,
        })
    }

    fn check_endpoint(&self, endpoint: &BaseUrl) -> Result<(), ConfigError> {
        if !matches!(endpoint.path(), "" | "/") {
            return self.fail("endpoint", "has a path; expected https://host:port");
        }
        let is_here = endpoint
            .ip()
            .map_or(endpoint.host() == "localhost", |ip| ip.is_loopback());
        if endpoint.is_secure() || is_here || self.dangerous.allow_insecure_audit {
            return Ok(());
        }
        self.fail(
            "endpoint",
            "only https:// is allowed off this machine; http:// needs dangerous.allow_insecure_audit = true",
        )
    }

    fn signing_key(&self, file: Option<&Path>) -> Result<SigningKey, ConfigError> {
        let key = "signing_key_file";
        let Some(file) = file else {
            return self.fail(
                key,
                "missing; `audit.sink = \"admin\"` needs an Ed25519 key (`openssl genpkey -algorithm ed25519`) or a secret \
                 that admin-api has too (`openssl rand -hex 32`)",
            );
        };
        let text = Secret::from_file(file).or_else(|problem| self.fail(key, &problem))?;
        SigningKey::parse(&text).or_else(|error| self.fail(key, &error.to_string()))
    }

    fn tls(&self, endpoint: &BaseUrl, written: &WrittenAudit) -> Result<Option<Tls>, ConfigError> {
        let files = [
            ("ca_file", &written.ca_file),
            ("client_certificate_file", &written.client_certificate_file),
            ("client_key_file", &written.client_key_file),
        ];
        if !endpoint.is_secure() {
            return match files.iter().find(|(_, file)| file.is_some()) {
                Some((key, _)) => self.fail(
                    key,
                    "has no effect with http://; set audit.endpoint to https://, or remove this key",
                ),
                None => Ok(None),
            };
        }
        let authorities = match &written.ca_file {
            Some(file) => Some(self.certificates("ca_file", file)?),
            None => None,
        };
        let identity = match (&written.client_certificate_file, &written.client_key_file) {
            (None, None) => None,
            (Some(certificate), Some(key)) => Some((
                self.certificates("client_certificate_file", certificate)?,
                self.key(key)?,
            )),
            (Some(_), None) => {
                return self.fail(
                    "client_key_file",
                    "missing; audit.client_certificate_file needs its key",
                );
            }
            (None, Some(_)) => {
                return self.fail(
                    "client_certificate_file",
                    "missing; audit.client_key_file needs its certificate",
                );
            }
        };
        Ok(Some(Tls {
            authorities,
            identity,
        }))
    }

    fn certificates(&self, key: &str, file: &PathBuf) -> Result<Vec<u8>, ConfigError> {
        let text = match read(file) {
            Ok(text) => text,
            Err(error) => {
                return self.fail(
                    key,
                    &format!("the file that it names cannot be read: {}", error.kind()),
                );
            }
        };
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        match read {
            Ok(found) if !found.is_empty() => Ok(text),
            _ => self.fail(
                key,
                "the file that it names holds no certificate; expected PEM (`-----BEGIN CERTIFICATE-----`)",
            ),
        }
    }

    fn key(&self, file: &Path) -> Result<Secret, ConfigError> {
        let key = "client_key_file";
        let text = Secret::from_file(file).or_else(|problem| self.fail(key, &problem))?;
        match PrivateKeyDer::from_pem_slice(text.expose_text().as_bytes()) {
            Ok(_) => Ok(text),
            Err(_) => self.fail(
                key,
                "the file that it names holds no private key; expected PEM (`-----BEGIN PRIVATE KEY-----`)",
            ),
        }
    }
}

fn can_be_directory(path: &Path) -> bool {
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return path.is_dir(),
    };
    path.is_dir() || (!path.exists() && parent.is_dir())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::config::{AuditSink, Config, WhenFull};

    fn with(keys: &[(&str, &str)]) -> Result<Config, String> {
        let variables = keys
            .iter()
            .map(|(key, value)| (format!("BAUTA_{key}"), (*value).to_owned()));
        Config::load(None, variables).map_err(|error| error.to_string())
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn delivery_needs_an_endpoint_and_a_key() {
        let key = file(&"k".repeat(32));
        let key = ("AUDIT__SIGNING_KEY_FILE", key.path().to_str().unwrap());
        let (admin, here) = (
            ("AUDIT__SINK", "admin"),
            ("AUDIT__ENDPOINT", "http://127.0.0.1:8789"),
        );
        let config = with(&[admin, here, key]).unwrap();
        let AuditSink::Admin(delivery) = config.audit.sink else {
            panic!("not delivered");
        };
        assert_eq!(
            (delivery.spool_bytes, delivery.when_full, delivery.tls.is_none()),
            (256 << 20, WhenFull::DropOldest, true)
        );
        for (keys, told) in [
            (
                &[admin, key][..],
                "audit.endpoint (from environment variable BAUTA_AUDIT__",
            ),
            (
                &[admin, here],
                "audit.signing_key_file (from environment variable BAUTA_AUDIT__",
            ),
            (
                &[here],
                "audit.endpoint (from environment variable BAUTA_AUDIT__ENDPOINT): has no effect without",
            ),
            (
                &[admin, ("AUDIT__ENDPOINT", "http://admin:8789"), key],
                "dangerous.allow_insecure_audit",
            ),
            (
                &[admin, ("AUDIT__ENDPOINT", "http://10.0.0.1:8789"), key],
                "dangerous.allow_insecure_audit",
            ),
            (
                &[admin, ("AUDIT__ENDPOINT", "https://admin/events"), key],
                "has a path",
            ),
            (
                &[admin, here, key, ("AUDIT__CA_FILE", "ca.pem")],
                "no effect with http://",
            ),
            (
                &[admin, here, key, ("AUDIT__SPOOL_BYTES", "7")],
                "audit.spool_bytes",
            ),
            (&[admin, here, key, ("AUDIT__QUEUE", "0")], "audit.queue"),
            (
                &[admin, here, key, ("AUDIT__WHEN_FULL", "wait")],
                "drop_oldest, refuse_requests",
            ),
            (
                &[admin, here, key, ("AUDIT__SPOOL_DIR", "/nowhere/at/all")],
                "audit.spool_dir",
            ),
        ] {
            let problem = with(keys).unwrap_err();
            assert!(problem.contains(told), "{problem}\nwanted: {told}");
        }
        let far = ("AUDIT__ENDPOINT", "http://admin:8789");
        assert!(with(&[admin, far, key, ("DANGEROUS__ALLOW_INSECURE_AUDIT", "true")]).is_ok());
    }

    #[test]
    fn files_are_read_at_the_start() {
        let key = file(&"k".repeat(32));
        let wrong = file("canary");
        let at = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
        let (key, wrong) = (at(&key), at(&wrong));
        let base = [
            ("AUDIT__SINK", "admin"),
            ("AUDIT__ENDPOINT", "https://admin:8789"),
            ("AUDIT__SIGNING_KEY_FILE", key.as_str()),
        ];
        assert!(with(&base).is_ok());
        for (name, value, told) in [
            ("AUDIT__SIGNING_KEY_FILE", wrong.as_str(), "32 bytes"),
            ("AUDIT__SIGNING_KEY_FILE", "missing-canary", "cannot be read"),
            ("AUDIT__CA_FILE", wrong.as_str(), "no certificate"),
            ("AUDIT__CA_FILE", "missing-canary", "cannot be read"),
            ("AUDIT__CLIENT_CERTIFICATE_FILE", wrong.as_str(), "needs its key"),
            ("AUDIT__CLIENT_KEY_FILE", wrong.as_str(), "needs its certificate"),
        ] {
            let mut keys = base.to_vec();
            keys.retain(|(key, _)| *key != name);
            keys.push((name, value));
            let problem = with(&keys).unwrap_err();
            assert!(
                problem.contains(told) && problem.contains("BAUTA_AUDIT__"),
                "{problem}"
            );
            assert!(!problem.contains("canary"), "{problem}");
        }
    }

    #[test]
    fn the_sections_of_the_control_plane_are_left_alone() {
        let mut file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
        write!(
            file,
            "[admin.database]\nurl = \"sqlite:///tmp/a\"\n[ops]\nlisten = \"127.0.0.1:1\"\n"
        )
        .unwrap();
        let variable = ("BAUTA_ADMIN__OPS__LISTEN".to_owned(), "nonsense".to_owned());
        let config = Config::load(Some(file.path()), [variable]).unwrap();
        assert_eq!(config.ops.listen.address().port(), 1);
    }
}
