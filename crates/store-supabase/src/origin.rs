use std::fmt;

/// Where a project answers: scheme, host and port, and nothing after them. Outbound allow-lists of
/// serverless hosts compare origins, so a path here would have every call denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error("the Supabase URL is empty")]
    Empty,
    #[error("`{0}` is no URL: it should look like https://abcdefghijklmnop.supabase.co")]
    NoUrl(String),
    #[error("the Supabase URL must be an origin, without user, path or query: {0}")]
    NotAnOrigin(String),
    #[error(
        "the key would travel in the clear: use https, or http to this machine or a private network"
    )]
    Clear,
    #[error("this is the dashboard's address; the project's own is {0}")]
    Dashboard(String),
}

impl Origin {
    /// Takes an origin, with or without the slash at its end.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(OriginError::Empty);
        }
        let no_url = || OriginError::NoUrl(text.into());
        let (scheme, rest) = text.split_once("://").ok_or_else(no_url)?;
        let scheme = scheme.to_ascii_lowercase();
        if !["https", "http"].contains(&scheme.as_str()) {
            return Err(no_url());
        }
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if let Some(origin) = behind_dashboard(authority, path) {
            return Err(OriginError::Dashboard(origin));
        }
        // A user would be a secret in an address; what is shown leaves it out.
        let shown = authority.rsplit('@').next().unwrap_or_default();
        let origin = format!("{scheme}://{}", shown.to_ascii_lowercase());
        if authority.contains('@') || !matches!(path, "" | "/") {
            return Err(OriginError::NotAnOrigin(origin));
        }
        let host = host_of(shown).ok_or_else(no_url)?;
        if scheme == "http" && !is_near(host) {
            return Err(OriginError::Clear);
        }
        Ok(Origin(origin))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `https://supabase.com/dashboard/project/REF/…` is what people have in their address bar.
fn behind_dashboard(authority: &str, path: &str) -> Option<String> {
    let reference = path.strip_prefix("/dashboard/project/")?;
    let reference = reference.split(['/', '?', '#']).next()?;
    (authority.ends_with("supabase.com") && !reference.is_empty())
        .then(|| format!("https://{reference}.supabase.co"))
}

fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            (host, port.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let is_named = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b));
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    (is_named && is_port).then_some(host)
}

/// This machine, a private network, or a name without a dot, as containers give each other.
fn is_near(host: &str) -> bool {
    match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        Ok(std::net::IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => {
            !host.contains('.') || host.ends_with(".localhost") || host.ends_with(".internal")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_people_write_it() {
        let taken = |text: &str| Origin::parse(text).map(|origin| origin.0);
        assert_eq!(
            taken(" https://Abc.supabase.co/ ").as_deref(),
            Ok("https://abc.supabase.co")
        );
        for near in [
            "http://127.0.0.1:54321",
            "http://[::1]:3000",
            "http://kong:8000",
            "http://10.0.0.7",
        ] {
            assert_eq!(taken(near).as_deref(), Ok(near));
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        let refused = |text: &str| Origin::parse(text).expect_err("refused").to_string();
        assert!(refused("").contains("empty"));
        assert!(refused("abc.supabase.co").contains("is no URL"));
        assert!(refused("ftp://abc").contains("is no URL"));
        assert!(refused("https://abc:0").contains("is no URL"));
        assert!(refused("https://").contains("is no URL"));
        assert!(refused("https://a.supabase.co/rest/v1").contains("must be an origin"));
        assert!(refused("https://a.supabase.co?x").contains("must be an origin"));
        assert!(refused("http://a.supabase.co").contains("in the clear"));
        assert!(
            refused("https://supabase.com/dashboard/project/abcd/settings")
                .ends_with("https://abcd.supabase.co")
        );
        let with_user = refused("https://me:hunter2@a.supabase.co");
        assert!(with_user.contains("must be an origin") && !with_user.contains("hunter2"));
    }
}
