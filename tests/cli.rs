//! What an operator types and reads: help, reports in words and in JSON, exit codes, complaints, pipes that close.

mod support;

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use support::badgewatch;
use support::words::Words;

/// A page of an invented site, always the same.
fn page(text: &str) -> String {
    Words { slug: "cli".into(), number: 7 }.fill(text)
}

/// Runs with a page on standard input, and with standard output closed before anything can be written to it.
fn piped(args: &[&str], page: &[u8], close_stdout: bool) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if close_stdout {
        drop(child.stdout.take());
    }
    child.stdin.take().unwrap().write_all(page).unwrap();
    child.wait_with_output().unwrap()
}

/// The report of `inspect` on a page: in words, then in JSON.
fn reports(page: &[u8], args: &[&str]) -> String {
    let report = |json: &[&str]| {
        let run = piped(&[&["inspect"], json, args, &["-"]].concat(), page, false);
        assert_eq!(String::from_utf8(run.stderr).unwrap(), "");
        String::from_utf8(run.stdout).unwrap()
    };
    format!("{}\n{}", report(&[]), report(&["--json"]))
}

#[test]
fn a_page_in_order_is_reported() {
    let page = page("{{TOP}}{{FOOT}}{{EMBED}}{{END}}");
    insta::assert_snapshot!(reports(page.as_bytes(), &["--url", "http://www.cli.gov.test/"]));
}

#[test]
fn a_gbk_page_without_a_badge_is_reported() {
    let page = encoding_rs::GBK
        .encode(&page("<meta charset=gb2312><title>{{SITE_NAME}}</title>{{BODY}}{{FOOT}}{{END}}"))
        .0
        .into_owned();
    insta::assert_snapshot!(reports(&page, &["--content-type", "text/html"]));
}

#[test]
fn a_page_that_needs_its_footer_script_is_reported_as_undetermined() {
    let page = page("{{TOP}}<script src=\"/js/footer.js\"></script></body></html>");
    insta::assert_snapshot!(reports(page.as_bytes(), &["--url", "https://www.cli.gov.test/zw/"]));
}

#[test]
fn a_registry_tells_whose_badge_it_is_and_a_bad_row_is_named_by_row_and_column() {
    let words = |text: &str| page(text);
    let registry = tempfile::NamedTempFile::new().unwrap();
    let columns = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,badge_code,\
                   certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,contact_phone";
    let row = |host: &str, code: &str| format!("{{{{UNIT}}}},organ,,,,云溪市,,,{host},,{code},,,,valid,,,,");
    let (good, bad) = (row("www.cli.gov.test", "{{OWN_CODE}}"), row("www.eight.gov.test", "CA18205000041"));
    let rows = &format!("{columns}\n{good}\n{bad}\n");
    std::fs::write(registry.path(), words(rows)).unwrap();
    let args = ["inspect", "--url", "http://www.cli.gov.test/", "--registry", registry.path().to_str().unwrap(), "-"];

    let own = piped(&args, words("{{TOP}}{{FOOT}}{{EMBED}}{{END}}").as_bytes(), false);

    let (said, complained) = (String::from_utf8(own.stdout).unwrap(), String::from_utf8(own.stderr).unwrap());
    assert!(own.status.success() && said.contains("verified"), "{said}{complained}");
    assert!(complained.contains("row 3") && complained.contains("badge_code"), "{complained}");
}

#[test]
fn a_file_that_is_not_there_is_own_trouble_and_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    for (file, registry) in [("page.html", None), ("-", Some("registry.csv"))] {
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let mut args = vec!["inspect".to_owned(), if file == "-" { file.into() } else { path(file) }];
        args.extend(registry.map(|name| [String::from("--registry"), path(name)]).into_iter().flatten());

        let run = badgewatch(&args);

        assert!(run.code.is_some_and(|code| code >= 64), "exit {:?}", run.code);
        assert!(run.stdout.is_empty() && run.stderr.contains("cannot read"), "{}", run.stderr);
    }
}

#[test]
fn a_reader_that_went_away_is_no_trouble() {
    let (good, bare) = (page("{{TOP}}{{FOOT}}{{EMBED}}{{END}}"), page("{{TOP}}{{FOOT}}{{END}}"));
    for args in [&["inspect", "-"][..], &["inspect", "--json", "-"]] {
        for (page, code) in [(&good, 0), (&bare, 1)] {
            let run = piped(args, page.as_bytes(), true);

            assert_eq!(run.status.code(), Some(code), "{}", String::from_utf8_lossy(&run.stderr));
            assert_eq!(String::from_utf8_lossy(&run.stderr), "");
        }
    }
}

/// The long options in a text.
fn options(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.filter(|word| word.starts_with("--") && word.len() > 3).map(str::to_owned).collect()
}

#[test]
fn help_and_readme_know_the_same_options() {
    let help = |command: &str| badgewatch([command, "--help"]).stdout;
    let readme = include_str!("../README.md");
    let synopsis = readme.split("```").find(|block| block.contains("badgewatch inspect [--url URL]")).unwrap();
    let (inspect, check) = synopsis.split_once("badgewatch check").unwrap();
    for (command, documented) in [("inspect", inspect), ("check", check)] {
        let mut known = options(&help(command));
        known.remove("--help");
        assert_eq!(known, options(documented), "{command}");
    }
    assert!(help("check").contains("BADGEWATCH_ABOUT_URL"));
}

#[test]
fn help_and_version_are_asked_for_and_usage_is_not() {
    let (version, nothing) = (badgewatch(["--version"]), badgewatch([""; 0]));
    assert_eq!((version.code, version.stdout.trim()), (Some(0), concat!("badgewatch ", env!("CARGO_PKG_VERSION"))));
    assert!(nothing.code.is_some_and(|code| code >= 64) && nothing.stdout.is_empty(), "exit {:?}", nothing.code);
    assert!(nothing.stderr.contains("inspect") && nothing.stderr.contains("check"), "{}", nothing.stderr);
}
