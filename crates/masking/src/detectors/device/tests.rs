use super::*;
use crate::detectors::testing::{assert_finds, endure, typed};

fn assert_all_find(texts: &[&str], secret: &str) {
    for text in texts {
        assert_eq!(
            typed(Devices::new(), text),
            [format!("PASSWORD {secret}")],
            "{text}"
        );
    }
}

#[test]
fn secrets_stand_behind_keywords() {
    assert_all_find(
        &[
            "enable password brambleTart",
            "enable secret 0 brambleTart",
            "R1(config)# enable algorithm-type scrypt secret brambleTart",
            "username netadmin privilege 15 secret 0 brambleTart",
            "username ops password 7 brambleTart",
            "snmp-server community brambleTart RO 10",
            "set the string with snmp-server community brambleTart RW",
            "snmp-server host 10.1.1.9 version 2c brambleTart",
            "crypto isakmp key 6 brambleTart address 203.0.113.9",
            "tacacs-server key 0 brambleTart",
            "radius-server host 10.0.0.1 key brambleTart",
            " ppp chap password 0 brambleTart",
            "ppp pap sent-username cust1 password 0 brambleTart",
            "neighbor 203.0.113.9 password brambleTart",
            "pre-shared-key brambleTart",
            " ikev2 local-authentication pre-shared-key brambleTart",
            " ip ospf message-digest-key 1 md5 brambleTart",
            "standby 1 authentication md5 key-string brambleTart",
            "ntp authentication-key 3 md5 brambleTart",
            "set snmp community brambleTart authorization read-only",
            "set protocols bgp group E authentication-key \"brambleTart\";",
            "local-user web password simple brambleTart",
            "password manager user-name \"admin\" plaintext \"brambleTart\"",
            "    set psksecret brambleTart",
            "rocommunity brambleTart 10.0.0.0/8",
            "com2sec readonly 10.2.0.0/16 brambleTart",
            "/ppp secret add name=cust1 password=brambleTart service=pppoe",
            "/ip ipsec identity\nadd peer=hq secret=\"brambleTart\"",
        ],
        "brambleTart",
    );
}

#[test]
fn words_are_secrets_where_the_line_says_so() {
    assert_finds(
        Devices::new,
        &[
            ("snmp-server community kettle RO", &["kettle"]),
            ("ppp chap password 0 kettledrum", &["kettledrum"]),
            ("rwcommunity kettledrum 10.0.0.0/8", &["kettledrum"]),
            ("set passphrase \"Kettle drum 99\"", &["Kettle drum 99"]),
            (
                "snmp-server user m g v3 auth sha Kettle99 priv aes 128 Br1ckOven",
                &["Kettle99", "Br1ckOven"],
            ),
            (
                "createUser ops SHA \"Kettle drum 99\" AES Br1ckOven",
                &["Kettle drum 99", "Br1ckOven"],
            ),
            ("line vty 0 4\n password kettledrum\n login", &["kettledrum"]),
            (
                "radius server ISE\n address ipv4 10.0.0.4\n key kettledrum\n",
                &["kettledrum"],
            ),
            ("set password ENC SH2h1Q8vZ0kYtB7p", &["SH2h1Q8vZ0kYtB7p"]),
        ],
    );
}

#[test]
fn keys_of_wireless_networks() {
    assert_finds(
        Devices::new,
        &[
            ("wpa_passphrase=kettle-drum", &["kettle-drum"]),
            ("  psk=\"kettle drum\"", &["kettle drum"]),
            ("psk=kettledrum\n", &["kettledrum"]),
            ("sae_password=kettle drum 77\n", &["kettle drum 77"]),
            ("WIFI:S:Barn;T:WPA;P:kettle99drum;;", &["kettle99drum"]),
            ("<keyMaterial>kettle99drum</keyMaterial>", &["kettle99drum"]),
            ("    Key Content            : kettle99drum", &["kettle99drum"]),
        ],
    );
}

#[test]
fn manuals_and_code_hold_none() {
    for text in [
        "snmp-server community <string> [ro | rw]",
        "snmp-server community public RO",
        "The snmp-server community command sets the community string.",
        "use snmp-server community strings.",
        "enable secret <password>",
        "Use enable secret instead of enable password.",
        "enable secret command takes precedence",
        "no enable password",
        "username <name> password <password>",
        "Username and password required",
        "username password authentication",
        "username = password = other1x",
        "A pre-shared-key authenticates both peers",
        "pre-shared-key authentication",
        "the radius-server key must match on both sides",
        "key-string accepts up to 80 characters",
        "neighbor 10.0.0.1 password <key>",
        "neighbor discovery needs no password at all",
        "service password-encryption",
        "ip ospf authentication message-digest",
        "login local",
        "rocommunity public",
        "set password ENC <encrypted>",
        "psk = derive_psk(secret1)",
        "psk=psk,",
        "psk=\"your-wifi-password\"",
        "wpa_passphrase=<passphrase>",
        "line con 0\n password <password>",
        "user input password field",
    ] {
        let found = typed(Devices::new(), text);
        assert!(found.is_empty(), "{text} {found:?}");
    }
}

#[test]
fn hostile_runs_end() {
    endure(
        Devices::new(),
        &[
            "snmp-server community ",
            "snmp-server user auth ",
            "\nusername a ",
            "line vty\n a\n",
            "/radius a=b ",
            "psk=\"",
            "wifi:",
            " enc ",
            "\nuser ü password ",
        ],
    );
}
