//! Addresses on block chains, found by the checksum inside them.

use sha3::{Digest, Keccak256};

use super::kind::{IdKind, Reporter};
use crate::detectors::text::line_before;
use crate::detectors::{Found, Rule, Wake};
use crate::{ByteSpan, Score};

/// Bytes of an address with its version, without its checksum.
const PAYLOAD_BYTES: usize = 21;
/// Addresses with more zeros among their 40 digits are constants: the zero address, precompiled contracts.
const MAX_ZEROS: usize = 30;
/// How far before an address without a checksum the word that calls it one may stand.
const CONTEXT_BYTES: usize = 64;
/// Words that call 40 hexadecimal digits an address.
const CONTEXT: &[&str] = &[
    "wallet",
    "wallets",
    "eth",
    "ether",
    "ethereum",
    "erc20",
    "erc",
    "metamask",
    "address",
    "addr",
    "account",
    "recipient",
    "sender",
    "from",
    "to",
    "send",
    "sent",
    "pay",
    "payee",
    "transfer",
    "deposit",
    "withdraw",
    "donate",
    "usdt",
    "usdc",
    "polygon",
    "bsc",
    "payout",
];
const CONTEXT_HAN: &[&str] = &["钱包", "地址", "以太坊", "转账", "充值", "提现"];

/// The rule for wallet addresses.
pub(super) struct CryptoWallets {
    reporter: Reporter,
}

impl CryptoWallets {
    pub(super) fn new() -> Self {
        Self {
            reporter: Reporter::new(),
        }
    }
}

impl Rule for CryptoWallets {
    fn on_mixed(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Mixed(span) = wake else {
            return;
        };
        let word = &text[span.range()];
        let hit = match word.as_bytes() {
            [b'0', b'x', hex @ ..] if hex.len() == 40 => ethereum(text, span, hex),
            [b'b' | b'B' | b't' | b'T' | b'l' | b'L', ..] if word.len() >= 42 => segwit(word),
            [first, ..] if (25..=35).contains(&word.len()) => base58(word, *first),
            _ => None,
        };
        if let Some((kind, score)) = hit {
            self.reporter.push(found, kind, span, score);
        }
    }
}

/// Base58Check addresses: a version byte that fits the first character, and four bytes of double SHA-256.
fn base58(word: &str, first: u8) -> Option<(IdKind, Score)> {
    let (kind, versions): (_, &[u8]) = match first {
        b'1' | b'3' | b'2' | b'm' | b'n' => (IdKind::Bitcoin, &[0x00, 0x05, 0x6f, 0xc4]),
        b'L' | b'M' => (IdKind::Litecoin, &[0x30, 0x32]),
        b'D' | b'9' | b'A' => (IdKind::Dogecoin, &[0x1e, 0x16]),
        b'T' => (IdKind::Tron, &[0x41]),
        b'r' => (IdKind::Ripple, &[0x00]),
        _ => return None,
    };
    let alphabet = if kind == IdKind::Ripple {
        bs58::Alphabet::RIPPLE
    } else {
        bs58::Alphabet::BITCOIN
    };
    let mut payload = [0; 32];
    let decoded = bs58::decode(word)
        .with_alphabet(alphabet)
        .with_check(None)
        .onto(&mut payload);
    (decoded == Ok(PAYLOAD_BYTES) && versions.contains(&payload[0])).then_some((kind, Score::CERTAIN))
}

/// Segregated witness addresses (BIP 173, BIP 350).
fn segwit(word: &str) -> Option<(IdKind, Score)> {
    let prefix = &word[..word.find('1')?];
    let is_any = |known: &[&str]| known.iter().any(|known| prefix.eq_ignore_ascii_case(known));
    let kind = if is_any(&["bc", "tb", "bcrt"]) {
        IdKind::Bitcoin
    } else if is_any(&["ltc", "tltc"]) {
        IdKind::Litecoin
    } else {
        return None;
    };
    bech32::segwit::decode(word)
        .is_ok()
        .then_some((kind, Score::CERTAIN))
}

/// `0x` and 40 hexadecimal digits: in mixed case the case is the checksum (EIP-55); else a word beside it is needed.
fn ethereum(text: &str, span: ByteSpan, hex: &[u8]) -> Option<(IdKind, Score)> {
    let zeros = hex.iter().filter(|c| **c == b'0').count();
    if !hex.iter().all(u8::is_ascii_hexdigit) || zeros > MAX_ZEROS {
        return None;
    }
    let lower = hex.iter().any(u8::is_ascii_lowercase);
    let upper = hex.iter().any(u8::is_ascii_uppercase);
    let score = if lower && upper {
        is_eip55(hex).then_some(Score::CERTAIN)
    } else {
        let before = line_before(text, span.start, CONTEXT_BYTES);
        let mut words = before.split(|c: char| !c.is_ascii_alphanumeric());
        let called = words.any(|word| CONTEXT.iter().any(|known| word.eq_ignore_ascii_case(known)))
            || CONTEXT_HAN.iter().any(|word| before.contains(word));
        called.then_some(Score::LIKELY)
    };
    score.map(|score| (IdKind::Ethereum, score))
}

fn is_eip55(hex: &[u8]) -> bool {
    let hash = Keccak256::digest(hex.to_ascii_lowercase());
    hex.iter().enumerate().all(|(n, char)| {
        let nibble = hash[n / 2] >> (if n % 2 == 0 { 4 } else { 0 }) & 15;
        char.is_ascii_digit() || char.is_ascii_uppercase() == (nibble >= 8)
    })
}

#[cfg(test)]
mod tests {
    use crate::detectors::ids::tests::{assert_clear, assert_found};

    #[test]
    fn addresses_with_a_checksum_need_no_context() {
        for (kind, address) in [
            ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            ("bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
            ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            ("bitcoin", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
            (
                "bitcoin",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ),
            ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            ("litecoin", "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1"),
            ("dogecoin", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L"),
            ("tron", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
            ("ripple", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        ] {
            let detector = format!("crypto_wallet.{kind}");
            for text in [
                address.to_owned(),
                format!("send to {address}."),
                format!("钱包{address}。"),
            ] {
                assert_found(&[(&text, &detector, address)]);
            }
        }
    }

    #[test]
    fn a_wrong_checksum_is_no_address() {
        assert_clear(&[
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "wallet 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTg",
            "TestCase34OfTheLongSuiteNameHere12",
            "requestTimeoutInMilliseconds2000",
        ]);
    }

    #[test]
    fn hexadecimal_without_case_needs_a_word() {
        let address = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
        for before in [
            "my ETH wallet: ",
            "send 1 ETH to ",
            "钱包地址：",
            "\"address\": \"",
        ] {
            assert_found(&[(&format!("{before}{address}"), "crypto_wallet.ethereum", address)]);
        }
        assert_clear(&[
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "const MASK = 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed;",
            "address(0) = 0x0000000000000000000000000000000000000000",
            "commit 5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "wallet 5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        ]);
    }
}
