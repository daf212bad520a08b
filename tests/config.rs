//! Settings: the file that is shown is the truth, and what is impossible is refused with the key and what to do.

use std::path::Path;
use std::process::Command;

use badgewatch::config::{Config, ConfigError};

fn read(toml: &str) -> Result<Config, ConfigError> {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), toml).unwrap();
    Config::read(Some(file.path()))
}

fn refusal(toml: &str) -> String {
    read(toml).unwrap_err().to_string()
}

#[test]
fn the_default_file_is_the_defaults_and_names_every_key() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/default.toml");
    assert_eq!(Config::read(Some(&file)).unwrap(), Config::default());

    let shown = std::fs::read_to_string(file).unwrap();
    let all = serde_json::to_value(Config::default()).unwrap();
    for (section, keys) in all.as_object().unwrap() {
        let body = shown.split(&format!("[{section}]")).nth(1).unwrap_or_else(|| panic!("[{section}] is not shown"));
        let body = body.split("\n[").next().unwrap();
        for key in keys.as_object().unwrap().keys() {
            let stands = body.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} =")));
            assert!(stands, "{section}.{key} is not shown");
        }
    }
}

#[test]
fn an_unknown_key_is_refused_by_its_name() {
    assert!(refusal("[watch]\nvantge = \"x\"").contains("vantge"));
    assert!(refusal("[wacth]\n").contains("wacth"));
    assert!(refusal("[confirm]\nrule = { looks = 3, hours = 24, clean = 2, extra = 1 }").contains("extra"));
}

#[test]
fn impossible_values_are_all_told_at_once_with_what_to_do() {
    let told = refusal(
        "[database]\nurl = \"mysql://x\"\n[watch]\nat_once = 0\nhome = { cron = \"0 22 * * 1\", spread_minutes = 1 }\n\
         lease_seconds = 5\n[watch.offices.\"1402\"]\n[confirm.codes]\nnot_hanged = { looks = 3, hours = 1, clean = 1 }\n\
         [mass]\nshare = 3.0\nleast = 5\nhours = 24\n[http]\ncanaries = [\"www.example.test\"]\n\
         [authorities]\ncnnic = \"nobody\"\n",
    );
    for part in [
        "database.url: write sqlite:FILE",
        "watch.at_once: at least 1",
        "watch.home.cron",
        "MON to SUN",
        "watch.lease_seconds: must be longer",
        "watch.offices: \"1402\" is no region",
        "confirm.codes.not_hanged: no such finding",
        "mass.share",
        "http.canaries: \"www.example.test\" is no http address",
        "authorities.cnnic: write a mail address",
    ] {
        assert!(told.contains(part), "{part} is not told in:\n{told}");
    }
}

#[test]
fn letters_do_not_go_by_half_a_setting() {
    let told = refusal("[mail]\nmode = \"live\"");
    for key in ["mail.from", "mail.smtp_host", "web.public_url"] {
        assert!(told.contains(key), "{key} is not told in:\n{told}");
    }
    let told = refusal("[mail]\nmode = \"to_ourselves\"\nfrom = \"badge@yunxi.example\"\ndirectory = \"letters\"");
    assert!(told.contains("mail.ourselves") && !told.contains("public_url"), "{told}");

    let live = "[mail]\nmode = \"live\"\nfrom = \"云溪县委编办 <badge@yunxi.example>\"\nsmtp_host = \"mail.yunxi.example\"\n\
                [web]\npublic_url = \"https://badge.yunxi.example\"\n";
    assert_eq!(read(live).unwrap().mail.tries, 10);
    read("[mail]\nfrom = \"badge@云溪.政务\"\nsmtp_host = \"mail.yunxi.example\"").expect("a dry run may be half set");
}

