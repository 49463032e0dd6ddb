//! Whatever the bytes, reading ends with a schema or with errors whose places lie in the text.

use proptest::prelude::*;
use schemafile::{MemoryLoader, Options, SourceFile, read};

/// Reads a text and renders what is wrong with it.
fn survives(text: &[u8]) {
    let result = read(
        SourceFile::new("Schemafile", text),
        &MemoryLoader::new().with("other.rb", text),
        &Options::default(),
    );
    let diagnostics = match result {
        Ok(reading) => reading.warnings,
        Err(diagnostics) => {
            assert!(diagnostics.has_errors());
            diagnostics
        }
    };
    let lines = text.split(|&byte| byte == b'\n').count();
    for diagnostic in diagnostics.iter() {
        let (_, line, column) = diagnostics.place(diagnostic);
        assert!((1..=lines).contains(&line) && column >= 1);
    }
    assert_eq!(diagnostics.render(false).is_empty(), diagnostics.is_empty());
}

/// Pieces of schema files, so that random texts reach the DSL and not only the parser.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "create_table",
        "t.string",
        "t.references",
        "t.index",
        "t.datetime",
        "t.virtual",
        "t.enum",
        "t.check_constraint",
        "t.timestamps",
        "t.column",
        "add_index",
        "add_foreign_key",
        "execute",
        "create_enum",
        "enable_extension",
        "rename_column",
        "change_table",
        "require",
        "Dir.glob",
        "ActiveRecord::Schema[7.0].define",
        "\"users\"",
        "\"users.name\"",
        ":name",
        "null: false",
        "default: ",
        "limit: 5",
        "precision: nil",
        "polymorphic: true",
        "foreign_key: true",
        "array: true",
        "index: { unique: true }",
        "-> { \"now()\" }",
        "[1, nil, \"x\"]",
        "{ \"a\" => 1.5 }",
        "1..",
        "2**9",
        "do |t|",
        "end",
        "{ |x| x }",
        "\n",
        "\n",
        "\n",
        ", ",
        ", ",
        "(",
        ")",
        "=",
        "x",
        "<<~SQL\nSELECT 1\nSQL\n",
        "\"#{x}\"",
        "%w[a b].each",
        "if true",
        "*x",
        "**x",
        "&:y",
        "\"\\xFF\"",
        "=begin",
        "__END__",
        "名前",
        "\0",
        "'",
        "\"",
        "#",
        "?z",
        ".map",
        ".join",
        "id: :uuid",
        "primary_key: [\"a\", :b]",
        "as: \"x\"",
        "stored: true",
    ]);
    prop_oneof![9 => words.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn any_text_of_the_right_pieces_is_survived(
        pieces in prop::collection::vec(piece(), 0..60),
        spaced in any::<bool>(),
    ) {
        survives(pieces.join(if spaced { " " } else { "" }).as_bytes());
    }

    #[test]
    fn any_cut_of_a_real_file_is_survived(from in 0_usize..4000, length in 0_usize..4000) {
        let file = include_bytes!("../../gen-schema/tests/golden/rails/indexes/schema.rb");
        let from = from.min(file.len());
        survives(&file[from..(from + length).min(file.len())]);
    }
}
