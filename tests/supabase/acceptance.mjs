// What a page of a customer sees through the official client, as each kind of caller.
// `node acceptance.mjs` with OPS_ORIGIN, OPS_PUBLISHABLE and OPS_USER_JWT; answers one line of JSON.
import { createClient } from '@supabase/supabase-js';

const { OPS_ORIGIN: origin, OPS_PUBLISHABLE: key, OPS_USER_JWT: jwt } = process.env;

// Realtime is not asked for, and older Node has no WebSocket of its own.
class NoSocket {}
const options = { auth: { persistSession: false }, realtime: { transport: NoSocket } };
const anon = createClient(origin, key, options);
const member = createClient(origin, key, { ...options, global: { headers: { Authorization: `Bearer ${jwt}` } } });

const tables = ['sessions', 'run_templates', 'runs', 'run_events', 'artifacts', 'spec_docs', 'run_steps', 'tokens'];

async function seen(client) {
  const rows = {};
  for (const table of tables) {
    const { data, error } = await client.from(table).select();
    rows[table] = error ? error.code : data.length;
  }
  const { error } = await client.rpc('runs_claim', { p: {} });
  const insert = await client.from('sessions').insert({ name: 'mine' });
  return { rows, claim: error?.code ?? null, insert: insert.error?.code ?? null };
}

const { data: runs } = await member.from('runs').select('id, title, session_id, heartbeat_at').order('created_at');
console.log(JSON.stringify({ anon: await seen(anon), member: await seen(member), runs }));
