//! `GET /live`: server-sent events. A stream is no activity, and ends with its session.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures_util::Stream;
use http::StatusCode;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::actor::Actor;
use super::events::item;
use super::parameters::Parameters;
use super::problem::Problem;
use super::{App, LivePlace};
use crate::clock::Moment;
use crate::live::News;

/// A session is asked for again after this: one that has ended must not go on watching.
const ASKED_AGAIN: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `tick` each second, `event` for what is new.
#[utoipa::path(get, path = "/live", tag = "traffic", responses(
    (status = 200, content_type = "text/event-stream", body = String,
        description = "`event: tick` holds a LiveTick, `event: event` an EventItem; `event: end` says that the session \
                       has ended."),
    (status = 400, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 401, body = admin_types::Problem, content_type = "application/problem+json"),
    (status = 503, body = admin_types::Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn live(
    State(app): State<Arc<App>>,
    actor: Actor,
    parameters: Parameters,
) -> Result<Sse<impl Stream<Item = Result<Sent, Infallible>>>, Problem> {
    parameters.only(&[])?;
    let place = app.live_places.take(actor.session.operator_id).ok_or_else(|| {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_streams",
            "Too many live streams are open: eight of an operator at most.",
        )
    })?;
    app.metrics.live_streams(1.0);
    let watching = Watching {
        news: app.live.join(),
        asked: app.clock.now(),
        app,
        actor,
        _place: place,
    };
    let stream = futures_util::stream::unfold(Some(watching), step);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Watching {
    app: Arc<App>,
    actor: Actor,
    news: Receiver<News>,
    asked: Moment,
    _place: LivePlace,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.app.metrics.live_streams(-1.0);
    }
}

type Step = Option<(Result<Sent, Infallible>, Option<Watching>)>;

async fn step(watching: Option<Watching>) -> Step {
    let mut watching = watching?;
    loop {
        let news = tokio::select! {
            news = watching.news.recv() => news,
            () = watching.app.stop.cancelled() => return None,
        };
        let sent = match news {
            Ok(News::Tick(tick)) => Sent::default().event("tick").json_data(tick),
            Ok(News::Event(event)) => Sent::default()
                .id(event.event_id.to_string())
                .event("event")
                .json_data(item(&event)),
            // Too slow for all of them; what comes next is the newest.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return None,
        };
        let now = watching.app.clock.now();
        // Also when the clock went back: it may take an hour to come here again.
        if now >= watching.asked.plus(ASKED_AGAIN) || now < watching.asked {
            watching.asked = now;
            let session = watching
                .app
                .store
                .session(&watching.actor.session.digest, now)
                .await;
            if !matches!(session, Ok(Some(_))) {
                return Some((Ok(Sent::default().event("end").data("")), None));
            }
        }
        let Ok(sent) = sent else { continue };
        return Some((Ok(sent), Some(watching)));
    }
}
