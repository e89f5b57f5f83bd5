//! Notes about the lines of a `.env` file.

use from_secrets_syntax::misspelled;

use crate::load::plan::{Leaf, Plan};
use crate::source::dotenv::{Kept, Line, Lines, Replacement, Replacer, is_comparable};

/// Returns a note for each value with replacements, each `$NAME` that is not replaced although the variable is set, and
/// each line that no field reads.
pub(in crate::cli) fn notes(plan: &Plan, lines: &Lines) -> Vec<String> {
    let is_written = |line: &&Line| {
        let mut leaves = plan.leaves.iter().filter(|leaf| leaf.address.is_some());
        leaves.any(|leaf| reads(leaf, line))
    };
    let is_read = |line: &Line| plan.leaves.iter().any(|leaf| reads(leaf, line));
    let replaced = lines.winning().filter(is_written).filter_map(replaced);
    let kept = lines.kept().iter().map(kept);
    let unread = lines
        .winning()
        .filter(|line| !is_read(line) && !lines.is_used(&line.name));
    let unread = unread.map(|line| unread_line(plan, lines, line));
    replaced.chain(kept).chain(unread).collect()
}

fn reads(leaf: &Leaf, line: &Line) -> bool {
    leaf.variables().any(|name| name == line.name)
}

fn replaced(line: &Line) -> Option<String> {
    let replacements: Vec<String> = line.replacements.iter().map(replacement).collect();
    let (name, number) = (&line.name, line.number);
    (!replacements.is_empty())
        .then(|| format!("line {number}: in `{name}`, {}", replacements.join(", ")))
}

fn replacement(replacement: &Replacement) -> String {
    let Replacement { name, by } = replacement;
    match by {
        Replacer::Env => format!("`${{{name}}}` is replaced with the environment variable"),
        Replacer::Line(number) => {
            format!("`${{{name}}}` is replaced with the value of line {number}")
        }
        Replacer::Default => format!("`${{{name}}}` is replaced with its default"),
    }
}

fn kept(Kept { number, name }: &Kept) -> String {
    format!(
        "line {number}: `${name}` is not replaced, although `{name}` is set; write `${{{name}}}` to replace it, or put the value in single quotes"
    )
}

/// The name is omitted if it may be part of a value.
fn unread_line(plan: &Plan, lines: &Lines, line: &Line) -> String {
    let number = line.number;
    let variables = plan
        .leaves
        .iter()
        .filter_map(|leaf| leaf.variable.as_deref());
    let unset: Vec<&str> = variables.filter(|name| lines.get(name).is_none()).collect();
    let name = Some(&line.name).filter(|name| is_comparable(name));
    match (
        name.and_then(|name| misspelled(name, &unset)),
        line.certain_name(),
    ) {
        (Some(suggestion), _) => {
            format!(
                "line {number}: no field reads `{}`; did you mean `{suggestion}`?",
                line.name
            )
        }
        (None, Some(name)) => format!("line {number}: no field reads `{name}`"),
        (None, None) => format!("line {number}: no field reads this line"),
    }
}
