"use strict";
// Rows of the tables beyond those spelt out: made when a table is unfolded, some hundred at a time.

const ROWS_AT_ONCE = 200;

Belang.rows = (words) => {
  for (const block of Belang.all("script.rest")) {
    const section = block.closest("details");
    const more = section.querySelector("button.more");
    let left = null;
    const unfold = () => {
      left ??= parsed(block);
      const table = section.querySelector("tbody");
      const next = left.rows.splice(0, ROWS_AT_ONCE);
      const first = next.map((row) => tableRow(row, left.words, words));
      table.append(...first);
      more.hidden = !left.rows.length;
      more.textContent = `${left.rows.length} ${words.rows_more}`;
      return first[0];
    };
    more.hidden = false;
    more.addEventListener("click", () => {
      const row = unfold();
      row?.querySelector("th").setAttribute("tabindex", "-1");
      row?.querySelector("th").focus();
    });
  }
};

const parsed = (block) => JSON.parse(block.textContent);

const tableRow = ([id, title, relation, figures, basis], texts, words) => {
  const { element } = Belang;
  const pairs = [];
  for (let i = 0; i < figures.length; i += 2) pairs.push(element("li", {}, `${texts[figures[i]]}: ${figures[i + 1]}`));
  const cell = (label, ...content) => element("td", { role: "cell", "data-label": label }, ...content);
  const bases = basis.map((number) => element("li", {}, texts[number]));
  return element(
    "tr",
    { role: "row" },
    element("th", { role: "rowheader", scope: "row" }, title || id, title ? element("small", {}, id) : null),
    cell(words.relation, texts[relation]),
    cell(words.figures, element("ul", { class: "plain" }, ...pairs)),
    cell(words.legal, bases.length ? element("ul", { class: "plain" }, ...bases) : "–"),
  );
};
