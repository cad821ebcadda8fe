//! `bauta operator` and `bauta hash-password`: who may sign in to the control plane.

use std::process::ExitCode;

use admin_api::OperatorCommand;
use anyhow::Result;

use crate::data_dir;
use crate::source::Source;

pub(crate) fn run(source: &Source, command: OperatorCommand) -> Result<ExitCode> {
    let database = source.database()?;
    data_dir::inspect(&source.data_dir()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    anstream::print!("{}", runtime.block_on(command.run(&database))?);
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn hash_password() -> Result<ExitCode> {
    anstream::println!("{}", admin_api::hash_new_password()?);
    Ok(ExitCode::SUCCESS)
}
