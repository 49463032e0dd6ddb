//! From a URL and git's configuration to a store: every setting, who said it, and whether it may be believed.

use std::env;
use std::path::Path;

use dump_store::{Layout, S3Settings};
use lfs_protocol::Operation;

use crate::error::AgentError;
use crate::git::GitConfig;
use crate::git::repository::{Origin, Repository};
use crate::store::remote_url::{Parameters, RemoteUrl, SCHEME, UrlError, normal_endpoint};
use crate::store::trust::{self, ALLOW_ENDPOINT};

/// The section of git's configuration that is ours.
const SECTION: &str = "lfs-agent.";

/// Certificates to trust besides the system's, as the AWS command line knows it.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// The store that applies, ready to be opened.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    /// As it stands in `lfs.url`.
    pub(crate) url: RemoteUrl,
    pub(crate) settings: S3Settings,
    pub(crate) layout: Layout,
    /// Every version of a dump is stored whole.
    pub(crate) whole: bool,
    /// Keys of ours in git's configuration that aren't known, and do nothing.
    pub(crate) unknown: Vec<UnknownKey>,
}

/// A key of git's configuration that looks like ours and isn't known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownKey {
    key: String,
    /// The parameter that was meant, most likely.
    nearest: Option<&'static str>,
}

/// What decides where and how something is stored. Who has misspelt it would store something elsewhere, as somebody else,
/// or unencrypted, and not notice. Without one of the others, requests are made in another way and fail, or work.
const DECISIVE: [&str; 5] = [
    "endpoint",
    "profile",
    "storage_class",
    "sse",
    "sse_kms_key_id",
];

impl Configuration {
    /// What git-lfs would use for `operation` with `remote`, with this machine's overrides.
    pub(crate) fn resolve(
        repository: &Repository,
        operation: Operation,
        remote: &str,
    ) -> Result<Self, AgentError> {
        let (text, origin) = repository
            .lfs_url(operation, remote)?
            .ok_or(AgentError::NoUrl)?;
        if !text.starts_with(SCHEME) {
            return Err(AgentError::OtherUrl { url: text });
        }
        let url = RemoteUrl::parse(&text).map_err(|error| AgentError::Url { url: text, error })?;
        let configuration = Self::of_url(url, origin, repository.config())?;
        if operation == Operation::Upload {
            configuration.check_storing()?;
        }
        Ok(configuration)
    }

    /// Whether something may be stored as this says.
    ///
    /// # Errors
    /// When what decides where and how seems to be misspelt.
    pub(crate) fn check_storing(&self) -> Result<(), AgentError> {
        let decides = |key: &&UnknownKey| key.nearest.is_some_and(|name| DECISIVE.contains(&name));
        match self.unknown.iter().find(decides) {
            Some(key) => Err(key.error()),
            None => Ok(()),
        }
    }

    /// The store at `url`, which `origin` said, with the overrides of `config`.
    pub(crate) fn of_url(
        url: RemoteUrl,
        origin: Origin,
        config: &GitConfig,
    ) -> Result<Self, AgentError> {
        let (overrides, unknown) = overrides(config)?;
        let chosen = |own: &Option<String>, from_url: &Option<String>| match (own, from_url) {
            (Some(own), _) => Some((own.clone(), Origin::User)),
            (None, Some(value)) => Some((value.clone(), origin)),
            (None, None) => None,
        };
        let parameters = &url.parameters;
        let endpoint = chosen(&overrides.endpoint, &parameters.endpoint);
        if let Some((endpoint, origin)) = &endpoint {
            trust::check_endpoint(endpoint, *origin, config)?;
        }
        let profile = chosen(&overrides.profile, &parameters.profile);
        if let Some((profile, origin)) = &profile {
            trust::check_profile(profile, *origin)?;
        }
        let either = |own: &Option<String>, from_url: &Option<String>| {
            own.clone().or_else(|| from_url.clone())
        };
        let settings = S3Settings {
            bucket: url.bucket.clone(),
            region: either(&overrides.region, &parameters.region),
            endpoint: endpoint.map(|(endpoint, _)| endpoint),
            path_style: overrides
                .path_style
                .or(parameters.path_style)
                .unwrap_or(false),
            profile: profile.map(|(profile, _)| profile),
            storage_class: either(&overrides.storage_class, &parameters.storage_class),
            encryption: either(&overrides.sse, &parameters.sse),
            kms_key: either(&overrides.sse_kms_key_id, &parameters.sse_kms_key_id),
            requester_pays: overrides
                .requester_pays
                .or(parameters.requester_pays)
                .unwrap_or(false),
            certificates: certificates()?,
            largest_copy: None,
            credentials: None,
        };
        let whole = overrides.whole.or(parameters.whole).unwrap_or(false);
        Ok(Self {
            layout: Layout::new(&url.prefix),
            whole,
            settings,
            url,
            unknown,
        })
    }
}

