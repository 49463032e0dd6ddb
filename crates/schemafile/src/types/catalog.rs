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
    "oid",
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
