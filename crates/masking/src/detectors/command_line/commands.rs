//! Which commands take a password, behind which option, and in which form. A new command is a line here.

/// What stands behind an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// The password, directly behind the option; a word of its own would be something else.
    Attached,
    /// The password, directly behind it or as the next word.
    Password,
    /// `user:password`, or a token and nothing on the other side of the colon.
    Pair,
    /// `user%password`.
    Percent,
    /// `user,password`.
    Comma,
    /// `user/password@database`.
    Slash,
    /// `pass:password`.
    Source,
    /// `algorithm:name:key`.
    Last,
    /// The password behind a share's name: `net use \\\\server\\share password`.
    Share,
    /// The option takes no value: the password is the argument of that index among those that are no options.
    Position(usize),
}

use Takes::{Attached, Comma, Last, Pair, Password, Percent, Position, Share, Slash, Source};

/// Commands that share their options.
pub(super) struct Family {
    pub(super) commands: &'static [&'static str],
    /// An option of one letter may be written together with others, or with its value; an empty one is the command itself.
    pub(super) options: &'static [(&'static str, Takes)],
}

const fn family(commands: &'static [&'static str], options: &'static [(&'static str, Takes)]) -> Family {
    Family { commands, options }
}

const P: &[(&str, Takes)] = &[("-p", Password)];

/// All of them.
#[rustfmt::skip]
pub(super) const FAMILIES: &[Family] = &[
    // Databases and brokers.
    family(
        &["mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlbinlog", "mariadb", "mariadb-dump", "mariadb-admin", "mariadb-backup", "xtrabackup"],
        &[("-p", Attached)],
    ),
    family(&["mongo", "mongosh", "mongodump", "mongorestore", "mongoimport", "mongoexport", "mongostat", "cqlsh", "arangosh"], P),
    family(&["redis-cli", "valkey-cli"], &[("-a", Password), ("--pass", Password)]),
    family(&["redis-server", "valkey-server"], &[("--requirepass", Password), ("--masterauth", Password)]),
    family(&["sqlcmd", "bcp", "isql", "osql", "tsql"], &[("-P", Password)]),
    family(&["sqlplus", "expdp", "impdp", "sqlldr", "rman target", "sql> connect", "sql> conn", "userid="], &[("", Slash)]),
    family(&["influx", "clickhouse-client"], &[("-password", Password), ("--password", Password)]),
    family(&["cypher-shell", "rabbitmqadmin"], P),
    family(&["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"], &[("-P", Password)]),
    family(&["mosquitto_passwd"], &[("-b", Position(2))]),
    family(&["rabbitmqctl add_user", "rabbitmqctl change_password", "rabbitmqctl authenticate_user"], &[("", Position(1))]),
    family(&["ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami", "ldappasswd"], &[("-w", Password), ("-s", Attached)]),
    // Requests.
    family(&["curl"], &[("-u", Pair), ("--user", Pair), ("-U", Pair), ("--proxy-user", Pair)]),
    family(&["http -", "https -", "xh -", "xhs -"], &[("-a", Pair), ("--auth", Pair)]),
    family(&["wget"], &[("--password", Password), ("--http-password", Password), ("--ftp-password", Password), ("--proxy-password", Password)]),
    family(&["lftp", "ncftpput", "ncftpget"], &[("-u", Comma)]),
    family(&["skopeo", "buildah", "oras"], &[("--creds", Pair), ("--src-creds", Pair), ("--dest-creds", Pair)]),
    family(&["ab -", "siege"], &[("-A", Pair)]),
    // Logging in.
    family(&["sshpass"], P),
    family(&["docker login", "podman login", "nerdctl login", "buildah login", "helm registry login", "oras login", "crane auth login", "oc login", "cf login", "az login", "twine upload", "cf auth"], P),
    family(&["gh secret set"], &[("-b", Password), ("--body", Password)]),
    family(&["plink", "pscp", "psftp", "putty"], &[("-pw", Password)]),
    family(&["smbclient", "rpcclient", "smbget", "smbcacls", "net ads", "net rpc"], &[("-U", Percent), ("--user", Percent)]),
    family(&["crackmapexec", "netexec", "nxc", "evil-winrm", "smbmap", "psexec", "rdesktop", "winexe"], P),
    family(&["impacket-psexec", "impacket-wmiexec", "impacket-smbexec", "impacket-secretsdump", "psexec.py", "wmiexec.py", "secretsdump.py"], &[("", Pair)]),
    family(&["xfreerdp", "wfreerdp", "sdl-freerdp"], &[("/p:", Attached)]),
    family(&["net user"], &[("", Position(1))]),
    family(&["net use"], &[("", Share)]),
    family(&["cmdkey"], &[("/pass:", Attached)]),
    family(&["schtasks"], &[("/rp", Password)]),
    family(&["ipmitool"], &[("-P", Password)]),
    family(&["racadm"], P),
    family(&["radtest"], &[("", Position(1))]),
    family(&["nmcli"], &[("password", Password), ("wifi-sec.psk", Password), ("802-11-wireless-security.psk", Password)]),
    family(&["snmpget", "snmpwalk", "snmpbulkwalk", "snmpset", "snmptable", "snmptrap", "snmpgetnext", "snmpbulkget"], &[("-c", Password), ("-A", Password), ("-X", Password)]),
    family(&["swaks"], &[("-ap", Password), ("--auth-password", Password)]),
    family(&["sendemail"], &[("-xp", Password)]),
    // Keys and archives.
    family(&["openssl"], &[("-passin", Source), ("-passout", Source), ("-password", Source), ("-pass", Source)]),
    family(&["keytool", "jarsigner", "apksigner"], &[("-storepass", Password), ("-keypass", Password), ("-srcstorepass", Password), ("-deststorepass", Password), ("-srckeypass", Password), ("-destkeypass", Password)]),
    family(&["zip -", "unzip -", "zipcloak"], &[("-P", Password)]),
    family(&["7z a", "7z x", "7za", "7zz", "rar a", "rar x", "unrar x", "unrar e"], &[("-p", Attached), ("-hp", Attached)]),
    family(&["htpasswd"], &[("-n", Position(1)), ("-b", Position(2))]),
    family(&["nsupdate", "dig", "rndc"], &[("-y", Last)]),
    family(&["convertto-securestring"], &[("", Position(0)), ("-String", Password)]),
];
