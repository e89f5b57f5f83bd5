//! A bar chart of the main results: `chart < results.json > chart.svg`.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde::Deserialize;

/// Narrow, so that a phone shows it without scaling the text down.
const WIDTH: i32 = 440;
const MARGIN: i32 = 12;
const FIGURES: i32 = 80;
/// A title, and the bar below it.
const ROW: i32 = 40;
const TITLE: i32 = 22;
const BAR: i32 = 14;
const HEADING: i32 = 64;
const FONT: &str = "sans-serif";
const OURS: RGBColor = RGBColor(0x1b, 0x7f, 0x5c);
const OTHERS: RGBColor = RGBColor(0x9a, 0xa5, 0xb1);
const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);
/// Replaces white and black if the reader prefers dark colors.
const DARK: &str = "<style>@media (prefers-color-scheme: dark) { \
    rect[fill=\"#FFFFFF\"] { fill: #0d1117; } text { fill: #e6edf3; } rect[fill=\"#1B7F5C\"] { fill: #3fb68b; } }</style>\n";

#[derive(Deserialize)]
struct Results {
    starts: Vec<Start>,
    loads: Vec<Load>,
}

/// The start of a program, written by `measure/starts.py`.
#[derive(Deserialize)]
struct Start {
    program: String,
    scheme: String,
    delay: u32,
    limited: bool,
    /// Seconds.
    wall: f64,
}

/// The loads of a contender, written by `loads`.
#[derive(Deserialize)]
struct Load {
    title: String,
    scheme: String,
    delay: u32,
    wanted: String,
    seconds: f64,
}

/// Two lines of a heading, and bars with titles and milliseconds.
struct Panel {
    heading: [&'static str; 2],
    bars: Vec<(String, f64)>,
}

impl Panel {
    fn of_starts(results: &Results, heading: [&'static str; 2], delay: u32, limited: bool) -> Self {
        let is_shown = |start: &&Start| {
            start.scheme == "https" && start.delay == delay && start.limited == limited
        };
        let bars = results.starts.iter().filter(is_shown);
        let bars = bars.map(|start| (plain(&start.program), start.wall * 1000.0));
        Self {
            heading,
            bars: bars.collect(),
        }
    }

    fn of_loads(results: &Results, heading: [&'static str; 2], delay: u32, wanted: &str) -> Self {
        let is_shown =
            |load: &&Load| load.scheme == "https" && load.delay == delay && load.wanted == wanted;
        let bars = results.loads.iter().filter(is_shown);
        let bars = bars.map(|load| (plain(&load.title), load.seconds * 1000.0));
        Self {
            heading,
            bars: bars.collect(),
        }
    }

    fn height(&self) -> i32 {
        HEADING + ROW * i32::try_from(self.bars.len()).expect("few bars")
    }

    fn draw(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
        top: i32,
    ) -> Result<(), Box<dyn Error>> {
        let text = |size: i32| {
            let style = (FONT, size).into_text_style(area).color(&INK);
            style.pos(Pos::new(HPos::Left, VPos::Center))
        };
        let [heading, details] = self.heading;
        area.draw_text(heading, &text(20), (MARGIN, top + 28))?;
        area.draw_text(details, &text(16), (MARGIN, top + 48))?;
        let longest = self
            .bars
            .iter()
            .map(|(_, figure)| *figure)
            .fold(0.0, f64::max);
        for (row, (title, figure)) in (0..).zip(&self.bars) {
            let above = top + HEADING + row * ROW;
            let bar = above + TITLE;
            area.draw_text(title, &text(17), (MARGIN, above + TITLE / 2))?;
            #[expect(clippy::cast_possible_truncation, reason = "a fraction of the width")]
            let end =
                MARGIN + (f64::from(WIDTH - MARGIN - FIGURES) * figure / longest).ceil() as i32;
            let color = if title.starts_with("from-secrets") {
                OURS
            } else {
                OTHERS
            };
            area.draw(&Rectangle::new(
                [(MARGIN, bar), (end, bar + BAR)],
                color.filled(),
            ))?;
            area.draw_text(&milliseconds(*figure), &text(16), (end + 6, bar + BAR / 2))?;
        }
        Ok(())
    }
}

/// Removes Markdown.
fn plain(title: &str) -> String {
    title.replace(['`', '*'], "")
}

fn milliseconds(figure: f64) -> String {
    if figure < 100.0 {
        format!("{figure:.1} ms")
    } else {
        format!("{figure:.0} ms")
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let results: Results = serde_json::from_reader(std::io::stdin())?;
    let panels = [
        Panel::of_starts(
            &results,
            [
                "Program start until ten secrets are loaded",
                "over https, 20 ms per request",
            ],
            20,
            false,
        ),
        Panel::of_starts(
            &results,
            [
                "Program start on 7 % of a core",
                "a Lambda function with 128 MB; over https, 0 ms per request",
            ],
            0,
            true,
        ),
        Panel::of_loads(
            &results,
            [
                "Load of 45 secrets in a running program",
                "over https, 20 ms per request",
            ],
            20,
            "45",
        ),
    ];
    let height = panels.iter().map(Panel::height).sum::<i32>() + 16;
    let mut svg = String::new();
    {
        let size = (u32::try_from(WIDTH)?, u32::try_from(height)?);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        let mut top = 0;
        for panel in &panels {
            panel.draw(&area, top)?;
            top += panel.height();
        }
        area.present()?;
    }
    let start = svg.find('>').map_or(0, |end| end + 2);
    svg.insert_str(start, DARK);
    print!("{svg}");
    Ok(())
}
