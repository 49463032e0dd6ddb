//! Generators of numbers and truth values.

use crate::check::Multiples;
use crate::generators::{Gendered, Generator, Part, Quantity, Shape};
use crate::locale::Locale;
use crate::ordinal::Ordinal;
use crate::plan::bounds::{Bounds, multiples, number_bounds, scale};
use crate::plan::columns::context::{Choice, Context, room};
use crate::plan::columns::number_rules::{Usual, usual};
use crate::plan::columns::shares::{Share, share};
use crate::plan::names::NameParts;
use crate::plan::rows::need::Need;
use crate::plan::story::words::numbered_labels;
use crate::pools::WordList;
use crate::settings::Distribution;
use std::sync::Arc;
use value_model::ValueType;

/// A whole or decimal number.
pub(crate) fn number(context: &mut Context<'_>) -> Choice {
    if let Some(values) = context.domain.one_of.clone() {
        return listed(context, &values);
    }
    if matches!(context.need, Need::Free)
        && let Some(place) = coordinate(context)
    {
        return place;
    }
    if let Some(choice) = one_of_a_few(context) {
        return choice;
    }
    let (quantity, why) = quantity(context);
    (written(&context.column.data_type.kind, quantity), why)
}

/// Numbers of which there are but a few: states of HTTP, labels that a comment lists.
fn one_of_a_few(context: &mut Context<'_>) -> Option<Choice> {
    let is_plain = matches!(context.need, Need::Free)
        && context.above.is_empty()
        && scale(&context.column.data_type.kind) == 0
        && context
            .settings
            .is_none_or(|settings| settings.source.is_none());
    if !is_plain {
        return None;
    }
    let bounds = number_bounds(&context.column.data_type.kind, &context.domain);
    let fits = |number: i64| {
        (bounds.least..=bounds.greatest).contains(&number)
            && !context.domain.none_of.contains(&number.to_string())
            && context.domain.multiples.is_none()
    };
    let comment = context.column.comment.as_deref().unwrap_or("");
    let (labels, meant): (Vec<String>, Vec<String>) = numbered_labels(comment)
        .into_iter()
        .filter(|(number, _)| fits(*number))
        .map(|(number, label)| (number.to_string(), label))
        .unzip();
    if labels.len() > 1 {
        let texts: Vec<&str> = labels.iter().map(String::as_str).collect();
        let meant: Vec<&str> = meant.iter().map(String::as_str).collect();
        if let Some(choice) = gendered(context, &texts, &meant) {
            return Some((choice, "as its name is".to_owned()));
        }
        let choice = by_meaning(context, &texts, &meant);
        return Some((choice, "a label of its comment".to_owned()));
    }
    let parts = &context.parts;
    if parts.is(&["rating", "stars", "satisfaction", "rate_value"])
        && bounds.least <= 1
        && bounds.greatest >= 5
        && fits(1)
        && fits(5)
    {
        let stars = ["5", "4", "3", "2", "1"];
        return Some((
            Generator::shares(context.key, &stars, &[44, 29, 14, 7, 6]),
            "a rating: good ones are common".to_owned(),
        ));
    }
    let is_http = parts.is(&[
        "http_status",
        "http_code",
        "response_code",
        "http_status_code",
        "status_code",
        "response_status",
        "response_status_code",
    ]);
    if is_http && fits(200) && fits(503) {
        let states = [
            "200", "201", "204", "302", "304", "400", "401", "404", "422", "500", "503",
        ];
        let weights = [60, 8, 4, 3, 3, 2, 2, 5, 3, 2, 1];
        let choice = Generator::shares(context.key, &states, &weights);
        return Some((choice, "a state of HTTP".to_owned()));
    }
    None
}

/// One of some texts: the default most often, else the first, and the others less and less.
pub(crate) fn skewed(context: &Context<'_>, texts: &[&str]) -> Generator {
    let first = default_among(context, texts).unwrap_or(0);
    Generator::shares(context.key, texts, &falling(texts.len(), first))
}

