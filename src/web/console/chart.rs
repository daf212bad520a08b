//! Lines over days as an SVG made here. Days without a figure are gaps, and are drawn as such; the page has the same numbers
//! in a table behind each chart.

use std::fmt::Write;

use chrono::{Days, NaiveDate};

/// Size in its own units; it takes the width there is.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 200.0;
/// Room for the labels: left, right, top, bottom.
const ROOM: (f64, f64, f64, f64) = (68.0, 12.0, 12.0, 24.0);

/// One line of a chart.
pub(super) struct Series {
    pub name: String,
    /// `a` to `e`: stroke and pattern of the style sheet, never told by colour alone.
    pub class: char,
    pub points: Vec<(NaiveDate, i64)>,
}

/// A chart.
pub(super) struct Chart {
    /// What it shows, for who does not see it.
    pub title: String,
    /// Its first and last day.
    pub span: (NaiveDate, NaiveDate),
    pub series: Vec<Series>,
    /// The top of the axis; it begins at zero.
    pub top: i64,
    pub label: fn(i64) -> String,
}

impl Chart {
    /// The top for values: a round number above them.
    pub fn above(values: impl Iterator<Item = i64>) -> i64 {
        let most = values.max().unwrap_or_default().max(1);
        let mut step = 1;
        while step * 10 <= most {
            step *= 10;
        }
        (1..=10).map(|times| times * step).find(|top| *top >= most).unwrap_or(most)
    }

    fn x(&self, day: NaiveDate) -> f64 {
        let (all, at) = ((self.span.1 - self.span.0).num_days().max(1), (day - self.span.0).num_days());
        ROOM.0 + (WIDTH - ROOM.0 - ROOM.1) * at as f64 / all as f64
    }

    fn y(&self, value: i64) -> f64 {
        ROOM.2 + (HEIGHT - ROOM.2 - ROOM.3) * (1.0 - value as f64 / self.top as f64)
    }

    /// The drawing. Every text in it is a number, a day or the title, which is escaped.
    pub fn svg(&self) -> String {
        let mut svg = format!(
            r#"<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#,
            escaped(&self.title)
        );
        for value in [0, self.top / 2, self.top] {
            let y = self.y(value);
            let (right, label) = (WIDTH - ROOM.1, (self.label)(value));
            let _ = write!(svg, r#"<line class="grid" x1="{}" x2="{right}" y1="{y:.1}" y2="{y:.1}"/>"#, ROOM.0);
            let _ = write!(svg, r#"<text x="{}" y="{:.1}" text-anchor="end">{label}</text>"#, ROOM.0 - 6.0, y + 4.0);
        }
        let ends = [(self.span.0, "start"), (self.span.1, "end")];
        for (day, anchor) in ends {
            let (x, y) = (self.x(day), HEIGHT - 6.0);
            let _ = write!(svg, r#"<text x="{x:.1}" y="{y}" text-anchor="{anchor}">{}</text>"#, day.format("%m-%d"));
        }
        for series in &self.series {
            self.line(&mut svg, series);
        }
        svg + "</svg>"
    }

    fn line(&self, svg: &mut String, series: &Series) {
        let class = series.class;
        for piece in pieces(&series.points) {
            let at: Vec<String> =
                piece.iter().map(|(day, value)| format!("{:.1},{:.1}", self.x(*day), self.y(*value))).collect();
            if let [only] = at.as_slice() {
                let (x, y) = only.split_once(',').unwrap_or_default();
                let _ = write!(svg, r#"<circle class="dot {class}" cx="{x}" cy="{y}" r="3"/>"#);
            } else {
                let _ = write!(svg, r#"<polyline class="line {class}" points="{}"/>"#, at.join(" "));
            }
        }
    }
}

/// The runs of days without a gap.
fn pieces(points: &[(NaiveDate, i64)]) -> impl Iterator<Item = &[(NaiveDate, i64)]> {
    points.chunk_by(|(one, _), (next, _)| *one + Days::new(1) == *next)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_without_a_figure_is_a_gap() {
        let points = vec![(day("2026-11-01"), 5), (day("2026-11-02"), 6), (day("2026-11-05"), 7)];
        let chart = Chart {
            title: "挂标 <率>".into(),
            span: (day("2026-11-01"), day("2026-11-05")),
            series: vec![Series { name: "a".into(), class: 'a', points }],
            top: 10,
            label: |value| value.to_string(),
        };
        let svg = chart.svg();
        assert_eq!((svg.matches("<polyline").count(), svg.matches("<circle").count()), (1, 1), "{svg}");
        assert!(svg.contains("挂标 &lt;率>") && svg.contains(">11-01<") && svg.contains(">10<"));
    }

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let top = |most: i64| Chart::above([0, most].into_iter());
        assert_eq!([top(0), top(1), top(9), top(11), top(99), top(6_543)], [1, 1, 9, 20, 100, 7_000]);
    }
}
