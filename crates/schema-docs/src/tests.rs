//! The pages of small schemas, line by line where that says most.

use super::*;
use dump_values::{ColumnValues, TableValues};
use schema_view::{Column, Index, Key, Object, Table, Target, Trigger, difference};

fn column(name: &str, type_text: &str, comment: Option<&str>) -> Column {
    Column {
        name: name.into(),
        type_text: type_text.into(),
        comment: comment.map(str::to_owned),
        ..Column::default()
    }
}

fn view() -> View {
    let users = Table {
        name: "users".into(),
        comment: Some("社員: 在籍者".into()),
        columns: vec![
            column("id", "bigint", None),
            column("name", "varchar(80)", Some("氏名: 戸籍上の名前")),
        ],
        primary_key: vec!["id".into()],
        ..Table::default()
    };
    let orders = Table {
        name: "orders".into(),
        comment: Some("<script>alert(1)</script> | x".into()),
        columns: vec![
            column("id", "bigint", None),
            Column {
                nullable: true,
                ..column("user_id", "bigint", None)
            },
        ],
        primary_key: vec!["id".into()],
        keys: vec![Key {
            name: "fk".into(),
            columns: vec!["user_id".into()],
            table: "users".into(),
            referenced_columns: vec!["id".into()],
            actions: "ON DELETE SET NULL".into(),
            ..Key::default()
        }],
        indexes: vec![Index {
            name: "i".into(),
            parts: vec!["user_id".into()],
            columns: Some(vec!["user_id".into()]),
            ..Index::default()
        }],
        ..Table::default()
    };
    let mut view = View {
        database: "PostgreSQL".into(),
        tables: vec![users, orders],
        ..View::default()
    };
    view.link();
    view
}

fn input<'a>(view: &'a View, values: Option<&'a Values>, locale: Locale) -> Input<'a> {
    Input {
        view,
        values,
        source: "schema/Schemafile",
        to_root: Some("../../"),
        locale,
    }
}

fn page(input: Input<'_>, path: &str) -> String {
    pages(input)
        .into_iter()
        .find(|page| page.path == path)
        .expect("the page")
        .text
}

