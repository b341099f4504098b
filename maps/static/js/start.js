"use strict";
// From the block of data to a map.
(() => {
  const data = JSON.parse(Belang.byId("belang-data").textContent);
  const state = Belang.state(data);
  const sheet = Belang.sheet(data);
  const found = Belang.hits(data, sheet, state);
  Belang.labels(data, sheet, state, found);
  const details = Belang.details(data, sheet, state, found);
  Belang.panel(data, sheet, state, found, details);
  Belang.search(data, found, details);
  Belang.controls(sheet, details, found);
  document.documentElement.dataset.ready = "true";
})();
