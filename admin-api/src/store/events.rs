//! Stored events: pages by time, one by its id, and what is too old.

mod sought;

use prost::Message as _;
use proto::audit_v1::AuditEvent;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use self::sought::Sought;
use super::rollups::Window;
use super::{Sql, Store, StoreError, id_of};
use crate::clock::Moment;
use crate::event::Event;

/// Minutes that are looked for first; each further look is for more.
const FIRST_MINUTES: usize = 128;
const MOST_MINUTES: usize = 8192;

pub(super) const COLUMNS: &str = "SELECT occurred_at, event_id, instance_id, caller, surface, upstream, model, outcome, status, \
                       code, detail FROM events";

/// What events are asked for; every part has to hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) from: Option<Moment>,
    pub(crate) to: Option<Moment>,
    pub(crate) outcome: Option<i32>,
    pub(crate) surface: Option<i32>,
    pub(crate) upstream: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) entity_type: Option<String>,
    pub(crate) action: Option<&'static str>,
    pub(crate) caller: Option<String>,
    pub(crate) instance: Option<Uuid>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<String>,
}

impl Filter {
    /// The part of it that lies in `window`.
    fn within(&self, window: Window) -> Self {
        let (from, to) = (Moment::of_seconds(window.from), Moment::of_seconds(window.to));
        Self {
            from: Some(self.from.map_or(from, |own| own.max(from))),
            to: Some(self.to.map_or(to, |own| own.min(to))),
            ..self.clone()
        }
    }
}

/// Where events of a page can be.
struct Reach {
    /// What the sums tell of.
    window: Window,
    /// Where that begins, when events are older: sums stay 13 months.
    summed: Option<i64>,
}

fn left(limit: u32, found: &[Event]) -> u32 {
    limit.saturating_sub(u32::try_from(found.len()).unwrap_or(limit))
}

/// The place of an event in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) at: Moment,
    pub(crate) id: Uuid,
}

impl Position {
    pub(crate) const fn of(event: &Event) -> Self {
        Self {
            at: event.occurred_at,
            id: event.event_id,
        }
    }
}

impl Store {
    /// The newest events that are older than `before`.
    pub(crate) async fn events(
        &self,
        filter: &Filter,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let Some(sought) = Sought::of(filter) else {
            return self.page(filter, before, limit).await;
        };
        let Some(Reach { mut window, summed }) = self.reach(filter, before).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let mut most = FIRST_MINUTES;
        let mut has_more = window.from < window.to;
        while has_more {
            let runs = self.runs_with(&sought, window, most).await?;
            for run in &runs.all {
                let left = left(limit, &found);
                if left == 0 {
                    return Ok(found);
                }
                let part = filter.within(*run);
                found.extend(self.page(&part, before, left).await?);
            }
            has_more = runs.has_more;
            window.to = runs.all.last().map_or(window.to, |oldest| oldest.from);
            most = (most * 4).min(MOST_MINUTES);
        }
        if let Some(summed) = summed {
            let older = filter.within(Window { from: 0, to: summed });
            let left = left(limit, &found);
            found.extend(self.page(&older, before, left).await?);
        }
        Ok(found)
    }

    /// Where a page's events can be; none when there are no events there.
    async fn reach(&self, filter: &Filter, before: Option<Position>) -> Result<Option<Reach>, StoreError> {
        let row = Sql::new(
            "SELECT (SELECT MIN(occurred_at) FROM events) AS oldest, (SELECT MAX(occurred_at) FROM events) AS newest, \
             (SELECT MIN(bucket) FROM rollups WHERE width = 60 AND dimension = 0) AS summed",
        )
        .fetch_one(&self.reads)
        .await?;
        let number = |name| row.try_get::<Option<i64>, _>(name);
        let (Some(oldest), Some(newest)) = (number("oldest")?, number("newest")?) else {
            return Ok(None);
        };
        let oldest = Moment(oldest);
        let from = filter.from.map_or(oldest, |from| from.max(oldest));
        let after = |at: Moment| Moment(at.0.saturating_add(1));
        let ends = [filter.to, before.map(|before| after(before.at))];
        let to = ends
            .into_iter()
            .flatten()
            .fold(after(Moment(newest)), Moment::min);
        if from >= to {
            return Ok(None);
        }
        let mut window = Window::around(from, to);
        let summed = number("summed")?.unwrap_or(window.to).min(window.to);
        let unsummed = (window.from < summed).then_some(summed);
        window.from = window.from.max(summed);
        Ok(Some(Reach {
            window,
            summed: unsummed,
        }))
    }

