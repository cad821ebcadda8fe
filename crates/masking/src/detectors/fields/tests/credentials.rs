//! Labels and values as configuration, code, command lines and people write them, and the code that holds no secret.

use crate::detectors::testing::typed_by_fields;

fn secrets(text: &str) -> Vec<String> {
    const SECRETS: [&str; 5] = [
        "PASSWORD ",
        "API_KEY ",
        "PRIVATE_KEY ",
        "BEARER_TOKEN ",
        "URL_CREDENTIALS ",
    ];
    let secret = |line: String| {
        SECRETS
            .iter()
            .find_map(|entity| Some(line.strip_prefix(entity)?.to_owned()))
    };
    typed_by_fields(text).into_iter().filter_map(secret).collect()
}

/// A value of a machine: split, so that no scanner takes this file for a leak.
fn made() -> String {
    ["q7Zr2XvT9m", "Kc4LwPaB3d"].concat()
}

#[test]
fn passwords_in_configuration() {
    for text in [
        "password = \"hunter2\"",
        "password='hunter2'",
        "password: hunter2",
        "password: \"hunter2\" # old",
        "export PASSWORD=\" hunter2 \"\n",
        "export PASSWORD=\"hunter2\n\"\n",
        "DB_PASSWORD=hunter2",
        "export DB_PASSWORD=hunter2\n",
        "set DB_PASSWORD=hunter2\r\n",
        "spring.datasource.password=hunter2",
        "\"password\": \"hunter2\"",
        "\\\"password\\\": \\\"hunter2\\\"",
        "{'password':'hunter2','port':1}",
        "user.password => 'hunter2'",
        "password := \"hunter2\"",
        "password2: hunter2",
        "dbPassword: 'hunter2',",
        "MYSQL_PWD=hunter2",
        "\"pass\": \"hunter2\"",
        "SMTP_PASS=hunter2",
        "pass: hunter2",
        "<password>hunter2</password>",
        "<add key=\"Password\" value=\"hunter2\" />",
        "<entry key=\"db.password\">hunter2</entry>",
        "| password | hunter2 |",
        "- POSTGRES_PASSWORD=hunter2",
        "host=localhost user=app password=hunter2 dbname=app",
        "user=app&password=hunter2&next=1",
        "machine host login me password hunter2",
        "      POSTGRES_PASSWORD: hunter2\n",
        "requirepass hunter2",
        "kubectl create secret generic db --from-literal=password=hunter2",
        "pw: hunter2",
        "app.set('password', 'hunter2')",
        "CREATE USER app WITH PASSWORD 'hunter2';",
        "CREATE USER app IDENTIFIED BY 'hunter2';",
    ] {
        assert_eq!(secrets(text), ["hunter2"], "{text}");
    }
}

#[test]
fn passwords_in_code() {
    for text in [
        "let password: &str = \"hunter2\";",
        "password: str = \"hunter2\"",
        "const password: string = 'hunter2'",
        "connect(host, password=\"hunter2\")",
        "String dbPassword = \"hunter2\";",
        "os.getenv(\"DB_PASSWORD\", \"hunter2\")",
        "config[\"password\"] = \"hunter2\"",
        "if password == \"hunter2\":",
        "mysql --password hunter2 -u root",
        "mysql --password=hunter2 -u root",
    ] {
        assert_eq!(secrets(text), ["hunter2"], "{text}");
    }
}

#[test]
fn passwords_in_sentences() {
    for (text, value) in [
        ("my password is hunter2.", "hunter2"),
        ("The password for the router is hunter2, I think", "hunter2"),
        ("Password: hunter2", "hunter2"),
        ("password to the server: hunter2", "hunter2"),
        ("**Password:** hunter2", "hunter2"),
        ("my password was “hunter2”", "hunter2"),
        ("密码：hunter2。", "hunter2"),
        ("密码是hunter2，请保密", "hunter2"),
        ("账号 admin 密码 hunter2", "hunter2"),
        ("登录密码为：Abc@1234", "Abc@1234"),
        ("パスワードは hunter2 です", "hunter2"),
        ("пароль: Ёлка2024", "Ёлка2024"),
        ("Passwort: Sommer!2024", "Sommer!2024"),
        ("contraseña: hunter2", "hunter2"),
        ("password: 19840712", "19840712"),
        ("pwd: P@ssw0rd!", "P@ssw0rd!"),
        ("password = \"tr0ub4dor&3\"", "tr0ub4dor&3"),
        (
            "password: \"correct-horse-battery-staple\"",
            "correct-horse-battery-staple",
        ),
    ] {
        assert_eq!(secrets(text), [value], "{text}");
    }
}

