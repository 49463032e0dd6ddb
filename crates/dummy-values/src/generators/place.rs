//! Places: postal code, region, city and street of one row belong together.

#![expect(
    clippy::cast_possible_truncation,
    reason = "positions in lists that are in memory, and lengths of short texts"
)]

use crate::locale::Locale;
use crate::pools::Pools;
use crate::random::{Key, below, mix};
use row_text::RowBuffer;
use std::sync::Arc;

/// The places of a table's rows.
#[derive(Debug)]
pub struct Places {
    key: Key,
    pools: Arc<Pools>,
}

/// What of a place is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// State or prefecture.
    Region,
    /// Abbreviation of the state; the reading of the prefecture.
    RegionCode,
    /// The prefecture's number, as JIS X 0401 counts them; of a state none.
    RegionNumber,
    /// The same in two digits.
    RegionDigits,
    /// City, with ward.
    City,
    /// Reading of the city.
    CityKana,
    /// Postal code as people write it.
    PostalCode,
    /// Postal code in digits only.
    PostalDigits,
    /// Street and number.
    Street,
    /// The whole address in one line.
    Address,
    /// A telephone number of the area with separators.
    Phone,
    /// The same in digits only.
    PhoneDigits,
    /// Another telephone number of the area: a fax, a mobile.
    OtherPhone,
    /// The same in digits only.
    OtherPhoneDigits,
}

impl Places {
    /// The places that a key names.
    pub fn new(key: Key, pools: Arc<Pools>) -> Self {
        Self { key, pools }
    }

    #[inline]
    fn place(&self, bits: u64) -> u64 {
        below(bits, self.pools.places.cities.len())
    }

    /// Latitude in millionths of a degree.
    pub fn latitude(&self, row: u64) -> i64 {
        self.near(row, &self.pools.places.latitudes, 7)
    }

    /// Longitude in millionths of a degree.
    pub fn longitude(&self, row: u64) -> i64 {
        self.near(row, &self.pools.places.longitudes, 29)
    }

    /// Within some three kilometres of the city's centre.
    fn near(&self, row: u64, degrees: &[i64], turn: u32) -> i64 {
        let bits = self.key.at(row);
        let off = below(mix(bits.rotate_left(turn)), 60_001).cast_signed() - 30_000;
        degrees[self.place(bits) as usize] + off
    }

    /// Writes a part of a row's place.
    #[inline]
    pub fn write(&self, part: Part, row: u64, out: &mut RowBuffer) {
        let bits = self.key.at(row);
        let number = self.place(bits);
        let more = mix(bits);
        let places = &self.pools.places;
        match part {
            Part::Region => places.regions.get(number).write(out),
            Part::RegionCode => places.region_codes.get(number).write(out),
            Part::RegionNumber | Part::RegionDigits => {
                let code = places.region_numbers.get(number as usize);
                let code = code.copied().unwrap_or(0);
                if part == Part::RegionNumber {
                    out.unsigned(code);
                } else {
                    out.padded(code, 2);
                }
            }
            Part::City => places.cities.get(number).write(out),
            Part::CityKana => places.city_kana.get(number).write(out),
            Part::PostalDigits => places.postal_codes.get(number).write(out),
            Part::PostalCode => self.postal_code(number, out),
            Part::Street => self.street(number, more, out),
            Part::Address => match self.pools.locale {
                Locale::English => {
                    self.street(number, more, out);
                    out.array(b", ");
                    places.cities.get(number).write(out);
                    out.array(b", ");
                    places.region_codes.get(number).write(out);
                    out.byte(b' ');
                    places.postal_codes.get(number).write(out);
                }
                Locale::Japanese => {
                    places.regions.get(number).write(out);
                    places.cities.get(number).write(out);
                    self.street(number, more, out);
                }
            },
            Part::Phone | Part::PhoneDigits => {
                self.phone(number, mix(more), part == Part::Phone, out);
            }
            Part::OtherPhone | Part::OtherPhoneDigits => {
                self.phone(number, mix(mix(more)), part == Part::OtherPhone, out);
            }
        }
    }

    fn postal_code(&self, number: u64, out: &mut RowBuffer) {
        let digits = self.pools.places.postal_codes.get(number);
        match (self.pools.locale, digits.as_str().split_at_checked(3)) {
            (Locale::Japanese, Some((area, rest))) => {
                out.text(area);
                out.byte(b'-');
                out.text(rest);
            }
            _ => digits.write(out),
        }
    }

    fn street(&self, number: u64, bits: u64, out: &mut RowBuffer) {
        let towns = &self.pools.places.towns;
        match self.pools.locale {
            Locale::English => {
                out.unsigned(1 + below(bits, 2400));
                out.byte(b' ');
                towns.get(below(mix(bits), towns.len())).write(out);
            }
            Locale::Japanese => {
                towns.get(number).write(out);
                out.unsigned(1 + (bits & 3));
                out.byte(b'-');
                out.unsigned(1 + below(bits, 28));
                out.byte(b'-');
                out.unsigned(1 + below(mix(bits), 15));
            }
        }
    }

    /// Numbers that no subscriber has: 555-01xx in America; in Japan the exchange 0000.
    fn phone(&self, number: u64, bits: u64, separated: bool, out: &mut RowBuffer) {
        let area = self.pools.places.area_codes.get(number);
        let separator = |out: &mut RowBuffer| {
            if separated {
                out.byte(b'-');
            }
        };
        area.write(out);
        separator(out);
        match self.pools.locale {
            Locale::English => {
                out.array(b"555");
                separator(out);
                out.padded(100 + below(bits, 100), 4);
            }
            Locale::Japanese => {
                // Ten digits in all, whatever the length of the area code.
                let exchange = 6_usize.saturating_sub(area.as_str().len());
                out.padded(0, exchange);
                separator(out);
                out.padded(below(bits, 10_000), 4);
            }
        }
    }

    /// Length of the longest, in characters.
    pub fn longest(&self, part: Part) -> usize {
        let places = &self.pools.places;
        let street = match self.pools.locale {
            Locale::English => 5 + places.towns.longest(),
            Locale::Japanese => places.towns.longest() + 7,
        };
        match part {
            Part::Region => places.regions.longest(),
            Part::RegionCode => places.region_codes.longest(),
            Part::RegionNumber | Part::RegionDigits => 2,
            Part::City => places.cities.longest(),
            Part::CityKana => places.city_kana.longest(),
            Part::PostalCode => {
                places.postal_codes.longest() + usize::from(self.pools.locale == Locale::Japanese)
            }
            Part::PostalDigits => places.postal_codes.longest(),
            Part::Street => street,
            Part::Address => {
                street
                    + places.cities.longest()
                    + places
                        .regions
                        .longest()
                        .max(places.region_codes.longest() + 10)
            }
            Part::Phone | Part::OtherPhone => 12,
            Part::PhoneDigits | Part::OtherPhoneDigits => 10,
        }
    }
}