/// One of some labels as often as what they mean suggests, as [`skewed`] where that says nothing: as stored, and what
/// each means.
pub(crate) fn by_meaning(context: &Context<'_>, stored: &[&str], meant: &[&str]) -> Generator {
    let shares: Vec<Option<Share>> = meant.iter().map(|label| share(label)).collect();
    // Rows begin with a default that says that nothing is known, but they don't stay so.
    let default =
        default_among(context, stored).filter(|place| shares[*place] != Some(Share::Rare));
    let first = default
        .or_else(|| {
            shares
                .iter()
                .position(|share| *share == Some(Share::Common))
        })
        .or_else(|| shares.iter().position(Option::is_none))
        .unwrap_or(0);
    let weights: Vec<u64> = falling(stored.len(), first)
        .into_iter()
        .zip(&shares)
        .enumerate()
        .map(|(place, (weight, share))| match share {
            Some(Share::Rare) if Some(place) != default => weight / 5 + 1,
            Some(Share::Common) if default.is_none() => weight * 3,
            _ => weight,
        })
        .collect();
    Generator::shares(context.key, stored, &weights)
}

/// Where the column's default stands among some texts.
fn default_among(context: &Context<'_>, texts: &[&str]) -> Option<usize> {
    let default = context.default_constant()?;
    texts.iter().position(|text| *text == default)
}

/// Weights that fall from one place on, first to those after it.
fn falling(count: usize, first: usize) -> Vec<u64> {
    (0..count)
        .map(|place| {
            let distance = match place.cmp(&first) {
                std::cmp::Ordering::Equal => 0,
                std::cmp::Ordering::Less => place + 1,
                std::cmp::Ordering::Greater => place,
            };
            1200 / (1 + distance as u64)
        })
        .collect()
}

/// What a row's person is, where some texts speak of women and of men: as stored, and what each means.
pub(crate) fn gendered(
    context: &mut Context<'_>,
    stored: &[&str],
    meant: &[&str],
) -> Option<Generator> {
    const WOMAN: &[&str] = &[
        "f", "w", "female", "woman", "women", "girl", "ms", "mrs", "miss", "madam", "mme", "she",
        "she/her", "her", "feminine", "女", "女性", "女子",
    ];
    const MAN: &[&str] = &[
        "m",
        "male",
        "man",
        "men",
        "boy",
        "mr",
        "sir",
        "he",
        "he/him",
        "him",
        "masculine",
        "男",
        "男性",
        "男子",
    ];
    let is_about = context.parts.has_any(&[
        "gender",
        "sex",
        "salutation",
        "honorific",
        "title",
        "pronouns",
        "pronoun",
        "prefix",
        "courtesy",
        "seibetsu",
    ]) || context
        .called
        .as_ref()
        .is_some_and(|called| called.has_any(&["gender", "salutation", "honorific"]));
    if !is_about || context.wanted().is_some() {
        return None;
    }
    let mut texts: [Vec<&str>; 3] = Default::default();
    for (text, word) in stored.iter().zip(meant) {
        let word = word.to_lowercase();
        let word = word.trim_end_matches('.');
        let place = if WOMAN.contains(&word) {
            0
        } else if MAN.contains(&word) {
            1
        } else {
            2
        };
        texts[place].push(text);
    }
    if texts[0].is_empty() || texts[1].is_empty() {
        return None;
    }
    let others = if texts[2].is_empty() { 0 } else { 6 };
    Some(Generator::Gendered(Box::new(Gendered {
        people: context.people(""),
        key: context.key,
        others,
        texts: texts.map(WordList::new),
    })))
}

/// One of the values that a check lists.
pub(crate) fn listed(context: &mut Context<'_>, values: &[String]) -> Choice {
    let texts: Vec<&str> = values.iter().map(String::as_str).collect();
    if let Some(choice) = gendered(context, &texts, &texts) {
        return (choice, "as its name is".to_owned());
    }
    let choice = if context.wanted().is_none() && texts.len() > 1 {
        by_meaning(context, &texts, &texts)
    } else {
        context.one_of(texts)
    };
    (choice, "a check lists its values".to_owned())
}

/// A number by its bounds alone.
pub(crate) fn plain_number(context: &Context<'_>) -> Generator {
    let (quantity, _) = quantity(context);
    written(&context.column.data_type.kind, quantity)
}

/// The row's number, in units of the type's last digit.
pub(crate) fn counted(kind: &ValueType, start: i64, step: i64) -> Generator {
    let quantity = Quantity::Steps {
        ordinal: Ordinal::Row,
        start,
        step,
    };
    written(kind, Arc::new(quantity))
}