#[test]
fn keys_and_tokens_of_no_known_form() {
    let made = made();
    for text in [
        format!("api_key = \"{made}\""),
        format!("apiKey: '{made}',"),
        format!("x-api-key: {made}"),
        format!("\"ApiKey\":\"{made}\""),
        format!("OPENWEATHER_API_KEY={made}"),
        format!("secret access key: {made}"),
        format!("aws configure set aws_secret_access_key {made}"),
        format!("SECRET_KEY_BASE={made}"),
        format!("AWS_SECRET_ACCESS_KEY={made}"),
        format!("client_secret={made}"),
        format!("JWT_SECRET={made}"),
        format!("SECRET_KEY = '{made}'"),
        format!("auth_token: {made}"),
        format!("token = \"{made}\""),
        format!("deploy --token {made}"),
        format!("my token is {made}"),
        format!("密钥：{made}"),
        format!("accessToken: \"{made}\""),
        format!("encryptionKey={made}"),
    ] {
        let mut found = typed_by_fields(&text);
        found.dedup();
        assert_eq!(found, [format!("API_KEY {made}")], "{text}");
    }
    let url = format!("https://host/path?access_token={made}&n=1");
    assert_eq!(typed_by_fields(&url), [format!("URL_CREDENTIALS {made}")]);
    let cookie = format!("Cookie: lang=en; PHPSESSID={made}; x=1");
    assert_eq!(typed_by_fields(&cookie), [format!("BEARER_TOKEN {made}")]);
    let wireguard = format!("PrivateKey = {made}{made}abc=");
    assert_eq!(
        typed_by_fields(&wireguard),
        [format!("PRIVATE_KEY {made}{made}abc=")]
    );
    for text in [
        "SECRET_KEY = 'django-insecure-7^x2#k9!p@q4&m8*z'",
        "HEROKU_API_KEY=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        "api_key: 9f86d081884c7d659a2feaa0c55ad015",
        "api_key: \"abcdef1234567890\"",
    ] {
        assert_eq!(secrets(text).len(), 1, "{text}");
    }
}

#[test]
fn a_template_with_anything_else_in_it_is_a_value() {
    for value in [
        "<x>hunter2!Xq9",
        "${x}hunter2Xq",
        "${x}!hunter2Xq",
        "{{a}}b4nana!Split",
        "{{ .a }}b4nana!Split",
        "$(x)S3cretPw99x",
        "%(x)sS3cretPw99x",
        "\u{fffc}hunter2Xq9",
        "S3cret\u{fffc}Pw99x",
        "S3cret${x}Pw99x",
        "S3cretPw99x${x}",
        "[redacted]hunter2",
        "example-hunter2Xq9",
        "hunter2example99",
        "your-S3cr3t!Passw0rd",
        "dummyHunter2!",
        "fake_9fK2xQ",
        "...Xq9kkp",
        "xxxx-real-9fK2",
        "hunter2!XXXXX",
        "Hunter2Xq9Key",
        "hunter2!(Xq9",
        "anonymous@Hunter2",
    ] {
        for text in [
            format!("password = \"{value}\""),
            format!("DB_PASSWORD={value}\n"),
            format!("password: {value}\nport: 1"),
        ] {
            assert_eq!(secrets(&text), [value], "{text}");
        }
    }
    let made = made();
    for before in [
        "<x>",
        "${x}",
        "{{ a }}",
        "\u{fffc}",
        "example-",
        "fake_",
        "<API_KEY_",
    ] {
        for text in [
            format!("api_key = \"{before}{made}\""),
            format!("client_secret: {before}{made}"),
            format!("OPENWEATHER_API_KEY={before}{made}\n"),
        ] {
            let found = secrets(&text);
            assert_eq!(found.len(), 1, "{text} {found:?}");
            assert!(found[0].ends_with(&made), "{text} {found:?}");
        }
    }
    assert_eq!(secrets("the password KaesarXy99Q to log in"), ["KaesarXy99Q"]);
    for text in [
        "DB_PASSWORD=${X:-hunter2}\n",
        "password: \"${X:-hunter2}\"",
        "PASSWORD: ${pw:hunter2Xq}",
    ] {
        let found = secrets(text);
        assert!(
            found.len() == 1 && found[0].contains("hunter2"),
            "{text} {found:?}"
        );
    }
    assert_eq!(secrets("<password><x>hunter2Xq9</password>"), ["<x>hunter2Xq9"]);
}

