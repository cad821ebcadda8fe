//! PASSWORD: what well-known commands take behind a short option (`mysql -phunter2`). Long options name what they are,
//! and `assignment` reads them.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::{is_ordinary, is_template, means_password};
use super::text::{line_before, word_end, word_start};
use crate::{EntityType, Score};

/// Where a command takes its password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Directly behind the option's letter; a word of its own would be something else.
    Attached,
    /// Behind the letter or as the next word.
    Either,
}

/// The command, the letter of its option, and where the password stands.
const COMMANDS: [(&str, u8, Takes); 19] = [
    ("mysql", b'p', Takes::Attached),
    ("mysqldump", b'p', Takes::Attached),
    ("mysqladmin", b'p', Takes::Attached),
    ("mysqlimport", b'p', Takes::Attached),
    ("mariadb", b'p', Takes::Attached),
    ("mariadb-dump", b'p', Takes::Attached),
    ("sshpass", b'p', Takes::Either),
    ("redis-cli", b'a', Takes::Either),
    ("docker login", b'p', Takes::Either),
    ("podman login", b'p', Takes::Either),
    ("helm registry login", b'p', Takes::Either),
    ("mongosh", b'p', Takes::Either),
    ("mongodump", b'p', Takes::Either),
    ("mongorestore", b'p', Takes::Either),
    ("curl", b'u', Takes::Attached),
    ("gh secret set", b'b', Takes::Either),
    ("ldapsearch", b'w', Takes::Either),
    ("ldapmodify", b'w', Takes::Either),
    ("ldapadd", b'w', Takes::Either),
];
/// Reads pairs of a user and a password.
const READS_PAIRS: &str = "chpasswd";
/// A longer command is read so far; bytes.
const REACH: usize = 256;
/// A shorter word is an option's own argument more often than a password.
const MIN_PASSWORD: usize = 4;

/// Finds passwords among a command's options.
pub(super) struct CommandLines {
    detector: Arc<str>,
}

impl CommandLines {
    pub(super) fn new() -> Self {
        Self {
            detector: "password.command_line".into(),
        }
    }
}

impl Rule for CommandLines {
    fn literals(&self) -> Vec<String> {
        COMMANDS
            .iter()
            .map(|(command, ..)| *command)
            .chain([READS_PAIRS])
            .map(str::to_owned)
            .collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let ends = word_end(text, at.end) && !text[at.end..].starts_with('-');
        if !ends || !word_start(text, at.start) {
            return;
        }
        let password = match COMMANDS.get(index) {
            Some((_, letter, takes)) => password(text, at.end, *letter, *takes),
            None => piped(text, at.start),
        };
        if let Some((start, end)) = password {
            found.push(EntityType::Password, start, end, Score::LIKELY, &self.detector);
        }
    }
}

/// The password in the options that start at `from`.
fn password(text: &str, from: usize, letter: u8, takes: Takes) -> Option<(usize, usize)> {
    let line = &text[from..text.floor_char_boundary(text.len().min(from + REACH))];
    let mut awaited = false;
    for (at, word) in words(line) {
        if matches!(word, "|" | "||" | "&&" | ";") || is_command(word) {
            return None;
        }
        let value = match option_value(word, letter) {
            _ if awaited => word,
            Some("") => {
                awaited = takes == Takes::Either;
                continue;
            }
            // `curl -ubob:hunter2`.
            Some(pair) if letter == b'u' => pair.split_once(':')?.1,
            Some(value) => value,
            None => continue,
        };
        let start = at + word.len() - value.len();
        let bare = value.trim_matches(['"', '\'', '`', ';', ',', ')']);
        let start = from + start + (value.len() - value.trim_start_matches(['"', '\'', '`']).len());
        return is_password(bare.as_bytes()).then_some((start, start + bare.len()));
    }
    None
}

/// What `word` has behind the option of that letter, empty if nothing; `--body` is the long name of `b`.
fn option_value(word: &str, letter: u8) -> Option<&str> {
    let long = word.strip_prefix("--body").filter(|_| letter == b'b');
    let short = word
        .strip_prefix('-')
        .filter(|rest| rest.as_bytes().first() == Some(&letter));
    long.map(|rest| rest.strip_prefix('=').unwrap_or(rest))
        .or_else(|| short.map(|rest| &rest[1..]))
}

