//! What is no reading of any text: numbers over a line end and with an exponent, secrets that look like templates,
//! placeholders or names, names of files, and forms of a deny term.

use super::builder::Builder;
use super::marked::{Marked, Role};
use super::subjects::{DENIED, Form, SUBJECTS, Subject};

pub(super) fn add(builder: &mut Builder) {
    lines(builder);
    exponents(builder);
    disguises(builder);
    files(builder);
    denied(builder);
    long(builder);
}

fn subject(name: &str) -> &'static Subject {
    let known = SUBJECTS.iter().find(|subject| subject.name == name);
    known.unwrap_or(&SUBJECTS[0])
}

/// Numbers with a check digit, broken where they have a gap, or in the middle.
fn lines(builder: &mut Builder) {
    for subject in SUBJECTS.iter().filter(|subject| subject.form == Form::Checked) {
        for (nth, end) in ["\n", "\r\n", "\n    ", " \n", "\n> ", "\r", "\u{85}"]
            .into_iter()
            .cycle()
            .take(28)
            .enumerate()
        {
            let broken = |value: &Marked| {
                let chars = value.chars();
                let gap = chars
                    .iter()
                    .position(|(c, _)| " -".contains(*c))
                    .unwrap_or(chars.len() / 2);
                let rest = gap + usize::from(chars[gap].0 == ' ');
                value
                    .slice(0..gap)
                    .around(end)
                    .then(&value.slice(rest..value.len()))
            };
            let value = (subject.make)(&mut builder.seeded);
            // Two whole numbers below each other are one only behind a label.
            let is_parted = value.contains([' ', '-']);
            let labels = subject
                .labels
                .iter()
                .filter(|(label, _)| is_parted || !label.is_empty());
            let (label, between) = labels.copied().cycle().nth(nth).unwrap_or_default();
            let text = Marked::of(label, Role::Label).with(between, Role::Between);
            let text = text.then(&broken(&Marked::value(&value))).around("\nand so on\n");
            builder.text(
                subject,
                "numbers over a line end",
                &end.escape_debug().to_string(),
                value,
                text,
            );
        }
    }
}

fn exponents(builder: &mut Builder) {
    let frames = [
        ("{\"card_number\": ", "}"),
        ("Card number: ", ""),
        ("card_number\n", "\n"),
        ("paid with ", ", thanks"),
        ("| card | ", " |"),
    ];
    for turn in 0..60 {
        let value = (subject("card").make)(&mut builder.seeded);
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        let zeros = digits.len() - digits.trim_end_matches('0').len();
        let (head, tail) = digits.split_at(1);
        let power = tail.len();
        let number = match turn % 5 {
            0 => format!("{head}.{tail}e{power}"),
            1 => format!("{head}.{tail}E+{power}"),
            2 => format!("{head}.{}e+{power}", &tail[..tail.len() - zeros.min(power - 1)]),
            3 => format!("{}.{}e{}", &digits[..4], &digits[4..], digits.len() - 4),
            _ => format!("{digits}e0"),
        };
        let (before, after) = frames[turn / 5 % frames.len()];
        let text = Marked::of(before, Role::Around)
            .then(&Marked::value(&number))
            .around(after);
        builder.text(
            subject("card"),
            "numbers with an exponent",
            &number.clone(),
            number,
            text,
        );
    }
}

/// Before and behind a secret.
const TEMPLATES: &[(&str, &str)] = &[
    ("<x>", ""),
    ("${x}", ""),
    ("{{x}}", ""),
    ("{x}", ""),
    ("%x%", ""),
    ("$(x)", ""),
    ("$x-", ""),
    ("${{ x }}", ""),
    ("<%= x %>", ""),
    ("example-", ""),
    ("test-", ""),
    ("sample_", ""),
    ("dummy-", ""),
    ("your-", ""),
    ("changeme-", ""),
    ("xxxx", ""),
    ("", "<x>"),
    ("", "${x}"),
    ("", "{{x}}"),
    ("", "-example"),
    ("", "$(x)"),
    ("<x>", "<y>"),
    ("${x}", "${y}"),
];

/// Around a value that is known by its form.
const COVERS: &[(&str, &str)] = &[
    ("<EMAIL_", ">"),
    ("<API_KEY_", ">"),
    ("<PERSON_k7qf2m_", ">"),
    ("<PASSWORD_", "_x3>"),
    ("EMAIL_", ""),
    ("<", ">"),
    ("<your-", ">"),
    ("[", "]"),
    ("{", "}"),
    ("{{ ", " }}"),
    ("${", "}"),
    ("%", "%"),
    ("&lt;", "&gt;"),
    ("<EMAIL_k7qf2m>", ""),
    ("", "<EMAIL_k7qf2m>"),
];

/// What a name of a key or of a variable leaves before a key.
const PREFIXES: &[&str] = &[
    "key_",
    "_",
    "-",
    "MY_KEY_",
    "token-",
    "v1_",
    "my-key-is-",
    "x=",
    "prod_key-",
    "__",
    "(",
    "key:",
];