#[test]
fn whole_templates_are_none() {
    for value in [
        "<your-key>",
        "<password1>",
        "<PASSWORD_k7qf2m>",
        "${DB_PASSWORD1}",
        "${DB_PASSWORD:-changeme}",
        "${{ secrets.DB_PASSWORD1 }}",
        "{{ .Values.pw1 }}",
        "$(cat pw1.txt)",
        "%(pw1)s",
        "\u{fffc}",
        "[redacted1]",
        "your-password-1",
        "changeme123",
        "xxxx-xxxx-xxxx",
    ] {
        for text in [
            format!("password = \"{value}\""),
            format!("DB_PASSWORD={value}\n"),
            format!("password: {value}\nport: 1"),
            format!("api_key: \"{value}\""),
        ] {
            assert!(secrets(&text).is_empty(), "{text} {:?}", secrets(&text));
        }
    }
    for name in ["Sha256Key", "user.Curve25519PrivateKey", "Uint8Array"] {
        let text = format!("password: {name}\n");
        assert!(secrets(&text).is_empty(), "{text} {:?}", secrets(&text));
    }
    assert!(secrets("password: Option<String8>,").is_empty());
    assert_eq!(secrets("Password: S3cretPw99x<br>Phone: 1"), ["S3cretPw99x"]);
}

#[test]
fn passwords_under_a_name_and_a_value() {
    for text in [
        "- name: DB_PASSWORD\n  value: \"S3cretPw99x\"",
        "- name: DB_PASSWORD\n  value: S3cretPw99x\n- name: PORT\n  value: \"1\"",
        "{\"name\":\"DB_PASSWORD\",\"value\":\"S3cretPw99x\"}",
        "{\\\"name\\\": \\\"DB_PASSWORD\\\", \\\"value\\\": \\\"S3cretPw99x\\\"}",
        "{\"key\": \"password\",\n  \"value\": \"S3cretPw99x\"}",
        "{\"value\": \"S3cretPw99x\", \"name\": \"DB_PASSWORD\"}",
        "{ name = \"DB_PASSWORD\", value = \"S3cretPw99x\" }",
        "{ name: 'DB_PASSWORD', value: 'S3cretPw99x' }",
        "<name>db.password</name>\n<value>S3cretPw99x</value>",
    ] {
        assert_eq!(secrets(text), ["S3cretPw99x"], "{text}");
    }
    let word = "- name: DB_PASSWORD\n  value: wonderlandx\n";
    assert_eq!(secrets(word), ["wonderlandx"]);
}

#[test]
fn passwords_in_code_of_more_kinds() {
    for text in [
        "define( 'DB_PASSWORD', 'S3cretPw99x' );",
        "define('DB_PASSWORD','S3cretPw99x');",
        "$pass = 'S3cretPw99x';",
        "$db_pass = \"S3cretPw99x\";",
        "const p = process.env.DB_PASSWORD || \"S3cretPw99x\";",
        "const p = process.env.DB_PASSWORD ?? 'S3cretPw99x';",
        "p = os.environ[\"DB_PASSWORD\"] or \"S3cretPw99x\"",
        "p = os.environ.get(\"DB_PASSWORD\") or \"S3cretPw99x\"",
        "$p = getenv('DB_PASSWORD') ?: 'S3cretPw99x';",
        "os.getenv(\"DB_PASSWORD\", \"S3cretPw99x\")",
        "{\"pw\":\"S3cretPw99x\"}",
        "\"password\": [\n  \"S3cretPw99x\"\n]",
        "ENV DB_PASSWORD S3cretPw99x\n",
        "setenv DB_PASSWORD S3cretPw99x\n",
        "CREATE USER bob IDENTIFIED WITH mysql_native_password BY 'S3cretPw99x';",
        "SET PASSWORD FOR 'bob'@'%' = PASSWORD('S3cretPw99x');",
        "ALTER USER bob PASSWORD 'S3cretPw99x';",
        "ALTER USER bob WITH ENCRYPTED PASSWORD 'S3cretPw99x'",
    ] {
        assert_eq!(secrets(text), ["S3cretPw99x"], "{text}");
    }
    assert_eq!(
        secrets("passwords = [\"S3cretPw99x\", 'hunter2x']"),
        ["S3cretPw99x", "hunter2x"]
    );
    let made = made();
    assert_eq!(
        secrets(&format!("APP_KEY=base64:{made}{made}=")),
        [format!("{made}{made}=")]
    );
}

