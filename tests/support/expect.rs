//! What a case says must come out, and how a report is held against it.
//!
//! ```text
//! verdict: fail|undetermined        any of these; a value with `|` always means so
//! cause: not_hung
//! findings: misplaced partly_hung@/a.html,/b.html       exactly these faults; `none`
//! has: foreign_badge/lead:unit                          code/effect, broken step, @pages: among the findings
//! not: foreign_badge unknown_badge                      codes that must not be raised
//! page /a.html: verdict=fail kind=page charset=gbk at_bottom=true code=CA…
//! maybe /a.html: verdict=not_applicable                 the same, where the report has the page at all
//! dns www.x.gov.test: nxdomain
//! coverage: complete=false checked<=20 known>=5
//! fetched: /a.html                                      asked for at the farm; `unfetched:`
//! inspect: undetermined needs_render                    what `inspect` of the home page says: verdict, cause
//! ```

use serde_json::Value;

use super::report::{Page, Report, among, text};

/// A finding as the case writes it.
#[derive(Clone, Debug)]
struct Wanted {
    code: String,
    effect: Option<String>,
    step: Option<String>,
    pages: Vec<String>,
}

/// Everything a case says of its outcome.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    verdict: Option<String>,
    cause: Option<String>,
    faults: Option<Vec<Wanted>>,
    has: Vec<Wanted>,
    not: Vec<String>,
    pages: Vec<(String, String)>,
    maybe: Vec<(String, String)>,
    dns: Vec<(String, String)>,
    coverage: Vec<String>,
    fetched: Vec<String>,
    unfetched: Vec<String>,
    /// Verdict and, where it matters, cause of `inspect`.
    pub inspect: Option<String>,
}

impl Expect {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut expect = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (key, value) = line.split_once(": ").ok_or_else(|| format!("expect: no `key: value`: {line}"))?;
            let words = || value.split_whitespace().map(str::to_owned);
            match key.split_once(' ').unwrap_or((key, "")) {
                ("verdict", "") => expect.verdict = Some(value.to_owned()),
                ("cause", "") => expect.cause = Some(value.to_owned()),
                ("findings", "") => {
                    expect.faults =
                        Some(words().filter(|word| word != "none").map(|word| Wanted::parse(&word)).collect());
                }
                ("has", "") => expect.has.extend(words().map(|word| Wanted::parse(&word))),
                ("not", "") => expect.not.extend(words()),
                ("page", path) => expect.pages.push((path.to_owned(), value.to_owned())),
                ("maybe", path) => expect.maybe.push((path.to_owned(), value.to_owned())),
                ("dns", name) => expect.dns.push((name.to_owned(), value.to_owned())),
                ("coverage", "") => expect.coverage.extend(words()),
                ("fetched", "") => expect.fetched.extend(words()),
                ("unfetched", "") => expect.unfetched.extend(words()),
                ("inspect", "") => expect.inspect = Some(value.to_owned()),
                _ => return Err(format!("expect: no key {key}")),
            }
        }
        if expect.verdict.is_none() && expect.inspect.is_none() {
            return Err("expect: a case says a verdict".to_owned());
        }
        Ok(expect)
    }

    /// What is wrong with a site of `check --json`; empty where all is as it must be.
    pub fn judge(&self, site: &Value, requested: &[String]) -> Vec<String> {
        let report = Report(site);
        let mut wrong = report.contradictions();
        differ(&mut wrong, "verdict", self.verdict.as_deref(), text(&site["verdict"]));
        differ(&mut wrong, "cause", self.cause.as_deref(), text(&site["cause"]));
        if let Some(faults) = &self.faults {
            wrong.extend(report.exactly(faults));
        }
        for wanted in &self.has {
            if !report.findings().iter().any(|finding| wanted.fits(finding)) {
                wrong.push(format!("finding {} is missing", wanted.show()));
            }
        }
        for code in self.not.iter().filter(|code| report.findings().iter().any(|f| text(&f["code"]) == **code)) {
            wrong.push(format!("finding {code} must not be raised"));
        }
        for (path, facts) in &self.pages {
            match report.page(path) {
                Some(page) => facts.split_whitespace().for_each(|fact| wrong.extend(page.differs(fact))),
                None => wrong.push(format!("page {path} is not in the report")),
            }
        }
        for (path, facts) in &self.maybe {
            let page = report.page(path);
            wrong.extend(page.iter().flat_map(|page| facts.split_whitespace().filter_map(|fact| page.differs(fact))));
        }
        for (name, outcome) in &self.dns {
            differ(&mut wrong, &format!("dns of {name}"), Some(outcome), report.dns_outcome(name));
        }
        wrong.extend(self.coverage.iter().filter_map(|fact| report.coverage_differs(fact)));
        let asked = |path: &&String| requested.contains(path);
        wrong.extend(self.fetched.iter().filter(|p| !asked(p)).map(|path| format!("{path} was not fetched")));
        wrong.extend(self.unfetched.iter().filter(asked).map(|path| format!("{path} must not be fetched")));
        wrong
    }

    /// What is wrong with the page of `inspect --json`.
    pub fn judge_inspect(&self, page: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut words = self.inspect.as_deref().unwrap_or_default().split_whitespace();
        differ(&mut wrong, "inspect: verdict", words.next(), text(&page["verdict"]));
        for word in words {
            match word.contains('=') {
                true => wrong.extend(Page(page).differs(word).map(|e| format!("inspect: {e}"))),
                false => differ(&mut wrong, "inspect: cause", Some(word), text(&page["cause"])),
            }
        }
        wrong
    }
}

