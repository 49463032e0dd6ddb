//! Reads ridgepole's Schemafile and Rails' schema.rb without running Ruby.
