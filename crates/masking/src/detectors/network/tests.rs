use super::super::testing;
use super::*;

fn found(text: &str) -> Vec<String> {
    [EntityType::IpAddress, EntityType::MacAddress]
        .iter()
        .flat_map(|entity| {
            let found = testing::found_with_fields(Network::default(), entity, text);
            found.into_iter().map(move |value| format!("{entity} {value}"))
        })
        .collect()
}

#[test]
fn addresses_in_logs_and_prose() {
    for (text, expected) in [
        ("from 81.2.69.142 port 22", "IP_ADDRESS 81.2.69.142"),
        ("http://81.2.69.142:8080/x", "IP_ADDRESS 81.2.69.142"),
        ("81.2.69.142/24", "IP_ADDRESS 81.2.69.142"),
        ("broker/81.2.69.142", "IP_ADDRESS 81.2.69.142"),
        ("ssh root@81.2.69.142", "IP_ADDRESS 81.2.69.142"),
        ("来自81.2.69.142的请求", "IP_ADDRESS 81.2.69.142"),
        ("It was 81.2.69.142.", "IP_ADDRESS 81.2.69.142"),
        ("ip: 9.9.9.9", "IP_ADDRESS 9.9.9.9"),
        ("\"client_ip\": \"9.9.9.9\"", "IP_ADDRESS 9.9.9.9"),
        ("IP address is 9.9.9.9", "IP_ADDRESS 9.9.9.9"),
        ("::ffff:81.2.69.142", "IP_ADDRESS 81.2.69.142"),
        ("from ::ffff:8.8.4.5 port", "IP_ADDRESS 8.8.4.5"),
        ("[::FFFF:8.8.4.5]:443", "IP_ADDRESS 8.8.4.5"),
        ("[2a02:8109:9d80:1::42]:443", "IP_ADDRESS 2a02:8109:9d80:1::42"),
        (
            "2001:4860:4860:0:0:0:0:8888",
            "IP_ADDRESS 2001:4860:4860:0:0:0:0:8888",
        ),
        ("2001:4860:4860::/48", "IP_ADDRESS 2001:4860:4860::"),
        ("ether 3c:22:fb:12:9a:0e txq", "MAC_ADDRESS 3c:22:fb:12:9a:0e"),
        ("fa:ce:de:ad:be:ef", "MAC_ADDRESS fa:ce:de:ad:be:ef"),
        (
            "Physical Address: 3C-22-FB-12-9A-0E",
            "MAC_ADDRESS 3C-22-FB-12-9A-0E",
        ),
        ("MAC: 3c22.fb12.9a0e", "MAC_ADDRESS 3c22.fb12.9a0e"),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
}

#[test]
fn the_head_of_a_placeholder_hides_no_address() {
    for address in [
        "81.2.69.142",
        "2a02:8109:9d80:1::42",
        "3c:22:fb:12:9a:0e",
        "3C-22-FB-12-9A-0E",
    ] {
        for (before, after) in [
            ("<EMAIL_", ">"),
            ("<PERSON_k7qf2m_", ">"),
            ("<PASSWORD_", "_x3>"),
            ("EMAIL_", ""),
            ("<your-", ">"),
        ] {
            let text = format!("use {before}{address}{after} now");
            assert!(
                found(&text).iter().all(|found| found.ends_with(address)),
                "{text}"
            );
            assert_eq!(found(&text).len(), 1, "{text}");
        }
    }
    for text in [
        "lib_81.2.69.142",
        "python-81.2.69.142",
        "a_3c:22:fb:12:9a:0e",
        "VERSION_81.2.69.142",
    ] {
        assert!(found(text).is_empty(), "{text}");
    }
}

#[test]
fn ranges_list_both_ends() {
    assert_eq!(found("81.2.69.142-81.2.69.150").len(), 2);
    assert_eq!(found("81.2.69.142 81.2.69.150 81.2.69.151").len(), 3);
}

#[test]
fn versions_times_and_code_are_no_addresses() {
    for text in [
        "v12.34.56.78",
        "version 12.34.56.78",
        "\"version\": \"12.34.56.78\"",
        "[assembly: AssemblyVersion(\"12.34.56.78\")]",
        "foo==12.34.56.78",
        "foo>=12.34.56.78",
        "foo@12.34.56.78",
        "lib-12.34.56.78.tar.gz",
        "12.34.56.78-rc1",
        "Chrome/12.34.56.78",
        "1.3.6.1.4.1.311.21",
        "2.5.29.37",
        "RFC 5280 14.12.11.10",
        "12.34.056.78",
        "12.34.56.789",
        "section 12.34.56.78",
        "10:12:33",
        "2024-05-12T10:12:33",
        "2024-05-12-10-12-33",
        "std::env::args",
        "Vec::new",
        "dead::beef",
        "a::b",
        "std::fs::File",
        "{\"a\":1,\"b\":2}",
        "x[1:2]",
        "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        "123e4567-e89b-12d3-a456-426614174000",
        "aa-bb-cc-dd-ee",
        "machine: 3c22.fb12.9a0e",
        "ether 12:34:56:78:90:ab",
        "00:11:22:33:44:55",
        "aa-bb-cc-dd-ee-ff",
        "01:23:45:67:89:ab",
    ] {
        assert!(found(text).is_empty(), "{text}");
    }
    assert!(found("%2563%256f%2574::<usize>()").is_empty());
}

#[test]
fn reserved_ranges_are_an_option() {
    let reserved = [
        "127.0.0.1:8080",
        "192.168.100.200",
        "203.0.113.77",
        "255.255.255.0",
        "fe80::1c2d:3e4f",
        "2001:db8::1",
        "::1",
    ];
    for text in reserved {
        assert!(found(text).is_empty(), "{text}");
        let all = testing::typed(Network::new(ReservedRanges::Report), &format!("ip: {text}"));
        assert!(!all.is_empty(), "{text}");
    }
    assert!(found("00:00:00:00:00:00 ff:ff:ff:ff:ff:ff FF-FF-FF-FF-FF-FF").is_empty());
}

#[test]
fn hostile_runs_are_bounded() {
    testing::endure(
        Network::default(),
        &[
            ":",
            "::",
            ":a",
            "a:",
            "1.",
            "1.1.1.1.",
            "aa:",
            "aa-",
            "ip:",
            "-a",
            "11.22.33.44 ",
        ],
    );
}
