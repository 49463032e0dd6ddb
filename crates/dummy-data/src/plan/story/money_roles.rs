//! What a number is in a table about money, by its name. The words are data: `pools/en/money.tsv`.

use crate::plan::names::NameParts;
use crate::plan::story::Named;
use std::sync::OnceLock;

const MONEY: &str = include_str!("../../../pools/en/money.tsv");

/// What a number is in a table about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Quantity,
    UnitPrice,
    Discount,
    DiscountRate,
    Tax,
    TaxRate,
    Shipping,
    Extra,
    Subtotal,
    /// A part of a total with a name of its own: what the room costs, the labour.
    Part,
    Total,
    Amount,
    Paid,
    Due,
    Refunded,
}

/// What a line of the data makes of a name that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Role(Role),
    /// None by this name; another name of the column may say one.
    Nothing,
    /// A number of things, whatever else the column is called.
    Things,
    /// What is weighed or measured, not what that costs.
    Measure,
}

impl Meaning {
    fn read(name: &str) -> Self {
        Self::Role(match name {
            "quantity" => Role::Quantity,
            "unit_price" => Role::UnitPrice,
            "discount" => Role::Discount,
            "discount_rate" => Role::DiscountRate,
            "tax" => Role::Tax,
            "tax_rate" => Role::TaxRate,
            "shipping" => Role::Shipping,
            "extra" => Role::Extra,
            "subtotal" => Role::Subtotal,
            "part" => Role::Part,
            "total" => Role::Total,
            "amount" => Role::Amount,
            "paid" => Role::Paid,
            "due" => Role::Due,
            "refunded" => Role::Refunded,
            "things" => return Self::Things,
            "measure" => return Self::Measure,
            _ => return Self::Nothing,
        })
    }
}

/// The roles as the data has them.
struct Roles {
    /// Words by what they are called together.
    lists: Vec<(&'static str, Vec<&'static str>)>,
    lines: Vec<Line>,
}

/// What must be so for a role.
struct Line {
    meaning: Meaning,
    wholes: Vec<&'static str>,
    has: Vec<&'static str>,
    with: Vec<&'static str>,
    without: Vec<&'static str>,
    words: std::ops::RangeInclusive<usize>,
}

impl Roles {
    fn read() -> &'static Self {
        static READ: OnceLock<Roles> = OnceLock::new();
        READ.get_or_init(|| {
            let list = |text: Option<&'static str>| -> Vec<&'static str> {
                text.unwrap_or("").split_whitespace().collect()
            };
            let mut roles = Self {
                lists: Vec::new(),
                lines: Vec::new(),
            };
            for line in MONEY.lines().filter(|line| !line.starts_with('#')) {
                let mut fields = line.split('\t');
                let name = fields.next().unwrap_or("");
                if name.starts_with('<') {
                    roles.lists.push((name, list(fields.next())));
                    continue;
                }
                let (wholes, has) = (list(fields.next()), list(fields.next()));
                let (with, without) = (list(fields.next()), list(fields.next()));
                let words = match fields.next().map(|count| (count, count.strip_suffix('+'))) {
                    Some((_, Some(least))) => least.parse().unwrap_or(0)..=usize::MAX,
                    Some((count, None)) => {
                        let count = count.parse().unwrap_or(0);
                        count..=count
                    }
                    None => 0..=usize::MAX,
                };
                roles.lines.push(Line {
                    meaning: Meaning::read(name),
                    wholes,
                    has,
                    with,
                    without,
                    words,
                });
            }
            roles
        })
    }

    fn list(&self, name: &str) -> &[&'static str] {
        self.lists
            .iter()
            .find(|(own, _)| *own == name)
            .map_or(&[], |(_, words)| words)
    }

    /// What the first line that fits makes of a name.
    fn meaning(&self, name: &NameParts) -> Meaning {
        let units = self.list("<unit>");
        let words: Vec<&str> = name.words.iter().map(String::as_str).collect();
        let telling: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| !units.contains(word))
            .collect();
        self.lines
            .iter()
            .find(|line| self.fits(line, &words, &telling))
            .map_or(Meaning::Nothing, |line| line.meaning)
    }

    /// Whether a name fits a line, by all of its words and by those that aren't only its unit.
    fn fits(&self, line: &Line, words: &[&str], telling: &[&str]) -> bool {
        let any = |of: &[&str], list: &[&str]| list.iter().any(|word| of.contains(word));
        line.words.contains(&telling.len())
            && (line.has.is_empty() || any(telling, &line.has))
            && (line.with.is_empty() || any(telling, &line.with))
            && !any(words, &line.without)
            && (line.wholes.is_empty()
                || line
                    .wholes
                    .iter()
                    .any(|whole| self.is_whole(whole, words, telling)))
    }

    /// Whether a name is a whole one.
    fn is_whole(&self, whole: &str, words: &[&str], telling: &[&str]) -> bool {
        if whole == "()" {
            return telling.is_empty();
        }
        if whole.starts_with('<') {
            // What names the unit stands for itself.
            let of_unit = whole.ends_with("_<cents>");
            let own = if of_unit { words } else { telling };
            let lists: Vec<&str> = whole.split('_').collect();
            return own.len() == lists.len()
                && own
                    .iter()
                    .zip(lists)
                    .all(|(word, list)| self.list(list).contains(word));
        }
        let name = telling.join("_");
        match (whole.strip_prefix('*'), whole.strip_suffix('*')) {
            (Some(end), _) => name.ends_with(end),
            (_, Some(start)) => name.starts_with(start),
            _ => name == whole,
        }
    }
}

