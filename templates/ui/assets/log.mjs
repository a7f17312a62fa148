// The log of a run: stored lines are there, new ones are added at either end and never rewritten.
import { byId, nodes } from "./page.mjs";
import { localClock, duration } from "./time.mjs";

const CHUNK = 500;
const panel = byId("log-panel");
const log = byId("log");
let { next, state } = panel.dataset;
let isFollowing = false;
let unseen = 0;
// Height when it was looked at last: a scroll that comes with another one is nobody's hand.
let height = 0;

const lines = () => log.querySelectorAll("li[id]");
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;

const toEnd = () => settle(() => isFollowing && (log.scrollTop = log.scrollHeight));

function follow(wanted) {
  isFollowing = wanted;
  const button = byId("log-follow");
  button.setAttribute("aria-pressed", String(wanted));
  button.textContent = wanted ? "Following" : "Follow";
  button.classList.toggle("t-running", wanted);
  if (wanted) {
    unseen = 0;
    byId("log-pill").hidden = true;
    toEnd();
  }
}

function chunk() {
  const list = document.createElement("ol");
  list.className = "chunk";
  return list;
}

function append(fresh) {
  byId("log-empty")?.remove();
  let last = log.querySelector("ol.chunk:last-of-type");
  for (const line of fresh) {
    if (!last || last.childElementCount >= CHUNK) log.insertBefore((last = chunk()), byId("log-later")?.parentElement ?? null);
    last.append(line);
  }
  stamp(fresh);
  refold();
  height = log.scrollHeight;
}

const say = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

// What stands above the log.
function count(headers) {
  say(byId("log-total"), headers.get("Ops-Log-Total") ?? "");
  const errors = headers.get("Ops-Log-Errors");
  say(byId("log-errors"), errors ? ` · ${errors}` : "");
  const [first, link] = [headers.get("Ops-Log-First-Error"), byId("log-first-error")];
  if (!Number(first) || !link.hidden) return;
  link.href = `${panel.dataset.page}?at=${first}#L${first}`;
  link.dataset.jump = first;
  link.hidden = false;
}

function take(text, headers) {
  const fresh = [...nodes(text).querySelectorAll("li")];
  next = headers.get("Ops-Next") ?? next;
  state = headers.get("Ops-Log-State") ?? "";
  count(headers);
  if (headers.get("Ops-Log-Later") === "0") byId("log-later")?.parentElement.remove();
  if (fresh.length) append(fresh);
  return fresh;
}

// Asked like any live region; `false` means that the log is complete.
const source = {
  url: () => `${panel.dataset.log}?after=${next}&state=${state}`,
  accept(text, headers) {
    const fresh = take(text, headers);
    if (isFollowing) toEnd();
    else if (fresh.length) {
      unseen += fresh.filter((line) => line.id).length;
      const pill = byId("log-pill");
      pill.textContent = unseen === 1 ? "1 new line" : `${unseen.toLocaleString("en")} new lines`;
      pill.hidden = false;
    }
    if (headers.get("Ops-Log-Open") === "0") {
      byId("log-said").textContent = "The log is complete.";
      byId("log-follow").hidden = true;
      delete panel.dataset.open;
      return false;
    }
  },
};
export const logSource = "open" in panel.dataset ? source : null;

// Headings fold what follows: a step all of it, a group its own lines. Folded lines are still found by
// the browser's search, which opens them.
const heading = (row) => row.querySelector(":scope > .fold");
const isClosed = (fold) => fold?.getAttribute("aria-expanded") === "false";

function walk(visit) {
  let step = null;
  let group = null;
  for (const row of log.querySelectorAll(".chunk > li")) {
    const names = row.classList;
    if (names.contains("step")) [step, group] = [heading(row), null];
    else if (names.contains("g-head")) group = heading(row);
    if (visit(row, names.contains("step") ? null : step, names.contains("g-in") ? group : null)) return;
  }
}

let hasFolds = false;
function refold() {
  if (!hasFolds && !log.querySelector(".fold[aria-expanded=false]")) return;
  hasFolds = false;
  const shown = new Map();
  walk((row, step, group) => {
    const isFolded = isClosed(step) || isClosed(group);
    hasFolds ||= isFolded;
    if (isFolded !== Boolean(row.hidden)) row.hidden = isFolded && "until-found";
    shown.set(row.parentElement, (shown.get(row.parentElement) ?? 0) + !isFolded);
  });
  // What is out of sight is not laid out and would keep the height that it had.
  for (const [list, rows] of shown) list.style.containIntrinsicHeight = rows < list.childElementCount ? `${rows * 20}px` : "";
}