fn written(kind: &ValueType, quantity: Arc<Quantity>) -> Generator {
    match scale(kind) {
        0 => Generator::Whole(quantity),
        scale => Generator::Decimal(quantity, scale),
    }
}

/// The numbers of a column, in units of its last digit. Other columns may be bounded by it.
pub(crate) fn quantity(context: &Context<'_>) -> (Arc<Quantity>, String) {
    let kind = &context.column.data_type.kind;
    let mut bounds = number_bounds(kind, &context.domain);
    if let Some(ceiling) = context.ceiling {
        bounds.greatest = bounds.greatest.min(ceiling).max(bounds.least);
    }
    if context.domain.none_of.iter().any(|value| value == "0")
        && bounds.least <= 0
        && bounds.greatest > 0
    {
        bounds.least = 1;
    }
    let multiples = multiples(kind, &context.domain);
    if let Some(multiples) = multiples {
        bounds.least = multiples.from(bounds.least);
        bounds.greatest = multiples.up_to(bounds.greatest).max(bounds.least);
    }
    if let Some(ordinal) = context.wanted() {
        let by = multiples.map_or(1, |multiples| multiples.of);
        let from_one = context.column.name != "position" || context.is_distinct();
        let year = context.parts.has("year") && !context.parts.has_any(&["count", "number"]);
        let start = if year {
            // Years are counted on from one that isn't long ago.
            crate::calendar::civil(context.birth.today() / crate::calendar::DAY).0 - 12
        } else {
            i64::from(from_one)
        };
        let start = multiples.map_or(start, |multiples| multiples.from(start));
        let enough = i128::from(bounds.greatest) - i128::from(start)
            >= i128::from(context.rows) * i128::from(by);
        let start = if bounds.least <= start && enough {
            start
        } else {
            bounds.least.max(if enough { start } else { bounds.least })
        };
        let quantity = Quantity::Steps {
            ordinal,
            start,
            step: by,
        };
        return (Arc::new(quantity), "unique: counted".to_owned());
    }
    if !context.above.is_empty() {
        let above = above(context, bounds);
        return (
            match multiples {
                Some(multiples) => raised(above, multiples, context),
                None => above,
            },
            "not below another column".to_owned(),
        );
    }
    let unit = 10_i64.pow(scale(kind));
    let Usual {
        least,
        greatest,
        mut step,
        shape,
        why,
    } = match configured(context) {
        Some((bounds, shape)) => Usual {
            least: bounds.least,
            greatest: bounds.greatest,
            step: 1,
            shape,
            why: "a range".to_owned(),
        },
        None => usual(context, unit),
    };
    let (mut least, mut greatest) = within((least, greatest), bounds);
    if let Some(multiples) = multiples {
        // A usual range is too small for large steps.
        let few = multiples.of.saturating_mul(20);
        least = multiples.from(least).min(bounds.greatest);
        greatest = multiples
            .up_to(greatest.max(least.saturating_add(few)))
            .min(bounds.greatest);
        step = if step % multiples.of == 0 {
            step
        } else {
            multiples.of
        };
    }
    let narrow = multiples.map_or(1, |multiples| multiples.of);
    let step = if greatest - least < step {
        narrow
    } else {
        step
    };
    // Prices end as prices do.
    let is_price =
        context.parts.has_any(&["price", "fee", "msrp"]) || context.parts.whole == "cost";
    // So do those in cents.
    let unit = if is_price && unit == 1 && context.parts.has("cents") {
        100
    } else {
        unit
    };
    if is_price
        && unit >= 100
        && multiples.is_none()
        && step < unit
        && configured(context).is_none()
    {
        let (from, to) = (least.div_euclid(unit) + 1, greatest.div_euclid(unit) - 1);
        if to > from {
            let quantity = Quantity::Price {
                key: context.key,
                least: from.max(1),
                steps: (to - from.max(1)).max(0).cast_unsigned().min(999) + 1,
                unit,
            };
            return (Arc::new(quantity), why);
        }
    }
    let quantity = Quantity::Between {
        key: context.key,
        least,
        steps: ((greatest - least) / step).cast_unsigned() + 1,
        step,
        shape,
    };
    (Arc::new(quantity), why)
}