/// The role of a number's name.
pub(crate) fn role(name: &Named) -> Option<Role> {
    let roles = Roles::read();
    for parts in name.all() {
        match roles.meaning(parts) {
            Meaning::Role(role) => return Some(role),
            Meaning::Things => return None,
            Meaning::Nothing | Meaning::Measure => {}
        }
    }
    None
}

/// Whether a name speaks of what is weighed or measured, not of what that costs.
pub(super) fn is_measure(name: &NameParts) -> bool {
    let roles = Roles::read();
    let words: Vec<&str> = name.words.iter().map(String::as_str).collect();
    roles
        .lines
        .iter()
        .any(|line| line.meaning == Meaning::Measure && roles.fits(line, &words, &words))
}

/// Whether a name speaks of hundredths.
pub(crate) fn in_cents(name: &Named) -> bool {
    name.has(Roles::read().list("<cents>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(name: &str) -> Option<Role> {
        let name = NameParts::new(name);
        match Roles::read().meaning(&name) {
            Meaning::Role(role) => Some(role),
            _ => None,
        }
    }

    #[test]
    fn names_have_their_roles() {
        for (name, expected) in [
            ("quantity", Some(Role::Quantity)),
            ("tickets", Some(Role::Quantity)),
            ("tickets_cents", Some(Role::Part)),
            ("labor_cents", Some(Role::Part)),
            ("labor_hours", Some(Role::Quantity)),
            ("labor_rate", Some(Role::UnitPrice)),
            ("labor_total", Some(Role::Part)),
            ("total_labor", Some(Role::Total)),
            ("total_quantity", None),
            ("unit_price_cents", Some(Role::UnitPrice)),
            ("price_per_night", Some(Role::UnitPrice)),
            ("rate", Some(Role::UnitPrice)),
            ("growth_rate", None),
            ("tax", Some(Role::Tax)),
            ("tax_rate", Some(Role::TaxRate)),
            ("vat_percent", Some(Role::TaxRate)),
            ("total_before_tax", Some(Role::Subtotal)),
            ("price_excluding_tax", Some(Role::Subtotal)),
            ("discount_percentage", Some(Role::DiscountRate)),
            ("discount_cents", Some(Role::Discount)),
            ("shipping", Some(Role::Shipping)),
            ("shipping_weight", None),
            ("fees_cents", Some(Role::Extra)),
            ("balance_due", Some(Role::Due)),
            ("remaining_amount", Some(Role::Due)),
            ("amount_paid", Some(Role::Paid)),
            ("refunded_cents", Some(Role::Refunded)),
            ("sub_total_amount", Some(Role::Subtotal)),
            ("grand_total", Some(Role::Total)),
            ("line_amount", Some(Role::Amount)),
            ("amount", Some(Role::Amount)),
            ("value", Some(Role::Amount)),
            ("votes", None),
            ("max_amount", None),
        ] {
            assert_eq!(role_of(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_weighed_is_no_money_unless_it_has_a_price() {
        assert!(is_measure(&NameParts::new("net_weight")));
        assert!(!is_measure(&NameParts::new("price_per_kg")));
        assert_eq!(role_of("gross_weight_kg"), None);
    }

    #[test]
    fn every_line_says_something() {
        for line in &Roles::read().lines {
            assert!(
                !line.wholes.is_empty() || !line.has.is_empty(),
                "a line of money.tsv fits every name"
            );
        }
        for list in ["<unit>", "<cents>", "<part>", "<sum>"] {
            assert!(!Roles::read().list(list).is_empty(), "{list}");
        }
    }
}
