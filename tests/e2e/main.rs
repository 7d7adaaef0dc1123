//! Both faces of the built binary, end to end: started as a user starts it, spoken to over a real port.

mod faces;
mod seeds;
mod server;
