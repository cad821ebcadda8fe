//! Mail addresses that are nobody's: senders that read no mail, and those that documentation makes up.
//!
//! Told by the address alone, so a name in either half makes it somebody's: `alice-noreply@corp.com`, `alice@example.com`.

/// What a mailbox that nobody reads is called, without the signs between its words.
const UNREAD: [&str; 3] = ["noreply", "donotreply", "dontreply"];

/// What mailboxes are called in documentation, signs left out: a part in an organisation, or no name at all.
const ROLES: [&str; 63] = [
    "abuse",
    "account",
    "accounts",
    "address",
    "admin",
    "administrator",
    "alert",
    "alerts",
    "billing",
    "bot",
    "bounce",
    "careers",
    "ci",
    "contact",
    "contactus",
    "customer",
    "dev",
    "developer",
    "devnull",
    "email",
    "emailaddress",
    "example",
    "feedback",
    "firstlast",
    "firstnamelastname",
    "foo",
    "from",
    "guest",
    "hello",
    "help",
    "helpdesk",
    "hostmaster",
    "hr",
    "info",
    "mail",
    "mailbox",
    "mailerdaemon",
    "marketing",
    "me",
    "member",
    "name",
    "newsletter",
    "nobody",
    "notifications",
    "office",
    "ops",
    "owner",
    "postmaster",
    "press",
    "privacy",
    "recipient",
    "root",
    "sales",
    "security",
    "sender",
    "service",
    "someone",
    "support",
    "team",
    "test",
    "user",
    "username",
    "webmaster",
];

/// Words in front of a role: `your.email@example.com`, `testuser@example.com`.
const BEFORE_ROLES: [&str; 5] = ["your", "my", "some", "test", "new"];

/// RFC 2606, 2 and 3, and RFC 6761, 6: names that nobody can register.
const RESERVED_TOP_LEVEL: [&str; 4] = ["example", "test", "invalid", "localhost"];
const RESERVED_DOMAINS: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Whether a mail address, as it reads, is one that nobody has.
pub(super) fn is_public(address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let local: String = local
        .chars()
        .filter(|sign| !matches!(sign, '.' | '-' | '_'))
        .collect();
    UNREAD.contains(&local.as_str()) || is_reserved(domain) && is_role(&local)
}

fn is_reserved(domain: &str) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    let is_or_is_under = |reserved: &&str| {
        domain
            .strip_suffix(*reserved)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    RESERVED_TOP_LEVEL.contains(&top) || RESERVED_DOMAINS.iter().any(is_or_is_under)
}

/// A role, a word in front of it, a number behind it: `user`, `testuser`, `user2`.
fn is_role(local: &str) -> bool {
    let name = local.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let is_one = |name: &str| ROLES.contains(&name);
    is_one(name)
        || BEFORE_ROLES
            .iter()
            .any(|before| name.strip_prefix(before).is_some_and(is_one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_reads_and_what_documentation_makes_up() {
        for address in [
            "noreply@anthropic.com",
            "no-reply@corp.co.uk",
            "No_Reply@Corp.com",
            "donotreply@bank.example",
            "do-not-reply@mail.corp.com",
            "user@example.com",
            "info@example.org",
            "support@mail.example.net",
            "admin@corp.test",
            "user2@example.com",
            "your.email@example.com",
            "test-user@db.invalid",
            "root@host.localhost",
        ] {
            assert!(is_public(address), "{address}");
        }
    }

    #[test]
    fn whose_they_may_be() {
        for address in [
            "alice@example.com",
            "alice.user@example.com",
            "info@corp.com",
            "user@notexample.com",
            "user@example.com.evil.net",
            "user@example.community",
            "alice-noreply@corp.com",
            "noreply+alice@corp.com",
            "1234+alice@users.noreply.github.com",
            "noreplying@corp.com",
            "2024@example.com",
            "@example.com",
            "user",
            "",
        ] {
            assert!(!is_public(address), "{address}");
        }
    }
}
