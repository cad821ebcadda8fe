use super::*;
use crate::leaf::OpaqueKind::{Audio, Image};

fn with_rest(head: &[u8]) -> Vec<u8> {
    [
        head,
        &(0..600_u32).map(|n| (n * 167 + 13) as u8).collect::<Vec<_>>(),
    ]
    .concat()
}

fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let jpeg: Vec<u8> = [
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0\x43\0".as_slice(),
        &[9; 64],
        b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0",
    ]
    .concat();
    let bmp: Vec<u8> = [
        b"BM\x8e\x02\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x10\0\0\0\x10\0\0\0\x01\0\x18\0".as_slice(),
        &[0; 24],
    ]
    .concat();
    vec![
        (
            "png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\x10IDAT"
                .to_vec(),
        ),
        ("jpeg", jpeg),
        (
            "gif",
            b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0\x21\xf9\x04\x01\0\0\0\0".to_vec(),
        ),
        (
            "gif, no extension",
            b"GIF87a\x02\0\x02\0\0\0\0\x2c\0\0\0\0\x02\0\x02\0\0\x02".to_vec(),
        ),
        (
            "webp, lossy",
            b"RIFF\x20\x02\0\0WEBPVP8 \x14\x02\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0".to_vec(),
        ),
        (
            "webp, lossless",
            b"RIFF\x20\x02\0\0WEBPVP8L\x14\x02\0\0\x2f\0\0\0\x10".to_vec(),
        ),
        (
            "webp, extended",
            b"RIFF\x20\x02\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\0\0\0\0\0\0".to_vec(),
        ),
        ("bmp", bmp),
        ("tiff", b"II*\0\x08\0\0\0\x0e\0\xfe\0\x04\0\x01\0\0\0".to_vec()),
        (
            "tiff, big-endian",
            b"MM\0*\0\0\0\x08\0\x0e\0\xfe\0\x04\0\0\0\x01".to_vec(),
        ),
        (
            "avif",
            b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\xf2meta".to_vec(),
        ),
        (
            "heic",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\xf2meta".to_vec(),
        ),
        (
            "icon",
            b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x01\0\0\x16\0\0\0".to_vec(),
        ),
    ]
}

fn recordings() -> Vec<(&'static str, Vec<u8>)> {
    let frame = |at: usize, bytes: &mut Vec<u8>| bytes[at..at + 4].copy_from_slice(b"\xff\xfb\x90\x64");
    let mut mp3 = with_rest(b"");
    frame(0, &mut mp3);
    frame(417, &mut mp3);
    let mut tagged = with_rest(b"ID3\x04\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0");
    frame(20, &mut tagged);
    frame(437, &mut tagged);
    let mut aac = with_rest(b"\xff\xf1\x50\x80\x02\x1f\xfc");
    aac[16..23].copy_from_slice(b"\xff\xf1\x50\x80\x02\x1f\xfc");
    let ogg: Vec<u8> = [b"OggS\0\x02".as_slice(), &[0; 20], b"\x01\x13OpusHead\x01\x02"].concat();
    vec![
        ("wav", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data".to_vec()),
        ("wav, list first", b"RIFF\0\0\0\0WAVELIST\x04\0\0\0INFOfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0".to_vec()),
        ("aiff", b"FORM\0\0\x01\0AIFFCOMM\0\0\0\x12\0\x01".to_vec()),
        ("mp3", mp3),
        ("mp3 with tags", tagged),
        ("aac", aac),
        ("flac", [b"fLaC\x80\0\0\x22".as_slice(), &[9; 34], b"\xff\xf8\xc9"].concat()),
        ("ogg", ogg),
        ("m4a", b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom\0\0\0\xf2moov".to_vec()),
        ("webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm".to_vec()),
    ]
}

#[test]
fn what_providers_take_is_known_by_its_head() {
    for (all, kind) in [(pictures(), Image), (recordings(), Audio)] {
        for (name, head) in all {
            let bytes = with_rest(&head);
            assert_eq!(of(&bytes, bytes.len()), Some(kind), "{name}");
        }
    }
}

#[test]
fn a_number_alone_is_no_picture_and_no_recording() {
    let text = b"alice@corp.com, 415-555-0123, and a few more words of hers that fill some space here";
    for (name, head) in [pictures(), recordings()].concat() {
        for kept in [2, 4, 6, 8, 12] {
            let bytes = [&head[..kept.min(head.len())], text.as_slice()].concat();
            assert_eq!(of(&bytes, bytes.len()), None, "{name}, {kept}");
        }
    }
    assert_eq!(of(b"", 0), None);
}

#[test]
fn no_head_is_too_short_to_be_read() {
    for (_, head) in [pictures(), recordings()].concat() {
        for length in 0..head.len() {
            let _ = of(&head[..length], length);
            let _ = of(&head[..length], usize::MAX);
        }
    }
}
