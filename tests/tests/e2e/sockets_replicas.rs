//! Chains over several gateways that share a real Redis, behind a balancer that sends each connection to the next.

use e2e::{
    balancer::Balancer,
    caller::Caller,
    canary::{self, EMAIL, LETTER},
    fake::{FakeProvider, PATIENCE, Reply, Settings},
    gateway::{Gateway, Setup},
    redis::Redis,
    socket::{Handshake, Socket, said},
};
use serde_json::{Value, json};

use crate::{
    sockets::{PATH, Side, assert_refused, create, id},
    sockets_frames::held,
    support::{Outcome, Surface},
};

const KEY: &str = "x-codex-turn-state";

struct Cluster {
    fake: FakeProvider,
    redis: Redis,
    gateways: Vec<Gateway>,
    balancer: Balancer,
}

fn replica(fake: &FakeProvider, redis: &Redis) -> Setup {
    Gateway::before(fake)
        .set("MASKING__MASTER_KEY", &"5a".repeat(32))
        .set("TURN_STATE__STORE", "redis")
        .set("TURN_STATE__URL", &redis.url())
}

impl Cluster {
    async fn start(side: Side) -> anyhow::Result<Self> {
        let (fake, redis) = (
            FakeProvider::start().await?,
            Redis::with_password("swordfish").await?,
        );
        if side == Side::Stream {
            fake.set(Settings {
                refuse_sockets: Some(Reply::fault(404, "no sockets here")),
                strict_ids: true,
            });
        }
        let mut gateways = Vec::new();
        for _ in 0..2 {
            gateways.push(replica(&fake, &redis).start().await?);
        }
        let balancer = Balancer::start(&gateways.iter().collect::<Vec<_>>()).await?;
        Ok(Self {
            fake,
            redis,
            gateways,
            balancer,
        })
    }

    /// A socket to whichever gateway is next.
    async fn open(&self, key: Option<&str>) -> anyhow::Result<Socket> {
        let ask = Handshake::new(&self.balancer.url(), PATH);
        key.map_or(ask.clone(), |key| ask.with(KEY, key)).open().await
    }
}