#[test]
fn values_in_the_line_below_their_label() {
    for text in [
        "password: |\n  S3cretPw99x\n",
        "password: >-\n  S3cretPw99x\nport: 1",
        "db:\n  password: |-\r\n    S3cretPw99x\r\n",
        "password:\n  S3cretPw99x\n",
        "password:\n    \"S3cretPw99x\"\n",
        "+password: |\n+  S3cretPw99x\n",
        "   3→password:\n   4→  S3cretPw99x\n",
    ] {
        assert_eq!(secrets(text), ["S3cretPw99x"], "{text}");
    }
}

#[test]
fn lines_that_tools_show() {
    for text in [
        "    12→POSTGRES_PASSWORD: wonderlandx",
        "    12\tPOSTGRES_PASSWORD: wonderlandx",
        "+      POSTGRES_PASSWORD: wonderlandx",
        "-POSTGRES_PASSWORD: wonderlandx",
        "compose.yml:3:      POSTGRES_PASSWORD: wonderlandx",
        "./deploy/compose.yml:POSTGRES_PASSWORD: wonderlandx",
        "compose.yml-3-  POSTGRES_PASSWORD: wonderlandx",
        "# POSTGRES_PASSWORD: wonderlandx",
        "// POSTGRES_PASSWORD: wonderlandx",
        "app.env:3:JWT_SECRET: wonder1andx",
    ] {
        assert_eq!(secrets(text).len(), 1, "{text}");
    }
}

#[test]
fn passwords_that_sentences_name() {
    for text in [
        "use the password S3cretPw99x to log in",
        "Password (root): S3cretPw99x",
        "Das Passwort lautet S3cretPw99x.",
        "Passwort S3cretPw99x",
        "Le mot de passe est S3cretPw99x",
        "mdp: S3cretPw99x",
        "mdp : S3cretPw99x",
        "La contraseña es S3cretPw99x",
        "密码S3cretPw99x",
        "口令：S3cretPw99x",
        "credentials: bob / S3cretPw99x",
        "Credentials: bob:S3cretPw99x",
    ] {
        assert_eq!(secrets(text), ["S3cretPw99x"], "{text}");
    }
    assert_eq!(secrets("the password S3cret99 to log in"), ["S3cret99"]);
    assert_eq!(secrets("登录密码Abc@12345，谢谢"), ["Abc@12345"]);
}

#[test]
fn near_misses_of_pairs_lists_and_sentences() {
    for text in [
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db-credentials1\n      key: password1",
        "{\"name\":\"DB_PASSWORD\",\"value\":\"${DB_PASSWORD1}\"}",
        "{\"name\":\"DB_PASSWORD\",\"valueFrom\":\"arn:aws:ssm:eu:123:parameter/db1\"}",
        "'password' => ['required', 'string', 'min:8', 'max:255', 'confirmed'],",
        "\"password\": [\n  \"This field may not be blank1.\"\n]",
        "password:\n  type: string1\n",
        "password:\n  $ref: '#/x1'\n",
        "if password:\n    return value1\n",
        "if password:\n    count+=1\n",
        "password:\nport1234x: 1",
        "password: |\n  ${DB_PASSWORD1}\n",
        "process.env.DB_PASSWORD || process.env.DB_PASSWORD_2",
        "process.env.DB_PASSWORD || ''",
        "password || \"Please enter 8 characters\"",
        "define('DB_PASSWORD', getenv('DB_PASSWORD1'));",
        "ENV DB_PASSWORD $DB_PASSWORD1",
        "the password hash Argon2id and password sha256 digests",
        "password PBKDF2WithHmacSHA256",
        "Password Reset2FA",
        "the password bob1@example.com",
        "credentials: aws / default",
        "credentials: include",
        "password (str): The user1 name",
        "max_tokens: 4096, tokens: [\"hello1\", \"world2\"]",
        "passwords: hunter22",
    ] {
        assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
    }
}

