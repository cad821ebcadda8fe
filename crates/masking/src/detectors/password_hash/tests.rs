use super::*;
use crate::detectors::testing::{endure, found};

/// Letters and digits that chance made, as many as asked for.
fn made(len: usize) -> String {
    "q7Zr2XvT9mKc4LwPaB3d".chars().cycle().take(len).collect()
}

fn hex(len: usize) -> String {
    "5ad1f0c97e3b2468".chars().cycle().take(len).collect()
}

#[test]
fn hashes_are_found_wherever_they_stand() {
    for hash in [
        format!("$1$kQ2w${}", made(22)),
        format!("$apr1$Zr2XvT9m${}", made(22)),
        format!("$5${}${}", made(16), made(43)),
        format!("$6${}${}", made(16), made(86)),
        format!("$6$rounds=656000${}${}", made(8), made(86)),
        format!("$2a$10${}", made(53)),
        format!("$2y$05${}", made(53)),
        format!("$y$j9T${}${}", made(22), made(43)),
        format!("$9${}${}", made(14), made(43)),
        format!("$P${}", made(31)),
        format!("$argon2id$v=19$m=65536,t=3,p=4${}${}", made(11), made(22)),
        format!("$scrypt$ln=16,r=8,p=1${}${}", made(22), made(43)),
        format!("pbkdf2_sha256$260000${}${}=", made(12), made(43)),
        format!("pbkdf2:sha256:260000${}${}", made(8), hex(64)),
        format!("scrypt:32768:8:1${}${}", made(16), hex(128)),
        format!("{{SSHA}}{}", made(40)),
        format!("{{SHA}}{}=", made(27)),
        format!("grub.pbkdf2.sha512.10000.{}.{}", hex(128), hex(128)),
        format!("SCRAM-SHA-256$4096:{}==${}=:{}=", made(22), made(43), made(43)),
        format!("SCRAM-SHA-512$4096:{}==${}==:{}==", made(22), made(86), made(86)),
        format!("$krb5tgs$23$*svc$CORP$http/web~8443*${}${}", hex(32), hex(200)),
        format!("$krb5asrep$23$svc@CORP.EXAMPLE:{}${}", hex(32), hex(200)),
        format!("$DCC2$10240#svc#{}", hex(32)),
    ] {
        for text in [
            hash.clone(),
            format!("hash: \"{hash}\","),
            format!("root:{hash}:19000:0:99999:7:::"),
            format!("the hash is {hash}."),
            format!("id,hash\n7,{hash}\n"),
        ] {
            assert_eq!(found(PasswordHashes::new(), &text), [hash.as_str()], "{text}");
        }
    }
}

#[test]
fn marks_of_variables_are_doubled() {
    for hash in [
        format!("$$apr1$$k4wTz9Qs$${}", made(22)),
        format!("$$2y$$05$${}", made(53)),
        format!("$$6$$rounds=5000$${}$${}", made(8), made(86)),
    ] {
        let text = format!("users=admin:{hash}\"");
        assert_eq!(found(PasswordHashes::new(), &text), [hash], "{text}");
    }
    let inner = format!("$2b$12${}", made(53));
    assert_eq!(
        found(PasswordHashes::new(), &format!("bcrypt_sha256${inner}")),
        [inner]
    );
}

#[test]
fn databases_and_devices_write_them_in_quotes() {
    for (hash, before, behind) in [
        (format!("*{}", hex(40)), "IDENTIFIED BY PASSWORD '", "'"),
        (format!("md5{}", hex(32)), "\"app\" \"", "\""),
        (
            "$9$tE7O0BRSrKvx7-ds.".to_owned(),
            "secret \"",
            "\"; ## SECRET-DATA",
        ),
    ] {
        let text = format!("{before}{hash}{behind}");
        assert_eq!(found(PasswordHashes::new(), &text), [hash], "{text}");
    }
}

#[test]
fn lines_of_accounts_and_labels_tell_bare_digests() {
    let (lm, nt) = (hex(32), "d0b1c3f2a5e4978610fdcb3ea8572496");
    for (text, hash) in [
        (format!("bob:{}:19700:0:99999:7:::", made(13)), made(13)),
        (format!("Administrator:500:{lm}:{nt}:::"), format!("{lm}:{nt}")),
        (format!("\"password_hash\": \"{}\"", hex(64)), hex(64)),
        (format!("passwordHash={nt}"), nt.to_owned()),
    ] {
        assert_eq!(found(PasswordHashes::new(), &text), [hash], "{text}");
    }
}

#[test]
fn schemes_without_a_hash_are_none() {
    for text in [
        "daemon:*:19000:0:99999:7:::",
        "bob:!:19000::",
        "echo ${x:$1$2}",
        "path:$1$",
        "regex: ^:$6$",
        "bob:$6$xxxxxxxxxxxxxxxx$xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:1",
        "PATH=$PATH:$HOME:$6$abc/q7Zr2XvT9mKc4LwPaB3d",
        "PATH=/opt/bin:$1$PREFIX/q7Zr2XvT9mKc4LwPaB3d",
        "awk '{print $1$2$3}' $2a$10$",
        "$2b$12$ and 53 characters, $argon2id$v=19$m=65536,t=3,p=4$<salt>$<hash>",
        "pbkdf2_sha256$<iterations>$<salt>$<hash>",
        "admin:$$apr1$$xxxxxxxx$$xxxxxxxxxxxxxxxxxxxxxx",
        "{SHA256} is supported, {SSHA}",
        "password_hash = hash(password)",
        "checksum: md5$abc$def",
        "a:b:::",
    ] {
        assert!(found(PasswordHashes::new(), text).is_empty(), "{text}");
    }
}

#[test]
fn hostile_runs_end() {
    endure(
        PasswordHashes::new(),
        &[
            ":$6$",
            "a:$6$",
            "a:$6$q7Zr2XvT9m",
            "$1$$1$",
            ":::",
            "$krb5tgs$",
            "'md5",
            "{ssha}a1",
        ],
    );
}
