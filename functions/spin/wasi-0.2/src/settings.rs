//! From Spin's variables where the component is built for Spin, else from the environment.

#[cfg(feature = "spin")]
use ops_function::GitHubSettings;
use ops_function::Settings;

#[cfg(feature = "spin")]
pub fn read() -> Settings {
    let variable = |name: &str| spin_sdk::variables::get(name).unwrap_or_default();
    Settings {
        supabase_url: variable("supabase_url"),
        supabase_key: variable("supabase_key"),
        keep_days: variable("keep_days"),
        log: variable("log"),
        github: GitHubSettings {
            oidc_audience: variable("oidc_audience"),
            oidc_issuers: variable("oidc_issuers"),
            oidc_token_seconds: variable("oidc_token_seconds"),
            token: variable("github_token"),
            api: variable("github_api"),
            ..GitHubSettings::default()
        },
    }
}

#[cfg(not(feature = "spin"))]
pub fn read() -> Settings {
    Settings::from_environment()
}

#[cfg(feature = "spin")]
pub use ops_function::with_spin_source as with_source;

#[cfg(not(feature = "spin"))]
pub fn with_source<R>(request: R) -> R {
    request
}
