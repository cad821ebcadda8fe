//! The control plane as it is run: `admin-api` and `proxy-api` as programs, their databases, and what goes between them.

mod cost;
mod deliver;
mod events;
mod gateway;
mod ingest;
mod logins;
mod operator;
mod outage;
mod plane;
mod postgres;
mod queries;
mod replay;

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use anyhow::{Context as _, Result};
use clap::Args;

use self::plane::Plane;
use self::postgres::Postgres;
use crate::report::{Figure, Goal, Report, Row, machine};
use crate::run::interruptible;

/// What to measure and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Rounds of what is compared; medians are reported.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds per target, scenario and round.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Events that are stored before queries are measured.
    #[arg(long, default_value_t = 10_000_000)]
    events: u64,
    /// Events that a spool holds before they are replayed.
    #[arg(long, default_value_t = 200_000)]
    replay: u64,
    /// How long admin-api is away, with requests all the while.
    #[arg(long, default_value_t = 600.0)]
    outage_seconds: f64,
    /// Requests a second meanwhile.
    #[arg(long, default_value_t = 500)]
    outage_requests: u64,
    /// How often admin-api is killed while it takes what waits.
    #[arg(long, default_value_t = 0)]
    kill_admin: u64,
    /// How often proxy-api is killed while admin-api is away.
    #[arg(long, default_value_t = 0)]
    kill_proxy: u64,
    /// Only parts whose name holds this: ingest, queries, replay, cost, logins, outage.
    #[arg(long, default_value = "")]
    only: String,
    /// The control plane's binary.
    #[arg(long, default_value = "target/release/admin-api")]
    admin: PathBuf,
    /// The gateway's binary.
    #[arg(long, default_value = "target/release/proxy-api")]
    gateway: PathBuf,
    /// Where the databases for queries stay, and are taken from when they are full already.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where the table and the JSON go.
    #[arg(long, default_value = "docs/benchmarks")]
    out: PathBuf,
}

/// What a part found out.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    goals: Vec<Goal>,
}

impl Found {
    fn add(&mut self, more: Self) {
        self.rows.extend(more.rows);
        self.goals.extend(more.goals);
    }
}

/// Runs everything and writes the report.
pub(crate) fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let found = runtime.block_on(interruptible(parts(options)))?;
    let how = format!(
        "`cargo run --release -p bench -- control-plane`: the programs as they are released, on loopback, with their defaults \
         (PostgreSQL too, by a socket). Medians of {} interleaved rounds where several things are compared. Callers, fake \
         upstream, gateway, control plane and databases share {}.",
        options.rounds,
        machine()
    );
    Report {
        title: "Control plane",
        how,
        rows: found.rows,
        goals: found.goals,
    }
    .write(&options.out, "control-plane")
}

async fn parts(options: &Options) -> Result<Found> {
    let mut found = Found::default();
    let is_wanted = |part: &str| part.contains(&options.only);
    if is_wanted("ingest") {
        found.add(ingest::measure(options).await.context("ingest")?);
    }
    if is_wanted("queries") {
        found.add(queries::measure(options).await.context("queries")?);
    }
    if is_wanted("replay") {
        found.add(replay::measure(options).await.context("replay")?);
    }
    if is_wanted("cost") {
        found.add(cost::measure(options).await.context("cost")?);
    }
    if is_wanted("logins") {
        found.add(logins::measure(options).await.context("logins")?);
    }
    if is_wanted("outage") {
        found.add(outage::measure(options).await.context("outage")?);
    }
    Ok(found)
}

/// Which database a control plane uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A control plane and its database, both in one folder.
struct Site {
    plane: Plane,
    /// After the plane, which uses it.
    postgres: Option<Postgres>,
}

impl Site {
    /// In `folder`, which may have a database already; the plane does not run yet.
    fn new(options: &Options, kind: Kind, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let (url, postgres) = match kind {
            Kind::Sqlite => (format!("sqlite://{}", folder.join("admin.db").display()), None),
            Kind::Postgres => {
                let server = Postgres::start(&folder.join("postgres"))?;
                (server.database("bauta")?, Some(server))
            }
        };
        let plane = Plane::new(&options.admin, url, &folder)?;
        Ok(Self { plane, postgres })
    }

    /// By the scheduler's clock.
    fn cpu_of_threads(&self) -> Result<f64> {
        let database = self.postgres.as_ref();
        Ok(self.plane.server()?.cpu_of_threads()
            + database.map_or(0.0, |database| database.server().cpu_of_threads()))
    }

    fn cpu_seconds(&self) -> Result<f64> {
        let database = self.postgres.as_ref();
        Ok(self.plane.server()?.cpu_seconds()
            + database.map_or(0.0, |database| database.server().cpu_seconds()))
    }
}

/// A folder of a part's own, through which PostgreSQL's user finds what is its own.
fn temporary() -> Result<tempfile::TempDir> {
    let permissions = std::fs::Permissions::from_mode(0o711);
    Ok(tempfile::Builder::new().permissions(permissions).tempdir()?)
}

/// An address that stays free while nobody listens there: below the ports that the system gives to clients (ip(7)).
fn lasting_socket() -> Result<SocketAddr> {
    const FIRST: u16 = 10_000;
    const PORTS: u16 = 20_000;
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Two runs at once begin elsewhere.
    let begin = u16::try_from(std::process::id() * 64 % u32::from(PORTS))?;
    for _ in 0..PORTS {
        let nth = TRIED.fetch_add(1, Ordering::Relaxed) % PORTS;
        let socket = SocketAddr::from(([127, 0, 0, 1], FIRST + (begin + nth) % PORTS));
        if std::net::TcpListener::bind(socket).is_ok() {
            return Ok(socket);
        }
    }
    anyhow::bail!("no port is free")
}

const fn figure(name: &'static str, value: f64, unit: &'static str) -> Figure {
    Figure { name, value, unit }
}
