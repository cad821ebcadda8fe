//! Pictures and recordings, by number and structure of their head. Anything doubtful is neither.

mod recording;

use crate::leaf::OpaqueKind;

/// What bytes that begin with `head`, of `size` in all, are; `None` for what is no picture and no recording.
pub(super) fn of(head: &[u8], size: usize) -> Option<OpaqueKind> {
    let picture = [
        is_png, is_jpeg, is_gif, is_webp, is_bitmap, is_tiff, is_heif, is_icon,
    ];
    if picture.iter().any(|is| is(head, size)) {
        return Some(OpaqueKind::Image);
    }
    recording::is_recording(head, size).then_some(OpaqueKind::Audio)
}

/// The little-endian number at a place.
fn little(head: &[u8], at: usize, bytes: usize) -> Option<usize> {
    let part = head.get(at..at + bytes)?;
    Some(
        part.iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
    )
}

/// The big-endian number at a place.
fn big(head: &[u8], at: usize, bytes: usize) -> Option<usize> {
    let part = head.get(at..at + bytes)?;
    Some(part.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// Signature and the whole first chunk, with its checksum (PNG, 5.2 and 11.2.2).
fn is_png(head: &[u8], _: usize) -> bool {
    let Some((start, crc)) = head.get(..29).zip(big(head, 29, 4)) else {
        return false;
    };
    start.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        && big(start, 16, 4).is_some_and(|width| (1..1 << 24).contains(&width))
        && big(start, 20, 4).is_some_and(|height| (1..1 << 24).contains(&height))
        && matches!(start[24..], [1 | 2 | 4 | 8 | 16, 0 | 2 | 3 | 4 | 6, 0, 0, 0 | 1])
        && crc32(&start[12..]) as usize == crc
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        if crc & 1 == 1 {
            crc >> 1 ^ 0xedb8_8320
        } else {
            crc >> 1
        }
    };
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc))
    })
}

/// Segments with their lengths up to the end of the head or the first frame (ITU T.81, B.1).
fn is_jpeg(head: &[u8], _: usize) -> bool {
    if !head.starts_with(b"\xff\xd8") {
        return false;
    }
    let mut at = 2;
    let (mut segments, mut is_named) = (0, false);
    loop {
        let marker = head.get(at..at + 2);
        match marker {
            None => return segments > 1 || is_named,
            // Padding.
            Some([0xff, 0xff]) => at += 1,
            Some([0xff, 0xc0..=0xcf | 0xda | 0xdb | 0xdd | 0xe0..=0xef | 0xfe]) => {
                let Some(length) = big(head, at + 2, 2).filter(|length| *length >= 2) else {
                    return false;
                };
                segments += 1;
                let names: [&[u8]; 6] = [
                    b"JFIF\0",
                    b"Exif\0",
                    b"http://",
                    b"ICC_PROFILE\0",
                    b"Adobe",
                    b"Photoshop",
                ];
                let content = head.get(at + 4..).unwrap_or_default();
                is_named |= names.iter().any(|name| content.starts_with(name));
                if marker == Some(b"\xff\xda") {
                    return segments > 1;
                }
                at += 2 + length;
            }
            Some(_) => return false,
        }
    }
}

/// Screen, colours and the first block (GIF89a, 17 to 20).
fn is_gif(head: &[u8], _: usize) -> bool {
    if !head.starts_with(b"GIF87a") && !head.starts_with(b"GIF89a") {
        return false;
    }
    let table = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    };
    let (Some(width), Some(height), Some(&flags)) = (little(head, 6, 2), little(head, 8, 2), head.get(10))
    else {
        return false;
    };
    let block = 13 + table(flags);
    match head.get(block..) {
        Some([0x21, 0xf9 | 0xff | 0xfe | 0x01, 1..=255, ..]) => true,
        Some([0x2c, ..]) => {
            let number = |nth: usize| little(head, block + 1 + 2 * nth, 2).unwrap_or(usize::MAX);
            let fits =
                number(0).saturating_add(number(2)) <= width && number(1).saturating_add(number(3)) <= height;
            let code = head
                .get(block + 9)
                .and_then(|flags| head.get(block + 10 + table(*flags)));
            fits && code.is_some_and(|size| (1..=8).contains(size))
        }
        _ => false,
    }
}

