// What forms do beyond sending themselves: a question first, an answer without leaving the page,
// a field that is answered while it is typed.
import { byId, nodes, replace, toast } from "./page.mjs";

export function isSure({ confirm, verb }) {
  const dialog = byId("confirm");
  byId("confirm-text").textContent = confirm;
  byId("confirm-yes").textContent = verb || "Yes";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

export async function send(form, button, body) {
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action");
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
  }
}

// A field that is answered while it is typed. The newest question wins.
const questions = new WeakMap();
export function ask(target) {
  const before = questions.get(target);
  clearTimeout(before?.timer);
  before?.abort.abort();
  const abort = new AbortController();
  questions.set(target, { abort, timer: setTimeout(() => question(target, abort.signal), 200) });
}

async function question(field, signal) {
  const { ask: address, into, post } = field.dataset;
  const values = new URLSearchParams({ [field.name]: field.value });
  if (post !== undefined) values.set("csrf", field.form.elements.namedItem("csrf").value);
  try {
    const answer = await fetch(post === undefined ? `${address}?${values}` : address, { method: post === undefined ? "GET" : "POST", body: post === undefined ? undefined : values, signal });
    if (answer.ok) await replace(byId(into), nodes(await answer.text()).firstElementChild);
    field.dispatchEvent(new Event("ops:answered", { bubbles: true }));
  } catch {
    // A newer question, or no network: the connection's state says so.
  }
}

// A file that was chosen is read into its field, to be looked at before it is sent. One that is no text is
// left to the server, which says what is wrong with it.
async function readInto(input) {
  const [file] = input.files;
  const field = byId(input.dataset.readInto);
  if (!file || !field) return;
  try {
    field.value = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    input.value = "";
    toast(`${file.name}, ${field.value.split("\n").length} lines, is in the field above.`);
  } catch {
    toast(`${file.name} is no text in UTF-8.`, true);
  }
}

export function changed(target) {
  if (target.dataset?.readInto) return readInto(target);
  if (target.id === "pick-all") for (const box of document.querySelectorAll("input[name=run_id]")) box.checked = target.checked;
  if (target.name === "run_id" || target.id === "pick-all") picked();
  if (target.matches?.("form[data-auto] :is(select, input[type=checkbox])")) target.form.requestSubmit();
}

function picked() {
  const count = document.querySelectorAll("input[name=run_id]:checked").length;
  const words = byId("picked");
  if (words) words.textContent = count ? `${count} chosen` : "";
}

// Copies, or goes to the line of the source that a message is about.
export async function clicked(target) {
  if (target.dataset.copy) {
    await navigator.clipboard?.writeText(target.dataset.copy);
    toast("Copied.");
    return;
  }
  const source = byId("source");
  if (!source) return;
  const lines = source.value.split("\n").slice(0, Number(target.dataset.line) - 1);
  const at = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(target.dataset.column) - 1;
  source.focus();
  source.setSelectionRange(at, at);
}