#[test]
fn a_small_schema_has_an_index_and_a_page_for_each_table() {
    let view = view();
    let pages = pages(input(&view, None, Locale::English));
    let paths: Vec<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(paths, ["README.md", "tables/orders.md", "tables/users.md"]);
    for page in &pages {
        assert!(page.text.starts_with(MARK), "{}", page.path);
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
    assert_eq!(
        pages[0].text,
        format!(
            "{MARK}\n\n# Database\n\nMade from [schema/Schemafile](../../schema/Schemafile) (PostgreSQL).\n\n## Diagram\n\n\
             ```mermaid\nerDiagram\n    \"users\" {{\n        bigint id PK\n        varchar(80) name \"氏名\"\n    }}\n    \
             \"orders\" {{\n        bigint id PK\n        bigint user_id FK\n    }}\n    \"users\" |o--o{{ \"orders\" : \
             \"user_id\"\n```\n\n## Tables\n\n| Table | Comment | Columns |\n| --- | --- | --: |\n| \
             [users](tables/users.md) | 社員: 在籍者 | 2 |\n| [orders](tables/orders.md) | \
             &lt;script&gt;alert(1)&lt;/script&gt; \\| x | 2 |\n"
        )
    );
}

#[test]
fn a_table_tells_its_keys_in_both_directions() {
    let view = view();
    let orders = page(input(&view, None, Locale::English), "tables/orders.md");
    assert!(orders.contains(
        "| `user_id` | [users](../tables/users.md) `id` | `ON DELETE SET NULL` | `fk` |"
    ));
    assert!(
        orders.contains("| user_id | `bigint` | yes |  | FK → [users](../tables/users.md) |  |")
    );
    let users = page(input(&view, None, Locale::English), "tables/users.md");
    assert!(users.contains("## Referenced by\n"));
    assert!(
        users.contains(
            "| [orders](../tables/orders.md) | `user_id` | `id` | `ON DELETE SET NULL` |"
        )
    );
}

#[test]
fn a_japanese_page_has_logical_names() {
    let view = view();
    let users = page(input(&view, None, Locale::Japanese), "tables/users.md");
    assert!(users.contains("| 物理名 | 論理名 | データ型 | NULL | デフォルト | キー | 備考 |"));
    assert!(users.contains("| name | 氏名 | `varchar(80)` |  |  |  | 戸籍上の名前 |"));
    let index = page(input(&view, None, Locale::Japanese), "README.md");
    assert!(index.contains("# テーブル定義書"));
    assert!(index.contains("| [users](tables/users.md) | 社員 | 在籍者 | 2 |"));
}

#[test]
fn rows_of_the_dump_are_told_with_their_spread() {
    let view = view();
    let values = Values {
        tables: vec![TableValues {
            name: "users".into(),
            rows: 1200,
            columns: vec![ColumnValues {
                name: "name".into(),
                nulls: 3,
                distinct: 123_456,
                least: Some("a".into()),
                greatest: Some("z|".into()),
                ..ColumnValues::default()
            }],
            examples: vec![vec![None], vec![Some("a | b".into())]],
        }],
    };
    let users = page(
        input(&view, Some(&values), Locale::English),
        "tables/users.md",
    );
    assert!(users.contains("Rows: 1,200"), "{users}");
    assert!(users.contains("| *NULL* |\n| `a \\| b` |"), "{users}");
    assert!(
        users.contains("| name | 3 | ≈ 120,000 | `a` … `z\\|` |  |"),
        "{users}"
    );
    let index = page(input(&view, Some(&values), Locale::English), "README.md");
    assert!(index.contains("| 2 | 1,200 |"), "{index}");
}

#[test]
fn one_changed_column_is_a_small_difference() {
    let before = view();
    let mut after = view();
    after.tables[0].columns[1].type_text = "text".into();
    let lines = |view: &View| -> Vec<String> {
        pages(input(view, None, Locale::English))
            .into_iter()
            .flat_map(|page| {
                let text = page.text.lines().map(str::to_owned).collect::<Vec<_>>();
                text.into_iter()
                    .map(move |line| format!("{}: {line}", page.path))
            })
            .collect()
    };
    let (before, after) = (lines(&before), lines(&after));
    let other = before
        .iter()
        .zip(&after)
        .filter(|(one, other)| one != other);
    // Its line in its table, in the diagram of the index, and in the two of tables.
    assert_eq!(other.count(), 3);
    assert_eq!(before.len(), after.len());
}

#[test]
fn groups_have_pages_with_their_diagrams() {
    let mut view = view();
    view.tables[0].group = Some("人事/HR".into());
    view.tables[1].group = Some("Sales".into());
    let pages = pages(input(&view, None, Locale::English));
    let paths: Vec<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "README.md",
            "groups/Sales.md",
            "groups/人事~2fHR.md",
            "tables/orders.md",
            "tables/users.md"
        ]
    );
    assert!(pages[0].text.contains("| [Sales](groups/Sales.md) | 1 |"));
    assert!(!pages[0].text.contains("mermaid"));
}

#[test]
fn a_change_is_told_as_a_list_and_as_a_diagram() {
    let old = view();
    let mut new = view();
    new.tables[0].columns.push(column("email", "text", None));
    new.tables[0].columns.remove(1);
    let page = change_page(&old, &new, &difference(&old, &new), Locale::English);
    assert_eq!(
        page,
        "## Changes of the schema\n\n```mermaid\nerDiagram\n    \"users (changed)\" {\n        bigint id PK\n        \
         text email \"added\"\n        varchar(80) name \"removed\"\n    }\n```\n\n### ~ users (changed)\n\n|  | Name | \
         Old | New |\n| --- | --- | --- | --- |\n| + | Column `email` |  | `text NOT NULL` |\n| - | Column `name` | \
         `varchar(80) NOT NULL — 氏名: 戸籍上の名前` |  |\n\n"
    );
    assert_eq!(
        change_page(&old, &old, &difference(&old, &old), Locale::English),
        "## Changes of the schema\n\nThe schemas don't differ.\n"
    );
}

