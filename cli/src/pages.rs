//! Lists that come in pages, put together.

use crate::connection::Room;
use crate::failure::Failure;
use clap::Args;
use ops_core::limits::PAGE_ROWS;
use serde_json::{Value, json};

/// How much of a list.
#[derive(Debug, Clone, Args)]
pub struct Share {
    /// At most that many
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// All there are
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Share {
    pub const ALL: Share = Share {
        limit: 0,
        all: true,
    };

    fn most(&self) -> usize {
        if self.all {
            usize::MAX
        } else {
            self.limit as usize
        }
    }
}

pub struct Listed {
    /// The field of the answer that has the rows.
    field: &'static str,
    pub rows: Vec<Value>,
    /// The cursor where there are more.
    next: Value,
}

impl Listed {
    pub fn has_more(&self) -> bool {
        !self.next.is_null()
    }

    /// As the control room would have said it in one page.
    pub fn answer(&self) -> Value {
        json!({ self.field: self.rows, "next": self.next })
    }

    /// Rows of a later version that cannot be read are left to `--json`.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Vec<T> {
        self.rows
            .iter()
            .filter_map(|row| T::deserialize(row).ok())
            .collect()
    }
}

/// Pages until there are enough.
pub async fn list(
    room: &Room,
    verb: &str,
    field: &'static str,
    filters: &[(&str, &str)],
    share: &Share,
) -> Result<Listed, Failure> {
    let most = share.most();
    let (mut rows, mut after) = (Vec::new(), String::new());
    loop {
        let limit = (most - rows.len()).min(PAGE_ROWS as usize).to_string();
        let mut query = filters.to_vec();
        query.extend([("after", after.as_str()), ("limit", limit.as_str())]);
        let mut page: Value = room.ask(room.client.get(verb, &query)).await?;
        let Value::Array(found) = page[field].take() else {
            return Err(Failure::Strange {
                address: room.address.clone(),
                why: format!("{verb}: the answer has no `{field}`"),
            });
        };
        let empty = found.is_empty();
        rows.extend(found);
        let next = page["next"].take();
        if next.is_null() || rows.len() >= most || empty {
            return Ok(Listed { field, rows, next });
        }
        after = next
            .as_str()
            .map_or_else(|| next.to_string(), str::to_string);
    }
}
