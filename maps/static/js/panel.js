"use strict";
// The switches, the legend and the buttons in the tables.

Belang.panel = (data, sheet, state, found, details) => {
  const boxes = { office: "offices", layer: "layers" };
  for (const [name, kind] of Object.entries(boxes)) {
    for (const box of Belang.all(`input[data-${name}]`)) {
      box.disabled = false;
      box.checked = true;
      box.addEventListener("change", () => state.set(kind, Number(box.dataset[name]), box.checked));
    }
  }
  for (const box of Belang.all("input[data-uncovered]")) {
    box.disabled = false;
    box.checked = true;
    box.addEventListener("change", () => {
      state.uncovered = box.checked;
      state.changed();
    });
  }
  for (const group of Belang.all(".every")) group.hidden = false;
  for (const button of Belang.all("button[data-every]")) {
    button.addEventListener("click", () => {
      const on = button.dataset.on === "true";
      if (button.dataset.every === "layer") state.uncovered = on;
      state.setAll(boxes[button.dataset.every], on);
    });
  }
  for (const button of Belang.all("button.only")) {
    const office = Number(button.dataset.only);
    button.hidden = false;
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => (state.alone() === office ? state.setAll("offices", true) : state.only(office)));
  }
  for (const button of Belang.all("button.show")) {
    button.hidden = false;
    button.addEventListener("click", () => details.goTo(found.all[Number(button.dataset.hit)], button));
  }
  for (const row of Belang.all("[data-of-layer]")) {
    const layer = Number(row.dataset.ofLayer);
    const mine = () => found.visible().filter((hit) => hit.layer === layer);
    row.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && found.choose(mine()));
    row.addEventListener("pointerleave", () => found.choose([]));
  }
  for (const link of Belang.all('.findings a[href^="#layer-"]')) {
    link.addEventListener("click", () => {
      Belang.byId(link.getAttribute("href").slice(1)).open = true;
    });
  }
  const update = () => refresh(state, found);
  state.onChange(update);
  const visible = () => found.visible().reduce((sum, hit) => sum + hit.for, 0);
  state.onChange(() => Belang.say(`${visible()} ${data.words.visible}`));
  update();
};

const refresh = (state, found) => {
  const mark = (box, on) => {
    box.checked = on;
    box.closest("li").classList.toggle("off", !on);
  };
  for (const box of Belang.all("input[data-office]")) mark(box, state.offices.get(Number(box.dataset.office)));
  for (const box of Belang.all("input[data-layer]")) mark(box, state.layers.get(Number(box.dataset.layer)));
  for (const box of Belang.all("input[data-uncovered]")) mark(box, state.uncovered);
  for (const button of Belang.all("button.only")) {
    button.setAttribute("aria-pressed", String(state.alone() === Number(button.dataset.only)));
  }
  // The legend shows only what is on the map just now.
  const visible = found.visible();
  const shown = new Set(visible.map((hit) => hit.relation));
  if (visible.some((hit) => hit.crossings.length)) shown.add("crossing");
  if (state.uncovered && found.gaps.length) shown.add("uncovered");
  if (found.washed) shown.add("wash");
  for (const sign of Belang.all("[data-key]")) sign.hidden = !shown.has(sign.dataset.key);
};