#[test]
fn code_and_documentation_hold_no_secrets() {
    for text in [
        r#"let secret = b"\x9b\xbe\x41\x07\xf1Zq7\x1c\x02K\xd9\x88\x10\xee";"#,
        r#"secret_key = "\x9b\xbe\x41\x07\xf1Zq7\x1c\x02K\xd9\x88\x10\xee""#,
        "password = os.environ[\"DB_PASSWORD\"]",
        "password = os.environ.get(\"DB_PASSWORD\")",
        "password: process.env.DB_PASSWORD_2,",
        "secret: true",
        "password: ${DB_PASSWORD}",
        "password: \"${DB_PASSWORD:-}\"",
        "password=$DB_PASSWORD1",
        "password: <your-password>",
        "password: \"<password1>\"",
        "password: {{ db_password1 }}",
        "password: {password1}",
        "api_key: xxxxxxxxxxxxxxxxxxxx",
        "api_key: \"your-api-key-here-1234\"",
        "DB_PASSWORD=changeme",
        "DB_PASSWORD=change_me_1",
        "POSTGRES_PASSWORD=postgres",
        "PASSWORD=password",
        "PASSWORD=********",
        "def login(user: str, password: str) -> bool:",
        "def login(user, password=None, token=None):",
        "password: Optional[str] = None",
        "password: string | null;",
        "password: z.string().min(8)",
        "private password!: string;",
        "self.password = password",
        "user.password = hash_password(password1)",
        "self.token = token or self.default_token2",
        "password = getpass.getpass(\"Password: \")",
        "password = input(\"Enter your password: \")",
        "const { password, token } = req.body;",
        "if (password === confirmPassword) {",
        "if password != password2:",
        "password=new_password2",
        "password: sha256",
        "password_hash = sha256(password)",
        "PASSWORD_MIN_LENGTH = 12",
        "password_reset_url = \"https://host/reset/abc123\"",
        "\"password\": \"string\"",
        "\"password\": \"Enter your password\"",
        "\"password\": \"Please enter at least 8 characters\"",
        "label: \"Password\", type: \"password\", name: \"password1\"",
        "<input type=\"password\" name=\"password\" id=\"pass1\">",
        "<label for=\"password\">Password2</label>",
        "forgot_password: 'auth.forgot_password'",
        "t('errors.password.invalid1')",
        "password is required",
        "the password is at least 8 characters long",
        "Your password was changed on 2024-01-01",
        "the token is expired",
        "max_tokens: 4096, token_count: 123456789012345678",
        "tokenizer = AutoTokenizer.from_pretrained(\"bert-base-uncased\")",
        "pad_token=\"<pad>\", eos_token=\"<|endoftext|>\"",
        "token: \"Ġhello\", \"logprob\": -0.1",
        "next_page_token: \"CAEQq7Zr2XvT9mKc4LwPaB3d\"",
        "for token in tokens: print(token)",
        "const token = await getToken({ audience })",
        "const apiKey = config.get('apiKey')",
        "apiKey: settings.OPENAI_API_KEY,",
        "api_key=os.getenv(\"OPENAI_API_KEY\")",
        "api_key = env::var(\"OPENAI_API_KEY\")?;",
        "primary_key=True, foreign_key=\"users.id2\"",
        "public_key: \"AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsa\"",
        "cache_key = f\"user:{user_id}:v2:3f2a9c\"",
        "partition_key: \"customer1234567890abcd\"",
        "secretName: db-credentials-v2",
        "secretKeyRef:\n  name: my-secret-1\n  key: password1",
        "secret: my-k8s-secret-name-2",
        "secret = Secret::new(b\"\")",
        "password: op://vault/item/password1",
        "password: !Ref DBPassword",
        "password_file: /run/secrets/db_password1",
        "password: /run/secrets/db1",
        "OLDPWD=/home/me/project1",
        "\"session_id\": \"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\"",
        "session=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        "ACCESS_TOKEN_EXPIRE_MINUTES = 30",
        "GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}",
        "key: \"value1234567890abcdef\"",
        "\"ClientToken\": \"5236cffc-ee13-4a32-bb5b-388d9da09d96\"",
        "--request-token e1a6b86e-46bd-41ac-bfba-633abcdfdbd7",
        "--starting-token abCDeFGhiJKlmnOPqrSTuvwxYZ1aBCdEF",
        "arn:aws:secretsmanager:us-west-2:123456789123:secret:MyTestSecret-a1b2c3",
        "function pbkdf2(password: Uint8Array, salt: Uint8Array): Uint8Array",
        "encode_private(self, private_key: ed25519.Ed25519PrivateKey, comment)",
        ":param Ed25519PrivateKey|Ed25519PublicKey|Ed448PrivateKey",
        "('TKSmartCardToken', 'TKSmartCardTokenDriver')",
        "proxy_url=\"socks5h://<username>:<password>@proxy-host\"",
        "cases = [('pass', 'arg1'), ('User:Pass', 'www.python.org:080')]",
        "Ok(Token::FloatLiteral(EqFloat(0.42e+2)))",
        "pub const DEVCONF_STABLE_SECRET: _bindgen_ty_3 = 1;",
        "pub const STATUS_WRONG_PASSWORD: NTSTATUS = 0xC000006A",
        "PASSWD = \"testPass\"",
        "INCORRECT_PASSWD = \"Incorrect\"",
        "--- PASS: TestServer/Sub1 (0.00s)",
        "password => $this->{bindpw1}, passwd = $pwob->passwd;",
        "bypass: q7Zr2XvT9m",
        "compass=N45E12",
        "passport: A12345678",
        "mypassword_field.send_keys(\"x1\")",
        "--password-stdin",
        "--password-file ./pw1.txt",
        "密码错误，请重试",
        "密码长度至少8位",
        "忘记密码？",
        "密码是必填项",
    ] {
        assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
    }
}