function fold(some, isOpen) {
  for (const one of some) one?.setAttribute("aria-expanded", String(isOpen));
  refold();
  const all = byId("log-fold");
  all.textContent = hasFolds ? "Unfold all" : "Fold all";
}

function reveal(line) {
  if (line?.hidden) walk((row, step, group) => row === line && (fold([step, group], true), true));
}

// Whatever happens above, the line that stands at the top stays there.
function still(change) {
  const edge = log.getBoundingClientRect().top;
  const top = (line) => line.getBoundingClientRect().top;
  const line = [...lines()].find((one) => !one.hidden && top(one) >= edge);
  const was = line && top(line);
  change();
  if (line) settle(() => (log.scrollTop += top(line) - was));
}

// Lists get their true height only when they are seen, so a place is found over some frames; a hand
// that moves the log meanwhile is right.
let settling = 0;
function settle(move, frames = 8) {
  move();
  cancelAnimationFrame(settling);
  if (frames) settling = requestAnimationFrame(() => settle(move, frames - 1));
}
for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"]) log.addEventListener(hand, () => cancelAnimationFrame(settling), { passive: true });

// Moves the log and never the page.
const center = (line) =>
  settle(() => (log.scrollTop += line.getBoundingClientRect().top - log.getBoundingClientRect().top - log.clientHeight / 2));

// Where the line is not loaded, the server makes a page around it.
function jump(pos) {
  const line = byId(`L${pos}`);
  if (!line) {
    const query = byId("log-query").value;
    location.assign(`${panel.dataset.page}?at=${pos}${query ? `&q=${encodeURIComponent(query)}` : ""}#L${pos}`);
    return;
  }
  follow(false);
  history.replaceState(null, "", `#L${pos}`);
  mark();
  reveal(line);
  log.scrollIntoView({ block: "nearest" });
  center(line);
}

// #L120 or #L120-L140
function mark() {
  for (const line of log.querySelectorAll(".is-marked")) line.classList.remove("is-marked");
  const [, from, to] = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash) ?? [];
  if (!from) return null;
  for (const line of lines()) {
    const pos = Number(line.id.slice(1));
    if (pos >= Number(from) && pos <= Number(to ?? from)) line.classList.add("is-marked");
  }
  const line = byId(`L${from}`);
  reveal(line);
  return line;
}

let hit = -1;
function step(by) {
  const hits = (byId("log-hits").dataset.hits || "").split(" ").filter(Boolean);
  if (!hits.length) return;
  hit = hit < 0 ? (by > 0 ? 0 : hits.length - 1) : (hit + by + hits.length) % hits.length;
  jump(hits[hit]);
  const words = byId("log-hits").querySelector("[role=status]");
  words.textContent = words.textContent.replace(/^(?:\S+ of )?([\d,]+).*$/, `${(hit + 1).toLocaleString("en")} of $1`);
}