fn disguises(builder: &mut Builder) {
    for name in ["password", "password, Chinese", "secret", "bearer token"] {
        for (before, after) in TEMPLATES.iter().copied() {
            for _ in 0..3 {
                let subject = subject(name);
                let within =
                    |value: &Marked| Marked::of(before, Role::Edge).then(value).with(after, Role::Edge);
                let (value, place, text) = builder.laid(subject, |_| true, within);
                let name = format!("{before}x{after} / {}", place.name());
                builder.text(subject, "secrets like templates", &name, value, text);
            }
        }
    }
    for subject in SUBJECTS
        .iter()
        .filter(|subject| !subject.needs_label && subject.form != Form::Words)
    {
        for (before, after) in COVERS.iter().copied() {
            let value = (subject.make)(&mut builder.seeded);
            let text = Marked::of("please use ", Role::Around).around(before);
            let text = text.then(&Marked::value(&value)).around(after).around(" for it");
            builder.text(
                subject,
                "false placeholders",
                &format!("{before}x{after}"),
                value,
                text,
            );
        }
    }
    for prefix in PREFIXES {
        for _ in 0..12 {
            let value = marked_key(builder);
            let text = Marked::of("see ", Role::Around)
                .around(prefix)
                .then(&Marked::value(&value))
                .around(" there");
            builder.text(subject("api key"), "keys behind a name", prefix, value, text);
        }
    }
}

/// A key that its first letters give away wherever they stand.
fn marked_key(builder: &mut Builder) -> String {
    const MARKS: [&str; 8] = [
        "sk-", "sk_live_", "ghp_", "glpat-", "xoxb-", "AKIA", "AIza", "hf_",
    ];
    loop {
        let key = (subject("api key").make)(&mut builder.seeded);
        if MARKS.iter().any(|mark| key.starts_with(mark)) {
            return key;
        }
    }
}

fn files(builder: &mut Builder) {
    let frames = [
        ("open /tmp/", ".txt"),
        ("-rw-r--r-- 1 app app 512 Mar  4 10:11 ", ".pdf\n"),
        ("recordings/", ".wav"),
        ("C:\\docs\\", ".docx"),
        ("s3://bucket/", "/a.json"),
        ("https://host.example/files/", ".vcf"),
        ("modified:   data/", ".csv\n"),
    ];
    let compact = |value: &str| {
        value
            .chars()
            .filter(|c| !c.is_whitespace() && !"()".contains(*c))
            .collect::<String>()
    };
    for name in ["phone", "email", "card", "iban", "resident id", "phone, national"] {
        for (nth, (before, after)) in frames.into_iter().cycle().take(28).enumerate() {
            let value = if name == "phone, national" {
                let s = &mut builder.seeded;
                format!("{}-555-{}", s.pick(&["415", "212", "650"]), s.between(2000, 9999))
            } else {
                compact(&(subject(name).make)(&mut builder.seeded))
            };
            let text = Marked::of(before, Role::Around)
                .then(&Marked::value(&value))
                .around(after);
            builder.text(
                subject(name),
                "names of files",
                &format!("{before}x{after} / {nth}"),
                value,
                text,
            );
        }
    }
}

fn denied(builder: &mut Builder) {
    let (first, second) = DENIED.split_once(' ').unwrap_or((DENIED, ""));
    let upper = format!("{}_{}", first.to_uppercase(), second.to_uppercase());
    let lower = format!("{}-{}", first.to_lowercase(), second.to_lowercase());
    let forms = [
        (format!("{first}-{second}"), ""),
        (format!("{first}{second}"), ""),
        (upper, "_URL"),
        (lower, ".example"),
        (format!("{first}_{second}").to_lowercase(), ""),
        (format!("{}{second}", first.to_lowercase()), "Service"),
        (format!("{first}\n{second}"), ""),
        (format!("{first}\u{a0}{second}"), ""),
        (format!("{first}  {second}"), "'s"),
    ];
    for (form, after) in forms {
        for (before, end) in [
            ("about ", ""),
            ("const x = \"", "\";"),
            ("https://", "/a"),
            ("- **", "**"),
        ] {
            let text = Marked::of(before, Role::Around)
                .then(&Marked::value(&form))
                .around(after)
                .around(end);
            let name = format!("{}{after} / {before}", form.escape_debug());
            builder.text(
                subject("deny term"),
                "deny terms glued",
                &name,
                DENIED.to_owned(),
                text,
            );
        }
    }
    let bold = Marked::of("**", Role::Around)
        .then(&Marked::value(first))
        .around("** ")
        .then(&Marked::value(second));
    builder.text(
        subject("deny term"),
        "deny terms glued",
        "half in bold",
        DENIED.to_owned(),
        bold,
    );
}

/// One line of base64 of more than 64 KiB, the value at its start, in its middle, at its end.
fn long(builder: &mut Builder) {
    let filler =
        "Nothing happened on that day, and the ship went on to the north with a light wind. ".repeat(600);
    for subject in SUBJECTS
        .iter()
        .filter(|subject| subject.form != Form::Words)
        .step_by(4)
    {
        for (nth, (before, after)) in [("", filler.as_str()), (&filler, &filler), (&filler, "")]
            .into_iter()
            .enumerate()
        {
            let value = (subject.make)(&mut builder.seeded);
            let (label, between) = subject.labels[0];
            let line = Marked::of(before, Role::Around)
                .around("\n")
                .with(label, Role::Label);
            let line = line
                .with(between, Role::Between)
                .then(&Marked::value(&value))
                .around(subject.after);
            let line = line.around("\n").around(after);
            let packed = builder
                .readings
                .iter()
                .find(|reading| reading.kind == "base64" && reading.name == "padded");
            if let Some(text) = packed.and_then(|reading| reading.spell(&line, super::marked::Scope::All)) {
                builder.text(
                    subject,
                    "base64 of more than 64 KiB",
                    &format!("part {nth}"),
                    value,
                    text,
                );
            }
        }
    }
}
