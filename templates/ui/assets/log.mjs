// The log of a run: stored lines are there, new ones are added at the end and never rewritten.
import { byId, nodes } from "./page.mjs";
import { localClock, duration } from "./time.mjs";

const CHUNK = 500;
const panel = byId("log-panel");
const log = byId("log");
let next = Number(panel?.dataset.next);
let isFollowing = false;
let unseen = 0;

const lines = () => log.querySelectorAll("li[id]");
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 24;

function toEnd() {
  log.scrollTop = log.scrollHeight;
  // Chunks get their true height only when they are seen.
  requestAnimationFrame(() => isFollowing && (log.scrollTop = log.scrollHeight));
}

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

function append(fresh) {
  byId("log-empty")?.remove();
  let chunk = log.querySelector("ol.chunk:last-of-type");
  for (const line of fresh) {
    if (!chunk || chunk.childElementCount >= CHUNK) {
      chunk = document.createElement("ol");
      chunk.className = "chunk";
      log.append(chunk);
    }
    chunk.append(line);
  }
  stamp(fresh);
}

// Asked like any live region; `false` means that the log is complete.
export function logSource() {
  if (!panel || !("open" in panel.dataset)) return null;
  return {
    url: () => `${panel.dataset.log}?after=${next}`,
    accept(text, headers) {
      const fresh = [...nodes(text).querySelectorAll("li")];
      next = Number(headers.get("Ops-Next")) || next;
      const total = headers.get("Ops-Log-Total");
      if (total && fresh.length) byId("log-total").textContent = total;
      append(fresh);
      if (isFollowing) toEnd();
      else if (fresh.length) {
        unseen += fresh.filter((line) => line.id).length;
        const pill = byId("log-pill");
        pill.textContent = unseen === 1 ? "1 new line" : `${unseen} new lines`;
        pill.hidden = false;
      }
      if (headers.get("Ops-Log-Open") === "0") {
        byId("log-said").textContent = "The log is complete.";
        byId("log-follow").hidden = true;
        return false;
      }
    },
  };
}

// Moves the log and never the page.
function center(line) {
  const move = () => (log.scrollTop += line.getBoundingClientRect().top - log.getBoundingClientRect().top - log.clientHeight / 2);
  move();
  requestAnimationFrame(move);
}

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
  return byId(`L${from}`);
}

let hit = -1;
function step(by) {
  const hits = (byId("log-hits").dataset.hits || "").split(" ").filter(Boolean);
  if (!hits.length) return;
  hit = hit < 0 ? (by > 0 ? 0 : hits.length - 1) : (hit + by + hits.length) % hits.length;
  jump(hits[hit]);
  const words = byId("log-hits").querySelector("[role=status]");
  words.textContent = words.textContent.replace(/^\S+( of .*)$/, `${hit + 1}$1`);
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

async function earlier(link) {
  const before = Number(panel.dataset.first);
  const answer = await fetch(`${panel.dataset.earlier}${before}`).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  const chunk = document.createElement("ol");
  chunk.className = "chunk";
  chunk.append(...nodes(await answer.text()).querySelectorAll("li"));
  const height = log.scrollHeight;
  link.parentElement.after(chunk);
  stamp(chunk.children);
  log.scrollTop += log.scrollHeight - height;
  panel.dataset.first = chunk.querySelector("li[id]")?.id.slice(1) ?? 1;
  if (Number(panel.dataset.first) <= 1 || !chunk.childElementCount) link.parentElement.remove();
}

function setUp() {
  let top = 0;
  let height = 0;
  log.addEventListener("scroll", () => {
    // Chunks that get their true height move the lines too; that is nobody's hand.
    const isHand = log.scrollHeight === height;
    if (isFollowing && isHand && log.scrollTop < top - 4) follow(false);
    else if (isFollowing && !isHand) toEnd();
    else if (!isFollowing && isHand && atEnd() && "open" in panel.dataset && log.scrollTop > top) follow(true);
    top = log.scrollTop;
    height = log.scrollHeight;
  });
  panel.addEventListener("click", (event) => {
    const target = event.target.closest("a, button");
    if (!target) return;
    if (target.dataset.jump) event.preventDefault(), jump(target.dataset.jump);
    else if (target.dataset.hit) event.preventDefault(), step(Number(target.dataset.hit));
    else if (target.id === "log-follow") follow(!isFollowing);
    else if (target.id === "log-pill") follow(true);
    else if (target.id === "log-earlier") event.preventDefault(), earlier(target);
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
  addEventListener("hashchange", mark);
  const line = mark();
  if (line) center(line);
  else if ("open" in panel.dataset) follow(true);
  if (!("open" in panel.dataset) || line) follow(false);
  // What went wrong is what a person came for.
  const error = panel.querySelector("[data-jump]");
  const wrong = error && byId(`L${error.dataset.jump}`);
  if (!line && !("open" in panel.dataset) && wrong) center(wrong);
  highlight();
}
if (panel) setUp();
