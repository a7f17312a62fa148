//! Two stores that are told the same and must answer the same.

use crate::postgres::Postgres;
use crate::world::World;
use ops_tests::harness::database::sha256_hex;
use ops_tests::model::Model;
use ops_tests::model::normal::{Names, normal};
use serde_json::{Map, Value, json};

/// Of the second token, which works only.
pub const OTHER: &str = "the token of another worker";

#[derive(Default)]
struct Side {
    names: Names,
}

pub struct Pair<'a> {
    postgres: &'a Postgres,
    model: Model,
    of_postgres: Side,
    of_model: Side,
    /// Every call so far, for whoever reads a failure.
    told: String,
}

impl<'a> Pair<'a> {
    pub async fn new(postgres: &'a Postgres) -> Self {
        postgres.empty().await;
        Pair {
            postgres,
            model: <Model as World>::new().await,
            of_postgres: Side::default(),
            of_model: Side::default(),
            told: String::new(),
        }
    }

    pub async fn pass(&mut self, seconds: u32) {
        self.told += &format!("{seconds} seconds pass\n");
        self.postgres.pass(seconds).await;
        self.model.advance_by(seconds);
    }

    /// The answer that both gave. `#3` in `p` is the third id that appeared, `now +10` a date.
    pub async fn call(
        &mut self,
        token: &str,
        function: &'static str,
        mut p: Value,
    ) -> Result<Value, String> {
        self.told += &format!("{function} {p}\n");
        p["auth"] = json!({ "token_sha256": sha256_hex(token) });
        let sql = answer(self.postgres, &mut self.of_postgres, function, &p).await?;
        let model = answer(&self.model, &mut self.of_model, function, &p).await?;
        let differ = sql.0 != model.0;
        // Lanes that must be woken; to wake one more is no fault.
        let asleep = model.1.keys().find(|lane| !sql.1.contains_key(*lane));
        if differ || asleep.is_some() {
            return Err(format!(
                "{}PostgreSQL: {}\nthe model:  {}\nlanes not woken: {asleep:?}",
                self.told, sql.0, model.0
            ));
        }
        Ok(sql.0)
    }
}

async fn answer<W: World>(
    world: &W,
    side: &mut Side,
    function: &'static str,
    p: &Value,
) -> Result<(Value, Map<String, Value>), String> {
    let p = filled(p, &side.names, world);
    let answer = world.store().call(function, p.clone()).await;
    let answer = answer.map_err(|e| format!("{function} {p}: {e}"))?;
    let wake = answer["wake"].as_object().cloned().unwrap_or_default();
    Ok((normal(answer, &mut side.names, world.now()), wake))
}

fn filled<W: World>(p: &Value, names: &Names, world: &W) -> Value {
    match p {
        Value::Array(list) => list.iter().map(|x| filled(x, names, world)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), filled(value, names, world)))
            .collect::<Map<_, _>>()
            .into(),
        Value::String(text) => {
            if let Some(number) = text.strip_prefix('#') {
                names.id(number.parse().expect("a number")).into()
            } else if let Some(seconds) = text.strip_prefix("now ") {
                let seconds = seconds.parse().expect("seconds");
                world.now().plus(seconds).to_string().into()
            } else {
                text.clone().into()
            }
        }
        other => other.clone(),
    }
}