    /// The newest of them, whatever has to be read for it.
    async fn page(
        &self,
        filter: &Filter,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE 1 = 1");
        if let Some(before) = before {
            sql.push(" AND (occurred_at, event_id) < (")
                .bind(before.at.0)
                .push(", ");
            sql.bind(before.id.as_bytes().as_slice()).push(")");
        }
        narrow(&mut sql, filter);
        sql.push(" ORDER BY occurred_at DESC, event_id DESC LIMIT ")
            .bind(i64::from(limit));
        sql.fetch_all(&self.reads).await?.iter().map(event_of).collect()
    }

    pub(crate) async fn event(&self, id: Uuid) -> Result<Option<Event>, StoreError> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE event_id = ").bind(id.as_bytes().as_slice());
        sql.fetch_optional(&self.reads)
            .await?
            .as_ref()
            .map(event_of)
            .transpose()
    }

    /// How many there are, without counting them.
    pub(crate) async fn event_count(&self) -> Result<i64, StoreError> {
        let row = Sql::new("SELECT value FROM totals WHERE name = 'events'")
            .fetch_one(&self.reads)
            .await?;
        Ok(row.try_get("value")?)
    }
}

fn narrow(sql: &mut Sql, filter: &Filter) {
    if let Some(from) = filter.from {
        sql.push(" AND occurred_at >= ").bind(from.0);
    }
    if let Some(to) = filter.to {
        sql.push(" AND occurred_at < ").bind(to.0);
    }
    for (column, value) in [
        (" AND outcome = ", filter.outcome),
        (" AND surface = ", filter.surface),
    ] {
        if let Some(value) = value {
            sql.push(column).bind(i64::from(value));
        }
    }
    if filter.outcome.is_some_and(|outcome| outcome > 2) {
        // Said in the words of the index, which is not used otherwise; so are those below.
        sql.push(" AND outcome > 2");
    }
    if filter.status.is_some_and(|status| status != 200) {
        sql.push(" AND status <> 200");
    }
    if filter.code.is_some() {
        sql.push(" AND code <> ''");
    }
    for (column, value) in [
        (" AND upstream = ", &filter.upstream),
        (" AND model = ", &filter.model),
        (" AND caller = ", &filter.caller),
        (" AND code = ", &filter.code),
    ] {
        if let Some(value) = value {
            sql.push(column).bind(value.as_str());
        }
    }
    if let Some(instance) = filter.instance {
        sql.push(" AND instance_id = ")
            .bind(instance.as_bytes().as_slice());
    }
    if let Some(status) = filter.status {
        sql.push(" AND status = ").bind(i64::from(status));
    }
    let pattern = match (&filter.entity_type, filter.action) {
        (None, None) => return,
        (Some(entity_type), None) => format!("%|{}:%", escaped(entity_type)),
        (None, Some(action)) => format!("%:{}|%", escaped(action)),
        (Some(entity_type), Some(action)) => format!("%|{}:{}|%", escaped(entity_type), escaped(action)),
    };
    sql.push(" AND detected LIKE ").bind(pattern).push(" ESCAPE '!'");
}

/// As a pattern that means itself.
fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}

pub(super) fn event_of(row: &AnyRow) -> Result<Event, StoreError> {
    let number = |column: &str| -> Result<i32, StoreError> {
        let value: i64 = row.try_get(column)?;
        Ok(i32::try_from(value).unwrap_or_default())
    };
    let detail: Vec<u8> = row.try_get("detail")?;
    let mut message = AuditEvent::decode(detail.as_slice())
        .map_err(|_| StoreError::Failed("it holds an event that cannot be read"))?;
    let (event_id, instance_id) = (id_of(row, "event_id")?, id_of(row, "instance_id")?);
    let occurred_at = Moment(row.try_get("occurred_at")?);
    message.event_id = event_id.as_bytes().to_vec();
    message.instance_id = instance_id.as_bytes().to_vec();
    message.occurred_at_ms = u64::try_from(occurred_at.0).unwrap_or_default();
    message.caller_id = row.try_get("caller")?;
    message.upstream = row.try_get("upstream")?;
    message.model = row.try_get("model")?;
    message.error_code = row.try_get("code")?;
    message.surface = number("surface")?;
    message.outcome = number("outcome")?;
    message.status = u32::try_from(number("status")?).unwrap_or_default();
    Ok(Event {
        event_id,
        instance_id,
        occurred_at,
        message,
    })
}
