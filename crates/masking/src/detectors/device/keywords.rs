//! The lines of devices' configurations that hold a secret, by their first words. A new one is a line here.

/// Where the secret of a line stands.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Behind the first words.
    Next,
    /// The word of that index behind them, options not counted.
    Nth(usize),
    /// Behind one of these later words.
    Behind(&'static [&'static str]),
    /// Behind one of these words, which one of the indented lines below starts with.
    Below(&'static [&'static str]),
}

/// Lines that start alike.
pub(super) struct Statement {
    /// In lower case, as a rule's literals are.
    pub(super) first: &'static [&'static str],
    pub(super) place: Place,
    /// Whether the words are ones of prose too, and count only as the first of a line.
    pub(super) is_first: bool,
}

const fn anywhere(first: &'static [&'static str], place: Place) -> Statement {
    Statement {
        first,
        place,
        is_first: false,
    }
}

const fn line(first: &'static [&'static str], place: Place) -> Statement {
    Statement {
        first,
        place,
        is_first: true,
    }
}

use Place::{Behind, Below, Next, Nth};

/// All of them: IOS and what follows it, Junos, VRP, FortiOS, RouterOS, ArubaOS, net-snmp, BIND.
#[rustfmt::skip]
pub(super) const STATEMENTS: &[Statement] = &[
    anywhere(&["snmp-server community", "snmp community", "rocommunity", "rocommunity6", "rwcommunity", "rwcommunity6", "trapcommunity"], Next),
    anywhere(&["snmp-server host"], Behind(&["2c", "community"])),
    anywhere(&["snmp-server user"], Behind(&["auth", "priv"])),
    anywhere(&["snmp-agent"], Behind(&["read", "write", "cipher", "simple", "authentication-mode", "privacy-mode"])),
    anywhere(&["com2sec", "com2sec6"], Nth(2)),
    anywhere(&["createuser"], Behind(&["md5", "sha", "sha-224", "sha-256", "sha-384", "sha-512", "des", "aes"])),
    anywhere(&["enable secret", "enable password", "enable algorithm-type"], Next),
    anywhere(&["tacacs-server", "radius-server", "radius scheme"], Behind(&["key", "shared-key"])),
    anywhere(&["crypto isakmp key", "crypto ikev2 key"], Next),
    anywhere(&["pre-shared-key", "psksecret", "key-string", "authentication-key", "encrypted-password", "wpa-passphrase", "wpa-psk", "wpa2-psk", "sae-password"], Next),
    anywhere(&["message-digest-key", "authentication md5", "vrrp authentication", "ntp authentication-key"], Behind(&["md5", "text", "sha1", "sha2", "cmac-aes-128"])),
    anywhere(&["standby", "vrrp", "glbp"], Behind(&["text", "key-string"])),
    anywhere(&["ip nhrp authentication", "ip ospf authentication-key", "isis password", "domain-password", "area-password"], Next),
    anywhere(&["ppp chap password", "ppp pap password", "chap password"], Next),
    anywhere(&["sent-username"], Behind(&["password"])),
    anywhere(&["super password", "local-user", "set authentication password"], Behind(&["password", "cipher", "simple", "irreversible-cipher", "hash"])),
    anywhere(&["password manager", "password operator"], Behind(&["plaintext", "sha1", "sha256"])),
    anywhere(&["set passwd", "set password", "set secret", "set passphrase", "set auth-pwd", "set priv-pwd", "set sae-password", "set psk", "set shared-secret"], Next),
    line(&["username", "user"], Behind(&["password", "secret"])),
    line(&["neighbor"], Behind(&["password"])),
    line(&["radius server ", "tacacs server ", "aaa-server ", "aaa group server "], Below(&["key"])),
    line(&["algorithm hmac-"], Below(&["secret"])),
    line(&["line vty", "line con", "line aux", "line tty"], Below(&["password"])),
];

/// Paths of RouterOS below which `name=value` holds secrets, and their names.
pub(super) const MENUS: [&str; 10] = [
    "/ppp secret",
    "/interface w",
    "/caps-man security",
    "/user add",
    "/user set",
    "/ip ipsec",
    "/radius",
    "/ip hotspot user",
    "/snmp community",
    "/tool user-manager",
];
pub(super) const MENU_KEYS: [&str; 8] = [
    "password",
    "secret",
    "passphrase",
    "wpa-pre-shared-key",
    "wpa2-pre-shared-key",
    "authentication-password",
    "encryption-password",
    "security.passphrase",
];

/// What says how a secret is written, and stands before it.
pub(super) const FORMS: [&str; 25] = [
    "encrypted",
    "cipher",
    "irreversible-cipher",
    "simple",
    "plaintext",
    "plain-text",
    "cleartext",
    "clear",
    "ascii",
    "ascii-text",
    "ascii-key",
    "hex",
    "hexadecimal",
    "sha",
    "sha256",
    "sha512",
    "md5",
    "aes",
    "des",
    "3des",
    "enc",
    "level",
    "text",
    "secret",
    "scrypt",
];
/// What may follow a secret on its line.
pub(super) const TAILS: [&str; 27] = [
    "ro",
    "rw",
    "rwa",
    "view",
    "address",
    "hostname",
    "ipv4",
    "ipv6",
    "unrestricted",
    "restricted",
    "operator",
    "manager",
    "authorization",
    "default",
    "-v",
    "access",
    "timeout",
    "retransmit",
    "auth-port",
    "acct-port",
    "vrf",
    "use-vrf",
    "group",
    "role",
    "privilege",
    "priv",
    "service-type",
];
/// What documentation writes in a secret's place, and communities that everybody knows.
pub(super) const DOCUMENTED: [&str; 12] = [
    "public",
    "private",
    "word",
    "line",
    "text",
    "string",
    "community",
    "hidden",
    "community-string",
    "keystring",
    "encrypted",
    "authentication",
];
