use ops_core::port::{Store, StoreError, Transport};
use ops_schema::{Check, Step};
use ops_store_supabase::{Origin, ServiceKey, SupabaseStore};
use serde_json::json;

/// A project that can be spoken to, as far as its address and key say.
pub struct Project {
    pub origin: Origin,
    pub key: ServiceKey,
}

impl Project {
    /// What is wrong with what was pasted is found here, before anything is sent.
    pub fn read(url: &str, key: &str) -> Result<Self, Box<Check>> {
        let origin = Origin::parse(url).map_err(|e| {
            Box::new(Check::failed(
                Step::Reach,
                "The URL is a project's",
                e.to_string(),
                "an origin, such as https://abcdefghijklmnop.supabase.co",
                "copy it from the project's settings, API",
            ))
        })?;
        let key = ServiceKey::parse(key).map_err(|e| {
            Box::new(Check::failed(
                Step::Reach,
                "The key acts for the service",
                e.to_string(),
                "a secret key (sb_secret_…)",
                "copy it from the project's settings, API keys, into OPS_SUPABASE_KEY",
            ))
        })?;
        Ok(Project { origin, key })
    }

    /// The project's reference, where it is one of Supabase's own hosts.
    pub fn reference(&self) -> Option<&str> {
        let host = self.origin.as_str().strip_prefix("https://")?;
        host.strip_suffix(".supabase.co")
    }

    pub fn store<T: Transport>(&self, transport: T) -> SupabaseStore<T> {
        SupabaseStore::new(transport, &self.origin, &self.key)
    }
}

/// Whether the project answers, and takes the key.
pub async fn reach(project: &Project, store: &dyn Store) -> Vec<Check> {
    let step = Step::Reach;
    let origin = project.origin.to_string();
    let answers = || Check::passed(step, "The project answers", origin.clone());
    let takes = || Check::passed(step, "It takes the key", project.key.to_string());
    match store.call("ops_health", json!({})).await {
        Ok(_) | Err(StoreError::NotInstalled(_)) | Err(StoreError::Failed(_)) => {
            vec![answers(), takes()]
        }
        // A right that is missing is the schema's affair; the key was taken.
        Err(StoreError::Misconfigured(why)) if why.starts_with("42501") => {
            vec![answers(), takes()]
        }
        Err(StoreError::Misconfigured(why)) if why.contains("paused") => vec![Check::failed(
            step,
            "The project answers",
            why,
            "a project that is awake",
            "open it in Supabase's dashboard and restore it",
        )],
        Err(StoreError::Misconfigured(why)) if why.contains("no Supabase REST") => {
            vec![Check::failed(
                step,
                "The project answers",
                why,
                "Supabase REST below /rest/v1",
                "check the URL; it is the project's own, not the dashboard's",
            )]
        }
        Err(StoreError::Misconfigured(why)) => vec![
            answers(),
            Check::failed(
                step,
                "It takes the key",
                why,
                "a secret key of this very project",
                "copy it anew from the project's settings, API keys",
            ),
        ],
        Err(StoreError::Unavailable { why, .. }) => vec![Check::failed(
            step,
            "The project answers",
            why,
            "an answer within 8 s",
            "is the URL right, is the network there, is the project awake? Its dashboard knows",
        )],
    }
}