/// The nearest of some numbers that isn't below what was made.
fn raised(made: Arc<Quantity>, multiples: Multiples, context: &Context<'_>) -> Arc<Quantity> {
    let moved = |base, by| {
        Arc::new(Quantity::AtLeast {
            base,
            key: context.key,
            least: by,
            steps: 1,
            greatest: i64::MAX,
        })
    };
    let scaled = |base, multiplier, divisor| {
        Arc::new(Quantity::Scaled {
            base,
            multiplier,
            divisor,
        })
    };
    let steps = scaled(moved(made, -multiples.rest), 1, multiples.of);
    moved(scaled(steps, multiples.of, 1), multiples.rest)
}

/// All that a configured range allows, and how it is distributed.
fn configured(context: &Context<'_>) -> Option<(Bounds, Shape)> {
    let settings = context.settings?;
    crate::plan::facts::applied::bounds_of(&settings.source.as_ref()?.value)?;
    let shape = match settings.distribution.as_ref().map(|shape| shape.value) {
        Some(Distribution::Skewed) => Shape::Skewed,
        Some(Distribution::Normal) => Shape::Central,
        _ => Shape::Even,
    };
    Some((
        number_bounds(&context.column.data_type.kind, &context.domain),
        shape,
    ))
}

/// The part of a usual range that is allowed; where they don't meet, the nearest that is.
fn within(usual: (i64, i64), bounds: Bounds) -> (i64, i64) {
    let width = usual.1 - usual.0;
    let mut least = usual.0.max(bounds.least);
    let mut greatest = usual.1.min(bounds.greatest);
    if least > greatest {
        if usual.0 > bounds.greatest {
            greatest = bounds.greatest;
            least = greatest.saturating_sub(width).max(bounds.least);
        } else {
            least = bounds.least;
            greatest = least.saturating_add(width).min(bounds.greatest);
        }
    }
    (least, greatest.max(least))
}

fn above(context: &Context<'_>, bounds: Bounds) -> Arc<Quantity> {
    // What is raised to the next multiple stays within the distance.
    let kind = &context.column.data_type.kind;
    let raise = multiples(kind, &context.domain).map_or(0, |multiples| multiples.of - 1);
    let room = room(&context.above).map(|room| (room - raise).max(0));
    let bases: Vec<Arc<Quantity>> = context
        .above
        .iter()
        .map(|lower| {
            if lower.least == 0 {
                Arc::clone(&lower.base)
            } else {
                Arc::new(Quantity::AtLeast {
                    base: Arc::clone(&lower.base),
                    key: context.key,
                    least: lower.least,
                    steps: 1,
                    greatest: i64::MAX,
                })
            }
        })
        .chain(std::iter::once(Arc::new(Quantity::Fixed(
            if room.is_some() {
                bounds.least
            } else {
                bounds.least.max(0).min(bounds.greatest)
            },
        ))))
        .collect();
    let unit = 10_i64.pow(scale(&context.column.data_type.kind));
    Arc::new(Quantity::AtLeast {
        base: Arc::new(Quantity::Largest(bases.into())),
        key: context.key,
        least: 0,
        steps: room
            .map_or(20 * unit, |room| (20 * unit).min(room + 1))
            .cast_unsigned(),
        greatest: bounds.greatest,
    })
}

/// What numbers of prefectures are called.
const PREFECTURES: &[&str] = &[
    "prefecture_code",
    "prefecture_cd",
    "prefecture_no",
    "prefecture_id",
    "prefecture",
    "pref_code",
    "pref_cd",
    "pref_id",
    "todofuken_code",
    "todofuken_cd",
];

/// The number of the prefecture in which the row's place is.
fn prefecture(context: &mut Context<'_>) -> Option<Choice> {
    let is_meant = |parts: &NameParts| PREFECTURES.iter().any(|name| parts.is(&[*name]));
    let is_number = matches!(
        context.column.data_type.kind,
        ValueType::SmallInt | ValueType::Integer | ValueType::BigInt
    );
    if context.locale() != Locale::Japanese
        || !is_number
        || !(is_meant(&context.parts) || context.called.as_ref().is_some_and(is_meant))
    {
        return None;
    }
    let prefix = PREFECTURES
        .iter()
        .find_map(|name| context.parts.prefix_before(name))
        .unwrap_or("")
        .to_owned();
    let places = context.places(&prefix);
    Some((
        Generator::Place(places, Part::RegionNumber),
        "the number of the prefecture of the row's address".to_owned(),
    ))
}

