//! `[trace_context]`: what callers and upstreams learn of each other's traces.

use configuration::section;

section! {
    /// W3C Trace Context. It stays here unless told otherwise: an id that goes with a request says which requests belong together. Over WebSockets none is taken or given.
    pub struct TraceContext {
        /// A caller's `traceparent` makes its turn a part of the caller's trace, which then decides whether the turn is sampled. `tracestate` and `baggage` are never read.
        from_callers: bool = "false",
        /// Upstreams get a `traceparent` of the gateway's own. With a caller's trace id in it, it is inspected like any header, and a turn may be refused for it.
        to_upstreams: bool = "false",
    }
}
