"use strict";
// Search over all drawn objects, by name, number or layer; every word must be found.

const MOST_RESULTS = 30;

// Lower case, without accents; ß as ss, as people type it.
const plain = (text) => text.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replace(/\p{M}/gu, "");

Belang.search = (data, found, details) => {
  if (!found.drawn.length) return;
  const { words } = data;
  const query = Belang.byId("query");
  const results = Belang.byId("results");
  const matches = Belang.byId("matches");
  Belang.byId("search").hidden = false;
  const order = { overlaps: 0, borders: 1, near: 2 };
  const single = found.drawn.filter((hit) => hit.for === 1);
  const aside = single.length < found.drawn.length ? `; ${words.search_single}` : "";
  const index = single
    .map((hit) => ({ hit, text: plain(`${hit.title} ${hit.id} ${data.layers[hit.layer].title}`) }))
    .sort((a, b) => order[a.hit.relation] - order[b.hit.relation] || a.hit.number - b.hit.number);

  const look = () => {
    const asked = plain(query.value).split(/\s+/).filter(Boolean);
    results.replaceChildren();
    matches.textContent = "";
    if (!asked.length) return;
    const hits = index.filter(({ text }) => asked.every((word) => text.includes(word))).map(({ hit }) => hit);
    results.append(...hits.slice(0, MOST_RESULTS).map((hit) => entry(hit)));
    const rest = hits.length - MOST_RESULTS;
    matches.textContent = `${hits.length} ${hits.length === 1 ? words.hit_one : words.hit_many}${rest > 0 ? `; ${rest} ${words.more}` : ""}${aside}`;
  };
  const entry = (hit) => {
    const button = Belang.element("button", { type: "button" }, hit.title, Belang.element("small", {}, data.layers[hit.layer].title));
    button.addEventListener("click", () => details.goTo(hit, button));
    return Belang.element("li", {}, button);
  };
  query.addEventListener("input", look);
  query.addEventListener("keydown", (event) => {
    const first = results.querySelector("button");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
    if (event.key === "Escape") {
      query.value = "";
      look();
    }
  });
  results.addEventListener("keydown", (event) => {
    const items = Belang.all("button", results);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = items.indexOf(document.activeElement) + step;
    (next < 0 ? query : items[Math.min(next, items.length - 1)]).focus();
  });
};
