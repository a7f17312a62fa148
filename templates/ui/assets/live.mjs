// Keeps the live regions of a page fresh. A signal carries no data: whatever it is, the region is
// asked for again with the tag of what is shown, and merged in place.
import { tick } from "./time.mjs";
import { byId, merge, nodes, replace, toast } from "./page.mjs";
import { logSource } from "./log.mjs";
import "./keys.mjs";

const STREAM_POLL = 5000;
const LONGEST = 15000;
let stream = null;
let isStreaming = false;

class Source {
  constructor(url, poll, accept) {
    Object.assign(this, { url, poll, accept, tag: null, failures: 0, isBusy: false, isAgain: false, isOver: false });
  }

  // One request at a time; a trigger meanwhile makes one more, so a late answer is never the last.
  async refresh() {
    if (this.isOver) return;
    if (this.isBusy) {
      this.isAgain = true;
      return;
    }
    this.isBusy = true;
    clearTimeout(this.timer);
    try {
      const answer = await fetch(this.url(), {
        headers: this.tag ? { "If-None-Match": this.tag } : {},
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(20000),
      });
      if (answer.type === "opaqueredirect" || answer.status === 401) return lost();
      if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
      this.poll = Number(answer.headers.get("Ops-Poll")) || this.poll;
      if (answer.status === 200) {
        const text = await answer.text();
        this.tag = answer.headers.get("ETag");
        this.isOver = this.accept(text, answer.headers) === false;
      }
      this.failures = 0;
    } catch {
      this.failures += 1;
    } finally {
      this.isBusy = false;
      show();
    }
    if (this.isAgain) {
      this.isAgain = false;
      this.refresh();
    } else this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    if (document.hidden || this.isOver) return;
    const calm = isStreaming ? Math.max(STREAM_POLL, this.poll) : this.poll;
    this.timer = setTimeout(() => this.refresh(), this.failures ? Math.min(LONGEST, calm * 2 ** this.failures) : calm);
  }
}

const sources = [...document.querySelectorAll("[data-live]")]
  .filter((region) => region.dataset.live)
  .map((region) => new Source(() => region.dataset.live, Number(region.dataset.poll) || 1000, (text) => merge(region, text)));
const log = logSource();
if (log) sources.push(new Source(log.url, 1000, log.accept));

let isLost = false;
function lost() {
  isLost = true;
  for (const source of sources) source.isOver = true;
  toast("You are signed out. Reload the page to sign in again.", true);
  show();
}

const refreshAll = () => sources.forEach((source) => source.refresh());

function show() {
  const chip = byId("conn");
  if (!chip) return;
  const open = sources.filter((source) => !source.isOver);
  const failing = open.some((source) => source.failures);
  const poll = Math.min(...open.map((source) => source.poll));
  const [state, words] = isLost
    ? ["bad", "signed out"]
    : !navigator.onLine
      ? ["bad", "offline"]
      : failing
        ? ["warn", "reconnecting"]
        : !sources.length
          ? ["still", "not live"]
          : isStreaming
            ? ["ok", "live"]
            : ["ok", open.length ? `polling ${poll / 1000} s` : "up to date"];
  chip.dataset.state = state;
  if (chip.lastElementChild.textContent !== words) chip.lastElementChild.textContent = words;
}

function openStream() {
  const address = document.body.dataset.events;
  if (!address || stream || document.hidden || !sources.length) return;
  stream = new EventSource(address);
  stream.onopen = () => {
    isStreaming = true;
    refreshAll();
  };
  stream.onmessage = refreshAll;
  stream.onerror = () => {
    const wasStreaming = isStreaming;
    isStreaming = false;
    // The browser tries again by itself, except where the server refused.
    if (stream?.readyState === EventSource.CLOSED) {
      stream = null;
      setTimeout(openStream, STREAM_POLL);
    }
    // Once, when it breaks: the browser tries twice a second, and each try would put the next question off.
    if (wasStreaming) refreshAll();
    show();
  };
}

function closeStream() {
  stream?.close();
  stream = null;
  isStreaming = false;
}

