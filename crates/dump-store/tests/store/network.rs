//! Connections on which nothing moves for longer than the transfers wait: they are given up, and the transfer goes on with
//! others. Through a proxy before an S3 server, with a patience of a second in place of the agent's 30.

use std::time::{Duration, Instant};

use crate::common::developer::{Developer, three};
use crate::common::{Bench, Server, noise};
use dump_store::{Limits, Oid, S3Settings, S3Store};
use testkit_s3::proxy::{Fault, FaultProxy, Matching};

/// Much longer than the transfers wait, and than the tests may take.
const FOREVER: Duration = Duration::from_mins(2);

/// No test takes longer, unless it waits for what never comes.
const SOON: Duration = Duration::from_secs(40);

fn server_behind_a_proxy() -> (Server, FaultProxy, S3Store) {
    let server = Server::embedded();
    let settings = server.settings();
    let endpoint = settings.endpoint.clone().unwrap_or_default();
    let proxy = FaultProxy::start(&endpoint);
    let store = S3Store::new(S3Settings {
        endpoint: Some(proxy.endpoint()),
        ..settings
    });
    (server, proxy, store)
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_go_on_after_connections_that_stand_still() {
    let (_server, proxy, store) = server_behind_a_proxy();
    let bench = Bench::with_limits(store, Limits::for_siblings(8));
    let started = Instant::now();
    let small = noise(300_000, 1);
    let large = noise(20_000_000, 2);
    let pause = FOREVER;
    let put = |part: &str| Matching::method("PUT").target(part);
    proxy.inject(
        put(&Oid::of(&small).to_hex()).nth(1),
        Fault::StallRequest {
            after: 100_000,
            pause,
        },
    );
    proxy.inject(
        put("partNumber=2").nth(1),
        Fault::StallRequest {
            after: 1_000_000,
            pause,
        },
    );
    proxy.inject(put("partNumber=3").nth(1), Fault::DelayAnswer { pause });
    bench.upload(&small).await.unwrap();
    bench.upload(&large).await.unwrap();
    assert_eq!(proxy.struck(), 3);
    let get = |content: &[u8]| Matching::method("GET").target(&Oid::of(content).to_hex());
    proxy.inject(get(&small).nth(1), Fault::DelayAnswer { pause });
    proxy.inject(
        get(&large).nth(2),
        Fault::StallAnswer {
            after: 1_000_000,
            pause,
        },
    );
    bench.download(&small).await.unwrap();
    bench.download(&large).await.unwrap();
    assert_eq!(proxy.struck(), 5);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_go_on_after_connections_that_stand_still() {
    let (_server, proxy, store) = server_behind_a_proxy();
    let [first, second, _] = three();
    let (mut one, mut two) = (Developer::new(&store), Developer::new(&store));
    one.push(&first).await;
    let started = Instant::now();
    let pause = FOREVER;
    for (matching, fault) in [
        (
            Matching::method("PUT").target("/packs/").nth(1),
            Fault::StallRequest {
                after: 10_000,
                pause,
            },
        ),
        (
            Matching::method("HEAD").nth(2),
            Fault::DelayAnswer { pause },
        ),
        (
            Matching::method("PUT").target("/recipes/").nth(1),
            Fault::DelayAnswer { pause },
        ),
        (
            Matching::method("GET").target("/recipes/").nth(1),
            Fault::StallAnswer { after: 100, pause },
        ),
        (
            Matching::method("GET").target("/packs/").nth(1),
            Fault::StallAnswer {
                after: 10_000,
                pause,
            },
        ),
    ] {
        proxy.inject(matching, fault);
    }
    one.push(&second).await;
    assert!(one.is_recipe(&second).await);
    two.fetch(&second).await;
    assert_eq!(proxy.struck(), 5);
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}
