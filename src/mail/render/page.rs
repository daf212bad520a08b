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
    /// A small heading over evidence.
    Label(String),
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
        self.parts.push(Part::Section(title.to_owned()));
    }

    pub fn point(&mut self, title: &str) {
        self.parts.push(Part::Point(title.to_owned()));
    }

    pub fn text(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    pub fn add(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Numbers sections and points, where there is more than one.
    pub fn numbered(mut self) -> Self {
        let is_section = |part: &Part| matches!(part, Part::Section(_));
        let several = self.parts.iter().filter(|part| is_section(part)).count() > 1;
        let mut section = 0;
        for stretch in self.parts.chunk_by_mut(|_, next| !matches!(next, Part::Section(_))) {
            if let Some(Part::Section(title)) = stretch.first_mut()
                && several
            {
                section += 1;
                *title = format!("{}、{title}", numeral(section));
            }
            number_points(stretch);
        }
        self
    }
}

fn number_points(stretch: &mut [Part]) {
    let points: Vec<_> =
        stretch.iter_mut().filter_map(|part| if let Part::Point(title) = part { Some(title) } else { None }).collect();
    if points.len() > 1 {
        for (number, title) in points.into_iter().enumerate() {
            *title = format!("（{}）{title}", numeral(number + 1));
        }
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
