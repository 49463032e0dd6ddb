//! What a template makes of a text that it takes.

/// What is made of a text in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// Nothing.
    Plain,
    /// A slug.
    Slug,
    /// Small letters.
    Lower,
    /// Capitals.
    Upper,
}

impl Filter {
    /// All that can be named.
    pub const NAMES: [(&'static str, Self); 3] = [
        ("slug", Self::Slug),
        ("lower", Self::Lower),
        ("upper", Self::Upper),
    ];
}