#[test]
fn expressions_that_start_with_no_letter() {
    for text in [
        "password = _messages.StringField(5)",
        "$password = $_POST[\"password\"];",
        "$password = $_REQUEST['password1'];",
        "$pass = @$_GET['x1'];",
        "password = $_SERVER[\"PHP_AUTH_PW1\"]",
        "password: &args[1],",
        "if (!(password = !user.password1)) {",
        "password = (a1+b2)",
        "password = @config1.password",
        "if (password==null||pw1)",
        "password = x?y1:z2;",
        "password = $row[3];",
    ] {
        assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
    }
}

#[test]
fn places_where_secrets_are_kept() {
    for text in [
        "password: projects/12345/secrets/my-sasl-secret/versions/1",
        "password = \"projects/12345/secrets/my-sasl-secret/versions/1\"",
        "password: !vault1",
        "password: ((db_pw1))",
        "password: ssm:/prod/db/password1",
        "password: \"ssm:/prod/db/password1\"",
        r#"password = "C:\\secrets\\pw1.txt""#,
        r#"password = "C:\secrets\pw1.txt""#,
        "ftp.login(user='anonymous', passwd='-anonymous@')",
        "url = pkcs11:token=Root%20CA%20Certificates1",
        "pkcs11:token=Root%20CA%20Certificates",
    ] {
        assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
    }
}

#[test]
fn names_of_types_are_no_keys() {
    for text in [
        "let raw_private_key: Curve25519SeedBin<'_> = x;",
        "private_key: X25519PrivateKeyAndStuff,",
        "api_key: Sha256ApiKeyHasherForV2Thing",
        "secret: Base64EncodedSecretV1,",
        "token: OAuth2AccessTokenResponse1,",
        "encryption_key = AES256KeyFromBytes32",
    ] {
        assert!(secrets(text).is_empty(), "{text} {:?}", secrets(text));
    }
    for text in ["password: SecretPass123", "pwd: !Hunter22x"] {
        assert_eq!(secrets(text).len(), 1, "{text}");
    }
}

#[test]
fn hostile_runs_end() {
    for unit in [
        "password=",
        "password=a1",
        "password=\"",
        "password: ",
        "key",
        "api_key=a1/",
        "--token ",
        "密码",
        "密码：",
        "password is ",
        "pass=pass:",
        "password:\n  ",
        "passwords=[\"a\",",
        "passwords=[\"",
        "name: password\n  value: ",
        "value: a1, name: password, ",
        "credentials: a/",
        "password (",
        "password=<a>",
        "password={{",
        "api_key=${",
        "api_key=\u{fffc}",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        assert!(secrets(&text).len() <= text.len() / unit.len());
    }
}

#[test]
fn an_escaped_quote_is_part_of_the_value() {
    for text in [
        r#"password = "Xk9m\"Pq2vLw""#,
        r"password = 'Xk9m\'Pq2vLw'",
        r#""password": "Xk9m\\\"Pq2vLw""#,
    ] {
        assert!(secrets(text)[0].ends_with("Pq2vLw"), "{text}");
    }
    assert_eq!(secrets(r#"password = "Xk9mPq2vLw\\" x"#)[0], r"Xk9mPq2vLw\\");
}
