//! The sections under `[admin]`: keys, defaults and what they mean.

use std::collections::BTreeMap;
use std::path::PathBuf;

use admin_types::Role;
use configuration::{Listen, Secret, section};
use ipnet::IpNet;

use super::origin::Origin;

section! {
    /// Where operators connect.
    pub(crate) struct Server {
        /// Address and port for operators. Port 0 takes a free one; the start prints it.
        listen: Listen = "\"127.0.0.1:8788\"",
        /// The origin that browsers use, such as `https://bauta.example.com`: decides Secure cookies, HSTS and the check of `Origin`. Without it, the address itself, which has to be a loopback address then.
        public_url: Option<Origin> = "unset",
        /// A folder with the console's files, served at `/`.
        static_dir: Option<PathBuf> = "unset",
        /// Networks of proxies whose `X-Forwarded-For` says who connects, such as `["10.0.0.0/8"]`.
        trusted_proxies: Vec<IpNet> = "[]",
    }
}

section! {
    /// Where instances of proxy-api deliver audit events and reports (gRPC).
    pub(crate) struct Ingest {
        /// Address and port for instances. Port 0 takes a free one; the start prints it.
        listen: Listen = "\"127.0.0.1:8789\"",
        /// Files with the keys that instances' tokens may be signed with: an Ed25519 public key (PEM, SPKI) or an HS256 secret of 32 bytes and more. Several, so that keys can be rotated. At least one is needed; `bauta up` has one of its own.
        verify_keys: Vec<PathBuf> = "[]",
        /// The certificate chain (PEM) that instances are shown; without it, HTTP/2 without TLS.
        certificate_file: Option<PathBuf> = "unset",
        /// Its private key (PEM).
        key_file: Option<PathBuf> = "unset",
        /// Instances have to show a certificate of this authority (PEM).
        client_ca_file: Option<PathBuf> = "unset",
    }
}

section! {
    /// Health, readiness and Prometheus metrics on a listener of their own.
    pub(crate) struct Ops {
        /// Address and port of `/health`, `/ready` and `/metrics`. Keep it private. Port 0 takes a free one.
        listen: Listen = "\"127.0.0.1:9465\"",
    }
}

section! {
    /// Where events, sums and operators are stored.
    pub(crate) struct Database {
        /// `sqlite:///path` or `postgres://user:password@host/name`. By default a file in the working directory, with `bauta up` in its data directory.
        url: Option<Secret> = "unset",
        /// A file that holds `url`.
        url_file: Option<PathBuf> = "unset",
        /// Connections at most: 2 to 100.
        connections: u32 = "8",
    }
}

section! {
    /// The first operator, with the role admin: used only while there is none.
    pub(crate) struct Bootstrap {
        /// Its name.
        username: Option<String> = "unset",
        /// Its password as PHC string of argon2id or scrypt: `admin-api hash-password` makes one.
        password_hash: Option<Secret> = "unset",
        /// A file that holds `password_hash`.
        password_hash_file: Option<PathBuf> = "unset",
    }
}

section! {
    /// How long events are kept: whichever comes first. Sums stay 13 months.
    pub(crate) struct Retention {
        /// Days: 1 to 3650.
        days: u32 = "30",
        /// Events.
        events: u64 = "10000000",
    }
}

section! {
    /// Sign-in at an OpenID Connect provider, beside passwords.
    pub(crate) struct Oidc {
        /// Its issuer, `https://...`; without it, there are passwords alone.
        issuer: Option<String> = "unset",
        /// The client id that it knows us by. Its redirect URL is `admin.server.public_url` + `/api/v1/oidc/callback`.
        client_id: Option<String> = "unset",
        /// The client's secret, if it has one.
        client_secret: Option<Secret> = "unset",
        /// A file that holds `client_secret`.
        client_secret_file: Option<PathBuf> = "unset",
        /// The claim of the id token that says what somebody may do: a text or a list of texts.
        roles_claim: String = "\"groups\"",
        /// What each value of the claim comes to: `{ "gateway-admins" = "admin" }`. The highest counts; nobody without one gets in.
        roles: BTreeMap<String, Role> = "{}",
    }
}
