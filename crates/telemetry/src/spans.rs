//! Spans for an OpenTelemetry collector: sampled, sent in batches from a thread of their own, each service's own provider.

mod ids;

use std::time::Duration;

use opentelemetry::trace::{SpanBuilder, SpanKind, TraceId, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    Sampler, SamplingDecision, SdkTracer, SdkTracerProvider, ShouldSample as _, Span,
};
use tonic::transport::{ClientTlsConfig, Endpoint};

pub use ids::Ids;

/// The collector may take so long to answer; spans that find no room meanwhile are dropped.
const CONNECT: Duration = Duration::from_secs(5);

/// Where spans go, and how many.
#[derive(Clone, Copy, Debug)]
pub struct Collector<'a> {
    /// `http://host:port` or `https://host:port`, OTLP over gRPC.
    pub address: &'a str,
    /// Of all traces, from 0 to 1.
    pub sample_ratio: f64,
}

/// Who sends them.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name of the service.
    pub service: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The id of this process' run.
    pub instance: String,
}

/// Takes spans until it ends.
#[derive(Clone, Debug)]
pub struct Spans {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    sampler: Sampler,
}

/// The collector's address cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the address of the collector cannot be used")]
pub struct InvalidCollector;

impl From<tonic::transport::Error> for InvalidCollector {
    fn from(_: tonic::transport::Error) -> Self {
        Self
    }
}

impl From<ExporterBuildError> for InvalidCollector {
    fn from(_: ExporterBuildError) -> Self {
        Self
    }
}

impl Spans {
    /// To be called where a runtime is; connects when there is something to send.
    ///
    /// # Errors
    /// When the collector's address cannot be used.
    pub fn start(collector: Collector<'_>, sender: &Sender) -> Result<Self, InvalidCollector> {
        let mut endpoint = Endpoint::from_shared(collector.address.to_owned())?.connect_timeout(CONNECT);
        if collector.address.starts_with("https:") {
            endpoint = endpoint.tls_config(ClientTlsConfig::new().with_webpki_roots())?;
        }
        let exporter = SpanExporter::builder()
            .with_tonic()
            .with_channel(endpoint.connect_lazy())
            .build()?;
        // Nothing of the environment: names of hosts and users are in it.
        let resource = Resource::builder_empty()
            .with_service_name(sender.service)
            .with_attributes([
                KeyValue::new("service.version", sender.version),
                KeyValue::new("service.instance.id", sender.instance.clone()),
            ])
            .build();
        let sampler = Sampler::TraceIdRatioBased(collector.sample_ratio);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            // Whoever a trace was taken from has decided for it.
            .with_sampler(Sampler::ParentBased(Box::new(sampler.clone())))
            .with_id_generator(ids::Chosen::default())
            .with_resource(resource)
            .build();
        let tracer = provider.tracer(sender.service);
        Ok(Self {
            provider,
            tracer,
            sampler,
        })
    }

    /// Makes a span below `parent`, with these ids where they were told to others before.
    #[must_use]
    pub fn make(&self, span: SpanBuilder, parent: &Context, ids: Ids) -> Span {
        ids.choose();
        self.tracer.build_with_context(span, parent)
    }

    /// Whether a trace that begins here is sampled.
    #[must_use]
    pub fn samples(&self, trace: TraceId) -> bool {
        let sampled = self
            .sampler
            .should_sample(None, trace, "", &SpanKind::Internal, &[], &[]);
        sampled.decision == SamplingDecision::RecordAndSample
    }

    /// Sends what is left; waits for the collector, some seconds at most.
    pub fn end(&self) {
        if self.provider.shutdown().is_err() {
            tracing::warn!("the last traces could not be delivered");
        }
    }
}
