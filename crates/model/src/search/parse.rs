//! Reads a search. Total: every text is a search or an error that says where and why; and linear in the text, which
//! has a limit, as have nesting, values and stops.
//!
//! ```text
//! any      = all (OR all)*
//! all      = sequence (AND? sequence)*
//! sequence = unary (THEN unary)*
//! unary    = (NOT | -) unary | ( any ) | { any } | field:value | field:(value OR …) | text
//! ```
//!
//! Within `{…}` there are no sequences, groups or texts without a field.

use super::ast::{Clause, Expr, Part, SameEvent, Search, Stop};
use super::error::SearchError;
use super::field::{EventField, Field};
use super::read_clause::Written;
use super::token::{Kind, Token, cut};
use crate::steps::StepKind;
use std::ops::Range;

/// Characters of a search, at most: some pages of text, far more than anybody types.
pub const MAX_CHARS: usize = 4096;
/// Levels of parentheses, braces and negations, at most; the parser recurses once for each.
pub const MAX_DEPTH: usize = 24;
/// Values in all clauses together, at most: each may be compared with everything that happened.
pub const MAX_VALUES: usize = 256;
/// Stops of a sequence, at most: as many as a compiled sequence has bits for.
pub const MAX_STOPS: usize = 16;

pub(super) type Parsed<T> = Result<T, SearchError>;

impl Search {
    /// Reads a search.
    ///
    /// # Errors
    /// Where it is none: what is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        let chars: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
        if chars.len() > MAX_CHARS {
            return Err(too_long(MAX_CHARS..text.chars().count()));
        }
        let (tokens, error) = cut(&chars);
        if let Some(error) = error {
            return Err(error);
        }
        let mut parser = Parser { tokens: &tokens, chars: &chars, at: 0, depth: 0, n_values: 0 };
        if parser.peek().kind == Kind::End {
            return Ok(Self::default());
        }
        let root = parser.any(Parser::sequence)?;
        if parser.peek().kind != Kind::End {
            return Err(parser.stray(parser.peek()));
        }
        if root.height(&Part::height) > MAX_DEPTH {
            return Err(too_deep(0..chars.len()));
        }
        let search = Self { root: Some(root) };
        // Names are printed for their aliases; what is printed must be a search too.
        if search.to_string().chars().count() > MAX_CHARS {
            return Err(too_long(0..chars.len()));
        }
        Ok(search)
    }
}

impl Stop {
    /// Reads a stop that stands by itself, as a funnel's step does: whatever can stand before or after THEN.
    ///
    /// # Errors
    /// Where it is none: what is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        let whole = 0..text.chars().count();
        let Some(root) = Search::parse(text)?.root else {
            return Err(SearchError::new(whole, "a clause is missing here"));
        };
        // What is of the session is told before anything else: it has a place of its own.
        let of_session = root.leaves().into_iter().find_map(|(part, _)| match part {
            Part::Session(clause) => Some(NoStop::Session(clause.field.about().name)),
            Part::Text(_) | Part::Event(_) | Part::Sequence(_) => None,
        });
        of_session.map_or_else(|| Self::of(root), Err).map_err(|why| {
            let message = match why {
                NoStop::Session(name) => {
                    format!("`{name}` is of the whole session, and a step is an event: put it in the search")
                }
                NoStop::Text => {
                    "say what it is the text of, such as click:, page: or error.message:".to_owned()
                }
                NoStop::Sequence => "a step is one event: write what is after THEN as the next step".to_owned(),
                NoStop::Negative => {
                    "a step is an event that is there: leave sessions out in the search".to_owned()
                }
                NoStop::Several => {
                    "a step is one event: put what is said of one event in { }, and other events in steps of their own".to_owned()
                }
            };
            SearchError::new(whole, message)
        })
    }

    fn of(expr: Expr<Part>) -> Result<Self, NoStop> {
        let exprs = match expr {
            Expr::Any(exprs) => exprs,
            one @ (Expr::All(_) | Expr::Not(_) | Expr::Leaf(_)) => vec![one],
        };
        let event = |expr| match expr {
            Expr::Leaf(Part::Event(event)) => Ok(event),
            Expr::Leaf(Part::Sequence(_)) => Err(NoStop::Sequence),
            Expr::Leaf(Part::Text(_)) => Err(NoStop::Text),
            Expr::Leaf(Part::Session(clause)) => Err(NoStop::Session(clause.field.about().name)),
            Expr::Not(_) => Err(NoStop::Negative),
            Expr::All(_) | Expr::Any(_) => Err(NoStop::Several),
        };
        Ok(Self { events: exprs.into_iter().map(event).collect::<Result<_, _>>()? })
    }
}

