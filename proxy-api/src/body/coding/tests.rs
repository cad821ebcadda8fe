use std::io::Write as _;

use proptest::prelude::*;

use super::*;

fn encode(name: &str, data: &[u8]) -> Vec<u8> {
    match name {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut out = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, 4, 20);
            encoder.write_all(data).unwrap();
            drop(encoder);
            out
        }
        _ => zstd::stream::encode_all(data, 3).unwrap(),
    }
}

const NAMES: [&str; 3] = ["gzip", "br", "zstd"];

#[test]
fn every_coding_decodes_and_stacks() {
    let data = b"some text, some text, some text".repeat(2000);
    for outer in NAMES {
        assert_eq!(
            decode(&[outer], &encode(outer, &data), 1 << 20).unwrap(),
            data,
            "{outer}"
        );
        for inner in NAMES {
            let stacked = encode(outer, &encode(inner, &data));
            assert_eq!(
                decode(&[inner, outer], &stacked, 1 << 20).unwrap(),
                data,
                "{inner}, {outer}"
            );
        }
    }
}

#[test]
fn empty_bodies_decode() {
    for name in NAMES {
        assert_eq!(decode(&[name], &encode(name, b""), 10).unwrap(), b"", "{name}");
    }
    assert_eq!(decode(&[], b"as it is", 100).unwrap(), b"as it is");
}

#[test]
fn bombs_stop_at_the_limit() {
    let bomb = vec![b'a'; 8 << 20];
    for name in NAMES {
        let encoded = encode(name, &bomb);
        assert!(encoded.len() < 64 * 1024);
        assert_eq!(
            decode(&[name], &encoded, 1 << 20),
            Err(CodingError::TooLarge),
            "{name}"
        );
        let twice = encode("gzip", &encoded);
        assert_eq!(
            decode(&[name, "gzip"], &twice, 1 << 20),
            Err(CodingError::TooLarge),
            "{name}, gzip"
        );
    }
}

#[test]
fn cut_and_foreign_bytes_are_broken() {
    let data = b"text that is long enough to be compressed, text that is long enough".repeat(20);
    for name in NAMES {
        let encoded = encode(name, &data);
        let cut = &encoded[..encoded.len() - 3];
        assert_eq!(
            decode(&[name], cut, 1 << 20),
            Err(CodingError::Broken),
            "{name} cut"
        );
        assert_eq!(
            decode(&[name], b"{\"model\":\"m\"}", 1 << 20),
            Err(CodingError::Broken),
            "{name} plain"
        );
    }
}

#[test]
fn unknown_or_too_many_codings_are_refused() {
    assert_eq!(decode(&["deflate"], b"", 10), Err(CodingError::Unsupported));
    assert_eq!(decode(&["compress"], b"", 10), Err(CodingError::Unsupported));
    assert_eq!(
        decode(&["gzip", "gzip", "gzip"], b"", 10),
        Err(CodingError::Unsupported)
    );
}

#[test]
fn several_frames_are_one_body() {
    for name in ["gzip", "zstd"] {
        let mut encoded = encode(name, b"one, ");
        encoded.extend(encode(name, b"two"));
        assert_eq!(decode(&[name], &encoded, 100).unwrap(), b"one, two", "{name}");
    }
}

#[test]
fn a_flushed_piece_comes_out_at_once() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"data: first\n\n").unwrap();
    encoder.flush().unwrap();
    let mut decoder = Decoder::new(&["gzip"], 1 << 20).unwrap();
    assert_eq!(decoder.push(encoder.get_ref()).unwrap(), b"data: first\n\n");

    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    encoder.write_all(b"data: first\n\n").unwrap();
    encoder.flush().unwrap();
    let mut decoder = Decoder::new(&["zstd"], 1 << 20).unwrap();
    assert_eq!(decoder.push(encoder.get_ref()).unwrap(), b"data: first\n\n");

    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 4, 20);
    encoder.write_all(b"data: first\n\n").unwrap();
    encoder.flush().unwrap();
    let mut decoder = Decoder::new(&["br"], 1 << 20).unwrap();
    assert_eq!(decoder.push(encoder.get_ref()).unwrap(), b"data: first\n\n");
}

proptest! {
    #[test]
    fn pieces_of_any_size_decode_alike(
        data in proptest::collection::vec(any::<u8>(), 0..4000),
        piece in 1usize..600,
        which in 0usize..3,
    ) {
        let encoded = encode(NAMES[which], &data);
        let mut decoder = Decoder::new(&[NAMES[which]], 1 << 20).unwrap();
        let mut decoded = Vec::new();
        for chunk in encoded.chunks(piece) {
            decoded.extend(decoder.push(chunk).unwrap());
        }
        decoded.extend(decoder.finish().unwrap());
        prop_assert_eq!(decoded, data);
    }
}
