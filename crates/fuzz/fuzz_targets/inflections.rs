//! Any bytes as the application's own inflections, and words turned by whatever rules they hold: the reader
//! never panics, and no pattern takes for ever.

#![no_main]

use fuzz::check;
use schemafile::{MemoryLoader, Options, SourceFile, read};

/// Calls that ask for the singular and the plural of all kinds of words.
const SCHEMA: &str = "
create_table 'people' do |t|
  t.bigint 'person_id'
end
ActiveRecord::Schema[8.1].define do
  create_join_table 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', 'Straßen_Criteria'
  create_join_table 'drives', 'ab_ab_ab_ab_ab_ab_ab_ab_ab_ab_ab_x'
  create_table 'oxen' do |t|
    t.references :foot, foreign_key: { to_table: 'people' }
  end
end
";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let options = Options {
        inflections: Some(SourceFile::new("inflections.rb", data)),
        ..Options::default()
    };
    let answer = read(
        SourceFile::new("Schemafile", SCHEMA),
        &MemoryLoader::new(),
        &options,
    );
    // An error may be in either file.
    let longer = [data, SCHEMA.as_bytes()].concat();
    check(&longer, answer);
});
