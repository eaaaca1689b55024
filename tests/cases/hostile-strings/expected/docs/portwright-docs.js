// What pages of data contracts do in a browser: search, open and close, copy, mark what ends soon.
// Without it everything is there to be read. Text is only ever set as text.
"use strict";

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const DAY = 24 * 3600 * 1000; // in milliseconds
const NEAR = 180; // half a year, in days
const MOST = 100; // hits that are listed

for (const each of all(".search, .tools, .copy")) each.hidden = false;

for (const each of all("time[data-end]")) {
  const left = Math.floor((new Date(`${each.dateTime}T23:59:59Z`) - Date.now()) / DAY);
  if (left >= NEAR) continue;
  each.classList.add("near");
  const days = left ? `in ${left} ${left === 1 ? "day" : "days"}` : "today";
  each.append(left < 0 ? " (over)" : ` (${days})`);
}

// What a button did is said to those who do not see it, too.
const say = (button, text) => {
  const usual = button.textContent;
  if (usual === text) return;
  button.textContent = one("#said").textContent = text;
  setTimeout(() => { button.textContent = usual; one("#said").textContent = ""; }, 2000);
};
for (const each of all(".copy")) {
  each.addEventListener("click", async () => {
    const code = each.closest("figure").querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      say(each, "Copied");
    } catch {
      getSelection().selectAllChildren(code); // a browser that lets no file copy
      say(each, "Selected");
    }
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
// Text as it is searched: whatever its case, with and without accents.
const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
  .replaceAll("ß", "ss").replaceAll("ı", "i");
const wanted = () => plain(search.value).split(/\s+/).filter(Boolean);
const holds = (text, words) => words.every((word) => text.includes(word));

// Fields of a page: those that fit, with what they are in. The object is searched for with a dot
// only, as the index writes it: without, all of its fields would fit.
const fields = all("[data-f]").map((item) => {
  const text = plain(item.dataset.f);
  return [item, text, `${plain(item.closest("[data-o]").dataset.o)}.${text}`];
});
const fits = (text, whole, words) =>
  words.every((word) => (word.includes(".") ? whole : text).includes(word));
const filter = (words) => {
  let count = 0;
  for (const [item, text, whole] of fields) {
    item.hidden = !fits(text, whole, words);
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

// Contracts and their fields, in the index. Of what is wanted, a part may be the contract's name.
const known = one("#known") ? JSON.parse(one("#known").textContent) : [];
const cards = known.map(([id, names]) => {
  const card = document.getElementById(id);
  const title = plain(card.querySelector("h2 a").textContent);
  const shown = names.map(([name, place]) => [name, place, plain(name)]);
  return [card, plain(card.textContent), title, shown];
});
const look = (words) => {
  const hits = [];
  let shown = 0;
  for (const [card, text, title, names] of cards) {
    const fitting = names.filter(([, , name]) => words.some((word) => name.includes(word))
      && words.every((word) => name.includes(word) || title.includes(word)));
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
