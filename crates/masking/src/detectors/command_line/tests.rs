use super::*;
use crate::detectors::testing::{assert_finds, endure, typed};

fn assert_all_find(texts: &[&str], password: &str) {
    for text in texts {
        assert_eq!(
            typed(CommandLines::new(), text),
            [format!("PASSWORD {password}")],
            "{text}"
        );
    }
}

#[test]
fn passwords_of_known_commands() {
    assert_all_find(
        &[
            "mysql -u root -phunter2xyz shop",
            "mysqldump -h db -p'hunter2xyz' --all-databases | gzip",
            "sshpass -p hunter2xyz ssh root@host",
            "sshpass -p 'hunter2xyz' ssh root@host",
            "redis-cli -h cache -a hunter2xyz ping",
            "RUN docker login -u bob -p hunter2xyz registry.example",
            "ldapsearch -x -D cn=admin \\\n  -w hunter2xyz",
            "echo \"bob:hunter2xyz\" | chpasswd",
            "echo 'bob:hunter2xyz' | sudo chpasswd",
            "gh secret set DB_PASSWORD -b hunter2xyz",
            "gh secret set DB_PASSWORD --body \"hunter2xyz\" --org x",
            "gh secret set DB_PASSWORD --body=hunter2xyz",
            "`mongosh -u app -p hunter2xyz`",
            "podman login -u=ops -p=hunter2xyz quay.example",
            "sqlcmd -S tcp:db1,1433 -U sa -P hunter2xyz -Q \"select 1\"",
            "plink -ssh ops@10.0.0.7 -pw hunter2xyz uptime",
            "keytool -genkeypair -keystore k.jks -storepass hunter2xyz",
            "7z a -phunter2xyz a.7z a",
            "zip -r -P hunter2xyz a.zip a",
            "openssl rsa -in k.pem -passin pass:hunter2xyz",
            "schtasks /create /tn job /ru CORP\\ops /RP hunter2xyz",
            "xfreerdp /v:10.0.0.7 /u:ops /p:hunter2xyz",
            "net use Z: \\\\srv\\share hunter2xyz /user:ops",
            "net user ops hunter2xyz /add",
            "htpasswd -nbB ops hunter2xyz",
            "htpasswd -b /etc/nginx/.htpasswd ops hunter2xyz",
            "sqlplus -s crm/hunter2xyz@//db1:1521/crm @x.sql",
            "expdp userid=crm/hunter2xyz@orcl schemas=crm",
            "smbclient //srv/share -U 'CORP\\ops%hunter2xyz'",
            "lftp -u ops,hunter2xyz ftp.example.net",
            "snmpget -v3 -u ops -A hunter2xyz 10.0.0.1",
            "(ConvertTo-SecureString -String \"hunter2xyz\" -AsPlainText)",
            "{\"cmd\": \"mysql -uroot -phunter2xyz\", \"x\": \"y\"}",
        ],
        "hunter2xyz",
    );
}

#[test]
fn halves_of_pairs() {
    assert_all_find(
        &[
            "curl -ubob:hunter2xyz https://host",
            "curl -s -u'bob:hunter2xyz' https://host",
            "curl -sSu bob:hunter2xyz https://host",
            "curl -u bob:hunter2xyz https://host",
            "curl -s --user \"bob:hunter2xyz\" https://host",
            "curl --user=\"bob:hunter2xyz\" https://host",
            "curl -X PUT \\\n -H 'a: b' \\\n -u bob:hunter2xyz https://host",
            "curl --proxy-user bob:hunter2xyz https://host",
            "http -a bob:hunter2xyz https://host",
            "skopeo copy --src-creds bob:hunter2xyz docker://a docker://b",
        ],
        "hunter2xyz",
    );
    assert_all_find(
        &[
            "curl -u :hunter2xyz https://host",
            "curl --user ':hunter2xyz' https://host",
        ],
        ":hunter2xyz",
    );
    let token = ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat();
    for text in [
        format!("curl -u {token}: https://host"),
        format!("curl --user \"{token}:\" https://host"),
        format!("curl -u {token}:x-oauth-basic https://host"),
    ] {
        assert_eq!(
            typed(CommandLines::new(), &text),
            [format!("PASSWORD {token}")],
            "{text}"
        );
    }
}

