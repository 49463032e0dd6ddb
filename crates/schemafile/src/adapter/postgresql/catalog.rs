//! What PostgreSQL and the extensions that schemas ask for define: types, functions, index methods.
//!
//! Without a database this is how a misspelt name is told from a rare one.

/// Types of PostgreSQL 15 that have no variant of their own in the model.
pub(crate) const OTHER_TYPES: &[&str] = &[
    "aclitem",
    "bpchar",
    "char",
    "cid",
    "gtsvector",
    "int2vector",
    "jsonpath",
    "name",
    "oidvector",
    "pg_lsn",
    "pg_snapshot",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "tid",
    "timetz",
    "txid_snapshot",
    "varchar",
    "xid",
    "xid8",
];

/// Every name by which the DSL and PostgreSQL know a type, for hints.
pub(crate) const TYPE_NAMES: &[&str] = &[
    "bigint",
    "binary",
    "bit",
    "bit varying",
    "boolean",
    "bytea",
    "character",
    "character varying",
    "cidr",
    "circle",
    "citext",
    "date",
    "daterange",
    "datetime",
    "decimal",
    "double precision",
    "float",
    "hstore",
    "inet",
    "int4range",
    "int8range",
    "integer",
    "interval",
    "json",
    "jsonb",
    "line",
    "lseg",
    "ltree",
    "macaddr",
    "money",
    "numeric",
    "numrange",
    "path",
    "point",
    "polygon",
    "real",
    "serial",
    "smallint",
    "string",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "tsrange",
    "tstzrange",
    "tsvector",
    "uuid",
    "varchar",
    "xml",
    // Of names that are as near to a misspelt one, the first is meant: nearly nobody means this.
    "oid",
];

/// An extension with what it brings.
pub(crate) struct KnownExtension {
    pub(crate) name: &'static str,
    pub(crate) types: &'static [&'static str],
    /// Functions that defaults call.
    pub(crate) functions: &'static [&'static str],
    pub(crate) index_methods: &'static [&'static str],
}

const fn extension(name: &'static str) -> KnownExtension {
    KnownExtension {
        name,
        types: &[],
        functions: &[],
        index_methods: &[],
    }
}

/// The extensions of PostgreSQL's contrib, and others that schemas ask for.
pub(crate) const EXTENSIONS: &[KnownExtension] = &[
    extension("adminpack"),
    extension("amcheck"),
    extension("autoinc"),
    KnownExtension {
        index_methods: &["bloom"],
        ..extension("bloom")
    },
    extension("btree_gin"),
    extension("btree_gist"),
    KnownExtension {
        types: &["citext"],
        ..extension("citext")
    },
    KnownExtension {
        types: &["cube"],
        ..extension("cube")
    },
    extension("dblink"),
    extension("dict_int"),
    extension("dict_xsyn"),
    KnownExtension {
        types: &["earth"],
        ..extension("earthdistance")
    },
    extension("file_fdw"),
    extension("fuzzystrmatch"),
    KnownExtension {
        types: &["hstore"],
        ..extension("hstore")
    },
    extension("insert_username"),
    extension("intagg"),
    KnownExtension {
        types: &["query_int"],
        ..extension("intarray")
    },
    KnownExtension {
        types: &[
            "isbn", "isbn13", "issn", "issn13", "ismn", "ismn13", "ean13", "upc",
        ],
        ..extension("isn")
    },
    KnownExtension {
        types: &["lo"],
        ..extension("lo")
    },
    KnownExtension {
        types: &["ltree", "lquery", "ltxtquery"],
        ..extension("ltree")
    },
    extension("moddatetime"),
    extension("old_snapshot"),
    extension("pageinspect"),
    extension("pg_buffercache"),
    extension("pg_freespacemap"),
    extension("pg_prewarm"),
    extension("pg_stat_statements"),
    extension("pg_surgery"),
    extension("pg_trgm"),
    extension("pg_visibility"),
    extension("pg_walinspect"),
    KnownExtension {
        functions: &["gen_salt", "gen_random_bytes"],
        ..extension("pgcrypto")
    },
    extension("pgrowlocks"),
    extension("pgstattuple"),
    extension("plpgsql"),
    extension("postgres_fdw"),
    extension("refint"),
    KnownExtension {
        types: &["seg"],
        ..extension("seg")
    },
    extension("sslinfo"),
    extension("tablefunc"),
    extension("tcn"),
    extension("tsm_system_rows"),
    extension("tsm_system_time"),
    extension("unaccent"),
    KnownExtension {
        functions: &[
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v3",
            "uuid_generate_v4",
            "uuid_generate_v5",
            "uuid_nil",
        ],
        ..extension("uuid-ossp")
    },
    extension("xml2"),
    // Beyond contrib.
    extension("hypopg"),
    extension("pg_cron"),
    extension("pg_partman"),
    extension("pg_repack"),
    KnownExtension {
        types: &["geometry", "geography", "box2d", "box3d"],
        ..extension("postgis")
    },
    KnownExtension {
        types: &["raster"],
        ..extension("postgis_raster")
    },
    extension("postgis_tiger_geocoder"),
    extension("postgis_topology"),
    extension("timescaledb"),
    KnownExtension {
        types: &["vector", "halfvec", "sparsevec"],
        index_methods: &["hnsw", "ivfflat"],
        ..extension("vector")
    },
];

