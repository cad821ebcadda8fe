//! `[limits]`: sizes that bound a turn.

use configuration::section;

section! {
    /// Sizes that bound a turn.
    pub struct Limits {
        /// Request body, as sent and again after decoding its content encoding; bytes.
        body_bytes: usize = "33554432",
        /// All request bodies in work together, what they decode to and what is made of them while they are masked; bytes.
        /// An eighth is kept for bodies of at most 256 KiB. What does not fit is answered 503.
        bodies_bytes: usize = "268435456",
        /// What a caller has to send of its body at least, from the tenth second on; bytes per second.
        body_bytes_per_second: usize = "1024",
        /// Nesting of JSON in a request, JSON in strings included; levels.
        depth: usize = "128",
        /// One string of a request after JSON decoding; bytes.
        leaf_bytes: usize = "8388608",
        /// One server-sent event of an answer; bytes.
        event_bytes: usize = "16777216",
        /// An answer that is not streamed; bytes.
        answer_bytes: usize = "67108864",
        /// All headers of a request together; bytes.
        header_bytes: usize = "65536",
        /// The query string of a request; bytes.
        query_bytes: usize = "4096",
        /// Turns in progress at once; more are answered 429.
        turns: usize = "1024",
        /// Connections of callers at once, sockets apart. Where there are as many, the one without a turn that has sent
        /// least for longest is closed for a new one.
        connections: usize = "8192",
        /// Those of one source address, 0 for no such bound. Behind an ingress all callers share one address.
        connections_per_address: usize = "0",
    }
}

impl Limits {
    /// What bounds the JSON of a request.
    pub(crate) fn of_json(&self) -> llm_wire::Limits {
        llm_wire::Limits {
            depth: self.depth,
            leaf_bytes: self.leaf_bytes,
            ..llm_wire::Limits::default()
        }
    }
}
