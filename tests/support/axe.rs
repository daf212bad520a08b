//! axe-core in the browser: what somebody who does not see the page, or uses no mouse, would stumble over.
//!
//! The engine is not ours (MPL 2.0) and not kept here: `BADGEWATCH_AXE` names its `axe.min.js`, which `.ci/run` fetches. It runs
//! in a world of its own beside the page, whose policy allows no script.

use std::fmt::{self, Display};

use serde::Deserialize;

use super::browser::Browser;

/// WCAG 2.2 A and AA, and what is good practice besides.
const RULES: &str = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22a','wcag22aa','best-practice']";

/// What breaks a rule on a page.
#[derive(Debug, Deserialize)]
pub struct Violation {
    pub rule: String,
    /// `minor`, `moderate`, `serious`, `critical`.
    pub impact: String,
    pub help: String,
    /// Where: a selector, and what stands there.
    pub targets: Vec<String>,
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.rule, self.impact, self.help)?;
        self.targets.iter().try_for_each(|target| write!(f, "\n    {target}"))
    }
}

/// The engine's text, where there is one; a machine of the CI must have it.
pub fn engine() -> Option<String> {
    let engine = std::env::var_os("BADGEWATCH_AXE").map(|path| std::fs::read_to_string(path).unwrap());
    if engine.is_none() {
        assert!(std::env::var_os("CI").is_none(), "BADGEWATCH_AXE names no axe.min.js");
        println!("SKIPPED: BADGEWATCH_AXE names no axe.min.js");
    }
    engine
}

impl Browser {
    /// Everything on the page that breaks a rule.
    pub fn violations(&mut self, engine: &str) -> Vec<Violation> {
        let run = format!(
            "{engine};axe.run(document,{{runOnly:{{type:'tag',values:{RULES}}},resultTypes:['violations'],preload:false}})\
             .then(done=>done.violations.map(found=>({{rule:found.id,impact:found.impact||'',help:found.help,\
             targets:found.nodes.map(node=>node.target.join(' ')+' '+node.html+' '+(node.failureSummary||''))}})))"
        );
        serde_json::from_value(self.beside(&run)).unwrap()
    }

    /// Fails with what breaks a rule, if something does.
    pub fn assert_accessible(&mut self, engine: &str, page: &str) {
        let found: Vec<_> = self.violations(engine).iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{page}:\n{}", found.join("\n"));
    }
}
