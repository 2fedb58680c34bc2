//! Text without a field: looked for in everything that people read of a session.

use super::bits;
use super::elements::{Bounds, of_steps, of_words};
use crate::batch::SessionBatch;
use arrow::array::{Array, StringArray};
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::search::{Field, Predicate, Value, Zone, asked_ids};
use uuid::Uuid;

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct TextTest {
    predicate: Predicate,
    /// Ids that are asked for whole.
    ids: Vec<Uuid>,
}

/// Each session has a path of a page view, a label, …; these are looked through in this order.
const LISTS: [C; 2] = [C::ErrorMessage, C::ViewPath];

impl TextTest {
    pub(super) fn new(values: &[Value], zone: &dyn Zone) -> Self {
        Self { predicate: Predicate::new(Field::Text.about().ty, values, zone), ids: asked_ids(values) }
    }

    pub(super) fn columns(&self) -> Vec<C> {
        let mut columns = vec![C::User, C::Email, C::StepLabel];
        columns.extend(LISTS);
        if !self.ids.is_empty() {
            columns.extend([C::Id, C::Visitor]);
        }
        columns
    }

    pub(super) fn mask(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let fits = |text: &str| self.predicate.fits_text(text);
        let texts = |texts: &StringArray, open: &BooleanBuffer, is_so: &dyn Fn(&str) -> bool| {
            bits::pick(open, |row| texts.is_valid(row) && is_so(texts.value(row)))
        };
        let mut found = bits::none(rows.len());
        for column in [C::User, C::Email] {
            found = &found | &texts(batch.texts(column), &bits::without(rows, &found), &fits);
        }
        if !self.ids.is_empty() {
            let asked: Vec<String> = self.ids.iter().map(Uuid::to_string).collect();
            let is_asked = |id: &str| asked.iter().any(|asked| asked == id);
            found = &found | &texts(batch.texts(C::Id), &bits::without(rows, &found), &is_asked);
            let (visitors, open) = (batch.visitors(), bits::without(rows, &found));
            found = &found | &bits::pick(&open, |row| self.ids.contains(&visitors[row].0));
        }
        for column in LISTS {
            let (list, open) = (batch.word_lists(column), bits::without(rows, &found));
            let bounds = Bounds::Lists(list.offsets);
            let flags = of_words(list, &open, fits);
            found = &found | &bits::pick(&open, |row| flags[bounds.range(row)].contains(&true));
        }
        let open = bits::without(rows, &found);
        let flags = of_steps(batch, &open, |_, label| fits(label));
        let bounds = Bounds::Steps(batch.steps().offsets());
        &found | &bits::pick(&open, |row| flags[bounds.range(row)].contains(&true))
    }
}
