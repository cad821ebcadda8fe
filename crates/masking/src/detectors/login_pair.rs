//! PASSWORD: the second half of `user / password`, where words announce such a pair: `my login: bob / hunter2x`,
//! `Zugangsdaten: admin / ...`, `log in as admin / ...`, `username/password: admin/...`.

use std::sync::Arc;

use super::rule::{Found, Rule, Wake};
use super::secret::is_given_password;
use super::text::{char_before, is_unspaced, is_word_char, line_after};
use super::url::is_password;
use crate::{EntityType, Score};

/// What announces a pair, of which the first [`VERBS`] are followed by it at once and the others by a colon or its like.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "log in as", "login as", "log in with", "login with", "logged in as", "logged in with", "sign in as", "sign in with", "signing in with",
    "logon with", "log on with", "connect as", "connect with", "dich mit", "einloggen mit", "anmelden mit", "connecte avec", "connecter avec",
    "sesión con", "accedi con", "entrar com", "inloggen met", "zaloguj się jako",
    "login", "logins", "logon", "credentials", "credential", "creds", "cred", "zugangsdaten", "zugang", "anmeldedaten", "logindaten",
    "identifiants", "identifiant", "accès", "credenciales", "acceso", "credenziali", "accesso", "credenciais", "acesso",
    "inloggegevens", "dane logowania", "dane dostępowe", "логин", "учётные данные", "учетные данные", "аккаунт", "доступы", "доступ",
    "giriş bilgileri", "账号", "账户", "账号密码", "用户名密码", "帳號密碼", "登录信息", "登錄資訊", "ログイン情報", "アカウント", "ログイン", "로그인 정보",
    "로그인", "계정", "بيانات الدخول", "लॉगिन",
    "user/pass", "user/password", "user:pass", "user:password", "user / password", "user / pass", "username/password", "username:password",
    "username / password", "login/password", "login/pass", "login / password", "id/pw", "u/p", "user/pw", "benutzer/passwort",
    "benutzername/passwort", "usuario/contraseña", "utente/password", "utilisateur/mot de passe", "identifiant/mot de passe",
    "логин/пароль", "логин / пароль", "gebruiker/wachtwoord", "usuário/senha",
];
/// How many of the words take no colon.
const VERBS: usize = 23;
/// Most blanks and words between an announcement and its pair: `Zugang zum Drucker: `.
const MAX_REMARK: usize = 40;
const MAX_USER: usize = 64;
const MAX_PASSWORD: usize = 64;
const MIN_PASSWORD: usize = 5;

/// Names of ways to sign in that have a digit.
const METHODS: [&str; 6] = ["saml2", "oauth2", "oauth1", "ntlmv2", "mschapv2", "fido2"];

/// Finds passwords in announced pairs.
pub(super) struct LoginPairs {
    detector: Arc<str>,
}

impl LoginPairs {
    pub(super) fn new() -> Self {
        Self {
            detector: "password.pair".into(),
        }
    }
}

impl Rule for LoginPairs {
    fn literals(&self) -> Vec<String> {
        WORDS.iter().map(|word| (*word).to_owned()).collect()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else {
            return;
        };
        let is_inside = char_before(text, at.start).is_some_and(is_word_char);
        if is_inside {
            return;
        }
        let line = line_after(text, at.end, MAX_REMARK + MAX_USER + MAX_PASSWORD);
        let pair = if index < VERBS {
            line.strip_prefix(' ')
        } else {
            behind_joint(
                line,
                text[at.range()].chars().next_back().is_some_and(is_unspaced),
            )
        };
        let Some(password) = pair.and_then(second_half) else {
            return;
        };
        let start = password.as_ptr() as usize - text.as_ptr() as usize;
        found.push(
            EntityType::Password,
            start,
            start + password.len(),
            Score::LIKELY,
            &self.detector,
        );
    }
}

/// What stands behind the colon, equals sign, dash or verb of `line`, with a few words before it. Without any of them only
/// blanks around the mark tell a pair from a path: `login page/route2x`.
fn behind_joint(line: &str, is_unspaced: bool) -> Option<&str> {
    const VERBS: [&str; 5] = ["are ", "is ", "sind ", "ist ", "son "];
    let words = line
        .char_indices()
        .take_while(|(at, c)| {
            *at < MAX_REMARK
                && (c.is_alphabetic() || matches!(c, ' ' | '(' | ')' | '.') && (*at > 0 || *c == ' '))
        })
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    let rest = &line[words..];
    let joint = [":", "：", "=", "—", "–", "- ", "→", "->"]
        .iter()
        .find(|joint| rest.starts_with(**joint));
    if let Some(joint) = joint {
        let rest = rest[joint.len()..].trim_start();
        return (words == 0 || line.starts_with(' ') || is_unspaced).then_some(rest);
    }
    let word = line.strip_prefix(' ')?;
    let said = VERBS.iter().find_map(|verb| word.strip_prefix(verb));
    said.or_else(|| {
        let mark = word.find(['/', ':', '|'])?;
        word[..mark].ends_with(' ').then_some(word)
    })
}

