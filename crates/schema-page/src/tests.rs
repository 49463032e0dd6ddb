//! What must be so of every page: nothing of a schema is markup, and nothing runs but ours.

use super::*;
use dump_values::TableValues;
use schema_view::{Column, Key, Object, Table, Target, Trigger, Viewpoint};

const HOSTILE: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u{2028}<!--";

fn hostile() -> View {
    let column = |name: &str| Column {
        name: name.into(),
        type_text: HOSTILE.into(),
        default: Some(HOSTILE.into()),
        comment: Some(HOSTILE.into()),
        ..Column::default()
    };
    let mut view = View {
        database: "PostgreSQL".into(),
        tables: ["a", HOSTILE]
            .iter()
            .map(|name| Table {
                name: (*name).to_owned(),
                comment: Some(HOSTILE.into()),
                group: Some(HOSTILE.into()),
                columns: vec![column("id"), column(HOSTILE)],
                primary_key: vec!["id".into()],
                keys: vec![Key {
                    columns: vec![HOSTILE.into()],
                    table: "a".into(),
                    referenced_columns: vec!["id".into()],
                    ..Key::default()
                }],
                ..Table::default()
            })
            .collect(),
        objects: vec![Object {
            kind: "view".into(),
            name: HOSTILE.into(),
            sql: HOSTILE.into(),
            comment: Some(HOSTILE.into()),
            labels: vec![HOSTILE.into()],
            uses: vec![Target::Table(1), Target::Object(0)],
            ..Object::default()
        }],
        ..View::default()
    };
    view.tables[0].triggers.push(Trigger {
        name: HOSTILE.into(),
        sql: HOSTILE.into(),
        uses: vec![Target::Object(0)],
        ..Trigger::default()
    });
    view.tables[1].labels = vec![HOSTILE.into()];
    view.tables[1].columns[1].labels = vec![HOSTILE.into()];
    view.viewpoints = vec![Viewpoint {
        name: HOSTILE.into(),
        text: Some(HOSTILE.into()),
        tables: vec![1],
    }];
    view.link();
    view
}

fn values() -> Values {
    Values {
        tables: vec![TableValues {
            name: "a".into(),
            rows: 1,
            columns: vec![dump_values::ColumnValues {
                name: HOSTILE.into(),
                ..dump_values::ColumnValues::default()
            }],
            examples: vec![vec![Some(HOSTILE.into())]],
        }],
    }
}

fn html(locale: Locale) -> String {
    page(&Input {
        view: &hostile(),
        values: Some(&values()),
        reasons: None,
        difference: None,
        source: HOSTILE,
        locale,
    })
}

#[test]
fn nothing_of_a_schema_is_markup() {
    for locale in [Locale::English, Locale::Japanese] {
        let html = html(locale);
        assert_eq!(html.matches("<script").count(), 2, "ours and the data");
        assert_eq!(html.matches("</script>").count(), 2);
        assert!(!html.contains("<img") && !html.contains("<!--"));
        let (_, data) = html.split_once("id=\"data\">").unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        assert!(!data.contains('<') && !data.contains('>') && !data.contains('\u{2028}'));
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["tables"][1]["name"], HOSTILE);
        assert_eq!(data["tables"][0]["examples"][0][0], HOSTILE);
        assert_eq!(data["objects"][0]["sql"][0], HOSTILE);
        assert_eq!(data["objects"][0]["uses"][0]["table"], 1);
        assert_eq!(data["tables"][0]["triggers"][0]["uses"][0]["object"], 0);
    }
}

#[test]
fn the_script_makes_text_and_asks_no_network() {
    for forbidden in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "XMLHttpRequest",
        "import(",
        "setTimeout(\"",
        "</",
    ] {
        assert!(!SCRIPT.contains(forbidden), "{forbidden}");
    }
    let outside = |text: &str| text.contains("http://") || text.contains("https://");
    assert!(!outside(STYLE) && !STYLE.contains("url(") && !STYLE.contains("</"));
    // A name of a language, which nobody fetches.
    assert!(!outside(&SCRIPT.replace("http://www.w3.org/2000/svg", "")));
}

#[test]
fn no_script_runs_but_ours() {
    let html = html(Locale::English);
    let (_, script) = html.rsplit_once("<script>").unwrap();
    let (script, _) = script.split_once("</script>").unwrap();
    assert_eq!(script, SCRIPT);
    assert!(html.contains(&format!("script-src 'sha256-{}'", digest(script))));
    assert!(html.contains("default-src 'none'") && !html.contains("unsafe"));
    // An attribute with a style or a script in it wouldn't be obeyed.
    assert!(!html.contains(" style=") && !html.contains(" onclick="));
}

#[test]
fn our_own_part_of_the_page_is_small() {
    let page = page(&Input {
        view: &View::default(),
        values: None,
        reasons: None,
        difference: None,
        source: "schema/Schemafile",
        locale: Locale::Japanese,
    });
    assert!(page.len() < 100_000, "{}", page.len());
}

#[test]
fn a_change_is_marked() {
    let old = hostile();
    let mut new = hostile();
    new.tables[0].columns[0].type_text = "uuid".into();
    new.tables.remove(1);
    new.objects.clear();
    new.tables[0].triggers.clear();
    new.link();
    let difference = schema_view::difference(&old, &new);
    let html = page(&Input {
        view: &new,
        values: None,
        reasons: None,
        difference: Some((&old, &difference)),
        source: "x",
        locale: Locale::English,
    });
    let (_, data) = html.split_once("id=\"data\">").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["tables"][0]["mark"], "changed");
    assert_eq!(data["tables"][0]["columns"][0]["mark"], "changed");
    assert_eq!(data["tables"][1]["mark"], "removed");
    assert_eq!(data["objects"][0]["mark"], "removed");
}
