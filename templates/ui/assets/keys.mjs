// The keyboard: one list feeds the keys and the sheet that explains them.
import { byId, isTyping } from "./page.mjs";

const visible = (node) => node && node.checkVisibility?.() !== false && !node.disabled;
const keyed = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
const rows = () => [...document.querySelectorAll("[data-row]")].filter(visible);
let current = null;

function press(key) {
  const node = keyed(key);
  if (!node) return false;
  if (isTyping(node)) node.focus(), node.select?.();
  else node.click();
  return true;
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(byId(current));
  const row = all[Math.min(all.length - 1, Math.max(0, at + by))];
  current = row.id;
  (row.querySelector("h3 a, .main a, a") ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
}

const inRow = (selector) => document.activeElement?.closest("[data-row]")?.querySelector(selector);

const KEYS = [
  ["g", "then c, t, r, s, b: Chat, Templates, Runs, Spec Kit, Runboard"],
  ["Mod+K", "find or run", () => openPalette()],
  ["/", "search, or the command line", () => press("/")],
  ["n", "new run; next match in a log", () => press("n")],
  ["N", "previous match", () => press("N")],
  ["f", "filters", () => byId("filters")?.querySelector("input, select")?.focus()],
  ["j", "next row", () => move(1)],
  ["k", "row before", () => move(-1)],
  ["x", "choose the row", () => inRow("input[type=checkbox]")?.click()],
  ["c", "cancel the run, after a question", () => (inRow("button.danger") ? inRow("button.danger").click() : press("c"))],
  ["r", "retry", () => (inRow("[formaction$='runs.retry']") ? inRow("[formaction$='runs.retry']").click() : press("r"))],
  ["l", "the log", () => byId("log")?.focus()],
  ["F", "follow the log, or let go", () => byId("log-follow")?.click()],
  ["e", "first error", () => press("e")],
  ["?", "this sheet", () => openSheet()],
  ["Esc", "closes, clears, then leaves the field"],
];

export function openSheet() {
  const sheet = byId("keys");
  const list = sheet?.querySelector("dl");
  if (!list) return;
  list.replaceChildren(
    ...KEYS.map(([key, words]) => {
      const row = document.createElement("div");
      const kbd = document.createElement("kbd");
      kbd.textContent = key.replace("Mod", navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl");
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      dt.append(kbd);
      dd.textContent = words;
      row.append(dt, dd);
      return row;
    }),
  );
  sheet.showModal();
}

export function openPalette() {
  const palette = byId("palette");
  if (!palette || palette.open) return;
  palette.showModal();
  byId("palette-line").select();
}

byId("palette-line")?.addEventListener("input", ({ target }) => {
  const words = target.value.toLowerCase().split(/\s+/);
  for (const item of byId("palette-items").children) item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word));
});
byId("palette")?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const links = [...byId("palette-items").querySelectorAll("li:not([hidden]) a")];
  const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  (links[at] ?? byId("palette-line")).focus();
});
// Enter opens the only item that is left; else the line is a command.
byId("palette")?.addEventListener("submit", (event) => {
  const left = [...byId("palette-items").querySelectorAll("li:not([hidden]) a")];
  if (left.length !== 1) return;
  event.preventDefault();
  location.assign(left[0].href);
});
let isGoing = 0;
// `isHeld`: the browser's own answer was stopped while this module was on its way.
export function onKey(event, isHeld) {
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (mod && event.key === "Enter" && keyed("mod+enter")) return keyed("mod+enter").click();
  const field = document.activeElement;
  if (event.key === "Escape" && isTyping(field) && !field.closest("dialog")) {
    if (field.value && field.matches("input[type=search], #chat-line")) {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      event.preventDefault();
    } else field.blur();
    return;
  }
  if (mod || event.altKey || (event.defaultPrevented && !isHeld) || isTyping(field) || document.querySelector("dialog[open]")) return;
  if (event.timeStamp - isGoing < 1200) {
    isGoing = 0;
    const tab = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (tab) event.preventDefault(), tab.click();
    return;
  }
  if (event.key === "g") {
    isGoing = event.timeStamp;
    return;
  }
  const [, , act] = KEYS.find(([key]) => key === event.key) ?? [];
  if (!act) return;
  event.preventDefault();
  act();
}
