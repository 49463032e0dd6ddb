//! What lies between a machine and its store in a company: proxies that the usual variables name.
use std::sync::{Arc, Mutex};

use crate::common::tls::{certificate, tls_before};
use crate::common::{Team, assert_dump, dump};
use testkit::http::{Answer, HttpServer, Request};
use testkit::tunnel::Tunnels;
use testkit_s3::proxy::FaultProxy;

/// A team whose endpoint has a name that only a proxy can reach.
fn team_beyond_a_proxy() -> Team {
    let team = Team::new();
    for (key, value) in [
        ("lfs-agent.endpoint", "http://store.invalid:9000"),
        ("lfs-agent.pathStyle", "true"),
    ] {
        team.home
            .git(team.home.work(), &["config", "--global", key, value]);
    }
    team
}

#[test]
fn requests_go_through_the_proxy_that_the_environment_names() {
    let mut team = team_beyond_a_proxy();
    let proxy = FaultProxy::start(&team.s3.endpoint());
    team.home.set("HTTP_PROXY", proxy.endpoint());
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
    assert!(proxy.count("PUT") >= 1 && proxy.count("GET") >= 1);
}

#[test]
fn a_proxy_that_is_not_there_is_told() {
    let mut team = team_beyond_a_proxy();
    team.home.set("HTTP_PROXY", "http://127.0.0.1:9");
    team.commit(&team.first, &dump(300_000, 1));
    let said = team.push_fails(&team.first);
    assert!(
        said.contains("hint: check the network, the proxy that HTTP_PROXY names"),
        "{said}"
    );
}

#[test]
fn some_hosts_are_reached_without_the_proxy() {
    let mut team = Team::new();
    team.home.set("HTTP_PROXY", "http://127.0.0.1:9");
    team.home.set("NO_PROXY", "localhost,127.0.0.1");
    let content = dump(300_000, 1);
    team.push(&team.first, &content);
    assert_dump(&team.clone("second"), &content);
}

/// A team whose store is behind TLS, with its authority named.
fn team_behind_tls() -> Team {
    let mut team = Team::at(|s3| tls_before(s3.address()));
    team.home.set("AWS_CA_BUNDLE", certificate("authority.pem"));
    team
}

#[test]
fn tls_goes_through_the_tunnel_that_the_environment_names() {
    for (variable, scheme) in [("HTTPS_PROXY", "http://"), ("https_proxy", "http://")] {
        let mut team = team_behind_tls();
        let tunnels = Tunnels::start();
        let proxy = format!("{scheme}ida:s3cret-word@{}", tunnels.address());
        team.home.set(variable, &proxy);
        let content = dump(300_000, 1);
        team.push(&team.first, &content);
        assert_dump(&team.clone("second"), &content);
        let requests = tunnels.requests();
        assert!(requests.len() >= 2, "{variable}: {requests:?}");
        for head in requests {
            assert!(head.starts_with("CONNECT localhost:"), "{head}");
            // `ida:s3cret-word`, as RFC 7617 has it.
            let said = head.to_lowercase().contains("proxy-authorization: basic");
            assert!(said && head.contains("aWRhOnMzY3JldC13b3Jk"), "{head}");
        }
    }
}

#[test]
fn some_hosts_are_reached_without_the_tunnel() {
    for variable in ["NO_PROXY", "no_proxy"] {
        let mut team = team_behind_tls();
        let tunnels = Tunnels::start();
        team.home
            .set("HTTPS_PROXY", format!("http://{}", tunnels.address()));
        team.home.set(variable, "example.com,localhost");
        team.push(&team.first, &dump(300_000, 1));
        assert_eq!(tunnels.requests(), Vec::<String>::new());
    }
}

#[test]
fn a_tunnel_that_fails_is_told_without_its_password() {
    let mut team = team_behind_tls();
    team.commit(&team.first, &dump(300_000, 1));
    team.home
        .set("HTTPS_PROXY", "http://ida:s3cret-word@127.0.0.1:9");
    team.home.set("LFS_AGENT_LOG", "trace");
    team.home.set("GIT_TRACE", "1");
    let said = team.push_fails(&team.first);

    assert!(said.contains("hint: check the network, the proxy that HTTPS_PROXY names"));
    assert!(!said.contains("s3cret-word"), "{said}");
}

/// Takes everything.
fn take(request: &Request) -> Answer {
    let (method, target) = (request.method(), request.target());
    let body = if target.contains("list-type") {
        "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
    } else if target.contains("?uploads") {
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
    } else if method == "POST" {
        "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
    } else {
        ""
    };
    let absent = method == "GET" && !target.contains("list-type");
    let status = if absent { "404 Not Found" } else { "200 OK" };
    Answer::new(status, body).with_headers("ETag: \"e\"\r\n")
}

#[test]
fn what_the_url_asks_for_is_in_every_request_that_stores() {
    let team = Team::new();
    let heads = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&heads);
    let server = HttpServer::start(move |request| {
        noted.lock().unwrap().push(request.head.to_lowercase());
        take(request)
    });
    let url = format!(
        "{}&storage_class=STANDARD_IA&sse=aws:kms&sse_kms_key_id=key-1&requester_pays=true",
        team.s3.lfs_url_at(&server.endpoint(), "shop")
    );
    team.home.git(&team.first, &["config", "lfs.url", &url]);
    team.push(&team.first, &dump(300_000, 1));
    team.push(&team.first, &dump(20_000_000, 2));
    let heads = heads.lock().unwrap();
    let of = |kind: &str| {
        let head = heads.iter().find(|head| head.contains(kind));
        head.unwrap_or_else(|| panic!("no {kind} in {heads:#?}"))
    };
    for kind in ["x-id=putobject", "?uploads"] {
        for header in [
            "x-amz-storage-class: standard_ia",
            "x-amz-server-side-encryption: aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id: key-1",
        ] {
            assert!(of(kind).contains(header), "{kind}: {header}");
        }
    }
    for kind in ["list-type", "x-id=putobject", "?uploads", "partnumber=1"] {
        let payer = "x-amz-request-payer: requester";
        assert!(of(kind).contains(payer), "{kind}");
    }
}
