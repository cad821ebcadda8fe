//! What takes its time: requests that come in pieces, streams that stay open, callers that do not read.

use http::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::plane::{PASSWORD, Plane, With};

/// The head of a request whose body of `length` bytes is still to come.
async fn begun(plane: &Plane, line: &str, cookie: &str, length: usize) -> BufReader<TcpStream> {
    let address = plane.running.operators();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let expect = if length > 0 {
        "expect: 100-continue\r\n"
    } else {
        ""
    };
    let head = format!(
        "{line} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\n\
         {expect}content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    BufReader::new(stream)
}

async fn status(stream: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_session_that_ends_before_the_body_does_changes_nothing() {
    let plane = Plane::start().await;
    let admin = plane.sign_in("ada").await;
    let mallory = plane.with_role(&admin, "mallory", "admin").await;
    let list = plane.get("/operators", &admin).await.json();
    let items = list["items"].as_array().unwrap();
    let id = items.iter().find(|item| item["username"] == "mallory").unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    let add = json!({"username": "eve", "password": PASSWORD, "role": "admin"}).to_string();
    let demote = json!({"role": "auditor"}).to_string();
    let password = json!({"current": PASSWORD, "new": "another long password"}).to_string();
    let mut held = Vec::new();
    for (line, body) in [
        ("POST /api/v1/operators".to_owned(), add),
        (format!("PATCH /api/v1/operators/{id}"), demote),
        ("PUT /api/v1/session/password".to_owned(), password),
    ] {
        let mut stream = begun(&plane, &line, &mallory, body.len()).await;
        // Asked for once the session was found good: the body is wanted.
        assert_eq!(status(&mut stream).await, "100");
        stream.write_all(&body.as_bytes()[..5]).await.unwrap();
        held.push((stream, body));
    }
    let removed = plane
        .call(Method::DELETE, &format!("/operators/{id}"), With::cookie(&admin))
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    for (stream, body) in &mut held {
        stream.write_all(&body.as_bytes()[5..]).await.unwrap();
        assert_eq!(status(stream).await, "");
        assert_eq!(status(stream).await, "401");
    }
    assert_eq!(
        plane.try_sign_in("eve", PASSWORD).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn one_operator_does_not_take_all_live_streams() {
    let plane = Plane::start().await;
    let admin = plane.sign_in("ada").await;
    let auditor = plane.with_role(&admin, "audrey", "auditor").await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = begun(&plane, "GET /api/v1/live", &auditor, 0).await;
        assert_eq!(status(&mut stream).await, "200");
        streams.push(stream);
    }
    let one_more = plane.get("/live", &auditor).await;
    assert_eq!(
        (one_more.status, one_more.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "too_many_streams".to_owned())
    );
    let mut admins = begun(&plane, "GET /api/v1/live", &admin, 0).await;
    assert_eq!(status(&mut admins).await, "200");
}

#[tokio::test]
async fn silent_connections_shut_nobody_out() {
    let plane = Plane::start().await;
    let mut silent = Vec::new();
    for address in [plane.running.operators(), plane.running.ingest()] {
        for _ in 0..300 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
    }
    plane.sign_in("ada").await;
    let token = crate::plane::token();
    let delivered = plane.deliver(&token, vec![vec![crate::plane::event(1)]]).await;
    assert_eq!(delivered.unwrap(), 1);
    // The first ones were let go.
    assert_eq!(silent[0].read(&mut [0]).await.unwrap(), 0);
}
