//! PASSWORD: what calls take whose name says so: `SecretStr("hunter2x")`, `.withPassword("hunter2x")`,
//! `SetBasicAuth("bob", "hunter2x")`, `password: String::from("hunter2x")`.

use std::sync::Arc;

use super::arguments::Arguments;
use super::rule::{Found, Rule, Wake};
use super::secret::is_given_password;
use super::text::{ends_with_ignore_case, line_before, word_start};
use crate::{EntityType, Score};

/// A call with its opening bracket, and which of its arguments is the password.
#[rustfmt::skip]
const CALLS: &[(&str, usize)] = &[
    ("secretstr(", 0), ("secretstring::from(", 0), ("secretstring::new(", 0), ("secretbox::from(", 0), ("secret::new(", 0),
    ("secretvalue.unsafeplaintext(", 0), (".setpassword(", 0), (".withpassword(", 0), (".set_password(", 0), (".with_password(", 0),
    (".password(", 0), (".setpasswd(", 0), (".passphrase(", 0),
    (".login(", 1), ("basicauth(", 1), ("basic_auth(", 1), ("digestauth(", 1), ("networkcredential(", 1), ("passwordcredentials(", 1),
    ("passwordauthentication(", 1), ("pscredential(", 1), (".setauth(", 1), (".auth(", 1), ("auth=(", 1), ("auth = (", 1), ("oci_connect(", 1),
    ("getconnection(", 2), ("plainauth(", 2), ("mysqli_connect(", 2), ("mysql_connect(", 2), ("new mysqli(", 2), ("new pdo(", 2), ("ftp_login(", 2),
    ("imap_open(", 2), ("ldap_bind(", 2), ("ssh2_auth_password(", 2),
];
/// Wrappers that any text may stand in: a label before them says what it is.
const WRAPPERS: [&str; 5] = [
    "string::from(",
    "secret(",
    "cow::from(",
    "some(",
    "base64.b64decode(",
];
/// How labels of passwords end.
const LABELS: [&str; 5] = ["password", "passwd", "passphrase", "_pass", "pwd"];
/// Longest label.
const MAX_LABEL: usize = 48;
/// Finds passwords among the arguments of calls.
pub(super) struct Calls {
    detector: Arc<str>,
}

impl Calls {
    pub(super) fn new() -> Self {
        Self {
            detector: "password.call".into(),
        }
    }
}

impl Rule for Calls {
    fn literals(&self) -> Vec<String> {
        let calls = CALLS.iter().map(|(call, _)| *call);
        calls.chain(WRAPPERS).map(str::to_owned).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let nth = match CALLS.get(index) {
            Some((_, nth)) => *nth,
            None if is_labelled(text, at.start) => 0,
            None => return,
        };
        let Some(password) = Arguments::of_call(text, at.end).nth(nth) else {
            return;
        };
        if is_chosen(password.text) {
            let end = password.start + password.text.len();
            found.push(
                EntityType::Password,
                password.start,
                end,
                Score::LIKELY,
                &self.detector,
            );
        }
    }
}

/// Whether the label of a password stands before the wrapper at `at`: `password: `, `db_password = `.
fn is_labelled(text: &str, at: usize) -> bool {
    let before = line_before(text, at, MAX_LABEL);
    let label = before.trim_end_matches([' ', ':', '=', '"', '\'']);
    // `let password: String = `.
    let typed = label.rsplit_once(": ").map_or("", |(name, _)| name);
    let is_password = |label: &str| LABELS.iter().any(|word| ends_with_ignore_case(label, word));
    label.len() < before.len() && word_start(text, at) && (is_password(label) || is_password(typed))
}

/// Whether somebody chose the string as a password: plain words are what prompts and tests write there.
fn is_chosen(value: &str) -> bool {
    let bytes = value.as_bytes();
    let any = |of: fn(&u8) -> bool| bytes.iter().any(of);
    let has_digit = any(u8::is_ascii_digit);
    let is_mixed = has_digit || any(|b| b"!@#$%^&*".contains(b));
    let is_sentence = value.contains(' ') && !has_digit;
    is_given_password(bytes) && any(u8::is_ascii_alphabetic) && is_mixed && !is_sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, typed};

    #[test]
    fn calls_that_take_a_password() {
        for text in [
            "password = SecretStr(\"hunter2x\")",
            "SecretString::from(\"hunter2x\")",
            "let password: String = String::from(\"hunter2x\");",
            "db_password = Secret('hunter2x')",
            ".withPassword(\"hunter2x\")",
            "smtp.login(\"ops\", \"hunter2x\")",
            "smtp.login(user, \"hunter2x\")",
            "auth=('ops', 'hunter2x')",
            "auth=HTTPBasicAuth(\"ops\", \"hunter2x\")",
            "req.SetBasicAuth(\"ops\", \"hunter2x\")",
            ".basic_auth(\"ops\", Some(\"hunter2x\"))",
            "new NetworkCredential(\"ops\", \"hunter2x\", \"CORP\")",
            "DriverManager.getConnection(url, \"ops\", \"hunter2x\")",
            "mysqli_connect(\"db1\", \"ops\", \"hunter2x\", \"crm\")",
        ] {
            assert_eq!(typed(Calls::new(), text), ["PASSWORD hunter2x"], "{text}");
        }
    }

    #[test]
    fn variables_prompts_and_tests_hold_none() {
        for text in [
            "smtp.login(user, password)",
            "client.login(\"user\", \"password\")",
            "login(\"alice\", \"wrong-password\")",
            "auth=('user', 'pass')",
            "SecretStr(os.environ[\"X1\"])",
            "inquirer.password(\"Enter your password\")",
            "form.login(\"Sign in\", \"Cancel\")",
            "password: Some(\"\".into())",
            "name: String::from(\"hunter2x\")",
            "log.login(\"info\", \"User logged in\")",
            "new PDO($dsn, $user, $pass)",
            "session_auth = (\n  config.get('disable_s3_auth')\n)",
            "zip.setPassword(\"12345\")",
            "nntp.login('psu', 'doesnotexist')",
            ".password(\"${PW}\")",
        ] {
            assert!(typed(Calls::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(
            Calls::new(),
            &[
                ".login(",
                ".login(\"a\",",
                "secretstr(\"",
                "auth=(",
                "password=some(",
            ],
        );
    }
}
