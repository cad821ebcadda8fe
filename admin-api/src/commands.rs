//! What `admin-api operator` and `bauta operator` do at the database, beside a control plane that may run.

use admin_types::Role;
use thiserror::Error;

use crate::clock::Clock;
use crate::operator_name::normalised;
use crate::password::{PasswordError, hash_password};
use crate::settings::Database;
use crate::store::access_log::Entry;
use crate::store::operators::{By, Change, Operator, Totp, Update};
use crate::store::{Store, StoreError};

/// Names read at once.
const MAX_OPERATORS: u32 = 10_000;

/// A command does not do what it was asked for.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The name can be nobody's.
    #[error("not a name; expected a-z, 0-9, `.`, `_`, `@` and `-`, at most 64 characters")]
    Name,
    /// The name is taken.
    #[error("there is an operator of that name already")]
    Exists,
    /// Nobody has the name.
    #[error("there is no operator of that name")]
    NotFound,
    /// Nobody would be left.
    #[error("nobody would be left who may manage operators")]
    LastAdmin,
}

async fn open(database: &Database) -> Result<Store, StoreError> {
    Store::open(database.url.expose_text(), 2).await
}

/// Adds an operator.
///
/// # Errors
/// Says in a sentence what is in the way.
pub async fn add_operator(
    database: &Database,
    name: &str,
    password: &str,
    role: Role,
) -> Result<(), CommandError> {
    let clock = Clock::system();
    let operator = fresh(clock, name, password, role)?;
    let store = open(database).await?;
    if store.add_operator(&operator, By::Nobody).await? != Change::Done {
        return Err(CommandError::Exists);
    }
    write_down(&store, clock, "operator.add", operator.username).await?;
    store.close().await;
    Ok(())
}

/// Adds the first operator, with the role admin; false, and nothing is done, when there is one already.
pub(crate) async fn add_first(store: &Store, name: &str, password: &str) -> Result<bool, CommandError> {
    let clock = Clock::system();
    let operator = fresh(clock, name, password, Role::Admin)?;
    let is_first = store.add_first_operator(&operator).await?;
    if is_first {
        write_down(store, clock, "operator.add", operator.username).await?;
    }
    Ok(is_first)
}

fn fresh(clock: Clock, name: &str, password: &str, role: Role) -> Result<Operator, CommandError> {
    Ok(Operator {
        id: clock.fresh_id(),
        username: normalised(name).ok_or(CommandError::Name)?,
        role,
        password_hash: Some(hash_password(password)?),
        is_enabled: true,
        created_at: clock.now(),
        totp: Totp::Off,
        external_id: None,
    })
}

/// Name, role and whether it may sign in, of all operators.
///
/// # Errors
/// Says in a sentence what is in the way.
pub async fn operators(database: &Database) -> Result<Vec<(String, Role, bool)>, CommandError> {
    let store = open(database).await?;
    let operators = store.operators(None, MAX_OPERATORS).await?;
    store.close().await;
    Ok(operators
        .into_iter()
        .map(|operator| (operator.username, operator.role, operator.is_enabled))
        .collect())
}

/// Keeps an operator from signing in, and ends its sessions.
///
/// # Errors
/// Says in a sentence what is in the way.
pub async fn disable_operator(database: &Database, name: &str) -> Result<(), CommandError> {
    let username = normalised(name).ok_or(CommandError::Name)?;
    let store = open(database).await?;
    let operator = store
        .operator_named(&username)
        .await?
        .ok_or(CommandError::NotFound)?;
    let update = Update {
        is_enabled: Some(false),
        ..Update::default()
    };
    match store.update_operator(operator.id, &update, By::Nobody).await? {
        Change::Done => {}
        Change::LastAdmin => return Err(CommandError::LastAdmin),
        Change::NotFound | Change::Taken | Change::NotPermitted => return Err(CommandError::NotFound),
    }
    write_down(&store, Clock::system(), "operator.disable", username).await?;
    store.close().await;
    Ok(())
}

/// The actor is whoever may run commands here; the name cannot be an operator's.
async fn write_down(store: &Store, clock: Clock, action: &str, target: String) -> Result<(), StoreError> {
    let entry = Entry {
        id: clock.fresh_id(),
        occurred_at: clock.now(),
        actor: Some("(command line)".to_owned()),
        action: action.to_owned(),
        target: Some(target),
        source: "-".to_owned(),
        count: 1,
    };
    store.log_access(&entry).await
}
