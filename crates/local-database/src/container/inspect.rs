//! What `docker inspect` tells of a container, as far as it is needed.

use serde_json::Value;

/// A container as it was when docker was asked.
#[derive(Debug, Clone)]
pub(crate) struct Inspected {
    pub(crate) id: String,
    whole: Value,
}

impl Inspected {
    /// Reads docker's JSON. `None` if it tells of nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut list: Vec<Value> = serde_json::from_str(text).ok()?;
        let whole = list.pop()?;
        let id = whole.get("Id")?.as_str()?.to_owned();
        Some(Self { id, whole })
    }

    pub(crate) fn is_running(&self) -> bool {
        self.text("/State/Status") == "running"
    }

    /// `starting`, `healthy` or `unhealthy`; empty where there is no health check.
    pub(crate) fn health(&self) -> &str {
        match self.text("/State/Health/Status") {
            "none" => "",
            health => health,
        }
    }

    /// The first of these variables that is set in the container.
    pub(crate) fn variable(&self, names: &[&str]) -> Option<&str> {
        let all = self.whole.pointer("/Config/Env")?.as_array()?;
        let set = |name: &&str| {
            all.iter()
                .filter_map(Value::as_str)
                .filter_map(|entry| entry.split_once('='))
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
        };
        names.iter().find_map(set)
    }

    /// The port of this machine that leads to one of the container's.
    pub(crate) fn port(&self, inner: &str) -> Option<u16> {
        let bound = self.whole.pointer("/NetworkSettings/Ports")?.get(inner)?;
        bound.get(0)?.get("HostPort")?.as_str()?.parse().ok()
    }

    fn text(&self, pointer: &str) -> &str {
        let value = self.whole.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Inspected;

    #[test]
    fn what_docker_tells_is_found() {
        let text = r#"[{"Id": "ab", "State": {"Status": "running", "Health": {"Status": "healthy"}},
            "Config": {"Env": ["POSTGRES_USER=postgres", "POSTGRES_DB=app", "POSTGRES_PASSWORD=a=b"]},
            "NetworkSettings": {"Ports": {"5432/tcp": [{"HostIp": "127.0.0.1", "HostPort": "5433"}], "1/tcp": null}}}]"#;
        let found = Inspected::parse(text).unwrap();
        assert!(found.is_running());
        assert_eq!(found.health(), "healthy");
        assert_eq!(found.variable(&["X", "POSTGRES_PASSWORD"]), Some("a=b"));
        assert_eq!(found.port("5432/tcp"), Some(5433));
        assert_eq!((found.port("1/tcp"), found.port("2/tcp")), (None, None));
        assert!(Inspected::parse("[]").is_none());
    }
}