// Painted over the text, which stays as it is.
function highlight() {
  if (!globalThis.CSS?.highlights) return;
  const query = byId("log-query").value.toLowerCase();
  const ranges = [];
  const walk = query && document.createTreeWalker(log, NodeFilter.SHOW_TEXT);
  while (walk && walk.nextNode() && ranges.length < 2000) {
    const text = walk.currentNode.data.toLowerCase();
    for (let at = text.indexOf(query); at >= 0; at = text.indexOf(query, at + query.length)) {
      const range = new Range();
      range.setStart(walk.currentNode, at);
      range.setEnd(walk.currentNode, Math.min(at + query.length, walk.currentNode.length));
      ranges.push(range);
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}

const MODES = ["off", "local", "UTC", "since start"];
let mode = "off";
function stamp(some) {
  const first = Number(log.querySelector("li[data-ms]")?.dataset.ms);
  for (const line of some) {
    const ms = Number(line.dataset.ms);
    if (!ms || mode === "off") line.removeAttribute("data-t");
    else line.dataset.t = mode === "local" ? localClock(ms) : mode === "UTC" ? new Date(ms).toISOString().slice(11, 23) : `+${duration(ms - first)}`;
  }
}

let isLoading = false;
async function part(link, address, show) {
  if (isLoading) return;
  isLoading = true;
  const answer = await fetch(address).catch(() => null);
  const text = answer?.ok && (await answer.text().catch(() => null));
  isLoading = false;
  if (typeof text === "string") show(text, answer.headers);
  else location.assign(link.href);
}

const later = (link) => part(link, source.url(), take);
const earlier = (link) => part(link, `${panel.dataset.earlier}${panel.dataset.first}`, (text, headers) => {
  const fresh = [...nodes(text).querySelectorAll("li")];
  still(() => {
    let place = link.parentElement;
    for (let at = 0; at < fresh.length; at += CHUNK) {
      const list = chunk();
      list.append(...fresh.slice(at, at + CHUNK));
      place.after(list);
      place = list;
    }
    stamp(fresh);
    refold();
    panel.dataset.first = headers.get("Ops-Log-First");
    link.href = `${panel.dataset.page}?before=${panel.dataset.first}`;
    if (headers.get("Ops-Log-Earlier") === "0") link.parentElement.remove();
  });
});

function setUp() {
  let top = 0;
  const letGo = () => isFollowing && log.scrollTop > 0 && follow(false);
  log.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && letGo(), { passive: true });
  log.addEventListener("keydown", ({ key }) => ["ArrowUp", "PageUp", "Home"].includes(key) && letGo());
  log.addEventListener("scroll", () => {
    const isHand = log.scrollHeight === height;
    if (isFollowing && isHand && log.scrollTop < top - 4) follow(false);
    else if (isFollowing && !isHand) toEnd();
    else if (!isFollowing && isHand && atEnd() && "open" in panel.dataset && log.scrollTop > top) follow(true);
    top = log.scrollTop;
    height = log.scrollHeight;
  });
  panel.addEventListener("click", (event) => {
    const target = event.target.closest("a, button");
    const row = event.target.closest("li.step, li.g-head");
    if (target?.matches(".fold") || (row && !target && getSelection().isCollapsed)) {
      const one = heading(row);
      still(() => fold([one], isClosed(one)));
      return;
    }
    if (!target) return;
    if (target.dataset.jump) event.preventDefault(), jump(target.dataset.jump);
    else if (target.dataset.hit) event.preventDefault(), step(Number(target.dataset.hit));
    else if (target.id === "log-follow") follow(!isFollowing);
    else if (target.id === "log-pill") follow(true);
    else if (target.id === "log-earlier") event.preventDefault(), earlier(target);
    else if (target.id === "log-later") event.preventDefault(), later(target);
    else if (target.id === "log-fold") fold(log.querySelectorAll(".fold"), hasFolds);
    else if (target.id === "log-wrap") target.setAttribute("aria-pressed", String(!log.classList.toggle("is-unwrapped")));
    else if (target.id === "log-time") {
      mode = MODES[(MODES.indexOf(mode) + 1) % MODES.length];
      target.textContent = `Time: ${mode}`;
      log.classList.toggle("has-times", mode !== "off");
      stamp(lines());
    } else if (event.shiftKey && target.closest("li[id]")) {
      event.preventDefault();
      const [, from] = /^#L(\d+)/.exec(location.hash) ?? [];
      const to = target.closest("li").id.slice(1);
      const [a, b] = [Number(from ?? to), Number(to)].sort((x, y) => x - y);
      history.replaceState(null, "", `#L${a}-L${b}`);
      mark();
    }
  });
  byId("log-query").addEventListener("ops:answered", () => {
    hit = -1;
    highlight();
  });
  byId("log-query").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !byId("log-hits").dataset.hits) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  });
  log.addEventListener("beforematch", ({ target }) => reveal(target.closest("li")));
  addEventListener("hashchange", mark);
  const line = mark();
  if (line) center(line);
  else if ("open" in panel.dataset) follow(true);
  if (!("open" in panel.dataset) || line) follow(false);
  // What went wrong is what a person came for.
  const error = panel.querySelector("[data-jump]:not([hidden])");
  const wrong = error && byId(`L${error.dataset.jump}`);
  if (!line && !("open" in panel.dataset) && wrong) center(wrong);
  highlight();
}
setUp();
