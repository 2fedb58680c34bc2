//! Whether a footer can be believed: the reader of Parquet panics, or asks for more memory than there is, where places and
//! lengths in it make no sense, and flipped bits make such.

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

/// What is wrong with the footer of a file of so many bytes; nothing where every part lies inside of it.
pub(super) fn unsound(metadata: &ParquetMetaData, file_bytes: u64) -> Option<&'static str> {
    let inside = |start: i64, length: i64| {
        let end = u64::try_from(start)
            .ok()
            .zip(u64::try_from(length).ok())
            .map(|(at, length)| at.checked_add(length));
        end.flatten().is_some_and(|end| end <= file_bytes)
    };
    let mut rows: u32 = 0;
    for group in metadata.row_groups() {
        let counted = u32::try_from(group.num_rows()).ok().and_then(|n_rows| rows.checked_add(n_rows));
        let Some(counted) = counted else { return Some("a row group has an impossible number of rows") };
        rows = counted;
        if !group.columns().iter().all(|chunk| is_inside(chunk, inside)) {
            return Some("a column lies outside of the file");
        }
    }
    let pages = metadata.offset_index().into_iter().flatten().flatten().flat_map(|of| of.page_locations());
    let mut pages = pages.map(|page| (page.offset, i64::from(page.compressed_page_size)));
    pages.any(|(start, length)| !inside(start, length)).then_some("a page lies outside of the file")
}

fn is_inside(chunk: &ColumnChunkMetaData, inside: impl Fn(i64, i64) -> bool) -> bool {
    let bloom = chunk.bloom_filter_offset().unwrap_or(0);
    let start = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
    inside(start, chunk.compressed_size())
        && inside(chunk.data_page_offset(), 0)
        && inside(bloom, i64::from(chunk.bloom_filter_length().unwrap_or(0)))
        && chunk.num_values() >= 0
}
