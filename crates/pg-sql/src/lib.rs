//! PostgreSQL text: quoting, literals, DDL, COPY rows.
