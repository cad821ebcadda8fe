//! What `admin-api` and `bauta` have in common on their command lines: commands for operators, and the question for a password.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use admin_types::Role;
use clap::Subcommand;
use zeroize::Zeroizing;

use crate::settings::Database;
use crate::{add_operator, disable_operator, hash_password, operators};

/// Manages who may sign in.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Add an operator; its password is asked for at the terminal, or read as one line.
    Add {
        /// Its name.
        name: String,
        /// auditor, operator or admin.
        #[arg(long, default_value = "admin", value_parser = role)]
        role: Role,
    },
    /// List all operators.
    List,
    /// Keep an operator from signing in, and end its sessions.
    Disable {
        /// Its name.
        name: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::of_name(text).ok_or_else(|| "expected auditor, operator or admin".to_owned())
}

impl OperatorCommand {
    /// Does it at the database, beside a control plane that may run; gives what to print.
    ///
    /// # Errors
    /// Says in a sentence what is in the way.
    pub async fn run(self, database: &Database) -> anyhow::Result<String> {
        match self {
            Self::Add { name, role } => {
                let password = new_password()?;
                add_operator(database, &name, &password, role).await?;
                Ok("added\n".to_owned())
            }
            Self::List => {
                let mut lines = String::new();
                for (name, role, is_enabled) in operators(database).await? {
                    let state = if is_enabled { "" } else { "\tdisabled" };
                    writeln!(lines, "{name}\t{}{state}", role.name())?;
                }
                Ok(lines)
            }
            Self::Disable { name } => {
                disable_operator(database, &name).await?;
                Ok("disabled\n".to_owned())
            }
        }
    }
}

/// Asks for a password; gives its hash, for `admin.bootstrap.password_hash`.
///
/// # Errors
/// When it cannot be read, or cannot be a password.
pub fn hash_new_password() -> anyhow::Result<String> {
    Ok(hash_password(&new_password()?)?)
}

/// Twice at a terminal, which does not show it; else one line.
fn new_password() -> anyhow::Result<Zeroizing<String>> {
    if !std::io::stdin().is_terminal() {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().read_line(&mut line)?;
        return Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let password = Zeroizing::new(rpassword::prompt_password("Password: ")?);
    let again = Zeroizing::new(rpassword::prompt_password("Again: ")?);
    anyhow::ensure!(*password == *again, "the two are not the same");
    Ok(password)
}
