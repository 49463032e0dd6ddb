//! What a repository may choose, and what it may not.
//!
//! `.lfsconfig` comes with a clone and anybody may have written it. Requests to the endpoint that it names would be signed
//! with the user's credentials, and would carry the dumps; a profile that it names would choose the credentials. So an
//! endpoint from there must be AWS's own or one that the user has approved, and a profile must be the user's choice.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::AgentError;
use crate::git::GitConfig;
use crate::git::repository::Origin;
use crate::store::remote_url::normal_endpoint;

/// The key of git's configuration that holds approved endpoints, one a value.
pub(crate) const ALLOW_ENDPOINT: &str = "lfs-agent.allowendpoint";

/// The same key as people write it; git doesn't mind.
pub(crate) const ALLOW_ENDPOINT_SHOWN: &str = "lfs-agent.allowEndpoint";

/// Refuses an endpoint that nobody on this machine has chosen. `endpoint` is in its normal form.
pub(crate) fn check_endpoint(
    endpoint: &str,
    origin: Origin,
    config: &GitConfig,
) -> Result<(), AgentError> {
    let allowed = config
        .all(ALLOW_ENDPOINT)
        .any(|allowed| normal_endpoint(allowed).as_deref() == Some(endpoint));
    if origin == Origin::User || allowed || is_amazon(endpoint) {
        return Ok(());
    }
    Err(AgentError::EndpointNotApproved {
        endpoint: endpoint.to_owned(),
    })
}

/// Refuses a profile that the repository chose.
pub(crate) fn check_profile(profile: &str, origin: Origin) -> Result<(), AgentError> {
    match origin {
        Origin::User => Ok(()),
        Origin::Repository => Err(AgentError::ProfileNotApproved {
            profile: profile.to_owned(),
        }),
    }
}

/// Whether an endpoint is on this machine.
pub(crate) fn is_loopback(endpoint: &str) -> bool {
    let Ok(url) = Url::parse(endpoint) else {
        return false;
    };
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Whether an endpoint is S3 itself, by TLS. Most names under `amazonaws.com` are given to whoever rents a machine, so only
/// those of S3's own regional endpoints count: `s3.REGION`, `s3.dualstack.REGION`, `s3-fips…`, `s3-accelerate`.
fn is_amazon(endpoint: &str) -> bool {
    let Ok(url) = Url::parse(endpoint) else {
        return false;
    };
    let Some(host) = url.host_str() else {
        return false;
    };
    let Some(labels) = host
        .strip_suffix(".amazonaws.com")
        .or_else(|| host.strip_suffix(".amazonaws.com.cn"))
    else {
        return false;
    };
    let labels: Vec<&str> = labels.split('.').collect();
    let is_region =
        |label: &&str| label.contains('-') && label.ends_with(|last: char| last.is_ascii_digit());
    let known = match labels.as_slice() {
        ["s3" | "s3-accelerate"] | ["s3-accelerate", "dualstack"] => true,
        ["s3" | "s3-fips", region] | ["s3" | "s3-fips", "dualstack", region] => is_region(region),
        _ => false,
    };
    url.scheme() == "https" && url.port().is_none() && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn from_repository(endpoint: &str, allowed: &[&str]) -> Result<(), AgentError> {
        let entries: Vec<String> = allowed
            .iter()
            .map(|allowed| format!("{ALLOW_ENDPOINT}\n{allowed}"))
            .collect();
        let listing = entries.join("\0");
        let endpoint = normal_endpoint(endpoint).unwrap();
        check_endpoint(
            &endpoint,
            Origin::Repository,
            &GitConfig::from_listing(listing.as_bytes()),
        )
    }

    #[test]
    fn s3_itself_needs_no_approval() {
        for endpoint in [
            "https://s3.amazonaws.com",
            "https://s3.eu-central-1.amazonaws.com/",
            "https://s3.dualstack.ap-northeast-1.amazonaws.com",
            "https://s3-fips.us-gov-west-1.amazonaws.com",
            "https://s3.cn-north-1.amazonaws.com.cn",
            "https://s3-accelerate.amazonaws.com",
        ] {
            assert!(from_repository(endpoint, &[]).is_ok(), "{endpoint}");
        }
    }

    #[test]
    fn another_endpoint_of_the_repository_is_refused() {
        for endpoint in [
            "https://evil.example.com",
            "http://127.0.0.1:9000",
            "http://s3.amazonaws.com",
            "https://s3.amazonaws.com:8443",
            "https://s3.amazonaws.com.evil.example",
            "https://evil-s3.amazonaws.com",
            "https://ec2-1-2-3-4.eu-central-1.compute.amazonaws.com",
            "https://s3.execute-api.eu-central-1.amazonaws.com",
            "https://s3.vpce-1.amazonaws.com.evil.example",
            "https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com",
        ] {
            assert!(from_repository(endpoint, &[]).is_err(), "{endpoint}");
            assert!(
                from_repository(endpoint, &["https://other.example.com", endpoint]).is_ok(),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn an_approval_is_of_one_scheme_host_and_port() {
        let allowed = &["https://minio.example.com:9000/"];
        assert!(from_repository("https://MINIO.example.com:9000", allowed).is_ok());
        for other in [
            "http://minio.example.com:9000",
            "https://minio.example.com",
            "https://minio.example.com:9000/other",
        ] {
            assert!(from_repository(other, allowed).is_err(), "{other}");
        }
    }

    #[test]
    fn what_the_user_chose_is_approved() {
        let none = GitConfig::default();
        assert!(check_endpoint("https://minio.example.com", Origin::User, &none).is_ok());
        assert!(check_profile("work", Origin::User).is_ok());
        assert!(check_profile("work", Origin::Repository).is_err());
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        for endpoint in [
            "http://127.0.0.1:9000",
            "http://localhost",
            "http://[::1]:80",
            "http://s3.localhost",
        ] {
            assert!(is_loopback(endpoint), "{endpoint}");
        }
        for endpoint in [
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://example.com",
        ] {
            assert!(!is_loopback(endpoint), "{endpoint}");
        }
    }
}
