//! Passwords that everybody tries first (NIST SP 800-63B §3.1.1.2): those of twelve characters and more, for shorter ones are
//! not taken anyway.

/// Without digits and signs at either end, in lower case.
const COMMON: &[&str] = &[
    "password",
    "passwordpassword",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "administrator",
    "admin",
    "adminadmin",
    "root",
    "welcome",
    "changeme",
    "changemeplease",
    "letmein",
    "letmeinplease",
    "iloveyou",
    "iloveyouforever",
    "woaini",
    "woainiwoaini",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfv",
    "asdfghjkl",
    "asdfghjklzxcvbnm",
    "zxcvbnm",
    "qwerty",
    "abcdefghijkl",
    "abcdefghijklmnopqrstuvwxyz",
    "zhonghuarenmin",
    "zhonghuarenmingongheguo",
    "correcthorsebatterystaple",
    "trustno",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "dragon",
    "monkey",
    "superman",
    "batman",
    "master",
    "computer",
    "internet",
    "jiguan",
    "bianban",
    "wangxinban",
    "zhengfu",
    "zhengwu",
    "gongyi",
    "badgewatch",
];

/// Rows of a keyboard and of the alphabet that fingers run along.
const RUNS: &[&str] = &[
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
];

/// Is it among the first that somebody would try for an account of this name and person?
pub(super) fn is_common(password: &str, name: &str, person: &str) -> bool {
    let text = password.to_lowercase();
    let word = text.trim_matches(|c: char| !c.is_alphabetic());
    let is_own = [name, person].iter().any(|own| {
        let own = own.to_lowercase();
        !own.is_empty() && (text == own || word == own || is_repeated(&text, &own))
    });
    is_own || COMMON.contains(&word) || COMMON.contains(&text.as_str()) || is_period(&text) || is_run(&text)
}

fn is_repeated(text: &str, part: &str) -> bool {
    text.replace(part, "").is_empty()
}

/// One to four characters over and over.
fn is_period(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=4).any(|period| chars.iter().zip(chars.iter().skip(period)).all(|(a, b)| a == b))
}

/// A row of keys, once or over and over.
fn is_run(text: &str) -> bool {
    RUNS.iter().any(|run| {
        let back: String = run.chars().rev().collect();
        [run.to_string(), back].iter().any(|run| {
            let long = run.repeat(text.len() / run.len() + 2);
            long.contains(text)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_common;

    #[test]
    fn what_everybody_tries_first_is_common_and_a_sentence_is_not() {
        for common in [
            "password2026",
            "PASSWORD1234!",
            "Administrator1",
            "aaaaaaaaaaaa",
            "123412341234",
            "123456789012",
            "098765432109",
            "qwertyuiop123",
            "abcdefghijklm",
            "1qaz2wsx3edc",
            "chen.wei2026!",
            "chen.weichen.wei",
            "陈某某某123456789",
            "badgewatch2026",
            "!!!!!!!!!!!!",
        ] {
            assert!(is_common(common, "chen.wei", "陈某某某"), "{common}");
        }
        for good in [
            "long enough, and invented",
            "kfhd-wqmz-tbnr-xgvp",
            "云溪的桥下有三只白鹭在等雨",
            "chen likes tea and rain",
        ] {
            assert!(!is_common(good, "chen.wei", "陈某某某"), "{good}");
        }
    }
}