impl UnknownKey {
    /// Of a key without its section. Where a parameter of the URL has an underscore the key has none.
    fn of(name: &str) -> Self {
        let known = Parameters::names().map(|parameter| (own_name(parameter), parameter));
        let mut known: Vec<(String, &'static str)> = known.collect();
        known.push(("allowendpoint".to_owned(), "allowEndpoint"));
        let nearest = nearest_name::nearest(name, known.iter().map(|(own, _)| own.as_str()));
        let nearest = known.iter().find(|(own, _)| Some(own.as_str()) == nearest);
        Self {
            key: format!("{SECTION}{name}"),
            nearest: nearest.map(|(_, parameter)| *parameter),
        }
    }

    fn error(&self) -> AgentError {
        let nearest = self.nearest.map(git_key);
        AgentError::UnknownKey {
            key: self.key.clone(),
            nearest,
        }
    }

    /// What is wrong with it, and what to do.
    pub(crate) fn told(&self) -> (String, String) {
        let error = self.error();
        (error.to_string(), error.hint().unwrap_or_default())
    }
}

/// A parameter's name as git's lists have it.
fn own_name(parameter: &str) -> String {
    parameter.replace('_', "")
}

/// The key of a parameter as people write it: `lfs-agent.pathStyle`.
fn git_key(parameter: &str) -> String {
    let mut words = parameter.split('_');
    let first = words.next().unwrap_or_default();
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    let rest: String = words.map(capital).collect();
    format!("{SECTION}{first}{rest}")
}

/// The settings in git's configuration: `lfs-agent.region` and so on, and the keys that aren't any. Where a parameter of the
/// URL has an underscore the key has none, because git allows none: `lfs-agent.pathStyle`.
fn overrides(config: &GitConfig) -> Result<(Parameters, Vec<UnknownKey>), AgentError> {
    let mut parameters = Parameters::default();
    let mut unknown = Vec::new();
    for (key, value) in config.entries() {
        let Some(name) = key.strip_prefix(SECTION) else {
            continue;
        };
        let wrong = |error| AgentError::Setting {
            key: key.to_owned(),
            error,
        };
        if key == ALLOW_ENDPOINT {
            if normal_endpoint(value).is_none() {
                let wanted = "an endpoint is `https://HOST[:PORT]` (or `http://…`)";
                return Err(wrong(UrlError::Value {
                    name: "allowEndpoint",
                    value: value.to_owned(),
                    wanted,
                }));
            }
            continue;
        }
        let same = |parameter: &&str| own_name(parameter) == name;
        if let Some(parameter) = Parameters::names().find(same) {
            parameters.set(parameter, value).map_err(wrong)?;
        } else {
            unknown.push(UnknownKey::of(name));
        }
    }
    unknown.dedup();
    Ok((parameters, unknown))
}

fn certificates() -> Result<Option<Vec<u8>>, AgentError> {
    let Some(path) = env::var_os(CA_BUNDLE).filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let path = Path::new(&path);
    std::fs::read(path)
        .map(Some)
        .map_err(|error| AgentError::file("read", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configure(url: &str, origin: Origin, config: &str) -> Result<Configuration, AgentError> {
        let listing = config.replace('=', "\n").replace(';', "\0");
        Configuration::of_url(
            RemoteUrl::parse(url).unwrap(),
            origin,
            &GitConfig::from_listing(listing.as_bytes()),
        )
    }

    #[test]
    fn the_machine_overrides_the_url() {
        let url =
            "s3://team-dumps/shop?region=eu-central-1&storage_class=STANDARD_IA&path_style=true";
        let settings = configure(url, Origin::Repository, "").unwrap().settings;
        assert_eq!(settings.region.as_deref(), Some("eu-central-1"));
        assert!(settings.path_style);
        let config = "lfs-agent.region=us-east-1;lfs-agent.pathstyle=false;lfs-agent.storageclass=ONEZONE_IA;";
        let settings = configure(url, Origin::Repository, config).unwrap().settings;
        assert_eq!(settings.region.as_deref(), Some("us-east-1"));
        assert_eq!(settings.storage_class.as_deref(), Some("ONEZONE_IA"));
        assert!(!settings.path_style);
    }

    #[test]
    fn versions_are_whole_when_the_url_or_the_machine_says_so() {
        let whole = |url, config| configure(url, Origin::Repository, config).unwrap().whole;
        assert!(!whole("s3://team-dumps", ""));
        assert!(whole("s3://team-dumps?whole=true", ""));
        assert!(whole("s3://team-dumps", "lfs-agent.whole=true;"));
        assert!(!whole(
            "s3://team-dumps?whole=true",
            "lfs-agent.whole=false;"
        ));
    }

    #[test]
    fn a_repository_chooses_neither_endpoint_nor_profile() {
        let endpoint = "s3://team-dumps?endpoint=https://minio.example.com";
        assert!(matches!(
            configure(endpoint, Origin::Repository, ""),
            Err(AgentError::EndpointNotApproved { .. })
        ));
        configure(
            endpoint,
            Origin::Repository,
            "lfs-agent.allowendpoint=https://minio.example.com;",
        )
        .unwrap();
        configure(endpoint, Origin::User, "").unwrap();
        let profile = "s3://team-dumps?profile=work";
        assert!(matches!(
            configure(profile, Origin::Repository, ""),
            Err(AgentError::ProfileNotApproved { .. })
        ));
        let settings = configure(profile, Origin::Repository, "lfs-agent.profile=mine;")
            .unwrap()
            .settings;
        assert_eq!(settings.profile.as_deref(), Some("mine"));
    }

    #[test]
    fn a_misspelt_key_stops_what_it_could_send_elsewhere_and_nothing_else() {
        let told = |config: &str| {
            let found = configure("s3://team-dumps", Origin::User, config).unwrap();
            let storing = found.check_storing().map_err(|error| error.to_string());
            (found.unknown.first().unwrap().told().0, storing.is_ok())
        };
        for (key, meant, stores) in [
            ("regoin", "lfs-agent.region", true),
            ("pathstlye", "lfs-agent.pathStyle", true),
            ("whloe", "lfs-agent.whole", true),
            ("allowendpiont", "lfs-agent.allowEndpoint", true),
            ("ednpoint", "lfs-agent.endpoint", false),
            ("porfile", "lfs-agent.profile", false),
            ("storageclas", "lfs-agent.storageClass", false),
            ("ssekmskey", "lfs-agent.sseKmsKeyId", false),
        ] {
            let (said, stored) = told(&format!("lfs-agent.{key}=x;"));
            assert!(said.contains(&format!("did you mean `{meant}`?")), "{said}");
            assert_eq!(stored, stores, "{key}");
        }
        let (said, stored) = told("lfs-agent.ofalaterversion=x;");
        assert!(!said.contains("did you mean") && stored, "{said}");
        let error = configure(
            "s3://team-dumps",
            Origin::User,
            "lfs-agent.allowendpoint=minio;",
        )
        .unwrap_err();
        assert!(error.to_string().contains("https://HOST"), "{error}");
    }

    const APPROVED: &str = "lfs-agent.allowendpoint=https://minio.example.com:9000;";

    /// What a URL in a committed `.lfsconfig` comes to, on a machine that has approved of one endpoint.
    fn committed(url: &str) -> Result<S3Settings, String> {
        let url = RemoteUrl::parse(url).map_err(|error| error.to_string())?;
        let config =
            GitConfig::from_listing(APPROVED.replace('=', "\n").replace(';', "\0").as_bytes());
        let configured = Configuration::of_url(url, Origin::Repository, &config);
        configured
            .map(|configuration| configuration.settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn other_spellings_of_the_approved_endpoint_are_that_endpoint() {
        for endpoint in [
            "https://minio.example.com:9000",
            "HTTPS://MINIO.Example.COM:9000/",
            "https%3A%2F%2Fminio.example.com%3A9000",
            "https://minio%2Eexample.com:9000",
            "https:minio.example.com:9000",
            "https:\\\\minio.example.com:9000",
            "https://minio.example.com:09000",
        ] {
            let settings = committed(&format!("s3://team-dumps?endpoint={endpoint}")).unwrap();
            // Requests go to the spelling that was approved, so nobody can read it otherwise.
            assert_eq!(
                settings.endpoint.as_deref(),
                Some("https://minio.example.com:9000"),
                "{endpoint}"
            );
        }
    }

    #[test]
    fn no_other_endpoint_passes_for_the_approved_one() {
        for endpoint in [
            "http://minio.example.com:9000",
            "https://minio.example.com",
            "https://minio.example.com:9001",
            "https://minio.example.com:9000/path",
            "https://minio.example.com:9000//evil.example",
            "https://minio.example.com:9000/../evil.example/x",
            "https://minio.example.com:9000.evil.example",
            "https://minio.example.com.evil.example:9000",
            "https://minio.example.com.:9000",
            "https://xminio.example.com:9000",
            "https://minio.example.com@evil.example:9000",
            "https://minio.example.com:9000@evil.example",
            "https://minio.example.com%40evil.example:9000",
            "https://evil.example%2Fminio.example.com:9000",
            "https://evil.example/minio.example.com:9000",
            "https://evil.example\\minio.example.com:9000",
            "https://evil.example%23@minio.example.com:9000",
            "https://evil.example%3F@minio.example.com:9000",
            "https://evil.example%09minio.example.com:9000",
            "https://evil.example%0aminio.example.com:9000",
            "https://minio.ехаmple.com:9000",
            "https://xn--mnio-7pa.example.com:9000",
            "https://[::1]:9000",
            "https://[::ffff:127.0.0.1]:9000",
            "https://0x7f.1:9000",
            "https://2130706433:9000",
            "ftp://minio.example.com:9000",
            "file:///etc/passwd",
            "//minio.example.com:9000",
            "minio.example.com:9000",
            "",
        ] {
            let refused = committed(&format!("s3://team-dumps?endpoint={endpoint}"));
            assert!(refused.is_err(), "{endpoint}: {refused:?}");
        }
    }

    #[test]
    fn nothing_else_in_the_url_leads_elsewhere() {
        for url in [
            // Twice, in other spellings, or hidden in another value.
            "s3://team-dumps?endpoint=https://minio.example.com:9000&endpoint=https://evil.example",
            "s3://team-dumps?endpoint=https://minio.example.com:9000&Endpoint=https://evil.example",
            "s3://team-dumps?%65ndpoint=https://evil.example",
            "s3://team-dumps?endpoint=https://minio.example.com:9000%26endpoint=https://evil.example",
            "s3://team-dumps?endpoint=https://minio.example.com:9000;endpoint=https://evil.example",
            "s3://team-dumps?endpoint=https://minio.example.com:9000#@evil.example",
            // A region is a part of AWS's host names.
            "s3://team-dumps?region=x.evil.example/",
            "s3://team-dumps?region=evil.example%23",
            "s3://team-dumps?region=us-east-1@evil.example",
            "s3://team-dumps?region=us-east-1%0d%0aHost:evil.example",
            "s3://team-dumps?region=",
            // So is a bucket.
            "s3://team-dumps.evil.example:443/x",
            "s3://user@evil.example/x",
            "s3://team%2fdumps/x",
            "s3://team\ndumps/x",
            "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/x",
            // A prefix stays below its bucket.
            "s3://team-dumps/../other/x",
            "s3://team-dumps/%2e%2e/x",
            "s3://team-dumps/a/%2e/b",
            "s3://team-dumps/a%00b",
            "s3://team-dumps/a%0d%0ab",
            // Whose credentials are used is nobody else's business.
            "s3://team-dumps?profile=production",
            "s3://team-dumps?credentials=x",
            "s3://team-dumps?credential_process=curl",
            "s3://team-dumps?sse=aws:kms&sse_kms_key_id=%0d%0ax-evil:1",
        ] {
            let refused = committed(url);
            assert!(refused.is_err(), "{url}: {refused:?}");
        }
        // A bucket with dots is a bucket of AWS, and no host.
        assert_eq!(committed("s3://evil.example/#").unwrap().endpoint, None);
    }

    #[test]
    fn what_the_user_configured_is_the_users_and_nothing_of_lfsconfig_is() {
        let url = "s3://team-dumps?endpoint=https://evil.example&profile=production";
        let config = "lfs-agent.endpoint=https://store.example.com;lfs-agent.profile=mine;";
        let settings = configure(url, Origin::Repository, config).unwrap().settings;
        assert_eq!(
            settings.endpoint.as_deref(),
            Some("https://store.example.com")
        );
        assert_eq!(settings.profile.as_deref(), Some("mine"));
    }
}