/// A view with what is beside tables: an enum that a column is of, a view of both tables, a function that a trigger
/// calls, and a statement of which nothing is known.
fn with_objects() -> View {
    let mut view = view();
    let object = |kind: &str, name: &str, sql: &str| Object {
        kind: kind.into(),
        name: name.into(),
        sql: sql.into(),
        ..Object::default()
    };
    view.objects = vec![
        Object {
            labels: vec!["glad".into(), "<sad>".into()],
            ..object("enum", "mood", "")
        },
        Object {
            comment: Some("Who bought | what".into()),
            columns: vec![Column {
                uses: vec![Target::Object(0)],
                ..column("mood", "mood", None)
            }],
            uses: vec![Target::Table(0), Target::Table(1)],
            ..object(
                "view",
                "a/b",
                "CREATE VIEW \"a/b\" AS\nSELECT mood FROM users, orders",
            )
        },
        Object {
            arguments: Some("integer".into()),
            place: Some(schema_view::Place {
                path: "schema/Schemafile".into(),
                line: 3,
            }),
            ..object("function", "touch", "CREATE FUNCTION touch(integer) …")
        },
        object("", "", "SELECT 1"),
    ];
    view.tables[0].columns.push(Column {
        uses: vec![Target::Object(0)],
        ..column("mood", "mood[]", None)
    });
    view.tables[0].triggers.push(Trigger {
        name: "touched".into(),
        sql: "CREATE TRIGGER touched …".into(),
        uses: vec![Target::Object(2)],
        ..Trigger::default()
    });
    view
}

#[test]
fn what_is_beside_tables_has_pages_with_links_in_both_directions() {
    let view = with_objects();
    let input = input(&view, None, Locale::English);
    let paths: Vec<String> = pages(input).into_iter().map(|page| page.path).collect();
    assert_eq!(
        paths,
        [
            "README.md",
            "functions/touch.md",
            "tables/orders.md",
            "tables/users.md",
            "types/mood.md",
            "views/a~2fb.md"
        ]
    );
    let index = page(input, "README.md");
    assert!(
        index.ends_with(
            "## Views, functions and the like\n\n| Name | Kind | Comment |\n| --- | --- | --- |\n| [mood](types/mood.md) | \
             enum | `glad`, `<sad>` |\n| [a/b](views/a~2fb.md) | view | Who bought \\| what |\n| \
             [touch(integer)](functions/touch.md) | function |  |\n| touched | trigger | [users](tables/users.md) |\n\n## \
             Further SQL\n\n```sql\nSELECT 1\n```\n"
        ),
        "{index}"
    );
    assert_eq!(
        page(input, "views/a~2fb.md"),
        format!(
            "{MARK}\n\n# a/b\n\n[All tables](../README.md) · view\n\nWho bought \\| what\n\n## Columns\n\n| Column | Type | \
             Comment |\n| --- | --- | --- |\n| mood | [`mood`](../types/mood.md) |  |\n\n## Uses\n\n- table \
             [users](../tables/users.md)\n- table [orders](../tables/orders.md)\n\n## Definition\n\n```sql\nCREATE VIEW \
             \"a/b\" AS\nSELECT mood FROM users, orders\n```\n"
        )
    );
    assert_eq!(
        page(input, "functions/touch.md"),
        format!(
            "{MARK}\n\n# touch(integer)\n\n[All tables](../README.md) · function\n\nDefined in \
             [schema/Schemafile](../../../schema/Schemafile)\n\n## Used by\n\n- table [users](../tables/users.md)\n\n## \
             Definition\n\n```sql\nCREATE FUNCTION touch(integer) …\n```\n"
        )
    );
    assert!(
        page(input, "types/mood.md")
            .contains("## Used by\n\n- table [users](../tables/users.md)\n")
    );
    let users = page(input, "tables/users.md");
    assert!(
        users.contains("| mood | [`mood[]`](../types/mood.md) |"),
        "{users}"
    );
    assert!(
        users.contains("## Used by\n\n- view [a/b](../views/a~2fb.md)\n"),
        "{users}"
    );
    assert!(
        users.contains("Uses: [touch(integer)](../functions/touch.md)\n"),
        "{users}"
    );
    let japanese = page(
        Input {
            locale: Locale::Japanese,
            ..input
        },
        "types/mood.md",
    );
    assert!(japanese.contains("· 列挙型\n"), "{japanese}");
}

