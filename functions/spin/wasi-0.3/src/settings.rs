//! From Spin's variables where the component is built for Spin, else from the environment.

#[cfg(feature = "spin")]
use ops_function::GitHubSettings;
use ops_function::Settings;

#[cfg(feature = "spin")]
pub async fn read() -> Settings {
    let variable = async |name: &str| spin_sdk::variables::get(name).await.unwrap_or_default();
    Settings {
        supabase_url: variable("supabase_url").await,
        supabase_key: variable("supabase_key").await,
        keep_days: variable("keep_days").await,
        log: variable("log").await,
        github: GitHubSettings {
            oidc_audience: variable("oidc_audience").await,
            oidc_issuers: variable("oidc_issuers").await,
            oidc_token_seconds: variable("oidc_token_seconds").await,
            token: variable("github_token").await,
            api: variable("github_api").await,
            ..GitHubSettings::default()
        },
    }
}

#[cfg(not(feature = "spin"))]
pub async fn read() -> Settings {
    Settings::from_environment()
}

#[cfg(feature = "spin")]
pub use ops_function::with_spin_source as with_source;

#[cfg(not(feature = "spin"))]
pub fn with_source<R>(request: R) -> R {
    request
}