/// Index methods of PostgreSQL itself.
pub(crate) const INDEX_METHODS: &[&str] = &["btree", "hash", "gist", "spgist", "gin", "brin"];

/// Whose collation a name is, when it can't be one of PostgreSQL's, and what to write.
pub(crate) fn foreign_collation(name: &str) -> Option<(&'static str, &'static str)> {
    const CHARACTER_SETS: [&str; 16] = [
        "utf8mb4", "utf8mb3", "utf8", "latin1", "latin2", "ascii", "ucs2", "utf16", "utf32",
        "cp932", "sjis", "ujis", "eucjpms", "big5", "gbk", "koi8r",
    ];
    const OWN: &str = "take it out, and the database's is taken; PostgreSQL's own are \"C\", \"en_US.utf8\", \"ja-x-icu\" and the like";
    let lower = name.to_ascii_lowercase();
    let of_mysql = CHARACTER_SETS.iter().any(|set| {
        lower
            .strip_prefix(set)
            .is_some_and(|rest| rest.starts_with('_'))
    });
    if of_mysql || lower == "binary" {
        return Some(if lower.ends_with("_ci") {
            (
                "MySQL's",
                "take it out; text that ignores case is `t.citext` with `enable_extension \"citext\"`",
            )
        } else if lower.ends_with("_bin") || lower == "binary" {
            (
                "MySQL's",
                "take it out, or write \"C\", which compares bytes too",
            )
        } else {
            ("MySQL's", OWN)
        });
    }
    if ["nocase", "rtrim"].contains(&lower.as_str()) {
        return Some(("SQLite's", OWN));
    }
    let parts: Vec<&str> = lower.split('_').collect();
    if parts.contains(&"ci") || parts.contains(&"cs") && parts.len() > 2 {
        return Some(("SQL Server's", OWN));
    }
    match lower.as_str() {
        "c" if name != "C" => Some(("the", "did you mean \"C\"?")),
        "posix" if name != "POSIX" => Some(("the", "did you mean \"POSIX\"?")),
        _ => None,
    }
}

/// The extension of that name.
pub(crate) fn known_extension(name: &str) -> Option<&'static KnownExtension> {
    EXTENSIONS.iter().find(|extension| extension.name == name)
}

/// The extension that defines a type.
pub(crate) fn extension_of_type(name: &str) -> Option<&'static str> {
    EXTENSIONS
        .iter()
        .find(|extension| extension.types.contains(&name))
        .map(|extension| extension.name)
}

/// The extension that defines a function which an expression calls.
pub(crate) fn extension_of_expression(sql: &str) -> Option<(&'static str, &'static str)> {
    EXTENSIONS.iter().find_map(|extension| {
        extension
            .functions
            .iter()
            .find(|function| {
                sql_text::word_list(sql).any(|word| word.eq_ignore_ascii_case(function))
            })
            .map(|function| (extension.name, *function))
    })
}
