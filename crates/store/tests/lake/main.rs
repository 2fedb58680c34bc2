//! The lake as users of the store see it: sessions move into it, are amended, compacted and deleted, and at every moment
//! each is one row. One binary, so that it is linked once; each test has a thread, and so a clock, of its own.

mod always;
mod amend;

mod compact;
mod crash;
mod damage;
mod erase;
mod few;
mod fixture;
mod flush;
mod golden;
mod model;
mod retain;
mod scan;
