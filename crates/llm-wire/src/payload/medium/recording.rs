//! Recordings: WAV, AIFF, MP3, AAC, FLAC, Ogg, MP4 and WebM.

use super::{big, first_box, little};

pub(super) fn is_recording(head: &[u8], size: usize) -> bool {
    is_wav(head)
        || is_aiff(head)
        || is_mp3(head, size)
        || is_aac(head)
        || is_flac(head)
        || is_ogg(head)
        || is_mp4(head, size)
        || is_webm(head)
}

/// RIFF whose chunks have names and lengths up to the format (a stream's length may be anything).
fn is_wav(head: &[u8]) -> bool {
    let is_riff = matches!(head.get(..4), Some(b"RIFF" | b"RF64")) && head.get(8..12) == Some(b"WAVE");
    let mut at = 12;
    while is_riff && at < head.len() {
        let (Some(name), Some(length)) = (head.get(at..at + 4), little(head, at + 4, 4)) else {
            return false;
        };
        if name == b"fmt " {
            let field = |from, bytes| little(head, at + 8 + from, bytes).unwrap_or_default();
            return matches!(length, 14..=64)
                && field(0, 2) > 0
                && (1..=64).contains(&field(2, 2))
                && (1000..=768_000).contains(&field(4, 4));
        }
        if !matches!(
            name,
            b"JUNK" | b"junk" | b"bext" | b"LIST" | b"ds64" | b"fact" | b"iXML" | b"PAD "
        ) {
            return false;
        }
        at += 8 + length + length % 2;
    }
    false
}

fn is_aiff(head: &[u8]) -> bool {
    let is_form = head.starts_with(b"FORM") && matches!(head.get(8..12), Some(b"AIFF" | b"AIFC"));
    is_form
        && matches!(head.get(12..16), Some(b"COMM" | b"FVER"))
        && big(head, 16, 4).is_some_and(|length| (4..=512).contains(&length))
}

/// Two frames, or tags in front of them (ISO 11172-3, 2.4.1; ID3v2, 3.1).
fn is_mp3(head: &[u8], size: usize) -> bool {
    let frames = match head {
        [b'I', b'D', b'3', 2..=4, 0..=15, flags, a, b, c, d, ..]
            if flags & 0x0f == 0 && (a | b | c | d) < 0x80 =>
        {
            let length = [a, b, c, d]
                .iter()
                .fold(0, |sum, byte| sum << 7 | usize::from(**byte));
            // Without room for one frame behind the tags there is no sound.
            if length + 10 + 24 > size {
                return false;
            }
            10 + length
        }
        _ => 0,
    };
    match head.get(frames..) {
        Some(start) if start.len() >= 4 => {
            // Some writers leave zeros behind the tags.
            let zeros = if frames == 0 {
                0
            } else {
                start.iter().take_while(|byte| **byte == 0).count()
            };
            let at = frames + zeros;
            at + 4 > head.len() || frame(head, at).is_some_and(|length| frame(head, at + length).is_some())
        }
        _ => frames > 0,
    }
}

/// The length of a frame of layer II or III; layer I begins like UTF-16, and nobody writes it.
fn frame(head: &[u8], at: usize) -> Option<usize> {
    const RATES: [usize; 3] = [44_100, 48_000, 32_000];
    const KILOBITS: [[usize; 14]; 3] = [
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    let &[sync, kind, rates, _] = head.get(at..at + 4)? else {
        return None;
    };
    let (version, layer) = (kind >> 3 & 3, 4 - (kind >> 1 & 3));
    if sync != 0xff || kind >> 5 != 7 || version == 1 || !matches!(layer, 2 | 3) {
        return None;
    }
    let is_first = version == 3;
    let table = if is_first { usize::from(layer) - 2 } else { 2 };
    let bits = 1000 * KILOBITS[table].get(usize::from(rates >> 4).checked_sub(1)?)?;
    let shift = match version {
        3 => 0,
        2 => 1,
        _ => 2,
    };
    let rate = RATES.get(usize::from(rates >> 2 & 3))? >> shift;
    let padding = usize::from(rates >> 1 & 1);
    let samples = if layer == 3 && !is_first { 72 } else { 144 };
    Some(samples * bits / rate + padding)
}

/// Two ADTS frames (ISO 13818-7, 6.2).
fn is_aac(head: &[u8]) -> bool {
    adts(head, 0).is_some_and(|length| adts(head, length).is_some())
}

fn adts(head: &[u8], at: usize) -> Option<usize> {
    let start = head.get(at..at + 7)?;
    let is_sync = start[0] == 0xff && start[1] & 0xf6 == 0xf0 && start[2] >> 2 & 0xf < 13;
    let length = usize::from(start[3] & 3) << 11 | usize::from(start[4]) << 3 | usize::from(start[5] >> 5);
    (is_sync && length >= 9).then_some(length)
}

/// The stream's facts come first and have one length; behind them stand other facts or a frame (RFC 9639, 8).
fn is_flac(head: &[u8]) -> bool {
    // `fLaC`, the head of a block, and the 34 bytes of the stream's facts.
    const FACTS: usize = 42;
    let follows = match head.get(FACTS..FACTS + 2) {
        Some([0xff, 0xf8 | 0xf9]) => true,
        Some([kind, _]) => kind & 0x7f <= 6 && head[4] == 0,
        _ => false,
    };
    head.starts_with(b"fLaC") && matches!(head.get(4..8), Some([0 | 0x80, 0, 0, 34])) && follows
}

/// A first page that opens a stream of a known codec (RFC 3533, 6).
fn is_ogg(head: &[u8]) -> bool {
    let starts = head.starts_with(b"OggS\0\x02");
    let packet = head
        .get(26)
        .map(|segments| 27 + usize::from(*segments))
        .and_then(|at| head.get(at..));
    let codecs: [&[u8]; 4] = [b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   "];
    starts && packet.is_some_and(|packet| codecs.iter().any(|codec| packet.starts_with(codec)))
}

fn is_mp4(head: &[u8], size: usize) -> bool {
    first_box(head, size).is_some_and(|brand| {
        [
            &b"M4A "[..],
            b"M4B ",
            b"mp41",
            b"mp42",
            b"isom",
            b"iso2",
            b"iso4",
            b"iso5",
            b"iso6",
            b"dash",
        ]
        .contains(&brand)
    })
}

/// EBML whose document type is `webm` (RFC 8794, 11.2.4).
fn is_webm(head: &[u8]) -> bool {
    let start = &head[..head.len().min(64)];
    start.starts_with(b"\x1a\x45\xdf\xa3") && memchr::memmem::find(start, b"\x42\x82\x84webm").is_some()
}