function wake() {
  if (document.hidden) {
    closeStream();
    sources.forEach((source) => clearTimeout(source.timer));
    return;
  }
  tick();
  openStream();
  refreshAll();
}
document.addEventListener("visibilitychange", wake);
for (const name of ["focus", "online", "pageshow"]) addEventListener(name, wake);
addEventListener("offline", show);
addEventListener("pagehide", closeStream);

// Forms: a question first where one is wanted, then without leaving the page where that is allowed.
const confirmed = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const asked = button?.dataset.confirm ? button : form.dataset.confirm ? form : null;
  if (asked && !confirmed.delete(form)) {
    event.preventDefault();
    if (!(await isSure(asked.dataset))) return;
    confirmed.add(form);
    form.requestSubmit(button ?? undefined);
    return;
  }
  if (!("send" in form.dataset)) return;
  event.preventDefault();
  await send(form, button);
});

function isSure({ confirm, verb }) {
  const dialog = byId("confirm");
  byId("confirm-text").textContent = confirm;
  byId("confirm-yes").textContent = verb || "Yes";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

async function send(form, button) {
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const body = new URLSearchParams(new FormData(form, button));
  if (button) button.disabled = true;
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "Ops-Live": "1" }, redirect: "manual" });
    const said = decodeURIComponent(answer.headers.get("Ops-Flash") ?? "");
    const isDone = answer.ok || answer.type === "opaqueredirect";
    if (!isDone) return toast(said || `The server refused this (${answer.status}).`, true);
    const target = answer.headers.get("Ops-Location");
    if (target?.startsWith("/") && !target.startsWith("//")) return location.assign(target);
    if (said) toast(said);
    if ("clear" in form.dataset) {
      byId("chat")?.reset();
      const line = byId("chat-line");
      if (line) line.value = "";
      line?.dispatchEvent(new Event("input", { bubbles: true }));
    }
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = box.defaultChecked;
    picked();
  } catch {
    toast("The server did not answer; nobody knows whether it took effect. Look before you send it again.", true);
  } finally {
    if (button) button.disabled = false;
    refreshAll();
  }
}

// A field that is answered while it is typed. The newest question wins.
const questions = new WeakMap();
document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.ask) return;
  const before = questions.get(target);
  clearTimeout(before?.timer);
  before?.abort.abort();
  const abort = new AbortController();
  questions.set(target, { abort, timer: setTimeout(() => ask(target, abort.signal), 200) });
});

async function ask(field, signal) {
  const { ask: address, into, post } = field.dataset;
  const values = new URLSearchParams({ [field.name]: field.value });
  if (post !== undefined) values.set("csrf", field.form.elements.namedItem("csrf").value);
  try {
    const answer = await fetch(post === undefined ? `${address}?${values}` : address, { method: post === undefined ? "GET" : "POST", body: post === undefined ? undefined : values, signal });
    if (answer.ok) replace(byId(into), nodes(await answer.text()).firstElementChild);
    field.dispatchEvent(new Event("ops:answered", { bubbles: true }));
  } catch {
    // A newer question, or no network: the connection's state says so.
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.id === "pick-all") for (const box of document.querySelectorAll("input[name=run_id]")) box.checked = target.checked;
  if (target.name === "run_id" || target.id === "pick-all") picked();
  if (target.matches?.("form[data-auto] :is(select, input[type=checkbox])")) target.form.requestSubmit();
});

function picked() {
  const count = document.querySelectorAll("input[name=run_id]:checked").length;
  const words = byId("picked");
  if (words) words.textContent = count ? `${count} chosen` : "";
}

document.addEventListener("click", async ({ target }) => {
  const copy = target.closest?.("[data-copy]");
  if (copy) {
    await navigator.clipboard?.writeText(copy.dataset.copy);
    toast("Copied.");
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  const where = target.closest?.("[data-line]");
  const source = where && byId("source");
  if (source) {
    const lines = source.value.split("\n").slice(0, Number(where.dataset.line) - 1);
    const at = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(where.dataset.column) - 1;
    source.focus();
    source.setSelectionRange(at, at);
  }
});

document.documentElement.classList.add("scripted");
tick();
setInterval(() => document.hidden || tick(), 1000);
// A tab that missed its wake-up call finds it here.
setInterval(() => document.hidden || sources.forEach((source) => source.isBusy || source.refresh()), 30000);
openStream();
sources.forEach((source) => source.wait());
show();
