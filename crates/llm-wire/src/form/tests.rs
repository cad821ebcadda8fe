use super::AnswerForm::{Empty, EventStream, Json, Unreadable};
use super::*;

const KNOWN: &[(&[u8], AnswerForm)] = &[
    (b"{\"a\":1}", Json),
    (b"[{\"error\":{}}]", Json),
    (b" \t\r\n\n  {}", Json),
    (b"\xef\xbb\xbf{}", Json),
    (b"\xef\xbb\xbf\n {}", Json),
    (b"data: {}\n\n", EventStream),
    (b"data:{}\r\r", EventStream),
    (b"data\n\n", EventStream),
    (b"\xef\xbb\xbfdata: {}\n\n", EventStream),
    (b"\n\r\n\rdata: {}\n\n", EventStream),
    (b": ping\n\n", EventStream),
    (b":", EventStream),
    (b"event: message_start\r\n", EventStream),
    (b"id: 1\n", EventStream),
    (b"retry: 3000\r", EventStream),
    (b"version: 1\nx-odd\n\ndata: {}\n\n", EventStream),
    (b"", Empty),
    (b"\r\n \n", Empty),
    (b"\xef\xbb\xbf", Empty),
    (b"\xef\xbb", Unreadable),
    (b"\xef\xbb\xbf\xef\xbb\xbf{}", Unreadable),
    (b"\xff\xfe{\0}\0", Unreadable),
    (b"<html>", Unreadable),
    (b"\x1f\x8b\x08\0", Unreadable),
    (b"\"a text\"", Unreadable),
    (b"null", Unreadable),
    (b"12", Unreadable),
    (b")]}'\n{}", Unreadable),
    (b"Hello <EMAIL_k7qf2m>", Unreadable),
    (b"data <EMAIL_k7qf2m>", Unreadable),
    (b"Data: {}\n\n", Unreadable),
    (b" data: {}\n\n", Unreadable),
    (b"\0data: {}\n\n", Unreadable),
    (b"error: not found\n{}", Unreadable),
    (b"data", Unreadable),
];

#[test]
fn the_first_bytes_tell_at_every_split() {
    for (body, expected) in KNOWN {
        assert_eq!(FormLook::whole(body), *expected, "{}", body.escape_ascii());
        for first in 0..=body.len() {
            for second in first..=body.len() {
                let mut look = FormLook::default();
                let parts = [&body[..first], &body[first..second], &body[second..]];
                let told = parts.into_iter().find_map(|part| look.push(part));
                assert_eq!(
                    told.unwrap_or_else(|| look.finish()),
                    *expected,
                    "{}",
                    body.escape_ascii()
                );
            }
        }
    }
}

#[test]
fn it_is_told_with_the_first_byte_that_tells() {
    for (body, needed) in [
        (&b"{\"a\":1}"[..], 1),
        (b"\xef\xbb\xbf[", 4),
        (b": ping", 1),
        (b"data: {}", 5),
        (b"event: x", 6),
        (b"<html>", 1),
        (b"\n\n{", 3),
    ] {
        let mut look = FormLook::default();
        let told = body.iter().position(|byte| look.push(&[*byte]).is_some());
        assert_eq!(told.map(|at| at + 1), Some(needed), "{}", body.escape_ascii());
    }
}

#[test]
fn what_was_told_stays() {
    let mut look = FormLook::default();
    assert_eq!(look.push(b"{"), Some(Json));
    assert_eq!(look.push(b""), Some(Json));
    assert_eq!(look.push(b"data: "), Some(Json));
    assert_eq!(look.finish(), Json);
}

#[test]
fn white_space_may_be_long_and_unknown_lines_may_not() {
    let mut kept_alive = "\n".repeat(1 << 20);
    kept_alive.push('{');
    assert_eq!(FormLook::whole(kept_alive.as_bytes()), Json);
    let odd = |count: usize| format!("{}data: {{}}\n\n", "x-odd: 1\n".repeat(count));
    assert_eq!(FormLook::whole(odd(100).as_bytes()), EventStream);
    assert_eq!(FormLook::whole(odd(200).as_bytes()), Unreadable);
    assert_eq!(FormLook::whole("x".repeat(33).as_bytes()), Unreadable);
}