/// Why an expression is no stop.
enum NoStop {
    /// It is of the whole session; the field.
    Session(&'static str),
    /// It is text without a field.
    Text,
    Sequence,
    Negative,
    /// It is of more than one event.
    Several,
}

fn too_long(span: Range<usize>) -> SearchError {
    SearchError::new(span, format!("a search has at most {MAX_CHARS} characters: leave the rest out"))
}

fn too_deep(span: Range<usize>) -> SearchError {
    SearchError::new(span, format!("parentheses and negations are nested more than {MAX_DEPTH} deep"))
}

pub(super) struct Parser<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) chars: &'a [char],
    /// The token that is next.
    pub(super) at: usize,
    depth: usize,
    pub(super) n_values: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> &'a Token {
        // The end is never taken.
        &self.tokens[self.at]
    }

    pub(super) fn take(&mut self) -> &'a Token {
        let token = self.peek();
        self.at += usize::from(token.kind != Kind::End);
        token
    }

    pub(super) fn take_if(&mut self, kind: &Kind) -> bool {
        let is_it = self.peek().kind == *kind;
        self.at += usize::from(is_it);
        is_it
    }

    pub(super) fn written(&self, span: Range<usize>) -> String {
        self.chars[span].iter().collect()
    }

    /// One level deeper.
    fn within<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep(self.peek().span.clone()));
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    fn any<L>(&mut self, operand: fn(&mut Self) -> Parsed<Expr<L>>) -> Parsed<Expr<L>> {
        let mut exprs = vec![self.all(operand)?];
        while self.take_if(&Kind::Or) {
            exprs.push(self.all(operand)?);
        }
        Ok(Expr::any(exprs))
    }

    fn all<L>(&mut self, operand: fn(&mut Self) -> Parsed<Expr<L>>) -> Parsed<Expr<L>> {
        let mut exprs = vec![operand(self)?];
        loop {
            let joined = self.take_if(&Kind::And);
            match self.peek().kind {
                Kind::Open | Kind::OpenBrace | Kind::Minus | Kind::Not | Kind::Field(_) | Kind::Word(_) => {
                    self.expect_space(joined)?;
                    exprs.push(operand(self)?);
                }
                Kind::And | Kind::Or | Kind::Then | Kind::Close | Kind::CloseBrace | Kind::End if joined => {
                    return Err(self.nothing_after("AND"));
                }
                Kind::And | Kind::Or | Kind::Then | Kind::Close | Kind::CloseBrace | Kind::End => break,
            }
        }
        Ok(Expr::all(exprs))
    }

    /// Text goes up to a space.
    fn expect_space(&self, joined: bool) -> Parsed<()> {
        let (before, next) = (&self.tokens[self.at - 1], self.peek());
        if joined || next.spaced || !matches!(before.kind, Kind::Word(_)) {
            return Ok(());
        }
        let sign = self.written(next.span.start..next.span.start + 1);
        let message = format!("`{sign}` within a text: put the whole text in quotes, or a space before it");
        Err(SearchError::new(next.span.start..next.span.start + 1, message))
    }

    fn sequence(&mut self) -> Parsed<Expr<Part>> {
        let from = self.peek().span.start;
        let first = self.unary()?;
        if self.peek().kind != Kind::Then {
            return Ok(first);
        }
        let mut stops = vec![self.stop(first, from)?];
        while self.take_if(&Kind::Then) {
            let from = self.peek().span.start;
            let next = self.unary()?;
            stops.push(self.stop(next, from)?);
            if stops.len() > MAX_STOPS {
                let message = format!("a sequence has at most {MAX_STOPS} stops");
                return Err(SearchError::new(from..self.end(), message));
            }
        }
        Ok(Expr::Leaf(Part::Sequence(stops)))
    }

    /// Where the last word or sign ended.
    fn end(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |last| self.tokens[last].span.end)
    }

    /// What stands before or after THEN, as a stop.
    fn stop(&self, expr: Expr<Part>, from: usize) -> Parsed<Stop> {
        let span = from..self.end();
        Stop::of(expr).map_err(|why| {
            SearchError::new(
                span,
                match why {
                    NoStop::Sequence => "a sequence within a sequence: leave the parentheses out",
                    NoStop::Text | NoStop::Session(_) => {
                        "THEN goes between events, such as page:, click: or event:, and this is of the whole session"
                    }
                    NoStop::Negative => {
                        "THEN goes between events that are there: for “a, and no b after it” write a -(a THEN b)"
                    }
                    NoStop::Several => {
                        "a stop of a sequence is one event: put what is said of one event in { }, and other events in a sequence of their own"
                    }
                },
            )
        })
    }

    fn unary(&mut self) -> Parsed<Expr<Part>> {
        let token = self.peek();
        match &token.kind {
            Kind::Minus | Kind::Not => {
                self.take();
                self.within(|parser| Ok(Expr::negated(parser.unary()?)))
            }
            Kind::Open => {
                self.take();
                let inner = self.within(|parser| {
                    parser.expect_operand(token)?;
                    parser.any(Self::sequence)
                })?;
                self.close(token, &Kind::Close, ")")?;
                Ok(inner)
            }
            Kind::OpenBrace => self.same_event(),
            Kind::Field(_) | Kind::Word(_) => {
                let Written { field, key, values } = self.clause()?;
                Ok(Expr::Leaf(match field {
                    Field::Text => Part::Text(values),
                    Field::Session(field) => Part::Session(Clause { field, key, values }),
                    Field::Event(field) => Part::Event(SameEvent::of_clause(Clause { field, key, values })),
                }))
            }
            Kind::And | Kind::Or | Kind::Then | Kind::Close | Kind::CloseBrace | Kind::End => {
                Err(self.nothing_here())
            }
        }
    }

    pub(super) fn expect_operand(&self, opened: &Token) -> Parsed<()> {
        match self.peek().kind {
            Kind::Close | Kind::CloseBrace => {
                let span = opened.span.start..self.peek().span.end;
                Err(SearchError::new(span, "there is nothing in it: leave it out, or put a clause in")
                    .meant(""))
            }
            Kind::Open
            | Kind::OpenBrace
            | Kind::Minus
            | Kind::And
            | Kind::Or
            | Kind::Not
            | Kind::Then
            | Kind::Field(_)
            | Kind::Word(_)
            | Kind::End => Ok(()),
        }
    }

    pub(super) fn close(&mut self, opened: &Token, kind: &Kind, sign: &str) -> Parsed<()> {
        if self.take_if(kind) {
            return Ok(());
        }
        let next = self.peek();
        if next.kind == Kind::End {
            let message = format!("this is not closed: put `{sign}` where it ends");
            let end = self.chars.len();
            return Err(SearchError::new(opened.span.clone(), message).better(end..end, sign));
        }
        Err(self.stray(next))
    }

    fn same_event(&mut self) -> Parsed<Expr<Part>> {
        let opened = self.take();
        let expr = self.within(|parser| {
            parser.expect_operand(opened)?;
            parser.any(Self::of_event)
        })?;
        self.close(opened, &Kind::CloseBrace, "}")?;
        let kind = self.kind_of(&expr, opened.span.start..self.end())?;
        Ok(Expr::Leaf(Part::Event(SameEvent { kind, expr })))
    }

    /// The kind of event that all clauses can be about.
    fn kind_of(&self, expr: &Expr<Clause<EventField>>, span: Range<usize>) -> Parsed<StepKind> {
        let mut found: Option<EventField> = None;
        let of_others = expr.leaves().into_iter().map(|(clause, _)| clause.field);
        for field in of_others.filter(|field| field.kind() != StepKind::Page) {
            match found {
                Some(before) if before.kind() != field.kind() => {
                    let message = format!(
                        "one event cannot be both {} (`{}`) and {} (`{}`): use AND or THEN between two {{ }}",
                        with_article(before.kind()),
                        before.about().name,
                        with_article(field.kind()),
                        field.about().name,
                    );
                    return Err(SearchError::new(span, message));
                }
                Some(_) => {}
                None => found = Some(field),
            }
        }
        Ok(found.map_or(StepKind::Page, EventField::kind))
    }

    fn of_event(&mut self) -> Parsed<Expr<Clause<EventField>>> {
        let token = self.peek();
        match &token.kind {
            Kind::Minus | Kind::Not => {
                self.take();
                self.within(|parser| Ok(Expr::negated(parser.of_event()?)))
            }
            Kind::Open => {
                self.take();
                let inner = self.within(|parser| {
                    parser.expect_operand(token)?;
                    parser.any(Self::of_event)
                })?;
                self.close(token, &Kind::Close, ")")?;
                Ok(inner)
            }
            Kind::Field(_) | Kind::Word(_) => {
                let Written { field, key, values } = self.clause()?;
                let message = match field {
                    Field::Event(field) => return Ok(Expr::Leaf(Clause { field, key, values })),
                    Field::Text => {
                        "in { } say what it is the text of, such as click:, page: or error.message:"
                            .to_owned()
                    }
                    Field::Session(field) => {
                        let name = field.about().name;
                        format!("`{name}` is of the session and not of one event: put it outside of {{ }}")
                    }
                };
                Err(SearchError::new(token.span.start..self.end(), message))
            }
            Kind::OpenBrace => Err(SearchError::new(
                token.span.clone(),
                "{ } within { }: all in it is said of one event already",
            )),
            Kind::And | Kind::Or | Kind::Then | Kind::Close | Kind::CloseBrace | Kind::End => {
                Err(self.nothing_here())
            }
        }
    }

    /// A clause is wanted where there is none.
    fn nothing_here(&self) -> SearchError {
        let next = self.peek();
        match self.at.checked_sub(1).map(|before| &self.tokens[before]) {
            Some(before) if !matches!(before.kind, Kind::Open | Kind::OpenBrace) => {
                self.nothing_after(&self.written(before.span.clone()))
            }
            Some(_) | None if next.kind == Kind::End => {
                SearchError::new(next.span.clone(), "a clause is missing here")
            }
            Some(_) | None => self.stray(next),
        }
    }

    fn nothing_after(&self, sign: &str) -> SearchError {
        let before = self.tokens[self.at - 1].span.clone();
        SearchError::new(before.clone(), format!("a clause is missing after `{sign}`")).meant("")
    }

    pub(super) fn stray(&self, token: &Token) -> SearchError {
        let written = self.written(token.span.clone());
        let message = match token.kind {
            Kind::Close | Kind::CloseBrace => format!("nothing is open that `{written}` could close"),
            Kind::Then => "THEN goes between events, outside of { }".to_owned(),
            Kind::Or | Kind::And => format!("`{written}` goes between two clauses"),
            Kind::Open
            | Kind::OpenBrace
            | Kind::Minus
            | Kind::Not
            | Kind::Field(_)
            | Kind::Word(_)
            | Kind::End => format!("`{written}` cannot stand here"),
        };
        let error = SearchError::new(token.span.clone(), message);
        if token.kind == Kind::End { error } else { error.meant("") }
    }
}

fn with_article(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Page => "a page view",
        StepKind::Click => "a click",
        StepKind::Input => "an input",
        StepKind::Submit => "a form submission",
        StepKind::Request => "a request",
        StepKind::Error => "an error",
        StepKind::Custom => "a custom event",
    }
}