fn differ(wrong: &mut Vec<String>, what: &str, wanted: Option<&str>, got: &str) {
    if let Some(wanted) = wanted.filter(|wanted| !among(wanted, got)) {
        wrong.push(format!("{what}: expected {wanted}, got {got}"));
    }
}

impl Wanted {
    fn parse(word: &str) -> Self {
        let (rest, pages) = word.split_once('@').unwrap_or((word, ""));
        let (rest, step) = rest.split_once(':').map_or((rest, None), |(rest, step)| (rest, Some(step.to_owned())));
        let (code, effect) =
            rest.split_once('/').map_or((rest, None), |(code, effect)| (code, Some(effect.to_owned())));
        let pages = pages.split(',').filter(|page| !page.is_empty()).map(str::to_owned).collect();
        Self { code: code.to_owned(), effect, step, pages }
    }

    pub fn show(&self) -> String {
        let part = |sign: &str, value: &Option<String>| value.as_ref().map_or(String::new(), |v| format!("{sign}{v}"));
        let pages = if self.pages.is_empty() { String::new() } else { format!("@{}", self.pages.join(",")) };
        format!("{}{}{}{pages}", self.code, part("/", &self.effect), part(":", &self.step))
    }

    pub fn fits(&self, finding: &Value) -> bool {
        let path = |page: &Value| super::report::path_of(text(page));
        let mut pages: Vec<_> = finding["pages"].as_array().into_iter().flatten().map(path).collect();
        pages.sort();
        let mut wanted = self.pages.clone();
        wanted.sort();
        among(&self.code, text(&finding["code"]))
            && self.effect.as_ref().is_none_or(|effect| among(effect, text(&finding["effect"])))
            && self.step.as_ref().is_none_or(|step| among(step, text(&finding["broken_step"])))
            && (wanted.is_empty() || wanted == pages)
    }
}

impl Report<'_> {
    /// Held against the faults of the report, one to one.
    fn exactly(&self, wanted: &[Wanted]) -> Option<String> {
        let faults = self.faults();
        let same = faults.len() == wanted.len() && wanted.iter().all(|w| faults.iter().any(|fault| w.fits(fault)));
        let wanted: Vec<_> = wanted.iter().map(Wanted::show).collect();
        (!same).then(|| format!("faults: expected [{}], got [{}]", wanted.join(" "), self.show(&faults)))
    }
}
