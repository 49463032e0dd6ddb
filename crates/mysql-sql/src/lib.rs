//! The text of MySQL and MariaDB.
