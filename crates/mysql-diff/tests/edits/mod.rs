//! Edits of a schema, chosen by a seed, each of which leaves a schema that loads.

use fastrand::Rng;
use mysql_import::Import;
use mysql_model::{
    AutoIncrement, CheckConstraint, Column, ColumnValue, DataType, ForeignKey, Index, IndexKey,
    IndexKind, IndexPart, IntegerSize, LobSize, MySqlCheck, MySqlIndex, MySqlIndexPart, PrimaryKey,
    QualifiedName, ReferentialAction, Schema, Server, Statement, Table,
};
use mysql_text::object::mentions;

/// Where edits begin.
const BASE: &str = "
CREATE TABLE shops (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  code varchar(20) NOT NULL,
  title varchar(255) DEFAULT 'none' COMMENT 'shown',
  opened date,
  UNIQUE KEY by_code (code)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='all of them';
CREATE TABLE items (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  shop_id bigint NOT NULL,
  name varchar(100) NOT NULL,
  price decimal(10,2) DEFAULT 0,
  amount int unsigned NOT NULL DEFAULT 1,
  total decimal(20,2) GENERATED ALWAYS AS (price * amount) STORED,
  loud varchar(100) GENERATED ALWAYS AS (upper(name)) VIRTUAL,
  state enum('new','used') DEFAULT 'new',
  body text,
  KEY by_name (name(10), price),
  KEY by_loud (loud),
  CONSTRAINT in_a_shop FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
  CONSTRAINT costs CHECK (price >= 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE tags (
  item_id bigint NOT NULL,
  word varchar(30) NOT NULL,
  weight double DEFAULT 1.5,
  PRIMARY KEY (item_id, word),
  KEY by_word (word DESC),
  CONSTRAINT of_item FOREIGN KEY (item_id) REFERENCES items (id)
);
CREATE VIEW dear AS SELECT * FROM items;
CREATE VIEW dearest AS SELECT id FROM dear;
CREATE TRIGGER counted BEFORE INSERT ON items FOR EACH ROW SET NEW.amount = NEW.amount + 1;
";

pub(crate) fn base(server: Server) -> Schema {
    let import: Result<Import, _> = mysql_import::read(BASE.as_bytes(), Some(server));
    import.expect("a script that can be read").schema
}

/// A schema that is the old one now: marks of renames have done their work.
pub(crate) fn without_marks(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        table.renamed_from = None;
        for column in &mut table.columns {
            column.renamed_from = None;
        }
    }
    schema
}

/// Makes one edit; the schema may stay as it is where the edit doesn't fit.
pub(crate) fn edit(schema: &mut Schema, random: &mut Rng, number: usize) {
    if schema.tables.is_empty() {
        return;
    }
    let at = random.usize(..schema.tables.len());
    match random.u8(..21) {
        0 | 1 => add_column(schema, at, random, number),
        2 => drop_column(schema, at, random),
        3 => move_column(&mut schema.tables[at], random),
        4 => rename_column(schema, at, random, number),
        5 | 6 => retype(schema, at, random),
        7 => toggle_null(&mut schema.tables[at], random),
        8 => change_default(&mut schema.tables[at], random),
        9 | 10 => add_index(&mut schema.tables[at], random, number),
        11 => change_index(&mut schema.tables[at], random, number),
        12 => change_checks(&mut schema.tables[at], random, number),
        13 => rename_table(schema, at, number),
        14 => comments(&mut schema.tables[at], random, number),
        15 => change_keys(schema, at, random, number),
        16 => charsets(schema, at, random),
        17 => add_generated(&mut schema.tables[at], random, number),
        18 => change_tables(schema, at, random, number),
        19 => options(&mut schema.tables[at], random),
        _ => change_views(schema, random, number),
    }
}

/// Whether SQL in the table or in statements speaks of a column.
fn is_spoken_of(schema: &Schema, at: usize, name: &str) -> bool {
    let table = &schema.tables[at];
    let in_checks = table
        .checks
        .iter()
        .any(|check| mentions(&check.expression, name));
    let in_columns = table.columns.iter().any(|column| {
        matches!(&column.value, ColumnValue::Generated { expression, .. } if mentions(expression, name))
    });
    let in_statements = schema
        .statements
        .iter()
        .any(|statement| mentions(&statement.sql, name));
    in_checks || in_columns || in_statements
}

/// Whether a foreign key, either way, or the primary key has a column.
fn is_in_a_key(schema: &Schema, at: usize, name: &str) -> bool {
    let table = &schema.tables[at];
    let own = table
        .foreign_keys
        .iter()
        .any(|key| key.columns.iter().any(|column| column == name));
    let other = schema
        .tables
        .iter()
        .flat_map(|table| &table.foreign_keys)
        .any(|key| {
            key.referenced_table == table.name
                && key.referenced_columns.iter().any(|column| column == name)
        });
    let primary = table
        .primary_key
        .iter()
        .any(|key| key.columns.iter().any(|column| column == name));
    own || other || primary
}

fn is_indexed(table: &Table, name: &str) -> bool {
    table.indexes.iter().any(|index| {
        index
            .parts
            .iter()
            .any(|part| matches!(&part.key, IndexKey::Column(own) if own == name))
    })
}

fn is_generated(column: &Column) -> bool {
    matches!(column.value, ColumnValue::Generated { .. })
}

fn integer(size: IntegerSize) -> DataType {
    DataType::Integer {
        size,
        unsigned: false,
        width: None,
        zerofill: false,
    }
}

fn some_type(random: &mut Rng) -> (DataType, Option<&'static str>) {
    match random.u8(..9) {
        0 => (integer(IntegerSize::Int), Some("7")),
        1 => (integer(IntegerSize::Big), Some("'8'")),
        2 => (
            DataType::Varchar {
                length: random.u32(1..90),
            },
            Some("'a'"),
        ),
        3 => (DataType::Text(LobSize::Plain), None),
        4 => (
            DataType::DateTime { precision: Some(6) },
            Some("CURRENT_TIMESTAMP(6)"),
        ),
        5 => (
            DataType::Decimal {
                precision: Some(12),
                scale: Some(3),
                unsigned: false,
                zerofill: false,
            },
            Some("1.250"),
        ),
        6 => (
            DataType::Enum(vec!["a".to_owned(), "b".to_owned()]),
            Some("'b'"),
        ),
        7 => (DataType::Varbinary { length: 16 }, None),
        _ => (DataType::Json, None),
    }
}

fn add_column(schema: &mut Schema, at: usize, random: &mut Rng, number: usize) {
    let table = &mut schema.tables[at];
    let (data_type, default) = some_type(random);
    let mut column = Column::new(format!("c{number}"), data_type);
    if let Some(default) = default.filter(|_| random.bool()) {
        column.value = ColumnValue::Default(default.to_owned());
    }
    column.not_null = random.u8(..4) == 0;
    column.own.invisible = random.u8(..8) == 0;
    if random.u8(..4) == 0 {
        column.comment = Some("it's new".to_owned());
    }
    let place = random.usize(..=table.columns.len());
    table.columns.insert(place, column);
}

fn drop_column(schema: &mut Schema, at: usize, random: &mut Rng) {
    let position = random.usize(..schema.tables[at].columns.len());
    let name = schema.tables[at].columns[position].name.clone();
    if is_in_a_key(schema, at, &name)
        || is_spoken_of(schema, at, &name)
        || schema.tables[at].columns.len() < 3
    {
        return;
    }
    let table = &mut schema.tables[at];
    table.columns.remove(position);
    table.indexes.retain(|index| {
        !index
            .parts
            .iter()
            .any(|part| matches!(&part.key, IndexKey::Column(own) if *own == name))
    });
}

fn move_column(table: &mut Table, random: &mut Rng) {
    let column = table.columns.remove(random.usize(..table.columns.len()));
    let place = random.usize(..=table.columns.len());
    table.columns.insert(place, column);
}

fn rename_column(schema: &mut Schema, at: usize, random: &mut Rng, number: usize) {
    let position = random.usize(..schema.tables[at].columns.len());
    let column = &schema.tables[at].columns[position];
    let name = column.name.clone();
    if column.renamed_from.is_some() || is_spoken_of(schema, at, &name) {
        return;
    }
    let to = format!("r{number}");
    let own = schema.tables[at].name.clone();
    let change = |names: &mut [String]| {
        for column in names.iter_mut().filter(|column| **column == name) {
            column.clone_from(&to);
        }
    };
    for table in &mut schema.tables {
        for key in &mut table.foreign_keys {
            if key.referenced_table == own {
                change(&mut key.referenced_columns);
            }
        }
    }
    let table = &mut schema.tables[at];
    table.columns[position].name.clone_from(&to);
    // What was made by an edit was never there under its old name, which does no harm.
    table.columns[position].renamed_from = Some(name.clone());
    if let Some(key) = &mut table.primary_key {
        change(&mut key.columns);
    }
    for key in &mut table.foreign_keys {
        change(&mut key.columns);
    }
    for part in table.indexes.iter_mut().flat_map(|index| &mut index.parts) {
        if let IndexKey::Column(own) = &mut part.key
            && *own == name
        {
            own.clone_from(&to);
        }
    }
}

fn retype(schema: &mut Schema, at: usize, random: &mut Rng) {
    let position = random.usize(..schema.tables[at].columns.len());
    let name = schema.tables[at].columns[position].name.clone();
    if is_in_a_key(schema, at, &name) || is_indexed(&schema.tables[at], &name) {
        return;
    }
    let column = &mut schema.tables[at].columns[position];
    if is_generated(column) {
        return;
    }
    column.data_type = match &column.data_type {
        DataType::Integer { size, .. } => integer(match size {
            IntegerSize::Int => IntegerSize::Big,
            _ => IntegerSize::Int,
        }),
        DataType::Varchar { length } => DataType::Varchar {
            length: if *length > 60 { 50 } else { length + 30 },
        },
        DataType::Text(LobSize::Plain) => DataType::Text(LobSize::Medium),
        DataType::Text(_) => DataType::Text(LobSize::Plain),
        DataType::Enum(_) => {
            let labels = if random.bool() {
                ["new", "b", "a"]
            } else {
                ["a", "b", "new"]
            };
            DataType::Enum(labels.map(str::to_owned).to_vec())
        }
        DataType::Decimal { scale, .. } => DataType::Decimal {
            precision: Some(14),
            scale: *scale,
            unsigned: false,
            zerofill: false,
        },
        other => other.clone(),
    };
}

fn toggle_null(table: &mut Table, random: &mut Rng) {
    let position = random.usize(..table.columns.len());
    let column = &mut table.columns[position];
    let is_primary = table
        .primary_key
        .iter()
        .any(|key| key.columns.contains(&column.name));
    if !is_generated(column) && !is_primary {
        column.not_null = !column.not_null;
    }
}

fn change_default(table: &mut Table, random: &mut Rng) {
    let position = random.usize(..table.columns.len());
    let column = &mut table.columns[position];
    if matches!(
        column.value,
        ColumnValue::Generated { .. } | ColumnValue::Numbered(_)
    ) {
        return;
    }
    let text = match &column.data_type {
        DataType::Integer { .. } | DataType::Decimal { .. } | DataType::Double { .. } => "3",
        DataType::Varchar { .. } => "''",
        DataType::DateTime { precision: Some(6) } => {
            "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"
        }
        DataType::Date => "'2020-02-29'",
        _ => return,
    };
    column.value = match &column.value {
        ColumnValue::Default(old) if old == text => ColumnValue::None,
        _ => ColumnValue::Default(text.to_owned()),
    };
}

fn add_index(table: &mut Table, random: &mut Rng, number: usize) {
    let mut names: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| {
            !matches!(column.data_type, DataType::Json | DataType::Blob(_)) && !is_generated(column)
        })
        .collect();
    random.shuffle(&mut names);
    let parts: Vec<IndexPart> = names
        .iter()
        .take(random.usize(1..3))
        .map(|column| IndexPart {
            key: IndexKey::Column(column.name.clone()),
            order: random.bool().then(|| "DESC".to_owned()),
            own: MySqlIndexPart {
                length: matches!(column.data_type, DataType::Text(_)).then_some(8),
            },
        })
        .collect();
    if parts.is_empty() {
        return;
    }
    let is_text = |column: &&&Column| {
        matches!(
            column.data_type,
            DataType::Text(_) | DataType::Varchar { .. }
        )
    };
    let fulltext = names.iter().find(is_text).filter(|_| random.u8(..6) == 0);
    let mut index = Index {
        name: format!("i{number}"),
        unique: random.u8(..3) == 0,
        parts,
        comment: random.bool().then(|| "a comment".to_owned()),
        own: MySqlIndex::default(),
    };
    if let Some(column) = fulltext {
        index.unique = false;
        index.own.kind = IndexKind::Fulltext;
        index.parts = vec![IndexPart {
            key: IndexKey::Column(column.name.clone()),
            order: None,
            own: MySqlIndexPart::default(),
        }];
    }
    table.indexes.push(index);
}

fn change_index(table: &mut Table, random: &mut Rng, number: usize) {
    if table.indexes.is_empty() {
        return;
    }
    let at = random.usize(..table.indexes.len());
    match random.u8(..4) {
        0 => {
            table.indexes.remove(at);
        }
        1 => table.indexes[at].name = format!("renamed{number}"),
        2 => table.indexes[at].own.invisible = !table.indexes[at].own.invisible,
        _ => table.indexes[at].comment = Some(format!("comment {number}")),
    }
}

fn change_checks(table: &mut Table, random: &mut Rng, number: usize) {
    if random.bool() && !table.checks.is_empty() {
        table.checks.remove(random.usize(..table.checks.len()));
        return;
    }
    let column = table.columns.iter().find(|column| {
        matches!(
            column.data_type,
            DataType::Integer { .. } | DataType::Decimal { .. }
        ) && matches!(column.value, ColumnValue::None | ColumnValue::Default(_))
            && !table
                .foreign_keys
                .iter()
                .any(|key| key.columns.contains(&column.name))
    });
    let Some(column) = column else { return };
    table.checks.push(CheckConstraint {
        name: format!("k{number}"),
        expression: format!("`{}` > -{number}", column.name),
        own: MySqlCheck { enforced: true },
    });
}

fn rename_table(schema: &mut Schema, at: usize, number: usize) {
    let from = schema.tables[at].name.clone();
    let is_spoken_of = schema
        .statements
        .iter()
        .any(|statement| mentions(&statement.sql, &from.name));
    if is_spoken_of || schema.tables[at].renamed_from.is_some() {
        return;
    }
    let to = QualifiedName::bare(format!("t{number}"));
    schema.tables[at].name = to.clone();
    schema.tables[at].renamed_from = Some(from.clone());
    for key in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.foreign_keys)
    {
        if key.referenced_table == from {
            key.referenced_table = to.clone();
        }
    }
}