/// The password that is piped as `user:password` into the command at `at`: `echo "bob:hunter2" | chpasswd`.
fn piped(text: &str, at: usize) -> Option<(usize, usize)> {
    let line = line_before(text, at, REACH);
    let from = at - line.len();
    let before = line.trim_end();
    let before = before.strip_suffix("sudo").unwrap_or(before).trim_end();
    let input = before.strip_suffix('|')?.trim_end().trim_end_matches(['"', '\'']);
    let word = input
        .rfind(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\''))
        .map_or(0, |edge| edge + 1);
    let colon = word + input[word..].find(':')? + 1;
    is_password(&input.as_bytes()[colon..]).then_some((from + colon, from + input.len()))
}

/// The words of a line, with where they start; a line goes on behind a backslash.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = line
        .match_indices('\n')
        .find(|(at, _)| !line[..*at].trim_end_matches('\r').ends_with('\\'))
        .map_or(line.len(), |(at, _)| at);
    let base = line.as_ptr() as usize;
    line[..end]
        .split_ascii_whitespace()
        .map(move |word| (word.as_ptr() as usize - base, word))
}

fn is_command(word: &str) -> bool {
    COMMANDS.iter().any(|(command, ..)| *command == word)
}

fn is_password(value: &[u8]) -> bool {
    value.len() >= MIN_PASSWORD
        && value[0] != b'-'
        && !is_template(value)
        && !is_ordinary(value)
        && !means_password(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::typed;

    #[test]
    fn passwords_of_known_commands() {
        for text in [
            "mysql -u root -phunter2xyz shop",
            "mysqldump -h db -p'hunter2xyz' --all-databases | gzip",
            "sshpass -p hunter2xyz ssh root@host",
            "sshpass -p 'hunter2xyz' ssh root@host",
            "redis-cli -h cache -a hunter2xyz ping",
            "RUN docker login -u bob -p hunter2xyz registry.example",
            "ldapsearch -x -D cn=admin \\\n  -w hunter2xyz",
            "curl -ubob:hunter2xyz https://host",
            "curl -s -u'bob:hunter2xyz' https://host",
            "echo \"bob:hunter2xyz\" | chpasswd",
            "echo 'bob:hunter2xyz' | sudo chpasswd",
            "gh secret set DB_PASSWORD -b hunter2xyz",
            "gh secret set DB_PASSWORD --body \"hunter2xyz\" --org x",
            "gh secret set DB_PASSWORD --body=hunter2xyz",
            "`mongosh -u app -p hunter2xyz`",
        ] {
            assert_eq!(
                typed(CommandLines::new(), text),
                ["PASSWORD hunter2xyz"],
                "{text}"
            );
        }
    }

    #[test]
    fn passwords_with_a_template_in_them_are_passwords() {
        for password in [
            "<x>hunter2xyz",
            "${x}hunter2xyz",
            "example-hunter2xyz",
            "[redacted]hunter2",
            "...hunter2xyz",
        ] {
            for text in [
                format!("mysql -u root -p{password} shop"),
                format!("sshpass -p '{password}' ssh root@host"),
                format!("echo \"bob:{password}\" | chpasswd"),
            ] {
                assert_eq!(
                    typed(CommandLines::new(), &text),
                    [format!("PASSWORD {password}")],
                    "{text}"
                );
            }
        }
        for password in ["${DB_PW}", "<password>", "your-password", "xxxxxxxx", "{{ pw1 }}"] {
            let text = format!("sshpass -p '{password}' ssh root@host");
            assert!(typed(CommandLines::new(), &text).is_empty(), "{text}");
        }
    }

    #[test]
    fn other_commands_and_references_are_none() {
        for text in [
            "mysql -u root -p shop",
            "mysql -u root -p\"$DB_PASSWORD\" shop",
            "docker run -p 8080:80 nginx",
            "docker login -u bob -p <password>",
            "curl -u$USER:$PASS https://host",
            "curl -ubob https://host",
            "echo \"$USER:$PASS\" | chpasswd",
            "cat users | chpasswd",
            "gh secret set DB_PASSWORD --body-file x1y2z3",
            "docker login -u bob --password-stdin",
            "sshpass -p $PASS ssh host",
            "mysql-client -phunter2xyz",
            "libmysql -phunter2xyz",
            "mysql shop\nls -phunter2xyz",
            "mysql shop && ls -phunter2xyz",
        ] {
            assert!(typed(CommandLines::new(), text).is_empty(), "{text}");
        }
    }
}
