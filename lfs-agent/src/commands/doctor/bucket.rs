//! The checks that speak with the bucket: can it be read, may it be written, and does it clean up.

use dump_store::{Inventory, S3Store, TransferError, Transfers};
use tokio::runtime::Runtime;

use super::{Report, told};
use crate::error::AgentError;
use crate::git::repository::Repository;
use crate::store;
use crate::store::configuration::Configuration;
use crate::terminal::shell;

/// What mends an endpoint without host names for buckets.
const IN_PATH: &str = "the server answers if the bucket is in the path: add `path_style=true` to `lfs.url` (`lfs-agent init --path-style --force`)";

/// The rule of `docs/bucket.md`, as the AWS CLI takes it in every shell: without a double quote.
const RULE: &str = "Rules=[{ID=unfinished-uploads,Status=Enabled,Filter={Prefix=''},AbortIncompleteMultipartUpload={DaysAfterInitiation=7}}]";

/// The command that gives the bucket that rule.
fn give_rule(configuration: &Configuration) -> String {
    let settings = &configuration.settings;
    let put = "put-bucket-lifecycle-configuration";
    let mut words = vec!["aws", "s3api", put, "--bucket", &configuration.url.bucket];
    for (option, value) in [
        ("--endpoint-url", &settings.endpoint),
        ("--region", &settings.region),
        ("--profile", &settings.profile),
    ] {
        words.extend(value.iter().flat_map(|value| [option, value]));
    }
    words.extend(["--lifecycle-configuration", RULE]);
    shell::command(&words)
}

/// Runs the checks.
pub(super) fn check(
    report: &mut Report,
    repository: &Repository,
    reading: &Configuration,
    pushing: &Configuration,
    read_only: bool,
) -> Result<(), AgentError> {
    let runtime = store::runtime()?;
    let store = transfers(repository, reading, reading.settings.path_style);
    let inventory = match list(&runtime, &store) {
        Ok(inventory) => inventory,
        Err(error) => {
            let (wrong, mut mend) = told(&AgentError::store(error));
            // Servers of one's own seldom have a host name for each bucket, and say so in many ways.
            if reading.settings.endpoint.is_some() && !reading.settings.path_style {
                let in_path = transfers(repository, reading, true);
                if list(&runtime, &in_path).is_ok() {
                    IN_PATH.clone_into(&mut mend);
                }
            }
            report.add("reading", Err((wrong, mend)));
            return Ok(());
        }
    };
    let found = match inventory.items.len() {
        1 => "1 object".to_owned(),
        count => format!("{count} objects"),
    };
    report.add("reading", Ok(found));
    if let Some(found) = store.store().found_region() {
        let said = match &reading.settings.region {
            Some(said) => format!("and `region` says `{said}`"),
            None => "which `lfs.url` doesn't say".to_owned(),
        };
        let wrong = format!("the bucket is in `{found}`, {said}; each command had to ask for it");
        let mend = format!("put `region={found}` into `lfs.url`, which saves requests");
        report.warn("region", &wrong, &mend);
    }
    if read_only {
        return Ok(());
    }
    let path_style = pushing.settings.path_style;
    let store = transfers(repository, pushing, path_style);
    match runtime.block_on(store.check_writing()) {
        Ok(()) => report.add("pushing", Ok("allowed".to_owned())),
        Err(error) => {
            let (wrong, mend) = told(&AgentError::store(error));
            let mend = format!("{mend} (to check reading alone: `lfs-agent doctor --read-only`)");
            report.add("pushing", Err((wrong, mend)));
            return Ok(());
        }
    }
    let prefix = store.layout().prefix();
    let expire = runtime.block_on(store.store().unfinished_uploads_expire(prefix));
    match expire {
        Ok(Some(true)) => report.add("lifecycle", Ok("unfinished uploads are deleted".to_owned())),
        Ok(Some(false)) => {
            let wrong =
                "nothing deletes unfinished uploads, which no listing shows and which cost storage";
            let mend = format!(
                "this has them deleted after 7 days, in place of all rules that the bucket has: `{}`",
                give_rule(pushing)
            );
            report.warn("lifecycle", wrong, &mend);
        }
        Ok(None) | Err(_) => {
            let unknown = "rules for unfinished uploads can't be seen from here";
            report.add("lifecycle", Ok(unknown.to_owned()));
        }
    }
    Ok(())
}

fn list(runtime: &Runtime, store: &Transfers<S3Store>) -> Result<Inventory, TransferError> {
    runtime.block_on(store.inventory())
}

fn transfers(
    repository: &Repository,
    configuration: &Configuration,
    path_style: bool,
) -> Transfers<S3Store> {
    let mut configuration = configuration.clone();
    configuration.settings.path_style = path_style;
    store::of_repository(repository, configuration, 1)
}
