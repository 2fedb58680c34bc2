//! Reads clauses: fields with their values, and text without a field.

use super::error::{SearchError, nearest};
use super::field::Field;
use super::parse::{MAX_VALUES, Parsed, Parser};
use super::read_value::{Asked, Read, read};
use super::token::{Kind, Token, Word, ends_word, sign_meant};
use super::value::Value;
use std::ops::Range;

/// A clause as it is written, about whatever its field looks at.
pub(super) struct Written {
    pub field: Field,
    pub key: Option<String>,
    pub values: Vec<Value>,
}

impl Parser<'_> {
    /// A clause: a field with its values, or text without a field.
    pub(super) fn clause(&mut self) -> Parsed<Written> {
        let token = self.take();
        let name = match &token.kind {
            Kind::Field(name) => name,
            Kind::Word(word) => return self.bare(word, &token.span),
            Kind::Open
            | Kind::Close
            | Kind::OpenBrace
            | Kind::CloseBrace
            | Kind::Minus
            | Kind::And
            | Kind::Or
            | Kind::Not
            | Kind::Then
            | Kind::End => return Err(self.stray(token)),
        };
        let Some((field, key)) = Field::of_name(name) else {
            return Err(self.unknown_field(name, token));
        };
        let canonical = format!("{}{}", field.name(), key.unwrap_or_default());
        let asked = Asked { field, name: &canonical, alone_at: Some(token.span.clone()) };
        let next = self.peek();
        let is_right_after = next.span.start == token.span.end && next.kind != Kind::End;
        match &next.kind {
            Kind::Word(word) if is_right_after => {
                self.take();
                self.count_value(&next.span)?;
                match read(&asked, word, next.span.clone())? {
                    Read::Value(value) => {
                        Ok(Written { field, key: key.map(str::to_owned), values: vec![value] })
                    }
                    Read::HasField(field, key) => Ok(Written { field, key, values: vec![Value::Present] }),
                }
            }
            Kind::Open if is_right_after => {
                let values = self.list(&Asked { alone_at: None, ..asked })?;
                Ok(Written { field, key: key.map(str::to_owned), values })
            }
            Kind::Word(_) => {
                let gap = token.span.end..next.span.start;
                let message =
                    format!("`{canonical}`: the value stands right after the colon, without space between");
                Err(SearchError::new(gap, message).meant(""))
            }
            Kind::Open
            | Kind::Close
            | Kind::OpenBrace
            | Kind::CloseBrace
            | Kind::Minus
            | Kind::And
            | Kind::Or
            | Kind::Not
            | Kind::Then
            | Kind::Field(_)
            | Kind::End => {
                let example = field.about().example;
                let message =
                    format!("`{canonical}`: say what to look for, such as {example}, or `*` for any value");
                let end = token.span.end;
                Err(SearchError::new(token.span.clone(), message).better(end..end, "*"))
            }
        }
    }

    fn count_value(&mut self, span: &Range<usize>) -> Parsed<()> {
        self.n_values += 1;
        if self.n_values > MAX_VALUES {
            let message = format!("a search has at most {MAX_VALUES} values: leave the rest out");
            return Err(SearchError::new(span.clone(), message));
        }
        Ok(())
    }

    /// Text without a field.
    fn bare(&mut self, word: &Word, span: &Range<usize>) -> Parsed<Written> {
        self.count_value(span)?;
        if let Some(plain) = word.plain() {
            if let Some(sign) = sign_meant(&plain) {
                return Err(self.perhaps_sign(&plain, sign, span));
            }
            if let Some(rest) = plain.strip_prefix('!') {
                let message = "to leave sessions out, put `-` before what they must not have";
                return Err(SearchError::new(span.clone(), message).meant(format!("-{rest}")));
            }
            if plain == "-" || plain.starts_with(['<', '>', '=']) {
                let message = format!(
                    "`{plain}` says nothing by itself: put a field before it, such as errors:>2, or put it in quotes"
                );
                return Err(SearchError::new(span.clone(), message));
            }
        }
        let asked = Asked { field: Field::Text, name: "text", alone_at: None };
        match read(&asked, word, span.clone())? {
            Read::Value(value) => Ok(Written { field: Field::Text, key: None, values: vec![value] }),
            Read::HasField(field, key) => Ok(Written { field, key, values: vec![Value::Present] }),
        }
    }

    /// What is said of a word that was perhaps meant as a sign.
    fn perhaps_sign(&self, word: &str, sign: &str, span: &Range<usize>) -> SearchError {
        if !word.chars().all(char::is_alphabetic) {
            let message =
                format!("`{word}` is no sign of a search: write `{sign}`, or put the text in quotes");
            return SearchError::new(span.clone(), message).meant(sign);
        }
        let message =
            format!("write `{sign}` in capitals; if the word is looked for, put the text in quotes");
        let error = SearchError::new(span.clone(), message);
        // Within a sentence, such as “x is not a function”, all of it is perhaps looked for.
        let is_plain = |token: &&Token| matches!(&token.kind, Kind::Word(word) if !word.quoted);
        let here = self.at - 1;
        let before = self.tokens[..here].iter().rev().take_while(is_plain).count();
        let after = self.tokens[self.at..].iter().take_while(is_plain).count();
        if matches!(sign, "NOT" | "THEN") && before > 0 && after > 0 {
            let whole = self.tokens[here - before].span.start..self.tokens[here + after].span.end;
            let text = self.written(whole.clone()).replace('\\', "\\\\");
            return error.better(whole, format!("\"{text}\""));
        }
        error.meant(sign)
    }

    fn list(&mut self, asked: &Asked<'_>) -> Parsed<Vec<Value>> {
        let opened = self.take();
        if self.peek().kind == Kind::Close {
            let span = opened.span.start..self.peek().span.end;
            let message = format!("`{}`: say what to look for, or `*` for any value", asked.name);
            return Err(SearchError::new(span, message).meant("*"));
        }
        let mut values = Vec::new();
        loop {
            let token = self.take();
            let Kind::Word(word) = &token.kind else {
                return Err(self.no_value(asked, opened, token));
            };
            self.count_value(&token.span)?;
            match read(asked, word, token.span.clone())? {
                Read::Value(value) => values.push(value),
                Read::HasField(field, _) => {
                    let name = field.name();
                    let message = format!("`{name}` is a field: in a list write has:… OR {name}:*");
                    return Err(SearchError::new(token.span.clone(), message));
                }
            }
            let next = self.peek();
            match &next.kind {
                Kind::Or => {
                    self.take();
                }
                Kind::Word(word) => {
                    let signed = word.plain().filter(|plain| sign_meant(plain) == Some("OR"));
                    let error = match signed {
                        Some(_) => SearchError::new(next.span.clone(), "write `OR` in capitals").meant("OR"),
                        None => {
                            let message = "put OR between values; a text with spaces needs quotes";
                            SearchError::new(next.span.clone(), message)
                                .better(next.span.start..next.span.start, "OR ")
                        }
                    };
                    return Err(error);
                }
                Kind::And => {
                    let name = asked.name;
                    let message = format!("a list holds alternatives: for both write {name}:… {name}:…");
                    return Err(SearchError::new(next.span.clone(), message).meant("OR"));
                }
                Kind::Open
                | Kind::Close
                | Kind::OpenBrace
                | Kind::CloseBrace
                | Kind::Minus
                | Kind::Not
                | Kind::Then
                | Kind::Field(_)
                | Kind::End => {
                    self.close(opened, &Kind::Close, ")")?;
                    return Ok(values);
                }
            }
        }
    }

    fn no_value(&self, asked: &Asked<'_>, opened: &Token, token: &Token) -> SearchError {
        match token.kind {
            Kind::End => SearchError::new(opened.span.clone(), "this is not closed: put `)` where it ends")
                .better(self.chars.len()..self.chars.len(), ")"),
            Kind::Not | Kind::Minus => {
                let message =
                    format!("a list holds values alone: to leave sessions out write -{}:(…)", asked.name);
                SearchError::new(token.span.clone(), message)
            }
            Kind::Open
            | Kind::Close
            | Kind::OpenBrace
            | Kind::CloseBrace
            | Kind::And
            | Kind::Or
            | Kind::Then
            | Kind::Field(_)
            | Kind::Word(_) => {
                SearchError::new(token.span.clone(), "a value is missing here: a list is written (a OR b)")
            }
        }
    }

    fn unknown_field(&self, name: &str, token: &Token) -> SearchError {
        let span = token.span.start..token.span.end - 1;
        let keyed = || Field::all().filter(|field| field.is_keyed());
        if let Some(field) = keyed().find(|field| field.name().eq_ignore_ascii_case(name)) {
            let message = format!("`{name}` needs a key after the dot, such as {}", field.about().example);
            return SearchError::new(span, message);
        }
        let fields = Field::all().filter(|field| !field.is_keyed()).map(Field::about);
        let names = fields.flat_map(|about| std::iter::once(about.name).chain(about.aliases.iter().copied()));
        if let Some(near) = nearest(name, names) {
            let message = format!("there is no field `{name}`; is it `{near}`?");
            return SearchError::new(span, message).meant(near);
        }
        if let Some((start, key)) = name.split_once('.')
            && let Some(near) = nearest(&format!("{start}."), keyed().map(Field::name))
        {
            let message = format!("there is no field `{name}`; is it `{near}{key}`?");
            return SearchError::new(span, message).meant(format!("{near}{key}"));
        }
        let message = format!("there is no field `{name}`; if this is text to look for, put it in quotes");
        let end = (token.span.end..self.chars.len()).find(|&at| ends_word(self.chars[at]));
        let whole = token.span.start..end.unwrap_or(self.chars.len());
        let quoted = format!("\"{}\"", self.written(whole.clone()));
        SearchError::new(span, message).better(whole, quoted)
    }
}
