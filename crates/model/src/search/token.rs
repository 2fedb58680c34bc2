//! A search cut into words and signs, in one pass over its characters.
//!
//! What follows `field:` is a value, in which `:` and `-` have no meaning of their own; so are the words of a list
//! `field:(… OR …)`.

use super::error::SearchError;
use super::pattern::Pattern;
use std::ops::Range;

/// A word or sign, with where it stands.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    /// In characters.
    pub span: Range<usize>,
    /// Whether there is space before it.
    pub spaced: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Kind {
    Open,
    Close,
    OpenBrace,
    CloseBrace,
    /// `-` before what is negated.
    Minus,
    And,
    Or,
    Not,
    Then,
    /// A field's name; the colon is in its span.
    Field(String),
    Word(Word),
    /// After the last.
    End,
}

/// Text, in quotes or not.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Word {
    /// What it is, escapes and wildcards understood.
    pub pattern: Pattern,
    /// As it is written, without its quotes.
    pub raw: Vec<char>,
    pub quoted: bool,
}

impl Word {
    /// As it is written, where it is not in quotes: what numbers and their signs are read from.
    pub(super) fn plain(&self) -> Option<String> {
        (!self.quoted).then(|| self.raw.iter().collect())
    }
}

/// Words that perhaps were meant as signs, with these.
pub(super) const SIGNS: &[(&str, &str)] = &[
    ("and", "AND"),
    ("or", "OR"),
    ("not", "NOT"),
    ("then", "THEN"),
    ("&&", "AND"),
    ("&", "AND"),
    ("||", "OR"),
    ("|", "OR"),
    ("!", "-"),
    ("->", "THEN"),
];

/// The sign that a word was perhaps meant as.
pub(super) fn sign_meant(word: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(written, _)| written.eq_ignore_ascii_case(word)).map(|(_, sign)| *sign)
}

/// Cuts a text; the last token is the end. With an error, what was cut before it.
pub(super) fn cut(chars: &[char]) -> (Vec<Token>, Option<SearchError>) {
    let mut cutter = Cutter { chars, at: 0, tokens: Vec::new(), in_list: false };
    let error = cutter.run().err();
    (cutter.tokens, error)
}

struct Cutter<'a> {
    chars: &'a [char],
    at: usize,
    tokens: Vec<Token>,
    in_list: bool,
}

/// What ends a word.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '{' | '}' | '"')
}

/// Whether this can be a field's name, known or not.
pub(super) fn is_name(chars: &[char]) -> bool {
    chars.first().is_some_and(|&first| first.is_alphabetic() || first == '_')
        && chars.iter().copied().all(is_of_name)
}

/// What names and keys are made of.
pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '$')
}

impl Cutter<'_> {
    fn run(&mut self) -> Result<(), SearchError> {
        loop {
            let before = self.at;
            while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
                self.at += 1;
            }
            let spaced = self.at > before || before == 0;
            let start = self.at;
            let Some(&c) = self.chars.get(self.at) else {
                self.push(Kind::End, start, spaced);
                return Ok(());
            };
            match c {
                '(' => {
                    self.in_list |= self.is_after_field();
                    self.sign(Kind::Open, spaced);
                }
                ')' => {
                    self.in_list = false;
                    self.sign(Kind::Close, spaced);
                }
                '{' => self.sign(Kind::OpenBrace, spaced),
                '}' => self.sign(Kind::CloseBrace, spaced),
                '"' => self.quoted(spaced)?,
                '-' if !self.in_list && self.begins_negation() => self.sign(Kind::Minus, spaced),
                _ => self.word(spaced)?,
            }
        }
    }

    /// Whether a field and its colon stand right before.
    fn is_after_field(&self) -> bool {
        let last = self.tokens.last();
        last.is_some_and(|token| matches!(token.kind, Kind::Field(_)) && token.span.end == self.at)
    }

    fn begins_negation(&self) -> bool {
        let next = self.chars.get(self.at + 1);
        !self.is_after_field()
            && next.is_some_and(|&next| !next.is_whitespace() && !matches!(next, ')' | '}' | '>'))
    }

    fn push(&mut self, kind: Kind, start: usize, spaced: bool) {
        self.tokens.push(Token { kind, span: start..self.at, spaced });
    }

    fn sign(&mut self, kind: Kind, spaced: bool) {
        let start = self.at;
        self.at += 1;
        self.push(kind, start, spaced);
    }

    fn quoted(&mut self, spaced: bool) -> Result<(), SearchError> {
        let start = self.at;
        self.at += 1;
        let (mut text, mut closed) = (Written::default(), false);
        while let Some(&c) = self.chars.get(self.at) {
            if c == '"' {
                closed = true;
                break;
            }
            text.take(self.chars, &mut self.at);
        }
        let raw = self.chars[start + 1..self.at].to_vec();
        self.at += usize::from(closed);
        self.push(Kind::Word(Word { pattern: text.pattern(), raw, quoted: true }), start, spaced);
        if closed {
            return Ok(());
        }
        let end = self.chars.len();
        let message = "this quote is not closed: put another one where the text ends";
        Err(SearchError::new(start..start + 1, message).better(end..end, "\""))
    }

    fn word(&mut self, spaced: bool) -> Result<(), SearchError> {
        let start = self.at;
        let after_field = self.is_after_field();
        // Only the first colon can end a field's name.
        let mut can_be_field = !after_field && !self.in_list;
        let mut text = Written::default();
        while let Some(&c) = self.chars.get(self.at) {
            if c == ':' && std::mem::take(&mut can_be_field) && is_name(&self.chars[start..self.at]) {
                let name = self.chars[start..self.at].iter().collect();
                self.at += 1;
                self.push(Kind::Field(name), start, spaced);
                return Ok(());
            }
            if c == '"' {
                let end = (self.at..self.chars.len()).find(|&at| self.chars[at].is_whitespace());
                let span = start..end.unwrap_or(self.chars.len());
                let whole: String = self.chars[span.clone()].iter().collect();
                let message =
                    "a quote within a text: put the whole text in quotes, and \\ before quotes in it";
                return Err(SearchError::new(self.at..self.at + 1, message)
                    .better(span, format!("\"{}\"", whole.replace('"', "\\\""))));
            }
            if ends_word(c) {
                break;
            }
            text.take(self.chars, &mut self.at);
        }
        let raw = self.chars[start..self.at].to_vec();
        let kind = match raw.iter().collect::<String>().as_str() {
            "AND" if !after_field => Kind::And,
            "OR" if !after_field => Kind::Or,
            "NOT" if !after_field => Kind::Not,
            "THEN" if !after_field => Kind::Then,
            _ => Kind::Word(Word { pattern: text.pattern(), raw, quoted: false }),
        };
        self.push(kind, start, spaced);
        Ok(())
    }
}

/// Text as it is read: between stars that no backslash is before.
#[derive(Default)]
struct Written {
    before: Vec<String>,
    part: String,
}

impl Written {
    /// Takes one character, or two where the first escapes the second.
    fn take(&mut self, chars: &[char], at: &mut usize) {
        match (chars[*at], chars.get(*at + 1)) {
            ('\\', Some(&escaped @ ('*' | '"' | '\\'))) => {
                self.part.push(escaped);
                *at += 1;
            }
            ('*', _) => self.before.push(std::mem::take(&mut self.part)),
            (c, _) => self.part.push(c),
        }
        *at += 1;
    }

    fn pattern(mut self) -> Pattern {
        self.before.push(self.part);
        Pattern::between_stars(self.before)
    }
}
