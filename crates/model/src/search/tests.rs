mod any;
mod completing;
mod document;
mod language;
mod meaning;
mod mistakes;
mod told;
