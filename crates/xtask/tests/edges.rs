//! The shape of the workspace, held by tests: who may depend on whom, under which licences, and what pure crates
//! must not touch. The reasons are in docs/architecture.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use host_tools::workspace::root as workspace_root;

/// Which crates of ours each crate may use, besides `testkit` in tests.
const EDGES: &[(&str, &[&str])] = &[
    (
        "bench",
        &[
            "command-line",
            "dump-gzip",
            "host-tools",
            "testkit",
            "testkit-s3",
        ],
    ),
    ("command-line", &[]),
    (
        "demo",
        &["command-line", "host-tools", "testkit", "testkit-s3"],
    ),
    ("dummy-capture", &["dummy-data", "dump-text", "value-model"]),
    ("dummy-config", &["dummy-data"]),
    (
        "dummy-data",
        &[
            "dummy-values",
            "nearest-name",
            "row-text",
            "schema-model",
            "sql-text",
            "value-model",
        ],
    ),
    ("dummy-values", &["row-text", "schema-model", "value-model"]),
    ("dump-delta", &[]),
    ("dump-diff", &["dump-gzip", "dump-text"]),
    ("dump-gzip", &[]),
    ("dump-merge", &["dump-text"]),
    ("dump-store", &["dump-delta", "dump-gzip"]),
    ("dump-text", &[]),
    ("dump-values", &["dump-text"]),
    (
        "gen-dummy",
        &[
            "command-line",
            "dummy-capture",
            "dummy-config",
            "dummy-data",
            "dump-gzip",
            "dump-text",
            "lfs-pointer",
            "mysql-model",
            "mysql-sql",
            "mysql-values",
            "pg-sql",
            "pg-values",
            "project-files",
            "row-text",
            "schema-docs",
            "schema-input",
            "schema-page",
            "schemafile",
            "value-model",
            "whole-file",
            "nearest-name",
        ],
    ),
    (
        "gen-schema",
        &[
            "command-line",
            "mysql-diff",
            "mysql-import",
            "mysql-model",
            "mysql-sql",
            "dump-text",
            "dump-values",
            "lfs-pointer",
            "pg-sql",
            "project-files",
            "pg-diff",
            "pg-import",
            "schema-docs",
            "schema-input",
            "schema-lint",
            "schema-page",
            "schema-view",
            "pg-model",
            "schemafile",
            "whole-file",
        ],
    ),
    ("host-tools", &["command-line"]),
    (
        "lfs-agent",
        &[
            "command-line",
            "dump-diff",
            "dump-gzip",
            "dump-merge",
            "dump-store",
            "dump-text",
            "lfs-pointer",
            "lfs-protocol",
            "local-database",
            "whole-file",
            "nearest-name",
        ],
    ),
    ("lfs-pointer", &[]),
    ("lfs-protocol", &[]),
    ("pg-sql", &["pg-model", "row-text", "sql-text"]),
    (
        "pg-values",
        &["pg-model", "pg-sql", "pg-text", "sql-text", "value-model"],
    ),
    (
        "local-database",
        &["command-line", "lfs-pointer", "project-files", "whole-file"],
    ),
    ("project-files", &[]),
    (
        "pg-diff",
        &[
            "pg-import",
            "pg-sql",
            "pg-model",
            "pg-text",
            "schema-diff",
            "sql-text",
        ],
    ),
    ("schema-diff", &[]),
    (
        "pg-import",
        &["pg-sql", "pg-model", "pg-text", "schema-import", "sql-text"],
    ),
    ("schema-import", &[]),
    (
        "mysql-import",
        &["mysql-model", "mysql-sql", "mysql-text", "schema-import"],
    ),
    (
        "mysql-diff",
        &[
            "mysql-import",
            "mysql-model",
            "mysql-sql",
            "mysql-text",
            "schema-diff",
        ],
    ),
    (
        "schema-input",
        &[
            "command-line",
            "project-files",
            "mysql-import",
            "mysql-model",
            "pg-import",
            "schema-import",
            "schema-view",
            "schemafile",
        ],
    ),
    ("nearest-name", &[]),
    ("pg-model", &["schema-model"]),
    ("row-text", &[]),
    ("value-model", &["schema-model", "sql-text"]),
    ("schema-docs", &["dump-values", "schema-view"]),
    ("schema-lint", &["schema-view"]),
    ("schema-model", &[]),
    (
        "schema-page",
        &["dump-values", "schema-docs", "schema-view"],
    ),
    (
        "schema-view",
        &[
            "mysql-model",
            "mysql-text",
            "pg-model",
            "pg-sql",
            "pg-text",
            "sql-text",
        ],
    ),
    ("mysql-model", &["schema-model"]),
    ("mysql-sql", &["mysql-model", "mysql-text", "row-text"]),
    (
        "mysql-values",
        &["mysql-model", "mysql-text", "value-model"],
    ),
    ("mysql-text", &["mysql-model"]),
    (
        "schemafile",
        &[
            "mysql-model",
            "mysql-text",
            "nearest-name",
            "mysql-sql",
            "pg-model",
            "pg-text",
            "schema-model",
            "sql-text",
        ],
    ),
    ("pg-text", &["pg-model", "sql-text"]),
    ("sql-text", &[]),
    ("testkit", &["host-tools"]),
    ("testkit-s3", &[]),
    ("whole-file", &[]),
    (
        "xtask",
        &["command-line", "host-tools", "lfs-pointer", "whole-file"],
    ),
];

