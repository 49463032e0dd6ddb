//! Accounts: who signed in, who confirmed the address, whose token is open.

use crate::ids::{ColumnId, TableId};
use crate::plan::story::reader::Reader;
use crate::plan::story::{Expr, Relation};
use crate::story::ONE;

/// Accounts: who signed in, who confirmed the address, whose token is open.
pub(super) fn accounts(reader: &mut Reader<'_, '_>, table: TableId) {
    let find = |reader: &Reader<'_, '_>, names: &[&str]| {
        reader.columns(table).find(|&column| {
            reader.name(table, column).own.is(names)
                && reader.facts[table].reference_of[column].is_none()
                && reader.facts[table].source(column).is_none()
                && !reader.facts[table].is_given(column)
                && reader.facts[table].always_null[column].is_none()
        })
    };
    let since = |label: &'static str, from: Expr| {
        let left = Expr::Now.minus(from.clone());
        Expr::Sum(vec![
            from,
            Expr::Greatest(vec![
                Expr::Number(0),
                left.percent(Expr::Random(label, 0, 96, ONE, false)),
            ]),
        ])
    };
    let insert =
        |reader: &mut Reader<'_, '_>, column: Option<ColumnId>, relation: Relation, why: &str| {
            if let Some(column) = column
                && !reader.story.tables[table].relations.contains_key(&column)
            {
                reader.story.tables[table]
                    .relations
                    .insert(column, (relation, why.to_owned()));
            }
        };
    let last = find(
        reader,
        &[
            "last_sign_in_at",
            "last_login_at",
            "last_signed_in_at",
            "last_logged_in_at",
            "last_signin_at",
            "last_login",
            "last_login_on",
        ],
    )
    .filter(|&column| reader.is_time(table, column) && reader.is_nullable(table, column));
    let count = find(
        reader,
        &[
            "sign_in_count",
            "login_count",
            "logins_count",
            "signin_count",
            "number_of_logins",
            "sign_ins_count",
            "total_logins",
        ],
    )
    .filter(|&column| reader.is_whole(table, column));
    if last.is_some() || count.is_some() {
        let came = Expr::Not(Box::new(Expr::Chance("never signed in", 9_000)));
        let when = Expr::when(came.clone(), since("last sign-in", Expr::Born), Expr::Null);
        insert(
            reader,
            last,
            Relation::Value(when),
            "when somebody last signed in",
        );
        let times = Expr::when(
            came.clone(),
            Expr::Random("sign-ins", ONE, 80, ONE, true),
            Expr::Number(0),
        );
        insert(
            reader,
            count,
            Relation::Value(times),
            "how often somebody signed in",
        );
        let current = find(reader, &["current_sign_in_at", "current_login_at"])
            .filter(|&column| reader.is_time(table, column) && reader.is_nullable(table, column));
        if let Some(last) = last {
            let later = Expr::when(
                came.clone(),
                since("current sign-in", Expr::Column(last)),
                Expr::Null,
            );
            insert(
                reader,
                current,
                Relation::Value(later),
                "not before the last one",
            );
        }
        for name in [
            "last_sign_in_ip",
            "current_sign_in_ip",
            "last_login_ip",
            "current_login_ip",
        ] {
            let ip = find(reader, &[name]).filter(|&column| reader.is_nullable(table, column));
            insert(
                reader,
                ip,
                Relation::OnlyIf(came.clone()),
                "only of who signed in",
            );
        }
    }
    if let Some(confirmed) = find(
        reader,
        &[
            "confirmed_at",
            "email_verified_at",
            "verified_at",
            "email_confirmed_at",
        ],
    )
    .filter(|&column| reader.is_time(table, column) && reader.is_nullable(table, column))
    {
        let done = Expr::Known(Box::new(Expr::Column(confirmed)));
        let open = Expr::Not(Box::new(done));
        for name in [
            "confirmation_token",
            "verification_token",
            "email_verification_token",
            "confirm_token",
            "email_confirmation_token",
        ] {
            let token = find(reader, &[name]).filter(|&column| reader.is_nullable(table, column));
            insert(
                reader,
                token,
                Relation::OnlyIf(open.clone()),
                "gone once the address is confirmed",
            );
        }
        let other = find(reader, &["unconfirmed_email"])
            .filter(|&column| reader.is_nullable(table, column));
        insert(
            reader,
            other,
            Relation::OnlyIf(Expr::Chance("changes the address", 1_500)),
            "only of who changes the address",
        );
        for name in [
            "confirmation_sent_at",
            "verification_sent_at",
            "email_verification_sent_at",
        ] {
            let sent = find(reader, &[name]).filter(|&column| reader.is_time(table, column));
            insert(
                reader,
                sent,
                Relation::Value(Expr::Born),
                "when the row is born",
            );
        }
    }
    // A token is open until what it is for has happened.
    if let Some(cycle) = reader.story.tables[table].cycle.clone() {
        for column in reader.columns(table) {
            let name = reader.name(table, column).own.clone();
            let stem = ["token", "digest", "token_digest", "code_digest"]
                .iter()
                .find_map(|ending| name.prefix_before(ending));
            let Some(stem) = stem.filter(|stem| {
                matches!(
                    *stem,
                    "activation"
                        | "confirmation"
                        | "verification"
                        | "invitation"
                        | "acceptance"
                        | "approval"
                )
            }) else {
                continue;
            };
            let event = match stem {
                "invitation" => cycle.event("accepted"),
                stem => cycle.event(stem),
            };
            if let Some(event) = event
                && reader.is_nullable(table, column)
            {
                let open = Expr::Not(Box::new(Expr::happened(event)));
                insert(
                    reader,
                    Some(column),
                    Relation::OnlyIf(open),
                    "open until that has happened",
                );
            }
        }
    }
    for (token, sent) in [
        ("reset_password_token", "reset_password_sent_at"),
        ("password_reset_token", "password_reset_sent_at"),
        ("password_reset_token", "password_reset_at"),
        ("reset_token", "reset_sent_at"),
        ("reset_digest", "reset_sent_at"),
        ("magic_link_token", "magic_link_sent_at"),
    ] {
        let open = Expr::Chance("wants a new password", 4_000);
        let token = find(reader, &[token]).filter(|&column| reader.is_nullable(table, column));
        if token.is_none() {
            continue;
        }
        insert(
            reader,
            token,
            Relation::OnlyIf(open.clone()),
            "of those who want a new password",
        );
        let when = Expr::when(open, since("asked for it", Expr::Born), Expr::Null);
        let sent = find(reader, &[sent])
            .filter(|&column| reader.is_time(table, column) && reader.is_nullable(table, column));
        insert(
            reader,
            sent,
            Relation::Value(when),
            "when that was asked for",
        );
    }
    if let Some(locked) = find(reader, &["locked_at", "locked_out_at"])
        .filter(|&column| reader.is_time(table, column) && reader.is_nullable(table, column))
    {
        let is_locked = Expr::Known(Box::new(Expr::Column(locked)));
        let failed = find(
            reader,
            &[
                "failed_attempts",
                "failed_login_count",
                "failed_logins",
                "failed_login_attempts",
            ],
        )
        .filter(|&column| reader.is_whole(table, column));
        let few = Expr::when(
            is_locked.clone(),
            Expr::whole(10),
            Expr::when(
                Expr::Chance("mistyped", 6_000),
                Expr::Random("mistyped often", ONE, 3, ONE, true),
                Expr::Number(0),
            ),
        );
        insert(
            reader,
            failed,
            Relation::Value(few),
            "many where it is locked, mostly none",
        );
        let unlock =
            find(reader, &["unlock_token"]).filter(|&column| reader.is_nullable(table, column));
        insert(
            reader,
            unlock,
            Relation::OnlyIf(is_locked),
            "only where it is locked",
        );
    }
}
