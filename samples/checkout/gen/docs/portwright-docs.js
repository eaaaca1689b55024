// What pages of data contracts do in a browser: search, open and close, copy, mark what ends soon.
// Without it everything is there to be read. Text is only ever set as text.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const NEAR = 180 * 24 * 3600 * 1000; // half a year, in milliseconds
const MOST = 100; // hits that are listed

for (const each of all(".search, .tools, .copy")) each.hidden = false;

for (const each of all("time[data-end]")) {
  const left = new Date(`${each.dateTime}T23:59:59Z`) - Date.now();
  if (left < NEAR) each.classList.add("near");
  if (left < 0) each.append(" (over)");
}

for (const each of all(".copy")) {
  each.addEventListener("click", async () => {
    const code = each.closest("figure").querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      each.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code); // a browser that lets no file copy
      each.textContent = "Selected";
    }
    setTimeout(() => { each.textContent = "Copy"; }, 2000);
  });
}

const turn = (button, open) => {
  for (const each of all("details", button.closest("section"))) each.open = open;
};
for (const each of all("[data-open]")) each.addEventListener("click", () => turn(each, true));
for (const each of all("[data-close]")) each.addEventListener("click", () => turn(each, false));
addEventListener("beforeprint", () => { for (const each of all("details")) each.open = true; });

// A link to a field inside what is closed opens it.
const reveal = () => {
  let id = "";
  try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  let at = id && document.getElementById(id);
  for (let up = at; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  if (at) at.scrollIntoView();
};
addEventListener("hashchange", reveal);
if (location.hash) reveal();

const search = one("#search");
const told = (count, what) => {
  one("#found").textContent = count === null ? "" : `${count} ${what}${count === 1 ? "" : "s"}`;
};
const wanted = () => search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
const holds = (text, words) => words.every((word) => text.includes(word));

// Fields of a page: those that fit, with what they are in and what is in them.
const fields = all("[data-f]").map((item) => [item, item.dataset.f]);
const filter = (words) => {
  let count = 0;
  for (const [item, text] of fields) {
    item.hidden = !holds(text, words);
    if (!item.hidden) count += 1;
  }
  for (const [item] of fields) {
    if (item.hidden) continue;
    for (let up = item.parentElement; up && up.tagName !== "SECTION"; up = up.parentElement) {
      if (up.tagName === "DETAILS" && words.length) up.open = true;
      if (up.dataset.f !== undefined) up.hidden = false;
    }
  }
  told(words.length ? count : null, "field");
};

// Contracts and their fields, in the index.
const known = one("#known") ? JSON.parse(one("#known").textContent) : [];
const cards = known.map(([id, names]) => {
  const card = document.getElementById(id);
  const lower = names.map(([name, place]) => [name, place, name.toLowerCase()]);
  return [card, card.textContent.toLowerCase(), lower];
});
const look = (words) => {
  const hits = [];
  let shown = 0;
  for (const [card, text, names] of cards) {
    const fitting = words.length ? names.filter(([, , name]) => holds(name, words)) : [];
    card.hidden = !holds(text, words) && fitting.length === 0;
    if (!card.hidden) shown += 1;
    for (const [name, place] of fitting) hits.push([card, name, place]);
  }
  one("#hits").replaceChildren(...hits.slice(0, MOST).map(([card, name, place]) => {
    const link = document.createElement("a");
    link.href = `${card.dataset.page}#${encodeURIComponent(place)}`;
    const code = document.createElement("code");
    code.textContent = name;
    link.append(code);
    const item = document.createElement("li");
    item.append(link, ` ${card.querySelector("h2 a").textContent}`);
    return item;
  }));
  one("#hits").hidden = hits.length === 0;
  told(words.length ? shown : null, "contract");
};

const find = () => (one("#known") ? look : filter)(wanted());
if (search) {
  search.addEventListener("input", find);
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      find();
    }
  });
  if (search.value) find(); // a browser that kept it
}
