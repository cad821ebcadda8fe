//! Believable traffic for a control plane: a daily rhythm, twenty callers, three instances and an incident, delivered the way
//! instances deliver. For screenshots and tests of the console, and for people who want to look before they install.

mod made;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use admin_api::settings::{
    Bootstrap, Clock, Database, Ingest, Retention, Secret, Server, Settings, Telemetry, VerifyKey,
};
use anyhow::{Context as _, Result, ensure};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use proto::audit_v1::audit_ingest_client::AuditIngestClient;
use proto::audit_v1::{AuditEvent, PublishRequest};
use proto::fleet_v1::InstanceReport;
use proto::fleet_v1::fleet_client::FleetClient;
use serde_json::json;
use tokio::time::{Instant, interval};
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

use self::made::{INSTANCES, Made};

/// Events of a batch.
const BATCH: usize = 500;
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two reports of an instance.
const REPORTED: u64 = 5;
/// Signs what only this process says to itself.
const SECRET: &str = "traffic-of-the-bench-that-nobody-sent";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How far back it reaches.
    #[arg(long, default_value_t = 7)]
    days: u64,
    /// Requests of a working day.
    #[arg(long, default_value_t = 9000)]
    requests: u64,
    /// Where it is written.
    #[arg(long, default_value = "sqlite://target/traffic.db")]
    database: String,
    /// Stay, show the console, and go on with traffic and reports until stopped.
    #[arg(long)]
    serve: bool,
    /// Where operators connect.
    #[arg(long, default_value = "127.0.0.1:8788")]
    listen: SocketAddr,
    /// The console's files, as `console-pack` leaves them; without, what is built in is served.
    #[arg(long)]
    console: Option<PathBuf>,
    /// Password of the operator `demo`, who is added where there is none; made and printed unless given.
    #[arg(long)]
    password: Option<String>,
    /// Makes other traffic.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

#[expect(clippy::disallowed_methods, reason = "the clock of this program begins here")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn millis() -> i64 {
    let since = now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no threads")?;
    runtime.block_on(fill(options))
}

async fn fill(options: &Options) -> Result<()> {
    ensure!(
        (1..=30).contains(&options.days),
        "--days is 1 to 30: older events are deleted"
    );
    let password = match &options.password {
        Some(password) => password.clone(),
        None => Uuid::new_v4().simple().to_string(),
    };
    let running = admin_api::start(settings(options, &password)?).await?;
    let address = format!("http://{}", running.ingest());
    let channel = Endpoint::from_shared(address)?.connect().await?;
    let end = millis();
    let start = end - i64::try_from(options.days)? * made::DAY;
    let mut made = Made::new(options.seed, options.requests, start, end);
    let started = Instant::now();
    let mut count = 0;
    for (nth, instance) in INSTANCES.iter().enumerate() {
        let mut events = made.events_of(nth);
        events.sort_by_key(|event| event.occurred_at_ms);
        count += events.len();
        deliver(&channel, instance.id, events).await?;
        report(&channel, made.report(nth, end)).await?;
    }
    println!(
        "{count} events of {} days, delivered in {:.1} s",
        options.days,
        started.elapsed().as_secs_f64()
    );
    if options.serve {
        println!("console: {}  name: demo  password: {password}", running.url());
        go_on(&channel, &mut made).await?;
    }
    running.shutdown().await;
    Ok(())
}

fn settings(options: &Options, password: &str) -> Result<Settings> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    Ok(Settings {
        server: Server {
            listen: if options.serve { options.listen } else { any },
            public_url: None,
            static_dir: options.console.clone(),
            trusted_proxies: Vec::new(),
        },
        ingest: Ingest {
            listen: any,
            verify_keys: vec![VerifyKey::parse(SECRET.as_bytes())?],
            tls: None,
        },
        ops: any,
        database: Database {
            url: Secret::new(options.database.clone()),
            connections: 4,
        },
        bootstrap: Some(Bootstrap {
            username: "demo".to_owned(),
            password_hash: Secret::new(admin_api::hash_password(password)?),
        }),
        retention: Retention {
            days: 31,
            events: 10_000_000,
        },
        oidc: None,
        telemetry: Telemetry::default(),
        clock: Clock::of(now),
    })
}

fn token(instance: Uuid) -> Result<String> {
    let claims = json!({
        "aud": "bauta-admin",
        "iss": "bauta-proxy",
        "sub": instance.to_string(),
        "exp": millis() / 1000 + 240,
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes())?;
    Ok(encode(&Header::new(Algorithm::HS256), &claims, &key)?)
}

fn signed<T>(message: T, instance: Uuid) -> Result<tonic::Request<T>> {
    let mut request = tonic::Request::new(message);
    let bearer = format!("Bearer {}", token(instance)?);
    request.metadata_mut().insert("authorization", bearer.parse()?);
    Ok(request)
}

async fn deliver(channel: &Channel, instance: Uuid, events: Vec<AuditEvent>) -> Result<()> {
    let batches: Vec<PublishRequest> = events
        .chunks(BATCH)
        .zip(1..)
        .map(|(events, sequence)| PublishRequest {
            sequence,
            events: events.to_vec(),
        })
        .collect();
    let request = signed(futures_util::stream::iter(batches), instance)?;
    let mut answers = AuditIngestClient::new(channel.clone())
        .publish(request)
        .await?
        .into_inner();
    while answers.message().await?.is_some() {}
    Ok(())
}

async fn report(channel: &Channel, report: InstanceReport) -> Result<()> {
    let instance = Uuid::from_slice(&report.instance_id)?;
    let request = signed(futures_util::stream::iter([report]), instance)?;
    FleetClient::new(channel.clone()).report(request).await?;
    Ok(())
}

/// New events and reports, until somebody stops it.
async fn go_on(channel: &Channel, made: &mut Made) -> Result<()> {
    let mut ticks = interval(TICK);
    let mut nth = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            stopped = tokio::signal::ctrl_c() => return Ok(stopped?),
        }
        let at = millis();
        for (index, instance) in INSTANCES.iter().enumerate() {
            let events = made.events_now(index, at);
            if !events.is_empty() {
                deliver(channel, instance.id, events).await?;
            }
            if nth % REPORTED == 0 && !instance.is_silent {
                report(channel, made.report(index, at)).await?;
            }
        }
        nth += 1;
    }
}