fn key_of(socket: &Socket) -> String {
    socket.header(KEY).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_goes_on_at_whichever_replica() -> Outcome {
    for side in Side::BOTH {
        let cluster = Cluster::start(side).await?;
        let mut socket = cluster.open(None).await?;
        let key = key_of(&socket);
        let mut events = socket.turn(&create(LETTER, None)).await?;
        assert_eq!(said(&events), LETTER, "{side:?}");
        for turn in 1..5 {
            drop(socket);
            cluster.fake.script([Reply::text("you are {{EMAIL}}")]);
            socket = cluster.open(Some(&key)).await?;
            let text = format!("turn number {turn}");
            events = socket.turn(&create(&text, Some(&id(&events)))).await?;
            assert_eq!(said(&events), format!("you are {EMAIL}"), "{side:?}: {events:?}");
        }
        assert!(cluster.balancer.taken() >= 5);
        let context = json!(cluster.fake.requests().pop().map(|turn| turn.seen)).to_string();
        for turn in 1..5 {
            assert!(
                context.contains(&format!("turn number {turn}")),
                "{side:?}: {context}"
            );
        }
        canary::assert_none_reached(&cluster.fake, canary::ALL);
        let stored = cluster.redis.everything().await?;
        assert!(!stored.is_empty(), "it is shared by the store");
        let id = id(&events);
        let secret = [canary::ALL, &[&key, &id, "turn number", "<EMAIL_", "swordfish"]].concat();
        canary::assert_none_in("the store", &stored, &secret);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_turn_at_a_time_over_all_replicas() -> Outcome {
    let cluster = Cluster::start(Side::Stream).await?;
    let mut one = cluster.open(None).await?;
    let key = key_of(&one);
    let mut other = cluster.open(Some(&key)).await?;
    cluster.fake.script([held("one two three four five")]);
    one.send(&create("hello", None)).await?;
    one.event().await?;
    assert_refused(
        &other.turn(&create("me too", None)).await?,
        409,
        "invalid_websocket_turn",
    );
    cluster.fake.release();
    let events = one.events().await?;
    assert_eq!(said(&events), "one two three four five");
    let events = other.turn(&create("now me", Some(&id(&events)))).await?;
    assert_eq!(said(&events), "now me", "{events:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_of_a_killed_replica_keeps_its_chain_only_as_long_as_its_lease() -> Outcome {
    let mut cluster = Cluster::start(Side::Stream).await?;
    let mut socket = cluster.open(None).await?;
    let key = key_of(&socket);
    let first = socket.turn(&create(&format!("I am {EMAIL}"), None)).await?;
    cluster.fake.script([held("words that come to nothing")]);
    socket.send(&create("go on", Some(&id(&first)))).await?;
    socket.event().await?;
    let killed = cluster.gateways.remove(0);
    killed.signal("KILL").await?;
    killed.exit().await?;
    let ask = Handshake::new(cluster.gateways[0].url(), PATH).with(KEY, &key);
    let mut other = ask.open().await?;
    let refused = other.turn(&create("me", Some(&id(&first)))).await?;
    assert_refused(&refused, 409, "invalid_websocket_turn");
    // As if the lease's thirty seconds had passed.
    for name in cluster.redis.keys().await? {
        if cluster.redis.ask(&["TYPE", &name]).await? == "string" {
            cluster.redis.ask(&["PEXPIRE", &name, "1"]).await?;
        }
    }
    cluster.fake.script([Reply::text("you are {{EMAIL}}")]);
    let mut events = other.turn(&create("who am I?", Some(&id(&first)))).await?;
    while events.last().is_some_and(|last| last["status"] == 409) {
        events = other.turn(&create("who am I?", Some(&id(&first)))).await?;
    }
    assert_eq!(said(&events), format!("you are {EMAIL}"), "{events:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_an_error_and_the_socket_lives() -> Outcome {
    let mut cluster = Cluster::start(Side::Stream).await?;
    let mut socket = cluster.open(None).await?;
    let events = socket.turn(&create("hello", None)).await?;
    cluster.redis.kill().await?;
    let refused = socket.turn(&create("more", Some(&id(&events)))).await?;
    assert_refused(&refused, 503, "turn_state_unavailable");
    cluster.redis.restart().await?;
    // Its connections come back by themselves. The socket itself bears seven errors in a row only.
    let first = cluster.gateways.first().map(Gateway::url).unwrap_or_default();
    let back = async {
        loop {
            let mut probe = Handshake::new(first, PATH).open().await?;
            if said(&probe.turn(&create("again", None)).await?) == "again" {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, back).await??;
    assert_eq!(said(&socket.turn(&create("here", None)).await?), "here");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn continuations_over_http_are_shared_too() -> Outcome {
    let cluster = Cluster::start(Side::Stream).await?;
    let mut previous = Value::Null;
    for turn in 0..4 {
        cluster.fake.script([Reply::text("you are {{EMAIL}}")]);
        let mut ask = Surface::Responses.ask(if turn == 0 { EMAIL } else { "who am I?" }, false);
        if turn > 0 {
            ask["previous_response_id"] = previous;
        }
        let before = cluster.redis.keys().await?;
        // A connection of its own each time: the next replica.
        let answer = Caller::new(&cluster.balancer.url())
            .post(PATH, &ask)
            .await?
            .ok()?
            .json();
        assert_eq!(
            Surface::Responses.said(&answer),
            format!("you are {EMAIL}"),
            "{turn}"
        );
        previous = answer["id"].clone();
        // Maps are written behind the turn.
        let written = async {
            while cluster.redis.keys().await? == before {}
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, written).await??;
    }
    assert!(cluster.balancer.taken() >= 4);
    canary::assert_none_reached(&cluster.fake, &[EMAIL]);
    let stored = cluster.redis.everything().await?;
    canary::assert_none_in("the store", &stored, &[EMAIL]);
    Ok(())
}
