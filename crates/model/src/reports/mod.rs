//! The reports: what can be asked about many sessions, and what the answers mean.
//!
//! Definitions are here once: [`metric`] and [`dimension`] say what is measured and what by, [`pattern`] what counts
//! as a step or a goal, the others what each report is asked and answers. [`naive`] says each report in plain
//! code over [`document`]s; the kernels of `footpath-analyze`, which read columns, must equal it. [`selection`] names the
//! sessions behind any number of any report, so that a list of them is made from the same rows.
//!
//! Rates and times have a value only where there is something to divide by: nothing is neither 0 nor an error.

pub mod dimension;
pub mod document;
pub mod metric;
pub mod pattern;
pub mod vitals;

pub mod drop_off;
pub mod endings;
pub mod funnels;
pub mod impact;
pub mod insights;
pub mod journeys;
pub mod measures;
pub mod pages;

pub mod selection;
pub mod statistics;

pub mod naive;