/// Latitude and longitude of the row's place.
fn coordinate(context: &mut Context<'_>) -> Option<Choice> {
    if let Some(found) = prefecture(context) {
        return Some(found);
    }
    let has_room = match context.column.data_type.kind {
        ValueType::Real | ValueType::DoublePrecision => true,
        ValueType::Numeric { precision, scale } => {
            scale.is_none_or(|scale| scale >= 2)
                && precision.is_none_or(|precision| {
                    i64::from(precision) - i64::from(scale.unwrap_or(0)) >= 3
                })
        }
        _ => false,
    };
    if !has_room || context.domain.least.is_some() && context.domain.greatest.is_none() {
        return None;
    }
    for (name, latitude) in [
        ("latitude", true),
        ("lat", true),
        ("longitude", false),
        ("lng", false),
        ("lon", false),
    ] {
        if let Some(prefix) = context.parts.prefix_before(name).map(str::to_owned) {
            let places = context.places(&prefix);
            let generator = if latitude {
                Generator::Latitude(places)
            } else {
                Generator::Longitude(places)
            };
            return Some((
                generator,
                "the name says where; it fits the row's address".to_owned(),
            ));
        }
    }
    None
}

/// How often a flag is true by what its name says, whole or in one of its words.
fn said_of(name: &NameParts) -> Option<Share> {
    share(name.whole.strip_prefix("is_").unwrap_or(&name.whole))
        .or_else(|| name.words.iter().find_map(|word| share(word)))
}

/// True or false: mostly the default where there is one.
pub(crate) fn boolean(context: &Context<'_>) -> Choice {
    if let Some(values) = &context.domain.one_of {
        return (
            context.one_of(values.iter().map(String::as_str)),
            "a check lists its values".to_owned(),
        );
    }
    if context.wanted().is_some() {
        return (
            context.one_of(["f", "t"]),
            "unique: both, once each".to_owned(),
        );
    }
    let (rare, why) = match context.default_constant().as_deref() {
        Some("t") => (0, "mostly true, as its default"),
        Some("f") => (1, "mostly false, as its default"),
        _ => match said_of(&context.parts).or_else(|| context.called.as_ref().and_then(said_of)) {
            Some(Share::Common) => (0, "mostly true, as its name says"),
            Some(Share::Rare) => (1, "mostly false, as its name says"),
            None => (2, "its type"),
        },
    };
    let mut parts = Box::new([1_u8; 256]);
    let falses = match rare {
        0 => 40,
        1 => 216,
        _ => 128,
    };
    parts[..falses].fill(0);
    (
        Generator::Weighted(context.key, parts, WordList::new(["f", "t"])),
        why.to_owned(),
    )
}

/// A label of an enum type, the default more often.
pub(crate) fn label(context: &mut Context<'_>) -> Choice {
    if let Some(values) = context.domain.one_of.clone() {
        return listed(context, &values);
    }
    let all: Vec<String> = context
        .labels
        .iter()
        .filter(|label| !context.domain.none_of.iter().any(|none| none == *label))
        .cloned()
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    if let Some(choice) = gendered(context, &all, &all) {
        return (choice, "as its name is".to_owned());
    }
    if context.wanted().is_none() && all.len() > 1 {
        let choice = by_meaning(context, &all, &all);
        return (
            choice,
            "a label of its enum type, some more often".to_owned(),
        );
    }
    (context.one_of(all), "a label of its enum type".to_owned())
}

/// A random whole number of seconds, days or the like, for types that hold more than one number.
pub(crate) fn any_number(
    context: &Context<'_>,
    label: &str,
    least: i64,
    count: u64,
) -> Arc<Quantity> {
    Arc::new(Quantity::Steps {
        ordinal: context.wanted().unwrap_or(Ordinal::Random {
            key: context.key.child(label),
            count,
        }),
        start: least,
        step: 1,
    })
}
