//! What is measured: a direct connection, nginx, the gateway, and peers. Each goes to the same fake upstream.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

use crate::load::Address;
use crate::process::Server;

/// Gateways of the same kind that can take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// stronk-gateway from PyPI, Presidio off, in a virtual environment of its own.
    Stronk,
}

/// One way to the upstream.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) address: Address,
    /// `None` for the direct connection.
    pub(crate) server: Option<Server>,
}

impl Target {
    /// Whether a run makes sense without it.
    pub(crate) fn is_peer(&self) -> bool {
        !["direct", "nginx", "bauta"].contains(&self.name)
    }

    pub(crate) fn cpu_seconds(&self) -> f64 {
        self.server.as_ref().map_or(0.0, Server::cpu_seconds)
    }
}

const CHAT: &str = "/v1/chat/completions";

/// Starts the fake upstream, and everything that stands before it.
pub(crate) fn start(gateway: &Path, peers: &[Peer], folder: &Path) -> Result<(Server, Vec<Target>)> {
    let (upstream, upstream_socket) = upstream("upstream")?;
    let direct = Address {
        socket: upstream_socket,
        path: CHAT.to_owned(),
    };
    let mut targets = vec![
        Target {
            name: "direct",
            address: direct,
            server: None,
        },
        nginx(upstream_socket, folder)?,
        bauta(gateway, upstream_socket)?,
    ];
    for peer in peers {
        targets.push(match peer {
            Peer::Stronk => stronk(upstream_socket)?,
        });
    }
    Ok((upstream, targets))
}

fn free_socket() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn nginx(upstream: SocketAddr, folder: &Path) -> Result<Target> {
    let socket = free_socket()?;
    let config = folder.join("nginx.conf");
    let prefix = folder.display();
    std::fs::write(
        &config,
        format!(
            "daemon off; worker_processes auto; pid {prefix}/nginx.pid; error_log stderr crit;\n\
             events {{ worker_connections 4096; }}\n\
             http {{ access_log off; client_max_body_size 64m; client_body_buffer_size 2m;\n\
             client_body_temp_path {prefix}/body; proxy_temp_path {prefix}/proxy; fastcgi_temp_path {prefix}/f;\n\
             uwsgi_temp_path {prefix}/u; scgi_temp_path {prefix}/s;\n\
             upstream fake {{ server {upstream}; keepalive 256; keepalive_requests 1000000; }}\n\
             server {{ listen {socket}; keepalive_requests 1000000;\n\
             location / {{ proxy_pass http://fake; proxy_http_version 1.1; proxy_set_header Connection \"\"; \
             proxy_buffering off; }} }} }}\n"
        ),
    )?;
    let mut command = Command::new("nginx");
    command.arg("-c").arg(&config);
    let (server, _) = Server::start(command, None).context("install nginx to measure against it")?;
    wait_for(socket)?;
    Ok(Target {
        name: "nginx",
        address: Address {
            socket,
            path: CHAT.to_owned(),
        },
        server: Some(server),
    })
}

fn bauta(binary: &Path, upstream: SocketAddr) -> Result<Target> {
    let (server, socket) = gateway(binary, &format!("http://{upstream}/v1"), &[])?;
    Ok(Target {
        name: "bauta",
        address: Address {
            socket,
            path: CHAT.to_owned(),
        },
        server: Some(server),
    })
}

/// As [`gateway`], with the address of its ops listener.
pub(crate) fn gateway_with_ops(
    binary: &Path,
    base_url: &str,
    environment: &[(&str, &str)],
) -> Result<(Server, SocketAddr, SocketAddr)> {
    let ops = free_socket()?;
    let address = ops.to_string();
    let environment = [environment, &[("BAUTA_OPS__LISTEN", address.as_str())]].concat();
    let (server, data) = gateway(binary, base_url, &environment)?;
    wait_for(ops)?;
    Ok((server, data, ops))
}

/// Starts the gateway before the upstream at `base_url`, with more of its environment.
pub(crate) fn gateway(
    binary: &Path,
    base_url: &str,
    environment: &[(&str, &str)],
) -> Result<(Server, SocketAddr)> {
    ensure!(
        binary.is_file(),
        "{} is not there: cargo build --release -p proxy-api",
        binary.display()
    );
    let mut command = Command::new(binary);
    command
        .env("BAUTA_SERVER__LISTEN", "127.0.0.1:0")
        .env("BAUTA_OPS__LISTEN", "127.0.0.1:0")
        .env("BAUTA_UPSTREAMS__OPENAI__BASE_URL", base_url)
        .env("BAUTA_DANGEROUS__ALLOW_INSECURE_UPSTREAMS", "true")
        .env("BAUTA_DANGEROUS__ALLOW_NONSTANDARD_HOSTS", "true")
        .envs(environment.iter().copied());
    let (server, address) = Server::start(command, Some("listening on http://"))?;
    let socket = address
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .parse()
        .context("the gateway prints its address")?;
    Ok((server, socket))
}

/// Starts a fake upstream: `name` is the command of this program that serves it.
pub(crate) fn upstream(name: &str) -> Result<(Server, SocketAddr)> {
    let mut upstream = Command::new(std::env::current_exe()?);
    upstream.arg(name);
    let (server, address) = Server::start(upstream, Some("listening on "))?;
    Ok((
        server,
        address.parse().context("the upstream prints its address")?,
    ))
}

fn stronk(upstream: SocketAddr) -> Result<Target> {
    const VERSION: &str = "0.3.14";
    let environment = PathBuf::from(format!("target/peers/stronk-{VERSION}"));
    let server = environment.join("bin/uvicorn");
    if !server.is_file() {
        println!(
            "installing stronk-gateway {VERSION} into {}",
            environment.display()
        );
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        run(Command::new(environment.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet"])
            .arg(format!("stronk-gateway=={VERSION}")))?;
    }
    let socket = free_socket()?;
    let mut command = Command::new(server);
    command.args([
        "--factory",
        "stronk_gateway.app:create_app",
        "--host",
        "127.0.0.1",
        "--workers",
        "2",
    ]);
    command.args([
        "--no-access-log",
        "--log-level",
        "error",
        "--port",
        &socket.port().to_string(),
    ]);
    for (key, value) in [
        ("PRESIDIO_ENABLED", "false"),
        ("RUNTIME_PROFILE", "gateway-only"),
        ("PUBLIC_API_KEY", "bench-caller"),
        ("OPENAI_UPSTREAM_AUTH_TOKEN", "bench-upstream"),
        ("OPENAI_UPSTREAM_BASE_URL", &format!("http://{upstream}")),
        ("ALLOW_INSECURE_UPSTREAMS", "true"),
        ("ALLOW_NONSTANDARD_UPSTREAM_HOSTS", "true"),
        ("MAX_REQUEST_BODY_BYTES", "33554432"),
    ] {
        command.env(format!("STRONK_GATEWAY_{key}"), value);
    }
    let (server, _) = Server::start(command, None)?;
    wait_for(socket)?;
    Ok(Target {
        name: "stronk",
        address: Address {
            socket,
            path: CHAT.to_owned(),
        },
        server: Some(server),
    })
}

fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{:?} does not start", command.get_program()))?;
    if !status.success() {
        bail!("{:?} fails", command.get_program());
    }
    Ok(())
}

/// Until `socket` accepts, for thirty seconds at most.
pub(crate) fn wait_for(socket: SocketAddr) -> Result<()> {
    for _ in 0..300 {
        if std::net::TcpStream::connect(socket).is_ok() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    bail!("nothing listens on {socket}")
}
