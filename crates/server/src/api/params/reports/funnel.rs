//! A funnel's steps as text: `page:/cart > {request:/api/pay status:5xx} > custom:order|page:/thanks`.
//!
//! Steps are divided by `>`, alternatives by `|`. An alternative is the **name** of steps, `kind:label`, in which `*` stands for any
//! text; and where it is not written like one, a **clause** of a search about one event. What begins with a kind is a clause
//! where the value is in quotes or another one follows after OR; in `{ }` everything is.
//!
//! In a name, `\` before a sign makes it a part of the label. In a clause the signs divide outside of quotes and brackets, but for
//! a `>` right after a colon, which compares.

use super::{invalid, pattern};
use crate::error::ApiError;
use footpath_model::reports::funnels::{FunnelStep, MAX_FUNNEL_STEPS};
use footpath_model::search::{MAX_VALUES, SameEvent, Stop};
use footpath_model::steps::StepKind;

/// The parameter.
const STEPS: &str = "steps";

/// Reads the steps of a funnel.
///
/// # Errors
/// Where they are none: what is wrong, and in which.
pub(super) fn read_steps(text: &str) -> Result<Vec<FunnelStep>, ApiError> {
    let steps: Vec<FunnelStep> = cut(text).into_iter().map(read_step).collect::<Result<_, _>>()?;
    if steps.len() > MAX_FUNNEL_STEPS {
        return Err(invalid(STEPS, format!("at most {MAX_FUNNEL_STEPS} can follow each other")));
    }
    let n_values = steps.iter().flat_map(|step| &step.clauses).map(SameEvent::n_values).sum::<usize>();
    if n_values > MAX_VALUES {
        return Err(invalid(STEPS, format!("clauses have at most {MAX_VALUES} values: leave the rest out")));
    }
    Ok(steps)
}

/// What a step can be, as it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Alternative<'a> {
    Name(&'a str),
    Clause(&'a str),
}

fn read_step(alternatives: Vec<Alternative<'_>>) -> Result<FunnelStep, ApiError> {
    let mut step = FunnelStep { name: String::new(), any_of: Vec::new(), clauses: Vec::new() };
    let mut names = Vec::new();
    for alternative in alternatives {
        match alternative {
            Alternative::Name(text) => {
                let text = unescaped(text.trim());
                step.any_of.push(pattern(STEPS, &text)?);
                names.push(text);
            }
            Alternative::Clause(text) if text.trim().is_empty() => {
                let what = "`` is no step: write kind:label, such as page:/checkout, or a clause of a search about an event";
                return Err(invalid(STEPS, what));
            }
            Alternative::Clause(text) => {
                let text = text.trim();
                let stop = Stop::parse(text).map_err(|error| invalid(STEPS, format!("`{text}`: {error}")))?;
                step.clauses.extend(stop.events);
                names.push(text.to_owned());
            }
        }
    }
    step.name = names.join("|");
    Ok(step)
}

/// The alternatives of each step.
fn cut(text: &str) -> Vec<Vec<Alternative<'_>>> {
    let (mut steps, mut rest) = (vec![Vec::new()], text);
    loop {
        let name = &rest[..end_of_name(rest)];
        let alternative = match is_name(name) {
            true => Alternative::Name(name),
            false => Alternative::Clause(&rest[..end_of_clause(rest)]),
        };
        let (Alternative::Name(taken) | Alternative::Clause(taken)) = alternative;
        if let Some(step) = steps.last_mut() {
            step.push(alternative);
        }
        let mut left = rest[taken.len()..].chars();
        match left.next() {
            None => return steps,
            Some('>') => steps.push(Vec::new()),
            Some(_) => {}
        }
        rest = left.as_str();
    }
}

/// Signs before which there is no `\`, with their places.
fn signs(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut escaped = false;
    text.char_indices().filter(move |(_, sign)| {
        let is_sign = !escaped;
        escaped = *sign == '\\' && !escaped;
        is_sign
    })
}

fn end_of_name(text: &str) -> usize {
    signs(text).find(|(_, sign)| matches!(sign, '>' | '|')).map_or(text.len(), |(at, _)| at)
}

fn is_name(text: &str) -> bool {
    let Some((kind, label)) = text.trim_start().split_once(':') else { return false };
    StepKind::of_name(kind).is_some()
        && !label.starts_with('"')
        && !signs(label).any(|(at, _)| label[at..].starts_with(" OR "))
}

