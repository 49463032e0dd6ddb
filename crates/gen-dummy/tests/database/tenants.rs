//! Keys of several columns that share some: the server checks them while loading; here is what it doesn't.

use crate::support::Database;
use std::path::Path;
use testkit::pg::TempPostgres;

#[test]
fn keys_that_share_columns_get_rows() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/tenants.rb");
    let database = Database::new(TempPostgres::shared(), &schema);
    for rows in ["1", "2", "13", "160", "1000"] {
        database.load(&database.generate(&["--rows", rows]));
        for table in [
            "orders",
            "order_lines",
            "returns",
            "favorites",
            "invoices",
            "folders",
            "shipments",
            "parcel_charges",
            "reservations",
        ] {
            assert_eq!(
                database.query(&format!("SELECT count(*) FROM {table}")),
                rows,
                "{table}"
            );
        }
    }
    // Few tenants have many orders, and all that have one have lines.
    let most: u64 = database
        .query(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM orders GROUP BY tenant_id) AS tenants",
        )
        .parse()
        .unwrap();
    assert!(most > 5, "{most}");
    assert_eq!(
        database.query("SELECT count(*) FROM (SELECT tenant_id FROM orders EXCEPT SELECT tenant_id FROM order_lines) AS without"),
        "0"
    );
    // The first folder of a tenant has no parent, the others one that stands before them.
    assert_eq!(
        database.query("SELECT count(*) FROM folders WHERE parent_id >= id"),
        "0"
    );
    let inner: u64 = database
        .query("SELECT count(*) FROM folders WHERE parent_id IS NOT NULL")
        .parse()
        .unwrap();
    assert!(inner > 200, "{inner}");
    let pairs: u64 = database
        .query(
            "SELECT count(DISTINCT (user_id, seller_id)) FROM orders WHERE seller_id IS NOT NULL",
        )
        .parse()
        .unwrap();
    assert!(pairs > 300, "{pairs}");
}

#[test]
fn rows_that_one_tenant_cannot_have_are_not_made() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/tenants.rb");
    let database = Database::new(TempPostgres::shared(), &schema);
    let arguments = ["--rows", "50", "--rows", "tenants=3"];
    database.load(&database.generate(&arguments));
    // Three levels for each of three tenants.
    assert_eq!(database.query("SELECT count(*) FROM plans"), "9");
    assert_eq!(database.query("SELECT count(*) FROM folders"), "50");
}
