// The database of one cell, which the program that starts a driver has just made, and names by PG*.
import pg from "pg";

export const connection = {
  host: process.env.PGHOST,
  port: Number(process.env.PGPORT),
  user: process.env.PGUSER,
  database: process.env.PGDATABASE,
};

// Fresh statistics, and nothing left for a checkpoint to do meanwhile.
export async function settleDown(client) {
  await client.query("vacuum analyze");
  await client.query("checkpoint");
}

// A connection that breaks ends the cell, not silently.
export function pool(max) {
  const all = new pg.Pool({ ...connection, max });
  const fail = (error) => {
    throw error;
  };
  all.on("error", fail);
  all.on("connect", (client) => client.on("error", fail));
  return all;
}

export async function connect() {
  const client = new pg.Client(connection);
  await client.connect();
  return client;
}

// How far the log of the whole cluster is; whoever asks does nothing else meanwhile.
export async function walPosition(client) {
  const { rows } = await client.query("select pg_current_wal_insert_lsn() - '0/0' as bytes");
  return Number(rows[0].bytes);
}

// Asks until the query answers true: completions are counted where they are committed.
export async function until(client, query) {
  for (;;) {
    const { rows } = await client.query(query);
    if (rows[0].done) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
