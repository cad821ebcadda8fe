//! The gateway that a conversation goes through: one in this process, or one that runs elsewhere.

use anyhow::{Result, bail};
use http::Uri;
use proxy_api::Server;
use proxy_api::config::{Auth, Config, Listen};
use proxy_api::dangerous::{Sights, onlooker};
use tokio::sync::oneshot;

/// Where to send requests, and what can be seen of them.
pub(crate) struct Gateway {
    /// `http://host:port`, perhaps with a path; no slash at its end.
    pub(crate) url: String,
    /// Of one in this process.
    pub(crate) sights: Option<Sights>,
    /// It stops when this is gone.
    _stop: Option<oneshot::Sender<()>>,
}

impl Gateway {
    /// Starts one on a free port of the loopback interface, configured as `bauta up` would be.
    pub(crate) async fn start(mut config: Config) -> Result<Self> {
        let free: Listen = "127.0.0.1:0".to_owned().try_into().map_err(anyhow::Error::msg)?;
        config.server.listen = free;
        config.ops.listen = free;
        // The only caller is this process, and brings the upstream's key.
        config.server.auth = Auth::Passthrough;
        // Lines of a log would stand in the middle of the conversation.
        config.log.level = "error".to_owned();
        proxy_api::start_logging(&config.log)?;
        let (onlooker, sights) = onlooker();
        let server = Server::dangerously_bind_watched(config, onlooker).await?;
        let url = format!("http://{}", server.data_address()?);
        let (stop, stops) = oneshot::channel::<()>();
        tokio::spawn(server.run(async {
            let _ = stops.await;
        }));
        Ok(Self {
            url,
            sights: Some(sights),
            _stop: Some(stop),
        })
    }

    /// One that listens at `url`.
    ///
    /// # Errors
    /// When that is no address of one.
    pub(crate) fn running(url: &Uri) -> Result<Self> {
        if !matches!(url.scheme_str(), Some("http" | "https"))
            || url.host().is_none()
            || url.query().is_some()
        {
            bail!("--gateway takes an address such as http://127.0.0.1:8787");
        }
        Ok(Self {
            url: url.to_string().trim_end_matches('/').to_owned(),
            sights: None,
            _stop: None,
        })
    }

    /// As a greeting names it.
    pub(crate) fn name(&self) -> String {
        match self.sights {
            Some(_) => "a gateway in this process".to_owned(),
            None => format!("the gateway at {}", self.url),
        }
    }
}