/// The only crates that may reach an asynchronous runtime or the network, through whatever they depend on.
const NETWORKED: &[&str] = &["bench", "demo", "dump-store", "lfs-agent", "testkit-s3"];

/// What marks a dependency as one of these.
const NETWORK_LIBRARIES: &[&str] = &[
    "tokio",
    "hyper",
    "socket2",
    "mio",
    "rustls",
    "reqwest",
    "async-std",
];

/// What is linked for its effect, or switches on a feature of another, and so isn't named in code.
const LINKED_ONLY: &[&str] = &[];

#[test]
fn crates_use_only_the_crates_that_they_may() {
    let allowed: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    let ours: BTreeSet<&str> = members()
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut wrong = Vec::new();
    for package in members() {
        let Some(may) = allowed.get(package.name.as_str()) else {
            wrong.push(format!(
                "{} is new: say in EDGES what it may use",
                package.name
            ));
            continue;
        };
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| ours.contains(dependency.name.as_str()))
        {
            let in_tests = dependency.kind == DependencyKind::Development
                && ["testkit", "testkit-s3"].contains(&dependency.name.as_str());
            if !in_tests && !may.contains(&dependency.name.as_str()) {
                wrong.push(format!(
                    "{} must not use {} ({:?})",
                    package.name, dependency.name, dependency.kind
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is shared by all databases reaches the model of none, whatever lies between.
#[test]
fn what_is_shared_knows_no_database() {
    for name in [
        "schema-model",
        "value-model",
        "row-text",
        "sql-text",
        "dummy-data",
        "dummy-values",
        "dummy-config",
        "schema-diff",
        "schema-import",
    ] {
        let reached = reached_from(member(name));
        for model in ["pg-model", "mysql-model"] {
            assert!(!reached.contains(model), "{name} reaches {model}");
        }
    }
    assert!(
        reached_from(member("pg-text")).contains("pg-model"),
        "the search itself must find what is there"
    );
}

#[test]
fn the_schema_island_and_the_transfer_island_never_meet() {
    let transfer = [
        "lfs-protocol",
        "dump-store",
        "dump-delta",
        "dump-diff",
        "dump-merge",
    ];
    for name in ["gen-schema", "gen-dummy"] {
        let reached = reached_from(member(name));
        assert!(
            reached.contains("schema-model"),
            "{name} should at least reach the model"
        );
        assert!(
            transfer.iter().all(|other| !reached.contains(other)),
            "{name} reaches the transfer island"
        );
    }
    let reached = reached_from(member("lfs-agent"));
    assert!(
        transfer.iter().all(|other| reached.contains(other)),
        "lfs-agent should use its crates"
    );
    assert!(
        !reached.contains("schema-model"),
        "lfs-agent reaches the schema island"
    );
}

#[test]
fn only_the_crates_of_the_network_reach_it() {
    let mut wrong = Vec::new();
    for package in members()
        .into_iter()
        .filter(|package| !NETWORKED.contains(&package.name.as_str()))
    {
        let reached = reached_from(package);
        for library in NETWORK_LIBRARIES
            .iter()
            .filter(|library| reached.contains(*library))
        {
            wrong.push(format!("{} reaches {library}", package.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        reached_from(member("testkit-s3")).contains("tokio"),
        "the search itself must find what is there"
    );
}

#[test]
fn every_dependency_has_a_permissive_licence() {
    let mut wrong = Vec::new();
    for package in &metadata().packages {
        let Some(licence) = &package.license else {
            wrong.push(format!(
                "{} {} names no licence",
                package.name, package.version
            ));
            continue;
        };
        if !is_permissive(licence) {
            wrong.push(format!("{} {}: {licence}", package.name, package.version));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_licence_is_permissive_when_one_may_choose_it_so() {
    for permissive in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0-only OR MIT",
        "(MIT OR GPL-2.0-only) AND ISC",
    ] {
        assert!(is_permissive(permissive), "{permissive}");
    }
    for other in [
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "MPL-2.0",
        "no licence at all",
    ] {
        assert!(!is_permissive(other), "{other}");
    }
}

#[test]
fn crates_come_from_the_registry_or_from_here() {
    for package in &metadata().packages {
        let from = package
            .source
            .as_ref()
            .map_or("here", |source| source.repr.as_str());
        assert!(
            from == "here" || from.starts_with("registry+"),
            "{} comes from {from}",
            package.name
        );
    }
}

#[test]
fn every_dependency_is_used() {
    let mut wrong = Vec::new();
    for package in members() {
        let code = code_of(package);
        for dependency in &package.dependencies {
            let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
            let in_code = name.replace('-', "_");
            let is_used = code.iter().any(|(path, text)| {
                (dependency.kind != DependencyKind::Normal || is_product(package, path))
                    && names_crate(text, &in_code)
            });
            if !is_used && !LINKED_ONLY.contains(&name.as_str()) {
                wrong.push(format!("{} doesn't use {name}", package.name));
            }
        }
    }
    let root = fs::read_to_string(workspace_root().join("Cargo.toml")).expect("the manifest");
    let wanted: BTreeSet<&str> = members()
        .iter()
        .flat_map(|package| &package.dependencies)
        .map(|dependency| dependency.name.as_str())
        .collect();
    let offered = root
        .split_once("[workspace.dependencies]")
        .and_then(|(_, rest)| rest.split_once("\n["))
        .map_or("", |(offered, _)| offered)
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name);
    let mut count = 0;
    for name in offered {
        count += 1;
        if !wanted.contains(name) {
            wrong.push(format!(
                "no crate uses {name} of the workspace's dependencies"
            ));
        }
    }
    assert!(
        count > 20,
        "the list of dependencies must be found: {count}"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The Rust files of a package, without those of packages below it.
fn code_of(package: &Package) -> Vec<(PathBuf, String)> {
    let root = package.manifest_path.parent().expect("a directory");
    let mut waiting = vec![root.as_std_path().to_owned()];
    let mut files = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).expect("a directory of the package") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if !path.join("Cargo.toml").exists() {
                    waiting.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("source in UTF-8");
                files.push((path, text));
            }
        }
    }
    files
}

/// What is built when a package is, rather than for its tests.
fn is_product(package: &Package, file: &Path) -> bool {
    let root = package.manifest_path.parent().expect("a directory");
    file.starts_with(root.as_std_path().join("src"))
}

/// A text that names a crate as code does: in a path, or in `use` alone.
fn names_crate(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = &text[at + name.len()..];
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
            && (after.starts_with("::")
                || after.starts_with(';')
                || after.starts_with('!')
                || after.starts_with(" as "))
    })
}

fn is_permissive(licence: &str) -> bool {
    spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|requirement| {
            requirement
                .license
                .id()
                .is_some_and(|id| allowed_licences().contains(id.name))
        })
    })
}

/// Licences under which a dependency may come: permissive ones only, as `deny.toml` lists them.
fn allowed_licences() -> &'static BTreeSet<String> {
    static LICENCES: OnceLock<BTreeSet<String>> = OnceLock::new();
    LICENCES.get_or_init(|| {
        let text = fs::read_to_string(workspace_root().join("deny.toml")).expect("deny.toml");
        let rules: toml::Table = text.parse().expect("deny.toml is TOML");
        let allowed = rules["licenses"]["allow"].as_array().expect("a list");
        allowed
            .iter()
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect()
    })
}

fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        MetadataCommand::new()
            .current_dir(workspace_root())
            .exec()
            .expect("cargo metadata describes the workspace")
    })
}

