// Keeps the live regions of a page fresh. A signal carries no data: the region is asked for again
// with its tag, and merged in place.
import { tick } from "./time.mjs";
import { byId, isTyping, merge, toast } from "./page.mjs";

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
        this.isOver = (await this.accept(text, answer.headers)) === false;
      }
      // Half of a tag may change with 304.
      this.tag = answer.headers.get("ETag") ?? this.tag;
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
  chip.hidden = state === "still";
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

// What a page may never need is loaded when it is wanted first. What a browser would do with the
// event is stopped before.
const forms = () => import("./forms.mjs");
const confirmed = new WeakSet();
document.addEventListener("submit", async (event) => {
  const { target: form, submitter: button } = event;
  const asked = button?.dataset.confirm ? button : form.dataset.confirm ? form : null;
  const isOpen = asked && !confirmed.delete(form);
  if (!isOpen && !("send" in form.dataset)) {
    if (button?.dataset.busy) button.textContent = button.dataset.busy;
    return;
  }
  event.preventDefault();
  if (isOpen) {
    const { isSure } = await forms();
    if (!(await isSure(asked.dataset))) return;
    confirmed.add(form);
    form.requestSubmit(button ?? undefined);
    return;
  }
  const body = new URLSearchParams(new FormData(form, button));
  if (button) button.disabled = true;
  try {
    await (await forms()).send(form, button, body);
  } finally {
    if (button) button.disabled = false;
    refreshAll();
  }
});

document.addEventListener("input", ({ target }) => target.dataset?.ask && forms().then(({ ask }) => ask(target)));
document.addEventListener("change", ({ target }) => forms().then(({ changed }) => changed(target)));
document.addEventListener("click", (event) => {
  const { target } = event;
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(target)) menu.open = false;
  if (target.matches?.("dialog")) target.close();
  const wanted = target.closest?.("[data-copy], [data-line]");
  if (wanted) forms().then(({ clicked }) => clicked(wanted));
  const opener = target.closest?.("#find, #show-keys");
  if (!opener) return;
  event.preventDefault();
  loadKeys().then(({ openPalette, openSheet }) => (opener.id === "find" ? openPalette() : openSheet()));
});

let keys = null;
const loadKeys = async () => (keys ??= await import("./keys.mjs"));
document.addEventListener("keydown", (event) => {
  if (keys) return keys.onKey(event);
  const isCommand = event.ctrlKey || event.metaKey ? event.key.toLowerCase() === "k" : event.key === "/" && !isTyping(document.activeElement);
  if (isCommand) event.preventDefault();
  loadKeys().then(({ onKey }) => onKey(event, isCommand));
});

if (byId("log-panel"))
  import("./log.mjs").then(({ logSource }) => {
    if (!logSource) return;
    sources.push(new Source(logSource.url, 1000, logSource.accept));
    sources.at(-1).wait();
    openStream();
    show();
  });

document.documentElement.classList.add("scripted");
tick();
setInterval(() => document.hidden || tick(), 1000);
// A tab that missed its wake-up call finds it here.
setInterval(() => document.hidden || sources.forEach((source) => source.isBusy || source.refresh()), 30000);
openStream();
sources.forEach((source) => source.wait());
show();

// What a page may want when its server is gone.
addEventListener("load", () => Promise.allSettled([forms(), loadKeys(), import("./idiomorph.mjs")]));