fn comments(table: &mut Table, random: &mut Rng, number: usize) {
    let text = random
        .bool()
        .then(|| format!("note {number}: it's \\ \"so\""));
    if random.bool() {
        table.comment = text;
    } else {
        let at = random.usize(..table.columns.len());
        table.columns[at].comment = text;
    }
}

fn change_keys(schema: &mut Schema, at: usize, random: &mut Rng, number: usize) {
    if random.bool() && !schema.tables[at].foreign_keys.is_empty() {
        let keys = &mut schema.tables[at].foreign_keys;
        keys.remove(random.usize(..keys.len()));
        return;
    }
    let target = &schema.tables[random.usize(..schema.tables.len())];
    let Some([referenced]) = target
        .primary_key
        .as_ref()
        .map(|key| key.columns.as_slice())
    else {
        return;
    };
    let referenced = referenced.clone();
    let Some(column) = target.column(&referenced) else {
        return;
    };
    let data_type = column.data_type.clone();
    let name = target.name.clone();
    let table = &mut schema.tables[at];
    table
        .columns
        .push(Column::new(format!("f{number}"), data_type));
    table.foreign_keys.push(ForeignKey {
        name: format!("fk{number}"),
        columns: vec![format!("f{number}")],
        referenced_table: name,
        referenced_columns: vec![referenced],
        on_delete: if random.bool() {
            ReferentialAction::SetNull
        } else {
            ReferentialAction::Cascade
        },
        on_update: ReferentialAction::NoAction,
        own: (),
    });
}

