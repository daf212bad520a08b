//! The console's pages as people see them: somebody logs in, and each page is kept as a picture for a person to look at and
//! held to what everybody needs of it.

use std::path::PathBuf;

use scraper::{Html, Selector};

use super::axe;
use super::browser::Browser;
use super::console::PASSWORD;

/// Opens what is folded; closes it again.
const UNFOLD: &str =
    "document.querySelectorAll('details:not([open])').forEach(it=>{it.open=true;it.dataset.folded='1'})";
const FOLD: &str = "document.querySelectorAll('[data-folded]').forEach(it=>{it.open=false;delete it.dataset.folded})";

/// Runs a story in a browser that runs no scripts, beside the runtime that answers it. `false`: there is none.
pub async fn browse(story: impl FnOnce(&mut Browser) + Send + 'static) -> bool {
    let done = tokio::task::spawn_blocking(|| Browser::open().map(|mut browser| story(&mut browser)));
    done.await.unwrap().is_some()
}

/// Keeps what a story made, for a person to look at.
pub fn keep(name: &str, bytes: &[u8]) {
    std::fs::write(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name), bytes).unwrap();
}

impl Browser {
    /// Logs in, and goes on to a page of the console.
    pub fn log_in(&mut self, base: &str, name: &str, to: &str) {
        self.go(&format!("{base}/console/log-in?to={to}"));
        self.write("#name", name);
        self.write("#password", PASSWORD);
        self.press("main form button");
    }

    /// All that is written in what a selector finds.
    pub fn text(&mut self, selector: &str) -> String {
        self.texts(selector).concat()
    }

    /// What is written in each of what a selector finds.
    pub fn texts(&mut self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.html());
        html.select(&Selector::parse(selector).unwrap()).map(|found| found.text().collect()).collect()
    }

    /// The page on a telephone and on a desk, by day and by night, with all that is folded: nothing is wider than its window,
    /// too faint to be read, or in anybody's way. What is seen by day is kept under the name.
    pub fn look_at(&mut self, name: &str) {
        let (before, engine) = (self.size, axe::engine());
        for (width, height, scheme) in [(360, 740, "light"), (1280, 900, "dark"), (1280, 900, "light")] {
            self.size(width, height);
            self.scheme(scheme);
            if scheme == "light" {
                keep(&format!("{name}-{width}.png"), &self.picture());
            }
            self.beside(UNFOLD);
            let (wide, _) = self.extent();
            assert!(wide <= f64::from(width), "{name} is {wide} wide on {width}");
            for (text, contrast) in self.contrasts() {
                assert!(contrast >= 4.5, "{name} {scheme}: “{text}” has a contrast of {contrast:.2}");
            }
            if scheme == "light" {
                engine.iter().for_each(|engine| self.assert_accessible(engine, &format!("{name} on {width}")));
            }
            self.beside(FOLD);
        }
        self.size(before.0, before.1);
    }
}
