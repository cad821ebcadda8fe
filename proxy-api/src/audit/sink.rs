//! Where events go: nowhere, to a writer of lines, or into the spool of admin-api. Publishing never waits for another
//! process; an event of the spool is with the operating system when it returns.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use prost::Message as _;
use proto::audit_v1::AuditEvent;
use uuid::Uuid;

use super::delivery::{Deliverer, Identity, Reports, millis};
use super::event::Event;
use super::lines::{Lines, Out};
use super::posture::posture;
use super::spool::{Rules, Spool};
use crate::config::{AuditSink, Config, Delivery};
use crate::ops::Metrics;

/// Takes events.
#[derive(Clone)]
pub(crate) enum Sink {
    Off,
    Lines(Lines),
    Spool(Arc<Spool>),
}

/// Ends what takes events further, after the last [`Sink`] is gone.
pub(crate) enum SinkHandle {
    Off,
    Writer(JoinHandle<()>),
    Deliverer(Deliverer),
}

/// A sink that runs.
pub(crate) struct Started {
    pub(crate) sink: Sink,
    pub(crate) handle: SinkHandle,
    /// Whose events it takes.
    pub(crate) instance: Uuid,
}

/// What a sink tells about the gateway that it belongs to.
pub(crate) struct About<'a> {
    pub(crate) identity: Identity,
    pub(crate) policy_revision: &'a str,
    pub(crate) metrics: &'a Arc<Metrics>,
}

impl Sink {
    /// Starts what is configured.
    pub(crate) fn start(config: &Config, about: &About<'_>) -> anyhow::Result<Started> {
        let started = |sink, handle| Started {
            sink,
            handle,
            instance: about.identity.instance,
        };
        let out = match &config.audit.sink {
            AuditSink::Off => return Ok(started(Self::Off, SinkHandle::Off)),
            AuditSink::Admin(delivery) => return Self::deliver(config, delivery, about),
            AuditSink::Stdout => Out::Stdout(io::stdout()),
            AuditSink::File(path) => Out::open(path)?,
        };
        let (lines, writer) = Lines::start(out, config.audit.queue)?;
        Ok(started(Self::Lines(lines), SinkHandle::Writer(writer)))
    }

    fn deliver(config: &Config, delivery: &Delivery, about: &About<'_>) -> anyhow::Result<Started> {
        let rules = Rules {
            directory: delivery.spool_dir.clone(),
            bytes: delivery.spool_bytes,
            queue: config.audit.queue as u64,
            when_full: delivery.when_full,
        };
        let metrics = about.metrics.audit.clone();
        let spool = Arc::new(Spool::open(rules, metrics.clone())?);
        let identity = about.identity;
        let reports = Reports {
            identity,
            started_at_ms: millis(identity.clock.since_epoch()),
            posture: posture(config, delivery, about.policy_revision),
            metrics: Arc::clone(about.metrics),
            spool: Arc::clone(&spool),
        };
        let deliverer = Deliverer::start(delivery, identity, Arc::clone(&spool), reports, metrics)?;
        Ok(Started {
            sink: Self::Spool(spool),
            handle: SinkHandle::Deliverer(deliverer),
            instance: identity.instance,
        })
    }

    /// Whether anybody wants events.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Whether new turns may run as far as their events are concerned.
    pub(crate) fn admits(&self) -> bool {
        match self {
            Self::Off | Self::Lines(_) => true,
            Self::Spool(spool) => spool.admits(),
        }
    }

    /// Takes one event, or counts it as lost.
    pub(crate) fn publish(&self, event: Event, metrics: &Metrics) {
        match self {
            Self::Off => {}
            Self::Lines(lines) => {
                if !lines.publish(event) {
                    metrics.audit.dropped.add(1);
                }
            }
            Self::Spool(spool) => spool.append(&AuditEvent::from(&event).encode_to_vec()),
        }
    }
}

impl SinkHandle {
    /// Waits until everything queued is written, or some seconds for it to be delivered. All [`Sink`]s must be gone, or
    /// this waits for them.
    pub(crate) fn join(self) {
        match self {
            Self::Off => {}
            Self::Deliverer(deliverer) => deliverer.join(),
            Self::Writer(writer) => {
                if writer.join().is_err() {
                    tracing::error!("the audit thread ended early");
                }
            }
        }
    }
}