#[test]
fn arguments_as_lists() {
    assert_all_find(
        &[
            "[\"mysqladmin\",\"ping\",\"-uroot\",\"-phunter2xyz\"]",
            "test: [\"CMD\", \"redis-cli\", \"-a\", \"hunter2xyz\", \"ping\"]",
            "spawn('mysql', ['-h', 'db', '-uops', '-phunter2xyz', 'crm'])",
            "exec.Command(\"sshpass\", \"-p\", \"hunter2xyz\", \"ssh\", host)",
            "subprocess.run([\"curl\", \"-u\", \"bob:hunter2xyz\", url])",
            "Command::new(\"mysqldump\").arg(\"-uops\").arg(\"-phunter2xyz\")",
            "command:\n  - mysqladmin\n  - ping\n  - -uroot\n  - -phunter2xyz\n",
            "args: [\"--db-password\",\"hunter2xyz\"]",
            "Command::new(\"x\").arg(\"--password\").arg(\"hunter2xyz\")",
            "args:\n    - --requirepass\n    - hunter2xyz\n    - --port\n",
            "[\n  \"--db-password\",\n  \"hunter2xyz\",\n  \"--db-host\"\n]",
            "Start-Process sqlcmd -ArgumentList '-S','db1','-P','hunter2xyz'",
        ],
        "hunter2xyz",
    );
    assert_finds(
        CommandLines::new,
        &[
            (
                "[\"rabbitmq\", \"--default-pass\", \"basaltrock\"]",
                &["basaltrock"],
            ),
            (
                "[\"--api-key\", \"q7Zr2XvT9mKc4LwPaB3d\", \"-y\"]",
                &["q7Zr2XvT9mKc4LwPaB3d"],
            ),
        ],
    );
}

#[test]
fn what_a_command_reads() {
    assert_finds(
        CommandLines::new,
        &[
            ("echo hunter2xyz | sudo -S apt update", &["hunter2xyz"]),
            ("echo 'hunter2xyz' | passwd --stdin ops", &["hunter2xyz"]),
            ("sudo -S <<< hunter2xyz id", &["hunter2xyz"]),
            (
                "chpasswd <<EOF\nops:hunter2xyz\nweb:kettledrum\nEOF\n",
                &["hunter2xyz", "kettledrum"],
            ),
            (
                "chpasswd:\n  list: |\n    root:hunter2xyz\n  expire: false",
                &["hunter2xyz"],
            ),
        ],
    );
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
            format!("curl -u bob:{password} https://host"),
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
        "docker run -u 1000:1000 image",
        "sudo -u postgres psql -u a:b1c",
        "docker login -u bob -p <password>",
        "curl -u$USER:$PASS https://host",
        "curl -u \"${U}:${P}\" https://host",
        "curl -u user:password https://x",
        "curl -u YOUR_API_KEY: https://api.example.com",
        "curl -ubob https://host",
        "curl --user-agent mozilla/5.0 https://x",
        "echo \"$USER:$PASS\" | chpasswd",
        "cat users | chpasswd",
        "gh secret set DB_PASSWORD --body-file x1y2z3",
        "docker login -u bob --password-stdin",
        "sshpass -p $PASS ssh host",
        "mysql-client -phunter2xyz",
        "libmysql -phunter2xyz",
        "mysql shop\nls -phunter2xyz",
        "mysql shop && ls -phunter2xyz",
        "sqlplus / as sysdba",
        "net use of water increased",
        "net user growth increased",
        "smbclient -L //srv -U guest%",
        "openssl req -key k1.pem -keyout k2.pem",
        "[\"mysql\", \"-u\", \"root\", \"-p\"]",
        "args: [\"--password\", \"$(DB_PASSWORD)\"]",
        "parser.add_argument(\"--password\", help=\"the password1\")",
        "Option(\"--password\", \"-p\", prompt=True)",
        "@click.option(\"--token\", \"token\", envvar=\"X\")",
        "cmd.add(\"--password\", \"kettledrum\")",
        "[\"--password-file\", \"/run/secrets/x1\"]",
        "[\"--username\", \"--password\", \"--host\"]",
        ".arg(\"--password\").arg(&password)",
    ] {
        assert!(
            typed(CommandLines::new(), text).is_empty(),
            "{text} {:?}",
            typed(CommandLines::new(), text)
        );
    }
}

#[test]
fn hostile_runs_end() {
    endure(
        CommandLines::new(),
        &[
            "curl ",
            "curl wget ",
            "curl -u a:b1 ",
            "\"--password\",",
            "\"mysql\",",
            "- --pass\n",
            "chpasswd <<\n",
            "curl \"",
            "curl -p'",
        ],
    );
}
