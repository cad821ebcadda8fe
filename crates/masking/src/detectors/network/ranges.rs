//! Address ranges with a special purpose: IANA's IPv4 and IPv6 special-purpose address registries.

/// Whether the address belongs to nobody in particular.
pub(super) const fn is_reserved_v4(octets: [u8; 4]) -> bool {
    let [a, b, c, _] = octets;
    match (a, b, c) {
        // This network, private, loopback, link-local.
        (0 | 10 | 127, ..) | (172, 16..=31, _) | (192, 168, _) | (169, 254, _)
        // Shared by carriers, protocol assignments, 6to4 relays, benchmarks.
        | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
        // Documentation (RFC 5737), multicast, future use and broadcast.
        | (192, 0, 2) | (198, 51, 100) | (203, 0, 113) | (224..=255, ..) => true,
        _ => false,
    }
}

/// Whether the address is outside global unicast (2000::/3), for documentation (RFC 3849, RFC 9637) or for protocols.
pub(super) const fn is_reserved_v6(groups: [u16; 8]) -> bool {
    match (groups[0], groups[1]) {
        (0x2001, 0xdb8 | 1..=0x1ff) | (0x3fff, 0..=0xfff) => true,
        (first, _) => first >> 13 != 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_the_ranges() {
        for reserved in [
            "10.255.0.1",
            "172.16.0.0",
            "172.31.9.9",
            "100.64.0.1",
            "203.0.113.255",
            "224.0.0.1",
            "255.255.255.0",
        ] {
            assert!(is_reserved_v4(octets(reserved)), "{reserved}");
        }
        for public in [
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "203.0.114.0",
            "223.255.0.1",
            "9.9.9.9",
        ] {
            assert!(!is_reserved_v4(octets(public)), "{public}");
        }
        assert!(is_reserved_v6([0xfe80, 0, 0, 0, 0, 0, 0, 1]));
        assert!(is_reserved_v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]));
        assert!(!is_reserved_v6([0x2a02, 0x8109, 0, 0, 0, 0, 0, 1]));
    }

    fn octets(text: &str) -> [u8; 4] {
        text.parse::<std::net::Ipv4Addr>().unwrap().octets()
    }
}
