//! A page for who uses no mouse: everything that can be used is come to, in the order of reading, and is seen when one is there.

use serde::Deserialize;

use super::browser::Browser;

/// What can be used on the page, in the order of reading.
const USABLE: &str = "[...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex]')]\
    .filter(it=>it.type!=='hidden'&&it.tabIndex>=0&&!it.disabled&&it.checkVisibility())";
/// Where one is: its place among these, whether it is on the screen, and whether it is marked.
const HERE: &str = "(usable=>{const it=document.activeElement,box=it.getBoundingClientRect(),style=getComputedStyle(it);\
    return {place:usable.indexOf(it),html:it.outerHTML.slice(0,120),\
    seen:box.left>=0&&box.bottom>0&&box.top<innerHeight&&box.width>0\
    &&style.outlineStyle!=='none'&&parseFloat(style.outlineWidth)>=2}})";

#[derive(Debug, Deserialize)]
struct Stop {
    /// Below zero: nowhere.
    place: i64,
    html: String,
    seen: bool,
}

/// The frame of a page, as a reader's program sees it.
#[derive(Debug, Deserialize)]
struct Frame {
    lang: String,
    titles: usize,
    headings: Vec<u8>,
    first: String,
    main: bool,
}

const FRAME: &str = "({lang:document.documentElement.lang,titles:document.querySelectorAll('h1').length,\
    headings:[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(it=>+it.tagName[1]),\
    first:document.querySelector('a')?.getAttribute('href')||'',main:!!document.querySelector('main#main')})";

impl Browser {
    /// Goes through a fresh page by the keyboard alone.
    pub fn assert_usable_by_keyboard(&mut self, page: &str) {
        let usable = self.beside(&format!("{USABLE}.length")).as_i64().unwrap();
        for place in 0..usable {
            let mut stop = self.next_stop();
            // The field of a day has its year, month and day in it.
            while stop.place == place - 1 && stop.html.contains("type=\"date\"") {
                stop = self.next_stop();
            }
            assert_eq!(stop.place, place, "{page}: out of the order of reading: {}", stop.html);
            assert!(stop.seen, "{page}: nobody sees that one is at {}", stop.html);
        }
    }

    fn next_stop(&mut self) -> Stop {
        self.tab();
        serde_json::from_value(self.beside(&format!("{HERE}({USABLE})"))).unwrap()
    }

    /// One title, headings that leave no step out, the language, and a way past the head of the page.
    pub fn assert_well_framed(&mut self, page: &str, lang: &str) {
        let frame: Frame = serde_json::from_value(self.beside(FRAME)).unwrap();
        assert_eq!((frame.lang.as_str(), frame.titles, frame.headings[0]), (lang, 1, 1), "{page}: {frame:?}");
        assert!(frame.headings.windows(2).all(|two| two[1] <= two[0] + 1), "{page}: {frame:?}");
        assert_eq!((frame.first.as_str(), frame.main), ("#main", true), "{page}: the first link skips to the text");
    }
}
