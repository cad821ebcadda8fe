//! The fake provider as a program, for load tests and for trying a client by hand.

use std::{
    io::{Write, stdout},
    net::SocketAddr,
};

use clap::Parser;
use e2e::fake::FakeProvider;

#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one, which is printed.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Keep every received byte, to be read at `/_fake/requests`.
    #[arg(long)]
    record: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let fake = FakeProvider::listen(arguments.listen, arguments.record).await?;
    writeln!(stdout(), "listening on {}", fake.url())?;
    fake.run().await
}