/// The password of the pair that `text` starts with.
fn second_half(text: &str) -> Option<&str> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+' | '\\');
    let text = text.trim_start_matches(['"', '\'', '`', '*', '(']);
    let len = text
        .find(|c: char| !is_name(c))
        .filter(|len| (1..=MAX_USER).contains(len))?;
    let (user, rest) = text.split_at(len);
    let rest = rest.trim_start_matches(['"', '\'', '`', '*']);
    let joint = rest.trim_start();
    let spaces = rest.len() - joint.len();
    let mark = joint
        .chars()
        .next()
        .filter(|c| matches!(c, '/' | ':' | '|' | '／' | '：'))?;
    let behind = &joint[mark.len_utf8()..];
    let password = behind.trim_start();
    // `/` stands between blanks or none; a colon ends a label too: `login: today at 10: start`.
    let is_even =
        spaces > 0 && behind.len() > password.len() || spaces == 0 && behind.len() == password.len();
    let password = password.trim_start_matches(['"', '\'', '`', '*']);
    let end = password
        .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '，' | '。' | '、'));
    let password =
        password[..end.unwrap_or(password.len())].trim_end_matches(['.', ',', ';', ')', ':', '*', '?']);
    let is_user = user.contains(char::is_alphabetic);
    (is_even && is_user && is_chosen(user, password)).then_some(password)
}

/// Whether somebody chose the word as a password: letters with digits or symbols, and no path, date or address.
fn is_chosen(user: &str, password: &str) -> bool {
    let bytes = password.as_bytes();
    let any = |of: fn(&u8) -> bool| bytes.iter().any(of);
    let is_marked = any(|b| b"!@#$%^&*+=~?".contains(b)) && !password.contains("://");
    let is_mixed = any(u8::is_ascii_digit) && any(|b| b.is_ascii_alphabetic() || !b.is_ascii()) || is_marked;
    (MIN_PASSWORD..=MAX_PASSWORD).contains(&bytes.len())
        && is_mixed
        && (any(u8::is_ascii_alphabetic) || !password.is_ascii())
        && !password.contains(['/', '(', '[', '\\'])
        && !(password.contains('@') && password.contains('.') && !any(|b| b"!#$%^&*+=~?".contains(b)))
        && !METHODS.iter().any(|method| password.eq_ignore_ascii_case(method))
        && is_given_password(bytes)
        && is_password(user.as_bytes(), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detectors::testing::{endure, typed};

    #[test]
    fn announced_pairs_hold_a_password() {
        for text in [
            "my login: bob / hunter2-xq",
            "credentials: admin/hunter2-xq",
            "login with admin / hunter2-xq on the box",
            "Zugangsdaten: admin / hunter2-xq",
            "Zugang zum Drucker: admin / hunter2-xq.",
            "the creds are ops/hunter2-xq, ok?",
            "you can log in as `ops` / `hunter2-xq`",
            "username/password: ops/hunter2-xq",
            "user:pass = ops:hunter2-xq",
            "(login: CORP\\ops / hunter2-xq)",
            "логин/пароль: ops / hunter2-xq",
            "账号密码：admin / hunter2-xq",
            "ログイン情報: ops / hunter2-xq",
            "login/pass — ops / hunter2-xq",
            "the login ops / hunter2-xq still works",
        ] {
            assert_eq!(typed(LoginPairs::new(), text), ["PASSWORD hunter2-xq"], "{text}");
        }
    }

    #[test]
    fn other_pairs_hold_none() {
        for text in [
            "credentials: read/write",
            "login: yes / no",
            "login with email / password",
            "Login with Google / GitHub",
            "sign in with SSO / SAML2",
            "credentials: none / basic / token",
            "login: https://host1.example/x",
            "login: 2026-03-01 / 10:30",
            "login: admin / ${PW}",
            "login: bob / <password1>",
            "Zugangsdaten: siehe 1Password / Vault",
            "log in as admin / root",
            "login ops/src/main2.rs",
            "the login page/route2x",
            "Login form:page2x",
            "POST /login HTTP/1.1\\r\\n",
            "Credential=key1/20220524/eu/s3",
            "Login: bob@example.org / alice@example.org",
        ] {
            assert!(typed(LoginPairs::new(), text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_end() {
        endure(
            LoginPairs::new(),
            &["login", "login: ", "login: a/", "creds a / b1-c", "логин: "],
        );
    }
}
