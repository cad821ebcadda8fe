//! IP_ADDRESS and MAC_ADDRESS: addresses of machines that lead to a person.
//!
//! Colons and dashes wake the rule for IPv6 and MAC addresses, numbers for IPv4. Version numbers, times and section
//! numbers are no addresses. Host names are not looked at.

mod colons;
mod dotted;
mod hardware;
mod path_data;
mod ranges;

use std::sync::Arc;

use super::text::starts_with_ignore_case;
use super::{Found, Rule, Wake};
use crate::fields;
use crate::{EntityType, Score};

const HEX_DIGITS: &str = "0123456789abcdef";

/// Which reserved ranges the rule reports (RFC 6890 and the registries behind it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReservedRanges {
    /// Loopback, private, link-local, documentation, multicast and other special addresses say nothing about a person.
    #[default]
    Skip,
    /// Every address is reported.
    Report,
}

/// Finds IPv4, IPv6 and MAC addresses.
pub struct Network {
    reserved: ReservedRanges,
    ip: Arc<str>,
    mac: Arc<str>,
}

/// Where something stands.
struct Place {
    start: usize,
    end: usize,
}

impl Network {
    /// The rule, as `ip_address` and `mac_address`.
    #[must_use]
    pub fn new(reserved: ReservedRanges) -> Self {
        Self {
            reserved,
            ip: "ip_address".into(),
            mac: "mac_address".into(),
        }
    }

    fn push_v4(&self, address: dotted::Dotted, score: Score, found: &mut Found) {
        if self.reserved == ReservedRanges::Report || !ranges::is_reserved_v4(address.octets) {
            let Place { start, end } = address.place;
            found.push(EntityType::IpAddress, start, end, score, &self.ip);
        }
    }

    fn push_mac(&self, place: Option<Place>, found: &mut Found) {
        if let Some(Place { start, end }) = place {
            found.push(EntityType::MacAddress, start, end, Score::STRONG, &self.mac);
        }
    }

    fn look_at_colon(&self, text: &str, colon: usize, found: &mut Found) {
        if let Some(address) = mapped_v4(text, colon) {
            self.push_v4(address, Score::STRONG, found);
            return;
        }
        let Some(groups) = colons::groups(text, colon) else {
            return;
        };
        if groups.is_hardware() {
            let place = Some(groups.place).filter(|place| hardware::is_own(text, place));
            self.push_mac(place, found);
        } else if let Some(address) = groups.v6()
            && (self.reserved == ReservedRanges::Report || !ranges::is_reserved_v6(address))
        {
            let Place { start, end } = groups.place;
            found.push(EntityType::IpAddress, start, end, Score::STRONG, &self.ip);
        }
    }
}

/// Judges the values of labels that name an address: one with too few digits to show itself (`ip: 9.9.9.9`), and one of
/// hardware that is written with dots.
pub(super) struct LabelledAddresses {
    network: Network,
}

impl LabelledAddresses {
    pub(super) fn new() -> Self {
        Self {
            network: Network::default(),
        }
    }

    /// Reports the address at `place`; where it ends.
    pub(super) fn judge(
        &self,
        text: &str,
        concept: fields::Concept,
        place: &fields::Place,
        found: &mut Found,
    ) -> Option<usize> {
        if concept == fields::Concept::Mac {
            let address = hardware::dotted(text, place.at)?;
            let end = address.end;
            self.network.push_mac(Some(address), found);
            return Some(end);
        }
        let address = dotted::address_at(text, place.at)?;
        let end = address.place.end;
        self.network.push_v4(address, Score::LIKELY, found);
        Some(end)
    }
}

/// The IPv4 address in an IPv6 one (RFC 4291, 2.5.5.2): `::ffff:9.9.9.9`.
fn mapped_v4(text: &str, colon: usize) -> Option<dotted::Dotted> {
    const PREFIX: &str = "::ffff:";
    starts_with_ignore_case(&text[colon..], PREFIX).then(|| dotted::address_at(text, colon + PREFIX.len()))?
}

impl Default for Network {
    fn default() -> Self {
        Self::new(ReservedRanges::default())
    }
}

impl Rule for Network {
    fn literals(&self) -> Vec<String> {
        let colons = HEX_DIGITS.chars().map(|digit| format!(":{digit}"));
        let dashes = HEX_DIGITS.chars().map(|digit| format!("-{digit}"));
        ["::".to_owned()]
            .into_iter()
            .chain(colons)
            .chain(dashes)
            .collect()
    }

    fn on_numbers(&self) -> bool {
        true
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        const DASHES: usize = 1 + HEX_DIGITS.len();
        match wake {
            Wake::Literal { index, at } if index >= DASHES => {
                self.push_mac(hardware::dashed(text, at.start), found);
            }
            Wake::Literal { at, .. } => self.look_at_colon(text, at.start, found),
            Wake::Number(run) if run.groups().len() >= 4 => {
                dotted::in_run(text, run, |address| self.push_v4(address, Score::STRONG, found));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
