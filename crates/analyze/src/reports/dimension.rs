//! Dimensions of a batch as small integers, one a row, so that counting by them is done in flat tables.

use super::live::Live;
use crate::batch::{SessionBatch, Words};
use arrow::array::{Array, StringArray};
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::dimension::{ANONYMOUS, Dimension, LOGGED_IN, NEW, RETURNING};
use footpath_model::reports::document::AsOf;
use footpath_model::reports::measures::SegmentKey;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::HashMap;

/// The columns that a dimension is read from.
pub(crate) fn columns(dimension: Dimension) -> &'static [C] {
    match dimension {
        Dimension::UserType => &[C::User],
        Dimension::Returning => &[C::Returning],
        Dimension::Device => &[C::Device],
        Dimension::Browser => &[C::Browser],
        Dimension::BrowserVersion => &[C::Browser, C::BrowserVersion],
        Dimension::Os => &[C::Os],
        Dimension::OsVersion => &[C::Os, C::OsVersion],
        Dimension::Country => &[C::Country],
        Dimension::Region => &[C::Region],
        Dimension::City => &[C::City],
        Dimension::Language => &[C::Language],
        Dimension::Connection => &[C::Connection],
        Dimension::Channel => &[C::Channel],
        Dimension::ReferrerHost => &[C::ReferrerHost],
        Dimension::UtmSource => &[C::UtmSource],
        Dimension::UtmMedium => &[C::UtmMedium],
        Dimension::UtmCampaign => &[C::UtmCampaign],
        Dimension::UtmTerm => &[C::UtmTerm],
        Dimension::UtmContent => &[C::UtmContent],
        Dimension::EntryRoute => &[C::EntryRoute],
        Dimension::ExitRoute => &[C::ExitRoute, C::Start, C::Duration, C::ClosedBy],
        Dimension::Release => &[C::Release],
    }
}

/// Values of a dimension.
pub(crate) struct Coded<'a> {
    /// For each row the place of its value.
    pub(crate) codes: Vec<u32>,
    /// Each once; the first is no value.
    pub(crate) values: Vec<Option<Cow<'a, str>>>,
}

/// A dimension of all rows of a batch.
pub(crate) fn coded(batch: &SessionBatch, dimension: Dimension, as_of: AsOf) -> Coded<'_> {
    let words = |values: [&'static str; 2]| {
        std::iter::once(None).chain(values.map(|value| Some(Cow::Borrowed(value)))).collect()
    };
    match dimension {
        Dimension::UserType => {
            let users = batch.texts(C::User);
            let codes = (0..batch.rows()).map(|row| 1 + u32::from(users.is_valid(row))).collect();
            Coded { codes, values: words([ANONYMOUS, LOGGED_IN]) }
        }
        Dimension::Returning => {
            let flags = batch.flags(C::Returning);
            let code = |row| if flags.is_null(row) { 0 } else { 1 + u32::from(flags.value(row)) };
            Coded { codes: (0..batch.rows()).map(code).collect(), values: words([NEW, RETURNING]) }
        }
        Dimension::ExitRoute => {
            let (live, mut coded) = (Live::of(batch, as_of), of_words(batch.words(C::ExitRoute)));
            let rows = coded.codes.iter_mut().enumerate();
            rows.filter(|(row, _)| live.is_live(*row)).for_each(|(_, code)| *code = 0);
            coded
        }
        Dimension::BrowserVersion | Dimension::OsVersion => {
            let [name, version] = [columns(dimension)[0], columns(dimension)[1]];
            versioned(of_words(batch.words(name)), &of_words(batch.words(version)))
        }
        Dimension::Device
        | Dimension::Browser
        | Dimension::Os
        | Dimension::Country
        | Dimension::Region
        | Dimension::City
        | Dimension::Language
        | Dimension::Connection
        | Dimension::Channel
        | Dimension::ReferrerHost
        | Dimension::UtmSource
        | Dimension::UtmMedium
        | Dimension::UtmCampaign
        | Dimension::UtmTerm
        | Dimension::UtmContent
        | Dimension::EntryRoute
        | Dimension::Release => of_words(batch.words(columns(dimension)[0])),
    }
}

/// Words by place, of which a dictionary that was put together from others may hold one twice.
pub(crate) fn distinct_words(words: &StringArray) -> (Vec<u32>, Vec<&str>) {
    let mut places = HashMap::with_capacity(words.len());
    let mut distinct = Vec::new();
    let mut place = |word| {
        let word = word?;
        Some(*places.entry(word).or_insert_with(|| {
            distinct.push(word);
            distinct.len() as u32
        }))
    };
    // Place 0 is no word.
    let place_of = words.iter().map(|word| place(word).unwrap_or(0)).collect();
    (place_of, distinct)
}

