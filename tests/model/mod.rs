mod time;
pub use time::Time;
pub struct Model;
impl Model {
    pub fn new() -> Self {
        Model
    }
    pub fn advance_by(&self, _: u32) {}
    pub fn now(&self) -> Time {
        Time::of_this_machine()
    }
}
impl ops_core::port::Store for Model {
    fn call<'a>(
        &'a self,
        _: &'static str,
        _: serde_json::Value,
    ) -> ops_core::port::BoxFuture<'a, Result<serde_json::Value, ops_core::port::StoreError>> {
        Box::pin(std::future::ready(Err(ops_core::port::StoreError::Failed(
            "not yet".into(),
        ))))
    }
}
