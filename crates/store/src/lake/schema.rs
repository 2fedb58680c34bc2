//! The tables' schemas, made from the columns that the model names: as Arrow reads and writes them, and as Delta says
//! them to other engines.
//!
//! `site` and `day` are partitions: they are in the log and in the files' paths, and not in the files.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use deltalake_core::kernel::{ArrayType, DataType as DeltaType, PrimitiveType, StructField};
use footpath_model::columns::{Column, ColumnType, EventColumn, ReplayColumn, SessionColumn};
use std::sync::{Arc, LazyLock};

/// One of the lake's tables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum TableKind {
    /// One row per session.
    Sessions,
    /// One row per event.
    Events,
    /// One row per replay chunk.
    ReplayChunks,
}

impl TableKind {
    /// All, in the order in which they are committed: a session's row must not be there before what belongs to it.
    pub(crate) const ALL: [Self; 3] = [Self::ReplayChunks, Self::Events, Self::Sessions];

    /// Name of its directory.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Events => "events",
            Self::ReplayChunks => "replay_chunks",
        }
    }

    fn columns(self) -> Vec<Column> {
        match self {
            Self::Sessions => SessionColumn::ALL.iter().map(|column| column.column()).collect(),
            Self::Events => EventColumn::ALL.iter().map(|column| column.column()).collect(),
            Self::ReplayChunks => ReplayColumn::ALL.iter().map(|column| column.column()).collect(),
        }
    }

    /// What the files hold: all columns but the partitions.
    pub(crate) fn file_schema(self) -> SchemaRef {
        static SESSIONS: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(TableKind::Sessions));
        static EVENTS: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(TableKind::Events));
        static REPLAY_CHUNKS: LazyLock<SchemaRef> = LazyLock::new(|| arrow_schema(TableKind::ReplayChunks));
        Arc::clone(match self {
            Self::Sessions => &SESSIONS,
            Self::Events => &EVENTS,
            Self::ReplayChunks => &REPLAY_CHUNKS,
        })
    }

    /// What other engines are told.
    pub(crate) fn delta_schema(self) -> Vec<StructField> {
        self.columns()
            .into_iter()
            .map(|column| StructField::new(column.name, delta_type(column), column_nullable(column)))
            .collect()
    }

    /// The column whose least and greatest value the table's log has: when what a row is of began.
    pub(crate) const fn start_column(self) -> &'static str {
        match self {
            Self::Sessions => SessionColumn::Start.name(),
            Self::Events => EventColumn::Start.name(),
            Self::ReplayChunks => ReplayColumn::First.name(),
        }
    }

    /// The column by which the rows of a session are told.
    pub(crate) const fn session_column(self) -> &'static str {
        match self {
            Self::Sessions => SessionColumn::Id.name(),
            Self::Events => EventColumn::Session.name(),
            Self::ReplayChunks => ReplayColumn::Hint.name(),
        }
    }

    /// Columns that sessions are looked up by: each file has a bloom filter of them.
    pub(crate) const fn looked_up(self) -> &'static [&'static str] {
        const SESSIONS: &[&str] = &[SessionColumn::Id.name(), SessionColumn::Hint.name()];
        const EVENTS: &[&str] = &[EventColumn::Session.name()];
        const REPLAY_CHUNKS: &[&str] = &[ReplayColumn::Hint.name()];
        match self {
            Self::Sessions => SESSIONS,
            Self::Events => EVENTS,
            Self::ReplayChunks => REPLAY_CHUNKS,
        }
    }
}

/// The tables' partition columns.
pub(crate) const PARTITIONS: [&str; 2] = [SessionColumn::Site.name(), SessionColumn::Day.name()];

fn arrow_schema(table: TableKind) -> SchemaRef {
    let fields = table
        .columns()
        .into_iter()
        .filter(|column| !PARTITIONS.contains(&column.name))
        .map(|column| Field::new(column.name, arrow_type(column), column_nullable(column)));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// A list itself is never null, only its elements may be.
fn column_nullable(column: Column) -> bool {
    column.nullable && !is_list(column.ty)
}

const fn is_list(ty: ColumnType) -> bool {
    matches!(ty, ColumnType::Words | ColumnType::Ints | ColumnType::Floats)
}

/// How a word is held in memory: its place in a dictionary.
pub(crate) fn word() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// How an instant is held.
pub(crate) fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn arrow_type(column: Column) -> DataType {
    let list = |element| DataType::List(Arc::new(Field::new("element", element, column.nullable)));
    match column.ty {
        ColumnType::Id | ColumnType::Text => DataType::Utf8,
        ColumnType::Word => word(),
        ColumnType::Time => time(),
        ColumnType::Day => DataType::Date32,
        ColumnType::Int => DataType::Int32,
        ColumnType::Long => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Words => list(word()),
        ColumnType::Ints => list(DataType::Int32),
        ColumnType::Floats => list(DataType::Float64),
    }
}

fn delta_type(column: Column) -> DeltaType {
    let list = |element| ArrayType::new(DeltaType::Primitive(element), column.nullable).into();
    match column.ty {
        ColumnType::Id | ColumnType::Text | ColumnType::Word => DeltaType::Primitive(PrimitiveType::String),
        ColumnType::Time => DeltaType::Primitive(PrimitiveType::Timestamp),
        ColumnType::Day => DeltaType::Primitive(PrimitiveType::Date),
        ColumnType::Int => DeltaType::Primitive(PrimitiveType::Integer),
        ColumnType::Long => DeltaType::Primitive(PrimitiveType::Long),
        ColumnType::Float => DeltaType::Primitive(PrimitiveType::Double),
        ColumnType::Bool => DeltaType::Primitive(PrimitiveType::Boolean),
        ColumnType::Words => list(PrimitiveType::String),
        ColumnType::Ints => list(PrimitiveType::Integer),
        ColumnType::Floats => list(PrimitiveType::Double),
    }
}
