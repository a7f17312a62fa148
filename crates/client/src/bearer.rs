use std::sync::{Arc, PoisonError, RwLock};

/// The token of a client. Clones share it: whoever renews it renews it for all of them.
#[derive(Clone)]
pub struct Bearer(Arc<RwLock<Arc<str>>>);

impl Bearer {
    pub fn get(&self) -> Arc<str> {
        let token = self.0.read().unwrap_or_else(PoisonError::into_inner);
        token.clone()
    }

    /// From the next request on.
    pub fn set(&self, token: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = token.into();
    }
}

impl From<&str> for Bearer {
    fn from(token: &str) -> Self {
        Bearer(Arc::new(RwLock::new(token.into())))
    }
}

impl From<&String> for Bearer {
    fn from(token: &String) -> Self {
        token.as_str().into()
    }
}

impl From<&Bearer> for Bearer {
    fn from(token: &Bearer) -> Self {
        token.clone()
    }
}