fn of_words(words: Words<'_>) -> Coded<'_> {
    let (place_of, distinct) = distinct_words(words.dictionary());
    let keys = words.array().keys();
    let code = |key: &i32| place_of[key.cast_unsigned() as usize];
    let codes = match keys.nulls() {
        None => keys.values().iter().map(code).collect(),
        Some(nulls) => {
            let each = keys.values().iter().zip(nulls);
            each.map(|(key, is_valid)| if is_valid { code(key) } else { 0 }).collect()
        }
    };
    let values = std::iter::once(None).chain(distinct.into_iter().map(|word| Some(Cow::Borrowed(word))));
    Coded { codes, values: values.collect() }
}

fn versioned<'a>(name: Coded<'a>, version: &Coded<'a>) -> Coded<'a> {
    let mut values = vec![None];
    let mut known = HashMap::new();
    let mut place_of = FxHashMap::default();
    let mut place = |name_code: u32, version_code: u32| {
        let Some(name) = &name.values[name_code as usize] else { return 0 };
        // As the model writes a name with its version; two pairs may read the same.
        let text = match &version.values[version_code as usize] {
            Some(version) => format!("{name} {version}"),
            None => name.to_string(),
        };
        *known.entry(text).or_insert_with_key(|text| {
            values.push(Some(Cow::Owned(text.clone())));
            values.len() as u32 - 1
        })
    };
    let pairs = name.codes.iter().zip(&version.codes);
    let codes = pairs
        .map(|(&name, &version)| *place_of.entry((name, version)).or_insert_with(|| place(name, version)));
    let codes = codes.collect();
    Coded { codes, values }
}

/// Combinations of the values of several dimensions.
pub(crate) struct Combined<'a> {
    /// For each row the place of its combination.
    pub(crate) codes: Vec<u32>,
    /// How many combinations there are.
    pub(crate) number: usize,
    dimensions: Vec<Coded<'a>>,
    /// For each dimension but the first, of each combination: the one of those before it, and its own code.
    pairs: Vec<Vec<(u32, u32)>>,
}

/// A table of pairs may have this many cells whatever the batch, and four for each row of it.
const CELLS: usize = 1 << 12;

impl<'a> Combined<'a> {
    pub(crate) fn of(batch: &'a SessionBatch, dimensions: &[Dimension], as_of: AsOf) -> Self {
        let dimensions: Vec<Coded<'a>> =
            dimensions.iter().map(|&dimension| coded(batch, dimension, as_of)).collect();
        let Some((first, rest)) = dimensions.split_first() else {
            return Self { codes: vec![0; batch.rows()], number: 1, dimensions, pairs: Vec::new() };
        };
        let (mut codes, mut number) = (first.codes.clone(), first.values.len());
        let mut pairs = Vec::new();
        for coded in rest {
            let of_these = combine(&mut codes, number, coded);
            number = of_these.len();
            pairs.push(of_these);
        }
        Self { codes, number, dimensions, pairs }
    }

    /// The values of a combination.
    pub(crate) fn key(&self, combination: usize) -> SegmentKey {
        let mut codes = Vec::with_capacity(self.dimensions.len());
        let mut at = combination as u32;
        for pairs in self.pairs.iter().rev() {
            let (before, code) = pairs[at as usize];
            codes.push(code);
            at = before;
        }
        codes.push(at);
        codes.reverse();
        let value =
            |(coded, code): (&Coded<'a>, u32)| coded.values[code as usize].as_deref().map(str::to_owned);
        self.dimensions.iter().zip(codes).map(value).collect()
    }
}

/// Makes codes of pairs out of codes; the pairs that there are.
fn combine(codes: &mut [u32], number: usize, with: &Coded<'_>) -> Vec<(u32, u32)> {
    const UNMET: u32 = u32::MAX;
    let width = with.values.len();
    let mut pairs = Vec::new();
    let mut meet = |pair: (u32, u32)| {
        pairs.push(pair);
        pairs.len() as u32 - 1
    };
    if number * width <= CELLS.max(4 * codes.len()) {
        let mut table = vec![UNMET; number * width];
        for (code, &other) in codes.iter_mut().zip(&with.codes) {
            let cell = &mut table[*code as usize * width + other as usize];
            if *cell == UNMET {
                *cell = meet((*code, other));
            }
            *code = *cell;
        }
    } else {
        let mut map = FxHashMap::default();
        for (code, &other) in codes.iter_mut().zip(&with.codes) {
            *code = *map.entry((*code, other)).or_insert_with(|| meet((*code, other)));
        }
    }
    pairs
}

/// The text column of a batch as it is, for tests of what is read.
#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, DictionaryArray};
    use arrow::datatypes::Int32Type;

    #[test]
    fn a_word_that_a_dictionary_holds_twice_has_one_place() {
        let words = StringArray::from(vec![Some("a"), Some("b"), Some("a"), None]);
        assert_eq!(distinct_words(&words), (vec![1, 2, 1, 0], vec!["a", "b"]));
        let array: DictionaryArray<Int32Type> = vec![Some("x"), None, Some("y")].into_iter().collect();
        let values = array.values().as_string::<i32>();
        assert_eq!(distinct_words(values).1, ["x", "y"]);
    }
}
