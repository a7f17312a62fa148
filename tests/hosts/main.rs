//! One table of requests, put to every host of the router. Whoever answers, the answers are the same.

mod answer;
mod ask;
mod host;
mod imports;
mod large;
mod same;
mod spec;
mod table;
mod timeout;
mod together;
mod uploads;
