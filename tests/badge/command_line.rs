//! What an operator prints for a unit.

use crate::house::{NOBODY, SLJ, SUSPENDED, registry};
use crate::support::{Run, badgewatch};

#[test]
fn an_operator_prints_the_embed_codes_of_a_badge() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let database = format!("[database]\nurl = \"sqlite:{}\"\n", at("watch.db").display());
    std::fs::write(at("without.toml"), &database).unwrap();
    std::fs::write(at("with.toml"), format!("{database}[web]\npublic_url = \"https://badge.yunxi.example\"\n"))
        .unwrap();
    std::fs::write(at("registry.csv"), registry()).unwrap();
    let run = |config: &str, args: &[&str]| -> Run {
        let config = at(config).display().to_string();
        badgewatch(args.iter().copied().chain(["--config", &config]))
    };
    let file = at("registry.csv").display().to_string();
    assert_eq!(run("with.toml", &["import", &file]).code, Some(0));

    let printed = run("with.toml", &["badge", "snippet", SLJ]);
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    assert_eq!(printed.stdout.matches("<span id=\"_ideConac\">").count(), 3, "{}", printed.stdout);
    assert!(printed.stdout.contains(&format!("https://badge.yunxi.example/verify/{SLJ}")));

    assert!(!printed.stderr.contains("error picture"), "{}", printed.stderr);
    let suspended = run("with.toml", &["badge", "snippet", SUSPENDED]);
    assert_eq!(suspended.code, Some(0), "a unit that is reviewed again gets its code back");
    assert!(suspended.stderr.contains(&format!("{SUSPENDED} is suspended")), "{}", suspended.stderr);

    for (config, code, why) in [
        ("without.toml", SLJ, "web.public_url is not set"),
        ("with.toml", NOBODY, "on file for nobody"),
        ("with.toml", "CA1", "is no badge code"),
    ] {
        let refused = run(config, &["badge", "snippet", code]);
        assert!(refused.code == Some(66) && refused.stderr.contains(why), "{}", refused.stderr);
    }
}
