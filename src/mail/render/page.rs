//! A letter taken apart in the order of GB/T 9704: both readings, text and HTML, are made from the same parts, so that
//! neither says more than the other.

/// What stands in a letter, top to bottom.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// 标题.
    pub title: &'static str,
    /// 文号, where the letter has one of its own.
    pub number: Option<String>,
    /// The answer first: one sentence.
    pub lead: String,
    /// Whether somebody must do something.
    pub urgent: bool,
    pub parts: Vec<Part>,
    /// 附件.
    pub annexes: Vec<String>,
    sections: usize,
    points: usize,
}

/// One piece of the text.
#[derive(Debug)]
pub(super) enum Part {
    /// 一、…
    Section(String),
    /// （一）…
    Point(String),
    Text(String),
    /// Label and value.
    Facts(Vec<(&'static str, String)>),
    /// Numbered.
    List(Vec<String>),
    /// Addresses and names, numbered.
    Addresses(Vec<String>),
    /// Source of a page.
    Excerpt(String),
    /// The one link.
    Link(String),
}

impl Page {
    pub fn new(title: &'static str, lead: String) -> Self {
        Self { title, lead, ..Self::default() }
    }

    pub fn section(&mut self, title: &str) {
        self.sections += 1;
        self.points = 0;
        self.parts.push(Part::Section(format!("{}、{title}", numeral(self.sections))));
    }

    pub fn point(&mut self, title: &str) {
        self.points += 1;
        self.parts.push(Part::Point(format!("（{}）{title}", numeral(self.points))));
    }

    pub fn text(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    pub fn add(&mut self, part: Part) {
        self.parts.push(part);
    }
}

/// 1 to 99 in Chinese.
fn numeral(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let tens = match number / 10 % 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", DIGITS[tens]),
    };
    format!("{tens}{}", DIGITS[number % 10])
}
