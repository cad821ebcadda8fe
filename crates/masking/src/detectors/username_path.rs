//! USERNAME_PATH: the account name inside `/home/NAME/`, `/Users/NAME/`, `C:\Users\NAME\`; never the rest of the path.

use std::sync::Arc;

use super::text::{char_at, is_word};
use super::{Found, Rule, Wake};
use crate::{EntityType, Score};

/// A longer name is no account's.
const MAX_NAME: usize = 64;

/// Accounts that are nobody's: of images, services, documentation, and shared folders.
const SHARED: &[&str] = &[
    "admin",
    "administrator",
    "all users",
    "app",
    "bar",
    "build",
    "circleci",
    "coder",
    "codespace",
    "debian",
    "default",
    "default user",
    "deploy",
    "developer",
    "dist",
    "docker",
    "ec2-user",
    "example",
    "fedora",
    "foo",
    "git",
    "gitpod",
    "guest",
    "jenkins",
    "jovyan",
    "linuxbrew",
    "me",
    "name",
    "nobody",
    "node",
    "node_modules",
    "nonroot",
    "pi",
    "postgres",
    "project",
    "projects",
    "public",
    "root",
    "runner",
    "runneradmin",
    "shared",
    "someone",
    "src",
    "test",
    "tmp",
    "ubuntu",
    "user",
    "user1",
    "username",
    "vagrant",
    "vcap",
    "vscode",
    "www-data",
    "you",
    "your-name",
    "your-username",
    "your_name",
    "your_username",
    "yourname",
    "yourusername",
];

/// Finds account names in home directories.
pub struct UsernamePath {
    name: Arc<str>,
}

impl UsernamePath {
    /// The rule, as `username_path`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: "username_path".into(),
        }
    }
}

impl Default for UsernamePath {
    fn default() -> Self {
        Self::new()
    }
}

impl Rule for UsernamePath {
    fn literals(&self) -> Vec<String> {
        ["/home/", "/users/", "\\users\\", "\\documents and settings\\"]
            .map(Into::into)
            .into()
    }

    fn look(&self, text: &str, wake: Wake<'_>, found: &mut Found) {
        let Wake::Literal { index, at } = wake else { return };
        let home = &text[at.range()];
        let plausible = match index {
            0 => home == "/home/" && starts_path(text, at.start),
            1 => home == "/Users/" && starts_path(text, at.start),
            _ => true,
        };
        if !plausible {
            return;
        }
        // In source code every backslash is written twice.
        let start = at.end + usize::from(index > 1 && text.as_bytes().get(at.end) == Some(&b'\\'));
        let end = name_end(text, start, index > 1);
        if is_account(&text[start..end]) {
            found.push(EntityType::UsernamePath, start, end, Score::STRONG, &self.name);
        }
    }
}

/// Whether the slash at `at` starts a path, or follows a drive or mount (`/mnt/c/Users/`, `/var/home/`), but no host.
fn starts_path(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let bytes = before.as_bytes();
    match bytes.last() {
        Some(byte) if is_word(*byte) => {
            let word = bytes.iter().rev().take(8).take_while(|b| is_word(**b)).count();
            let mount = &before[at - word..];
            bytes.get(at.wrapping_sub(word + 1)) == Some(&b'/')
                && (mount.len() == 1 || matches!(mount, "var" | "export" | "rootfs" | "host" | "Volumes"))
        }
        Some(b'.' | b'}') => false,
        _ => true,
    }
}

fn name_end(text: &str, start: usize, windows: bool) -> usize {
    let mut end = start;
    while let Some(c) = char_at(text, end) {
        let belongs = c.is_alphanumeric()
            || matches!(c, '.' | '_' | '-')
            || windows && c == ' ' && inner_space(text, end);
        if !belongs || end - start > MAX_NAME {
            break;
        }
        end += c.len_utf8();
    }
    while end > start && matches!(text.as_bytes()[end - 1], b'.' | b'-') {
        end -= 1;
    }
    end
}

/// Whether the space at `at` belongs to a Windows account (`C:\Users\Alice Smith\x`): a backslash must follow soon.
fn inner_space(text: &str, at: usize) -> bool {
    text.as_bytes()[at + 1..]
        .iter()
        .take(32)
        .find(|b| !is_word(**b) && b.is_ascii() && **b != b'-')
        == Some(&b'\\')
}

fn is_account(name: &str) -> bool {
    let letters = name.chars().any(char::is_alphabetic);
    let hidden_or_file = name.starts_with('.')
        || [".js", ".py", ".html", ".md", ".txt"]
            .iter()
            .any(|kind| name.ends_with(kind));
    letters
        && !hidden_or_file
        && name.len() <= MAX_NAME
        && !SHARED.iter().any(|shared| name.eq_ignore_ascii_case(shared))
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;

    fn found(text: &str) -> Vec<String> {
        testing::found(UsernamePath::new(), text)
    }

    #[test]
    fn accounts_in_home_directories() {
        for (text, account) in [
            ("cd /home/alice/src", "alice"),
            ("/home/alice", "alice"),
            ("\"/Users/alice.smith/Library\"", "alice.smith"),
            ("file:///home/j_doe-2/x", "j_doe-2"),
            ("C:\\Users\\Alice\\x", "Alice"),
            ("C:\\\\Users\\\\Alice\\\\x", "Alice"),
            ("c:\\users\\Alice Smith\\x", "Alice Smith"),
            ("/mnt/c/Users/alice/x", "alice"),
            ("/var/home/alice/x", "alice"),
            ("路径/home/小明/文件", "小明"),
            ("HOME=/home/alice", "alice"),
        ] {
            assert_eq!(found(text), [account], "{text}");
        }
    }

    #[test]
    fn urls_shared_accounts_and_variables_are_none() {
        for text in [
            "https://corp.com/home/about",
            "api/users/list",
            "GET /users/42",
            "/home/runner/work",
            "/home/ubuntu/.ssh",
            "/Users/Shared/x",
            "C:\\Users\\Public\\x",
            "/home/$USER/x",
            "/home/<name>/x",
            "/home/{user}/x",
            "${base}/home/x",
            "/home/",
            "/home/..",
            "/home/.cargo/bin",
            "/home/index.js",
            "src/home/index.ts",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn hostile_runs_are_bounded() {
        testing::endure(
            UsernamePath::new(),
            &["/home/", "\\users\\", "\\users\\a ", "/home/a"],
        );
    }
}