#[test]
fn what_became_of_a_view_is_told_by_its_lines() {
    let old = with_objects();
    let mut new = with_objects();
    new.objects[0].labels.push("so-so".into());
    new.objects[1].sql = "CREATE VIEW \"a/b\" AS\nSELECT mood\nFROM users".into();
    new.objects.remove(2);
    new.tables[0].triggers.clear();
    let page = change_page(&old, &new, &difference(&old, &new), Locale::English);
    for part in [
        "| ~ | Enums `mood` | `glad, <sad>` | `glad, <sad>, so-so` |\n",
        "| - | Definition `function touch(integer)` | `CREATE FUNCTION touch(integer) …` |  |\n",
        "\n~ Definition `view a/b`\n\n```diff\n@@ -1,3 +1,4 @@\n CREATE VIEW \"a/b\" AS\n-SELECT mood FROM users, \
         orders\n+SELECT mood\n+FROM users\n — Who bought | what\n```\n",
        "| - | Triggers `touched` |",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn viewpoints_and_labels_have_their_places() {
    let mut view = view();
    view.tables[0].labels = vec!["core".into()];
    view.tables[0].columns[1].labels = vec!["personal".into()];
    view.viewpoints = vec![schema_view::Viewpoint {
        name: "Who / buys".into(),
        text: Some("People | orders".into()),
        tables: vec![0, 1],
    }];
    let pages = pages(input(&view, None, Locale::English));
    let page = |path: &str| {
        let page = pages.iter().find(|page| page.path == path);
        page.map(|page| page.text.as_str()).unwrap_or_default()
    };
    let index = page("README.md");
    for part in [
        "## Viewpoints\n\n| Name | Comment | Tables |",
        "| [Who / buys](viewpoints/Who~20~2f~20buys.md) | People \\| orders | 2 |",
        "| `personal` | [users.name](tables/users.md) |",
        "| `core` | [users](tables/users.md) |",
    ] {
        assert!(index.contains(part), "{part}: {index}");
    }
    let viewpoint = page("viewpoints/Who~20~2f~20buys.md");
    for part in [
        "# Who / buys\n",
        "\nPeople \\| orders\n",
        "```mermaid\n",
        "[orders](../tables/orders.md)",
    ] {
        assert!(viewpoint.contains(part), "{part}: {viewpoint}");
    }
    let users = page("tables/users.md");
    for part in [
        "Viewpoints: [Who / buys](../viewpoints/Who~20~2f~20buys.md)\n",
        "Labels: `core`\n",
        "氏名: 戸籍上の名前 `personal` |",
    ] {
        assert!(users.contains(part), "{part}: {users}");
    }
}

#[test]
fn json_has_what_programs_ask_for() {
    let mut view = view();
    view.tables[0].labels = vec!["core".into()];
    let text = json(&input(&view, None, Locale::English));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    for (pointer, expected) in [
        ("/format", serde_json::json!(1)),
        ("/database", "PostgreSQL".into()),
        ("/source", "schema/Schemafile".into()),
        ("/tables/0/labels", serde_json::json!(["core"])),
        ("/tables/0/columns/1/type", "varchar(80)".into()),
        ("/tables/1/columns/1/nullable", true.into()),
        ("/tables/1/foreign_keys/0/table", "users".into()),
        ("/tables/1/indexes/0/definition", "(user_id)".into()),
        ("/comments/tables", serde_json::json!({"with": 2, "of": 2})),
        ("/comments/columns", serde_json::json!({"with": 1, "of": 1})),
    ] {
        assert_eq!(value.pointer(pointer), Some(&expected), "{pointer}: {text}");
    }
    assert!(text.ends_with("}\n") && !text.contains(": null"), "{text}");
}
