//! A store behind TLS whose certificate is of an authority of the team's own.

use crate::common::tls::{certificate, tls_before};
use crate::common::{Team, assert_dump, dump};

#[test]
fn an_authority_of_one_s_own_is_trusted_when_it_is_named() {
    for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        let mut team = Team::at(|s3| tls_before(s3.address()));
        let content = dump(20_000_000, 1);
        team.commit(&team.first, &content);
        let said = team.push_fails(&team.first);

        assert!(said.contains("UnknownIssuer"), "{said}");
        assert!(said.contains("AWS_CA_BUNDLE"), "the hint names it: {said}");

        team.home.set(variable, certificate("authority.pem"));
        team.push_head(&team.first);
        assert_dump(&team.clone("second"), &content);
    }
}
