//! `bauta operator` and `bauta hash-password`: who may sign in to the control plane.

use std::path::Path;
use std::process::ExitCode;

use admin_api::OperatorCommand;
use anyhow::{Result, bail};

use crate::data_dir;
use crate::source::Source;

pub(crate) fn run(source: &Source, command: OperatorCommand) -> Result<ExitCode> {
    let database = source.database()?;
    let path = source.data_dir()?;
    // Another database than the directory's needs none.
    if database.url.expose_text() == data_dir::database_url(&path)? {
        prepare(source, &path, &command)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    anstream::print!("{}", runtime.block_on(command.run(&database))?);
    Ok(ExitCode::SUCCESS)
}

/// The first operator may be added before the first start; of others there is nothing to tell by then.
fn prepare(source: &Source, path: &Path, command: &OperatorCommand) -> Result<()> {
    if matches!(command, OperatorCommand::Add { .. }) {
        return data_dir::make(path);
    }
    if !data_dir::inspect(path)? || !path.join(data_dir::DATABASE).exists() {
        bail!(
            "there is no operator yet: {} has no database; `bauta operator add NAME{}` makes it and adds the first",
            path.display(),
            source.data_dir_option()
        );
    }
    Ok(())
}

pub(crate) fn hash_password() -> Result<ExitCode> {
    anstream::println!("{}", admin_api::hash_new_password()?);
    Ok(ExitCode::SUCCESS)
}
