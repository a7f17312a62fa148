// Text of the server → nodes, and nodes → the page, without losing what a person was doing.
import { tick } from "./time.mjs";

const policy = globalThis.trustedTypes?.createPolicy("ops", { createHTML: (text) => text });
export const byId = (id) => document.getElementById(id);

export function nodes(text) {
  const html = policy ? policy.createHTML(text) : text;
  return new DOMParser().parseFromString(html, "text/html").body;
}

// Typed, ticked or chosen since the page came: never overwritten.
function isTouched(node) {
  if (node.matches("input[type=checkbox], input[type=radio]")) return node.checked !== node.defaultChecked;
  if (node.matches("input, textarea")) return node.value !== node.defaultValue;
  return node.matches("select") && node.selectedIndex !== Math.max(0, [...node.options].findIndex((o) => o.defaultSelected));
}

const options = {
  ignoreActiveValue: true,
  callbacks: {
    beforeNodeMorphed: (old) => !(old instanceof Element && isTouched(old)),
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details, dialog")),
  },
};

// Loaded with the first answer that has something new.
async function morph(old, fresh, style) {
  const { Idiomorph } = await import("./idiomorph.mjs");
  Idiomorph.morph(old, fresh, { ...options, morphStyle: style });
}

// Inside of `region`, or the elements of the same ids where it has `data-parts`.
export async function merge(region, text) {
  const body = nodes(text);
  if (!("parts" in region.dataset)) {
    await morph(region, [...body.childNodes], "innerHTML");
    tick(region);
    return;
  }
  for (const part of [...body.children]) await replace(byId(part.id), part);
}

export async function replace(old, part) {
  if (!old || !part) return;
  const id = old.id;
  await morph(old, part, "outerHTML");
  const fresh = byId(id);
  tick(fresh);
  const { title, icon } = fresh.dataset;
  if (title) document.title = `${title} · Ops Control Room`;
  if (icon) document.querySelector("link[rel=icon]").setAttribute("href", icon);
}

let hide;
export function toast(text, isError) {
  const node = byId("toast");
  node.textContent = text;
  node.className = `flash ${isError ? "t-bad" : "t-ok"}`;
  node.hidden = false;
  clearTimeout(hide);
  if (!isError) hide = setTimeout(() => (node.hidden = true), 6000);
}

export const isTyping = (node) => !!node?.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
