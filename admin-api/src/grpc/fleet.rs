//! `Fleet.Report`: the last report of each instance is kept.

use std::pin::pin;

use proto::fleet_v1::fleet_server::Fleet;
use proto::fleet_v1::{InstanceReport, ReportResponse};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};
use uuid::Uuid;

use super::token::Believed;
use super::{Ingest, ending};
use crate::event::{REDACTED, is_hex};

pub(super) struct Service {
    ingest: Ingest,
    stop: CancellationToken,
}

impl Service {
    pub(super) const fn new(ingest: Ingest, stop: CancellationToken) -> Self {
        Self { ingest, stop }
    }
}

#[tonic::async_trait]
impl Fleet for Service {
    async fn report(
        &self,
        request: Request<Streaming<InstanceReport>>,
    ) -> Result<Response<ReportResponse>, Status> {
        let Believed { instance, left } = self.ingest.authenticate(request.metadata())?;
        let mut end = pin!(ending(left, self.stop.clone()));
        let mut reports = request.into_inner();
        loop {
            let report = tokio::select! {
                report = reports.message() => report?,
                () = &mut end => None,
            };
            let Some(mut report) = report else {
                return Ok(Response::new(ReportResponse {}));
            };
            if report.instance_id != instance.as_bytes() {
                self.ingest.metrics.ingest_refused("instance");
                return Err(Status::permission_denied(
                    "the report is of another instance than the token",
                ));
            }
            bound(&mut report);
            self.keep(instance, &report).await?;
        }
    }
}

impl Service {
    async fn keep(&self, instance: Uuid, report: &InstanceReport) -> Result<(), Status> {
        let ingest = &self.ingest;
        ingest
            .store
            .report(instance, report, ingest.clock.now())
            .await
            .map_err(|error| {
                tracing::warn!(%error, "an instance's report is not stored");
                Status::unavailable("the report cannot be stored now")
            })?;
        ingest.metrics.report_stored();
        Ok(())
    }
}

fn bound(report: &mut InstanceReport) {
    if !is_version(&report.version) {
        REDACTED.clone_into(&mut report.version);
    }
    if let Some(posture) = &mut report.posture
        && !posture.policy_revision.is_empty()
        && !is_hex(&posture.policy_revision, 16)
    {
        REDACTED.clone_into(&mut posture.policy_revision);
    }
}

fn is_version(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-'))
}

#[cfg(test)]
mod tests {
    use proto::fleet_v1::Posture;

    use super::*;

    #[test]
    fn reports_hold_no_free_text() {
        let mut report = InstanceReport {
            version: "Alice Smith".to_owned(),
            posture: Some(Posture {
                policy_revision: "alice@example.com".to_owned(),
                ..Posture::default()
            }),
            ..InstanceReport::default()
        };
        bound(&mut report);
        assert!(!format!("{report:?}").to_lowercase().contains("alice"));
    }
}
