// Counts times on by the server's clock, and shows moments in the reader's own time.
const skew = Number(document.body.dataset.now || Date.now()) - Date.now();
export const now = () => Date.now() + skew;

const two = (n) => String(n).padStart(2, "0");

export function duration(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 ? `${Math.floor(s / 60)} m ${two(s % 60)} s` : `${s / 60} m`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${two(Math.floor(s / 60) % 60)} m`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s / 3600) % 24} h`;
}

export function age(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m`;
  return s < 86400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

const say = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const minute = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const localClock = (ms) => clock.format(new Date(Number(ms)));

// The same words as the server's; see crates/render/src/words.
function freshness(node, at) {
  const beat = Number(node.dataset.beat);
  const stale = Number(node.dataset.stale);
  const left = stale - at;
  const tone = left <= 0 ? "bad" : left < Math.floor(Math.max(1, stale - beat) / 2) ? "warn" : "ok";
  node.className = `fresh t-${tone}`;
  const seen = age(at - beat);
  say(node.lastElementChild, left <= 0 ? `no beat for ${seen} · stale for ${age(-left)}` : `beat ${seen} ago · stale in ${age(left)}`);
}

export function tick(root = document) {
  const at = now();
  for (const node of root.querySelectorAll("[data-since]"))
    say(node, ("age" in node.dataset ? age : duration)(at - Number(node.dataset.since)));
  for (const node of root.querySelectorAll("[data-beat]")) freshness(node, at);
  for (const node of root.querySelectorAll("[data-clock]"))
    say(node, (node.textContent.length > 5 ? clock : minute).format(new Date(Number(node.dataset.clock))));
}
