//! A browser of an operator: one connection, one session.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{COOKIE, HOST, HeaderMap, ORIGIN, SET_COOKIE};
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::plane::{OPERATOR, PASSWORD};
use crate::load::connect;

pub(super) struct Operator {
    at: SocketAddr,
    connection: SendRequest<Full<Bytes>>,
    cookie: String,
    /// Where it seems to connect from.
    source: Option<String>,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) micros: f64,
    pub(super) status: StatusCode,
    headers: HeaderMap,
    text: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.text)?)
    }
}

impl Operator {
    /// Somebody who is not signed in.
    pub(super) async fn visitor(at: SocketAddr, source: Option<String>) -> Result<Self> {
        Ok(Self {
            at,
            connection: connect(at).await?,
            cookie: String::new(),
            source,
        })
    }

    /// The one that every plane has, signed in.
    pub(super) async fn sign_in(at: SocketAddr) -> Result<Self> {
        let mut operator = Self::visitor(at, None).await?;
        let answer = operator.try_sign_in(OPERATOR).await?;
        ensure!(
            answer.status.is_success(),
            "sign-in is answered {}",
            answer.status
        );
        Ok(operator)
    }

    pub(super) async fn try_sign_in(&mut self, name: &str) -> Result<Answer> {
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self.send(Method::POST, "/session", Some(&body)).await?;
        if answer.status.is_success() {
            let cookie = answer.headers.get(SET_COOKIE).context("a session has a cookie")?;
            let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
            cookie.clone_into(&mut self.cookie);
        }
        Ok(answer)
    }

    /// An answer that has to be a good one.
    pub(super) async fn get(&mut self, path: &str) -> Result<Answer> {
        let answer = self.send(Method::GET, path, None).await?;
        ensure!(
            answer.status.is_success(),
            "{path} is answered {}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.text)
        );
        Ok(answer)
    }

    pub(super) async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        if self.connection.ready().await.is_err() {
            // One that was idle for long is closed.
            self.connection = connect(self.at).await?;
        }
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(HOST, self.at.to_string())
            .header(ORIGIN, format!("http://{}", self.at))
            .header(COOKIE, &self.cookie);
        if let Some(source) = &self.source {
            request = request.header("x-forwarded-for", source);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                body.to_string()
            }
            None => String::new(),
        };
        let started = Instant::now();
        let response = self.connection.send_request(request.body(body.into())?).await?;
        let (head, body) = response.into_parts();
        let text = body.collect().await?.to_bytes();
        Ok(Answer {
            micros: started.elapsed().as_secs_f64() * 1e6,
            status: head.status,
            headers: head.headers,
            text,
        })
    }
}