fn charsets(schema: &mut Schema, at: usize, random: &mut Rng) {
    let table = &mut schema.tables[at];
    if random.bool() {
        table.own.charset = Some("utf8mb4".to_owned());
        table.own.collation = Some(
            if random.bool() {
                "utf8mb4_bin"
            } else {
                "utf8mb4_unicode_ci"
            }
            .to_owned(),
        );
        return;
    }
    let column = random.usize(..table.columns.len());
    let column = &mut table.columns[column];
    if matches!(
        column.data_type,
        DataType::Varchar { .. } | DataType::Text(_)
    ) && !is_generated(column)
    {
        column.own.charset = None;
        column.collation = random.bool().then(|| "utf8mb4_bin".to_owned());
    }
}

fn add_generated(table: &mut Table, random: &mut Rng, number: usize) {
    let found = table.columns.iter_mut().find(|column| is_generated(column));
    if let Some(column) = found.filter(|_| random.bool()) {
        if let ColumnValue::Generated { stored, .. } = &mut column.value {
            *stored = !*stored;
        }
        return;
    }
    let base = table
        .columns
        .iter()
        .find(|column| {
            matches!(column.data_type, DataType::Integer { .. })
                && matches!(column.value, ColumnValue::None | ColumnValue::Default(_))
        })
        .map(|column| column.name.clone());
    let Some(base) = base else { return };
    let mut column = Column::new(format!("g{number}"), integer(IntegerSize::Big));
    column.value = ColumnValue::Generated {
        expression: format!("`{base}` + {number}"),
        stored: random.bool(),
    };
    let place = random.usize(..=table.columns.len());
    table.columns.insert(place, column);
}

