//! Which addresses an upstream's name may lead to, checked each time it is resolved: a name that is rebound to a
//! private address is refused.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::Name;
use thiserror::Error;
use tower::Service;

use crate::config::Addresses;

/// A name led to addresses of the wrong kind only.
#[derive(Clone, Copy, Debug, Error)]
#[error("the name resolves to addresses that are not allowed for this upstream")]
pub(crate) struct AddressRefused;

/// Whether `ip` is anything but a public unicast address: loopback, private, link-local, carrier-grade NAT,
/// unspecified, multicast, reserved, or an IPv4 address of these kinds inside an IPv6 one.
pub(crate) fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_private_v4(ip),
        IpAddr::V6(ip) => is_private_v6(ip),
    }
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240
}

/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
fn is_private_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_private_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // v4-mapped, v4-compatible (and with it :: and ::1), NAT64, 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        [0, 0, 0, 0, 0, 0, _, _] => true,
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x64, 0xff9b, ..] => true,
        [0x2002, high, low, ..] => embedded(high, low),
        // Teredo hides both ends.
        [0x2001, 0, ..] => true,
        [0x2001, 0xdb8, ..] => true,
        // Only 2000::/3 is global unicast; this leaves out fc00::/7, fe80::/10 and ff00::/8.
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

fn admits(rule: Addresses, ip: IpAddr) -> bool {
    match rule {
        Addresses::Any => true,
        Addresses::Public => !is_private(ip),
        Addresses::Private => is_private(ip),
    }
}

/// The system's resolver behind the rule of one upstream.
#[derive(Clone, Debug)]
pub(super) struct PinnedResolver {
    rule: Addresses,
}

impl PinnedResolver {
    pub(super) const fn new(rule: Addresses) -> Self {
        Self { rule }
    }

    fn keep(&self, found: impl Iterator<Item = SocketAddr>) -> io::Result<vec::IntoIter<SocketAddr>> {
        let kept: Vec<_> = found.filter(|address| admits(self.rule, address.ip())).collect();
        if kept.is_empty() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, AddressRefused));
        }
        Ok(kept.into_iter())
    }
}

impl Service<Name> for PinnedResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            resolver.keep(found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_private() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_not() {
        for text in [
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1",
            "::ffff:8.8.8.8",
            "2002:808:808::",
        ] {
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_rebound_name_is_refused() {
        let resolver = PinnedResolver::new(Addresses::Public);
        let near: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let far: SocketAddr = "8.8.8.8:0".parse().unwrap();
        assert!(resolver.keep([near].into_iter()).is_err());
        assert_eq!(resolver.keep([near, far].into_iter()).unwrap().as_slice(), [far]);
        let local = PinnedResolver::new(Addresses::Private);
        assert_eq!(local.keep([near, far].into_iter()).unwrap().as_slice(), [near]);
    }
}
