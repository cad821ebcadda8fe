//! What must not compile: every way to send a request before it is masked. No build has this file;
//! `cargo run -p xtask -- order` compiles it and expects the errors that stand at the ends of its lines, and no others.

#[cfg(order = "unmasked")]
mod unmasked {
    use bytes::Bytes;

    use crate::turn::cleared::{Cleared, Outbound, Request};
    use crate::turn::received::Received;
    use crate::turn::record::Record;
    use crate::upstream::{Client, UpstreamSocket};

    /// What was received has no way out.
    async fn not_masked(received: Received, record: &mut Record) {
        let _ = received.forward(record).await; //~ E0599
    }

    /// Nothing else is sent, over HTTP or a socket.
    async fn not_cleared(received: Received, request: Request, socket: UpstreamSocket) {
        let _ = Client::send(received).await; //~ E0308
        let _ = Client::send(request).await; //~ E0308
        let _ = UpstreamSocket::open(request, 1).await; //~ E0308
        let _ = socket.send(request).await; //~ E0308
    }

    /// Nothing is cleared without a last look.
    fn not_looked_at(outbound: Outbound, body: Bytes) -> Cleared {
        outbound.cleared(Some(body)) //~ E0624
    }
}

/// Nobody else clears a request. The compiler comes to this only where all types are right, so it stands alone.
#[cfg(order = "cleared_by_hand")]
mod cleared_by_hand {
    use std::sync::Arc;

    use crate::turn::cleared::{Cleared, Request};
    use crate::upstream::Client;

    fn cleared(client: Arc<Client>, request: Request) -> Cleared {
        Cleared { client, request } //~ E0451
    }
}

/// The same steps in their order: were it not for these, the errors above could be about anything.
#[cfg(order = "masked")]
mod masked {
    use crate::error::GatewayError;
    use crate::turn::cleared::Cleared;
    use crate::turn::received::Received;
    use crate::turn::record::Record;
    use crate::upstream::{Client, UpstreamSocket};

    async fn first(received: Received, record: &mut Record) -> Result<(), GatewayError> {
        let masked = received.mask(record).await?;
        masked.forward(record).await.map(drop)
    }

    async fn then(cleared: [Cleared; 3], socket: UpstreamSocket) {
        let [first, second, third] = cleared;
        let _ = Client::send(first).await;
        let _ = UpstreamSocket::open(second, 1).await;
        let _ = socket.send(third).await;
    }
}