/// RIFF with a frame of one of the three forms (RFC 9649, 2).
fn is_webp(head: &[u8], size: usize) -> bool {
    let is_riff = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    let fits = little(head, 4, 4).is_some_and(|length| length <= size.saturating_add(1));
    let frame = match head.get(12..16) {
        Some(b"VP8 ") => head.get(23..26) == Some(b"\x9d\x01\x2a"),
        Some(b"VP8L") => head.get(20) == Some(&0x2f) && head.get(24).is_some_and(|last| last >> 5 == 0),
        Some(b"VP8X") => little(head, 16, 4) == Some(10) && head.get(21..24) == Some(&[0; 3]),
        _ => false,
    };
    is_riff && fits && frame
}

/// File and bitmap header.
pub(super) fn is_bitmap(head: &[u8], size: usize) -> bool {
    let field = |at, bytes| little(head, at, bytes).unwrap_or(usize::MAX);
    let header = field(14, 4);
    let (planes, depth) = if header == 12 {
        (field(22, 2), field(24, 2))
    } else {
        (field(26, 2), field(28, 2))
    };
    head.starts_with(b"BM")
        && field(6, 4) == 0
        && matches!(header, 12 | 40 | 52 | 56 | 64 | 108 | 124)
        && (14 + header..size).contains(&field(10, 4))
        && planes == 1
        && matches!(depth, 1 | 4 | 8 | 16 | 24 | 32)
}

/// Byte order, number and a first directory inside the file (TIFF 6.0, 2).
fn is_tiff(head: &[u8], size: usize) -> bool {
    let number = match head {
        [b'I', b'I', 42, 0, ..] => little,
        [b'M', b'M', 0, 42, ..] => big,
        _ => return false,
    };
    let Some(at) = number(head, 4, 4).filter(|at| (8..size).contains(at) && at % 2 == 0) else {
        return false;
    };
    // Each entry has a type between 1 and 13; a directory behind the head is not looked at.
    let entry = number(head, at + 4, 2);
    at + 6 > head.len()
        || number(head, at, 2).is_some_and(|entries| (1..=512).contains(&entries))
            && entry.is_some_and(|kind| (1..=13).contains(&kind))
}

/// Brands of pictures in ISO base media files.
pub(super) fn is_picture_brand(brand: &[u8]) -> bool {
    [
        &b"avif"[..],
        b"avis",
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"hevx",
        b"mif1",
        b"msf1",
    ]
    .contains(&brand)
}

fn is_heif(head: &[u8], size: usize) -> bool {
    first_box(head, size).is_some_and(is_picture_brand)
}

/// The brand of an ISO base media file whose first box is whole and is followed by another.
fn first_box(head: &[u8], size: usize) -> Option<&[u8]> {
    let length = big(head, 0, 4)?;
    let is_first = head.get(4..8) == Some(b"ftyp") && (16..=512).contains(&length) && length % 4 == 0;
    let next = head.get(length + 4..length + 8)?;
    let follows = big(head, length, 4).is_some_and(|next| next <= 1 || (8..=size).contains(&next))
        && next
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ');
    (is_first && follows).then(|| head.get(8..12)).flatten()
}

/// Every entry of the directory lies inside the file.
fn is_icon(head: &[u8], size: usize) -> bool {
    if !head.starts_with(b"\0\0\x01\0") {
        return false;
    }
    let count = little(head, 4, 2).unwrap_or_default();
    let fits = |nth: usize| {
        let entry = 6 + 16 * nth;
        let (Some(length), Some(at)) = (little(head, entry + 8, 4), little(head, entry + 12, 4)) else {
            return false;
        };
        head.get(entry + 3) == Some(&0)
            && at >= 6 + 16 * count
            && length > 0
            && length.saturating_add(at) <= size
    };
    (1..=64).contains(&count) && (0..count).all(fits)
}

#[cfg(test)]
mod tests;
