//! `&#64;`, `&#x40`, `&commat;`, `&amp;#64;`: character references of HTML and XML.

use super::Escape;

/// No name that is read is longer.
const MAX_NAME: usize = 16;
/// Longer digits than this are no reference: browsers read any number of leading zeros, writers use a few.
const MAX_DIGITS: usize = 64;

/// The escape at the start of `bytes`, which is an ampersand.
pub(super) fn read(bytes: &[u8]) -> Option<Escape> {
    let mut sign = 1;
    while let Some(again) = AMPERSANDS.iter().find(|again| bytes[sign..].starts_with(again)) {
        sign += again.len();
    }
    let inner = named(&bytes[sign..]).or_else(|| numbered(&bytes[sign..]));
    match inner {
        Some(escape) => {
            let len = sign + escape.len;
            // The semicolon may be one itself.
            let is_open = !bytes[..len].ends_with(b";");
            let closing = is_open.then(|| {
                SEMICOLONS
                    .iter()
                    .find(|closing| bytes[len..].starts_with(closing))
            });
            Some(Escape {
                len: len + closing.flatten().map_or(0, |closing| closing.len()),
                ..escape
            })
        }
        None if sign > 1 => Escape::of(sign, '&'),
        None => None,
    }
}

/// What goes on an ampersand that is a reference itself.
const AMPERSANDS: [&[u8]; 4] = [b"amp;", b"#38;", b"#x26;", b"#X26;"];

/// What ends a reference that was escaped once more.
const SEMICOLONS: [&[u8]; 6] = [
    b"&semi;",
    b"&#59;",
    b"&#x3b;",
    b"&#x3B;",
    b"&amp;semi;",
    b"&amp;#59;",
];

fn numbered(bytes: &[u8]) -> Option<Escape> {
    let rest = bytes.strip_prefix(b"#")?;
    let (digits, radix) = match rest.first()? {
        b'x' | b'X' => (&rest[1..], 16),
        _ => (rest, 10),
    };
    let count = digits
        .iter()
        .take(MAX_DIGITS)
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    let value = u32::from_str_radix(std::str::from_utf8(&digits[..count]).ok()?, radix).ok()?;
    let closed = usize::from(digits.get(count) == Some(&b';'));
    Escape::of(
        bytes.len() - digits.len() + count + closed,
        char::from_u32(value)?,
    )
}

fn named(bytes: &[u8]) -> Option<Escape> {
    let letters = bytes
        .iter()
        .take(MAX_NAME)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let name = std::str::from_utf8(&bytes[..letters]).ok()?;
    if bytes.get(letters) == Some(&b';') {
        let nth = NAMED.binary_search_by_key(&name, |(name, _)| name).ok()?;
        return Escape::of(letters + 1, NAMED[nth].1);
    }
    // These browsers know without a semicolon too, whatever follows.
    let (name, char) = [
        ("quot", '"'),
        ("nbsp", ' '),
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
    ]
    .into_iter()
    .find(|(short, _)| name.starts_with(short))?;
    Escape::of(name.len(), char)
}

/// Names for ASCII signs, blanks, and the letters of Latin-1, sorted.
#[rustfmt::skip]
const NAMED: [(&str, char); 114] = [
    ("AElig", 'Æ'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Agrave", 'À'), ("Aring", 'Å'), ("Atilde", 'Ã'), ("Auml", 'Ä'),
    ("Ccedil", 'Ç'), ("ETH", 'Ð'), ("Eacute", 'É'), ("Ecirc", 'Ê'), ("Egrave", 'È'), ("Euml", 'Ë'), ("Iacute", 'Í'),
    ("Icirc", 'Î'), ("Igrave", 'Ì'), ("Iuml", 'Ï'), ("NewLine", '\n'), ("NoBreak", '\u{2060}'), ("Ntilde", 'Ñ'), ("Oacute", 'Ó'), ("Ocirc", 'Ô'),
    ("Ograve", 'Ò'), ("Oslash", 'Ø'), ("Otilde", 'Õ'), ("Ouml", 'Ö'), ("Scaron", 'Š'), ("THORN", 'Þ'), ("Tab", '\t'),
    ("Uacute", 'Ú'), ("Ucirc", 'Û'), ("Ugrave", 'Ù'), ("Uuml", 'Ü'), ("Yacute", 'Ý'), ("Zcaron", 'Ž'), ("ZeroWidthSpace", '\u{200b}'), ("aacute", 'á'),
    ("acirc", 'â'), ("aelig", 'æ'), ("agrave", 'à'), ("apos", '\''), ("aring", 'å'), ("ast", '*'), ("atilde", 'ã'),
    ("auml", 'ä'), ("bsol", '\\'), ("ccedil", 'ç'), ("colon", ':'), ("comma", ','), ("commat", '@'), ("dash", '-'),
    ("dollar", '$'), ("eacute", 'é'), ("ecirc", 'ê'), ("egrave", 'è'), ("emsp", ' '), ("ensp", ' '), ("equals", '='),
    ("eth", 'ð'), ("euml", 'ë'), ("excl", '!'), ("gt", '>'), ("hyphen", '-'), ("iacute", 'í'), ("icirc", 'î'),
    ("igrave", 'ì'), ("iuml", 'ï'), ("lbrace", '{'), ("lbrack", '['), ("lcub", '{'), ("lowbar", '_'), ("lpar", '('),
    ("lsqb", '['), ("lt", '<'), ("mdash", '-'), ("nbsp", ' '), ("ndash", '-'), ("ntilde", 'ñ'), ("num", '#'),
    ("oacute", 'ó'), ("ocirc", 'ô'), ("oelig", 'œ'), ("ograve", 'ò'), ("oslash", 'ø'), ("otilde", 'õ'), ("ouml", 'ö'),
    ("percnt", '%'), ("period", '.'), ("plus", '+'), ("quest", '?'), ("quot", '"'), ("rbrace", '}'), ("rbrack", ']'),
    ("rcub", '}'), ("rpar", ')'), ("rsqb", ']'), ("scaron", 'š'), ("semi", ';'), ("shy", '\u{ad}'), ("sol", '/'),
    ("szlig", 'ß'), ("thinsp", ' '), ("thorn", 'þ'), ("uacute", 'ú'), ("ucirc", 'û'), ("ugrave", 'ù'), ("uuml", 'ü'),
    ("verbar", '|'), ("vert", '|'), ("yacute", 'ý'), ("yuml", 'ÿ'), ("zcaron", 'ž'), ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_may_be_a_reference_itself() {
        for (text, len) in [
            ("&amp;amp;nbsp&amp;semi;F", 23),
            ("&nbsp&semi;F", 11),
            ("&#64&#59;x", 9),
            ("&nbsp;&semi;", 6),
        ] {
            assert_eq!(
                read(text.as_bytes()).map(|escape| escape.len),
                Some(len),
                "{text}"
            );
        }
    }

    #[test]
    fn names_are_sorted() {
        assert!(NAMED.is_sorted_by_key(|(name, _)| *name));
    }
}