fn change_tables(schema: &mut Schema, at: usize, random: &mut Rng, number: usize) {
    let name = schema.tables[at].name.clone();
    let is_needed = schema
        .statements
        .iter()
        .any(|statement| mentions(&statement.sql, &name.name))
        || schema.tables.iter().any(|table| {
            table.name != name
                && table
                    .foreign_keys
                    .iter()
                    .any(|key| key.referenced_table == name)
        });
    if !is_needed && random.bool() && schema.tables.len() > 2 {
        schema.tables.remove(at);
        return;
    }
    let mut table = Table::new(QualifiedName::bare(format!("n{number}")));
    let mut id = Column::new("id", integer(IntegerSize::Big));
    id.not_null = true;
    id.value = ColumnValue::Numbered(AutoIncrement);
    table.columns = vec![id, Column::new("x", DataType::Varchar { length: 9 })];
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".to_owned()],
    });
    let place = random.usize(..=schema.tables.len());
    schema.tables.insert(place, table);
}

fn options(table: &mut Table, random: &mut Rng) {
    table.options = match random.u8(..4) {
        0 => None,
        1 => Some("ROW_FORMAT=COMPACT".to_owned()),
        2 => Some("ENGINE=InnoDB STATS_PERSISTENT=1".to_owned()),
        _ => Some("AUTO_INCREMENT=1000".to_owned()),
    };
}

fn change_views(schema: &mut Schema, random: &mut Rng, number: usize) {
    let at = random.usize(..schema.tables.len());
    if random.bool() && schema.statements.len() > 3 {
        schema.statements.pop();
        return;
    }
    let table = &schema.tables[at];
    schema.statements.push(Statement {
        sql: format!(
            "CREATE VIEW v{number} AS SELECT * FROM `{}`",
            table.name.name
        ),
        tables_before: usize::MAX,
    });
}