fn end_of_clause(text: &str) -> usize {
    let (mut depth, mut is_quoted, mut before) = (0_usize, false, None);
    for (at, sign) in signs(text) {
        match sign {
            '"' => is_quoted = !is_quoted,
            '(' | '{' if !is_quoted => depth += 1,
            ')' | '}' if !is_quoted => depth = depth.saturating_sub(1),
            '|' if !is_quoted && depth == 0 => return at,
            '>' if !is_quoted && depth == 0 && before != Some(':') => return at,
            _ => {}
        }
        before = Some(sign);
    }
    text.len()
}

/// A name without the `\` before its signs.
fn unescaped(text: &str) -> String {
    let (mut plain, mut chars) = (String::with_capacity(text.len()), text.chars().peekable());
    while let Some(char) = chars.next() {
        let is_sign = |next: &char| matches!(next, '\\' | '>' | '|' | '"' | ' ');
        let next = (char == '\\').then(|| chars.next_if(is_sign)).flatten();
        plain.push(next.unwrap_or(char));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use footpath_model::reports::pattern::StepPattern;

    /// Each line is a funnel; told is how it is understood, with clauses in braces, or what is wrong with it.
    #[track_caller]
    fn check(funnels: &str, expected: Expect) {
        let lines = funnels.lines().map(str::trim).filter(|line| !line.is_empty());
        expected.assert_eq(&lines.map(told).collect::<String>());
    }

    fn told(text: &str) -> String {
        let steps = match read_steps(text) {
            Ok(steps) => steps,
            Err(error) => return format!("{error}\n"),
        };
        let step = |step: &FunnelStep| {
            let name = |StepPattern { kind, label }: &StepPattern| format!("{}:{label}", kind.name());
            let names = step.any_of.iter().map(name);
            names.chain(step.clauses.iter().map(SameEvent::in_braces)).collect::<Vec<_>>().join(" | ")
        };
        format!("{}\n", steps.iter().map(step).collect::<Vec<_>>().join(" > "))
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        check(
            r#"
            page:/cart>page:/a|click:Pay
            click:Next \> > click:a\|b\\c\d
            click:Size 5" > click:(2) Cart|error:Type{Error
            click:\"Buy\" > click:this\ OR\ that
            "#,
            expect![[r#"
                page:/cart > page:/a | click:Pay
                click:Next > > click:a|b\c\d
                click:Size 5" > click:(2) Cart | error:Type{Error
                click:"Buy" > click:this OR that
            "#]],
        );
    }

    #[test]
    fn what_is_no_name_is_a_clause() {
        check(
            r#"
            click:"Pay > now" > {request:POST* status:>=500}|error:PaymentError > page:/thanks OR custom:order
            lcp:>2.5s > event.total:(>5 OR =2) > {page:/cart}
            status:>=400 | (failed:* OR rage:Pay) > error.message:"a|b"
            page:/a OR event.total:>100 > page:/b
            "#,
            expect![[r#"
                {click:"Pay > now"} > error:PaymentError | {request:POST* status:>=500} > {page:/thanks} | {event:order}
                {lcp:>2.5s} > {event.total:(>5 OR =2)} > {page:/cart}
                {status:>=400} | {failed:*} | {rage:Pay} > {error.message:a|b}
                {page:/a} | {event.total:>100} > page:/b
            "#]],
        );
    }

    #[test]
    fn what_is_no_step_says_what_would_be() {
        check(
            r#"
            page:/a>
            cart
            country:DE > page:/a
            page:/a > -page:/b
            {page:/a} THEN {page:/b}
            {page:/a} has:errors
            {page:/a} click:Pay
            pagge:/a
            {page:/a > page:/b
            "#,
            expect![[r#"
                steps: `` is no step: write kind:label, such as page:/checkout, or a clause of a search about an event
                steps: `cart`: say what it is the text of, such as click:, page: or error.message:
                steps: `country:DE`: `country` is of the whole session, and a step is an event: put it in the search
                steps: `-page:/b`: a step is an event that is there: leave sessions out in the search
                steps: `{page:/a} THEN {page:/b}`: a step is one event: write what is after THEN as the next step
                steps: `{page:/a} has:errors`: `has` is of the whole session, and a step is an event: put it in the search
                steps: `{page:/a} click:Pay`: a step is one event: put what is said of one event in { }, and other events in steps of their own
                steps: `pagge:/a`: there is no field `pagge`; is it `page`?
                steps: `{page:/a > page:/b`: `>` says nothing by itself: put a field before it, such as errors:>2, or put it in quotes
            "#]],
        );
        let many =
            |step: &str, n: usize| read_steps(&[step].repeat(n).join(">")).expect_err("too many").to_string();
        assert_eq!(many("page:/", 33), "steps: at most 32 can follow each other");
        let values = format!("page:({})", ["a"; 200].join(" OR "));
        assert_eq!(many(&values, 2), "steps: clauses have at most 256 values: leave the rest out");
    }
}
