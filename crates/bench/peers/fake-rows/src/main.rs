//! The benchmark's row of users, made with the crate `fake` in a plain loop on one thread, as its examples show.
//!
//! Takes the number of rows; writes them in COPY's text format to standard output.

use fake::Fake;
use fake::faker::address::en::{CityName, StateAbbr, StreetName, ZipCode};
use fake::faker::internet::en::SafeEmail;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::Name;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::RngExt as _;
use std::io::{self, BufWriter, Write as _};

const STATUSES: [&str; 4] = ["active", "invited", "suspended", "closed"];

fn main() -> io::Result<()> {
    let rows: u64 = std::env::args()
        .nth(1)
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(1000);
    let mut random = StdRng::seed_from_u64(0);
    let mut output = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    let start = chrono::DateTime::UNIX_EPOCH;
    for id in 1..=rows {
        let name: String = Name().fake_with_rng(&mut random);
        let email: String = SafeEmail().fake_with_rng(&mut random);
        let street: String = StreetName().fake_with_rng(&mut random);
        let city: String = CityName().fake_with_rng(&mut random);
        let state: String = StateAbbr().fake_with_rng(&mut random);
        let zip: String = ZipCode().fake_with_rng(&mut random);
        let birthday = start + chrono::Duration::days(random.random_range(-7000..12_000));
        let status = STATUSES[random.random_range(0..STATUSES.len())];
        let cents: u32 = random.random_range(0..10_000_000);
        let bio: String = Sentence(5..10).fake_with_rng(&mut random);
        let created = start + chrono::Duration::microseconds(random.random_range(1_500_000_000_000_000..1_700_000_000_000_000));
        let updated = created + chrono::Duration::seconds(random.random_range(0..10_000_000));
        writeln!(
            output,
            "{id}\t{name}\t{id}.{email}\t{} {street}, {city}, {state} {zip}\t{}\t{status}\t{}.{:02}\t{bio}\t{}\t{}",
            random.random_range(1..2400),
            birthday.format("%Y-%m-%d"),
            cents / 100,
            cents % 100,
            created.format("%Y-%m-%d %H:%M:%S%.6f"),
            updated.format("%Y-%m-%d %H:%M:%S%.6f"),
        )?;
    }
    output.flush()
}