fn members() -> Vec<&'static Package> {
    metadata().workspace_packages()
}

#[track_caller]
fn member(name: &str) -> &'static Package {
    members()
        .into_iter()
        .find(|package| package.name == name)
        .expect("a package of the workspace")
}

/// The names of all packages that a package is built from. What only its tests use doesn't count.
fn reached_from(package: &Package) -> BTreeSet<&'static str> {
    let resolve = metadata().resolve.as_ref().expect("a resolved graph");
    let names: BTreeMap<&PackageId, &str> = metadata()
        .packages
        .iter()
        .map(|package| (&package.id, package.name.as_str()))
        .collect();
    let mut reached = BTreeSet::new();
    let mut waiting = vec![&package.id];
    while let Some(id) = waiting.pop() {
        let node = resolve
            .nodes
            .iter()
            .find(|node| node.id == *id)
            .expect("a node of the graph");
        for dependency in &node.deps {
            let is_built = dependency
                .dep_kinds
                .iter()
                .any(|kind| kind.kind == DependencyKind::Normal);
            if is_built && reached.insert(names[&dependency.pkg]) {
                waiting.push(
                    metadata()
                        .packages
                        .iter()
                        .map(|package| &package.id)
                        .find(|id| **id == dependency.pkg)
                        .expect("a package of the graph"),
                );
            }
        }
    }
    reached
}