#[test]
fn impossible_letters_are_told_with_what_to_do() {
    let told = refusal(
        "[mail]\nfrom = \"badge@yunxi\"\nourselves = \"a@b.example\\nBcc: c@d.example\"\nmessage_domain = \"a b\"\n\
         from_hour = 20\nuntil_hour = 25\nat_once = 0\ntries = 0\nlink_days = 0\nsmtp_port = 0\n\
         smtp_host = \"mail.yunxi.example\"\nsecurity = \"none\"\nusername = \"badge\"\npassword = \"geheim\"\n\
         webhooks = { sms = { url = \"ftp://sms.example\", secret = \"\", region = \"14\" } }\n\
         [web]\npublic_url = \"https://badge.yunxi.example/path?x=1\"\n",
    );
    for part in [
        "mail.from: ",
        "mail.ourselves: ",
        "mail.message_domain: ",
        "mail.until_hour: an hour from 1 to 24",
        "mail.at_once: ",
        "mail.tries: ",
        "mail.link_days: ",
        "mail.smtp_port: ",
        "mail.security: a password goes in the clear",
        "mail.webhooks.sms.url: ",
        "mail.webhooks.sms.secret: ",
        "mail.webhooks.sms.region: \"14\" is no region",
        "web.public_url: an http or https address without a path",
    ] {
        assert!(told.contains(part), "{part} is not told in:\n{told}");
    }
    assert!(!told.contains("geheim"));
    assert!(refusal("[mail]\nfrom_hour = 20\nuntil_hour = 8").contains("mail.from_hour"));
    assert!(refusal("[mail]\nusername = \"badge\"").contains("mail.password"));
    read("[mail]\nfrom_hour = 0\nuntil_hour = 24").unwrap();
    read("[mail]\nsmtp_host = \"127.0.0.1\"\nsecurity = \"none\"\nusername = \"a\"\npassword = \"b\"").unwrap();
}

#[test]
fn offices_are_of_regions_and_their_terms_have_a_day() {
    let told = refusal(
        "[offices]\n\"1402\" = {}\n\"140214\" = { name = \" \", email = \"nobody\", supervisor_email = \"a@b.example\", \
         parents = { \"云溪县人民政府\" = \"x\" }, terms = [{ since = \"2026-01-01\", rectify_days = 0, hang_days = 0 }, \
         { since = \"2026-01-01\", report_months = 500, closed_days = 0, confirm_stop_days = 0 }] }\n",
    );
    for part in [
        "offices: \"1402\" is no region",
        "offices.140214.name: ",
        "offices.140214.email: ",
        "offices.140214.supervisor: ",
        "offices.140214.parents.云溪县人民政府: ",
        "rectify_days is from 1",
        "hang_days is from 1",
        "report_months is 0",
        "closed_days is from 1",
        "confirm_stop_days is from 1",
        "offices.140214.terms: two terms hold since the same day",
    ] {
        assert!(told.contains(part), "{part} is not told in:\n{told}");
    }
    let office = "\"140214\" = { name = \"云溪县委编办\", email = \"badge@yunxi.example\", supervisor = \"云溪县委网信办\", \
                  supervisor_email = \"wx@yunxi.example\", terms = [{ since = \"2026-01-01\", rectify_days = 10, hang_days = 2, report_months = 12 }] }";
    read(&format!("[offices]\n{office}\n")).unwrap();
}

#[test]
fn a_password_is_never_printed() {
    let config = read("[database]\nurl = \"postgres://watch:geheim@db.test/watch\"").unwrap();
    assert!(!format!("{config:?}").contains("geheim"));
    assert_eq!(config.database.url.reveal(), "postgres://watch:geheim@db.test/watch");
}

#[test]
fn a_missing_file_is_told_and_not_taken_for_the_defaults() {
    let told = Config::read(Some(Path::new("/nowhere/badgewatch.toml"))).unwrap_err().to_string();
    assert!(told.contains("/nowhere/badgewatch.toml"));
}

#[test]
fn the_environment_goes_before_the_file_and_its_mistakes_are_told_too() {
    let doctor = |name: &str, value: &str| {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
            .args(["doctor"])
            .current_dir(folder.path())
            .env("BADGEWATCH_DATABASE__URL", "sqlite:env.db")
            .env(name, value)
            .output()
            .unwrap();
        (folder.path().join("env.db").exists(), String::from_utf8(output.stdout).unwrap(), output.status.code())
    };
    let (made, out, code) = doctor("BADGEWATCH_WATCH__AT_ONCE", "2");
    assert!(made && out.contains("ok    database"), "{out}");
    assert_eq!(code, Some(1), "no canaries are named: {out}");
    assert!(out.contains("FIX   canary name") && out.contains("dns.canaries"), "{out}");
    let (_, out, code) = doctor("BADGEWATCH_WATCH__AT_ONE", "2");
    assert!(out.contains("FIX   configuration") && out.contains("at_one") && code == Some(1), "{out}");
}
