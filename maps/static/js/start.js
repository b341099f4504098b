"use strict";
// From the block of data to a map: at once, and again where a page has put another one in.
(() => {
  const begin = () => {
    const block = Belang.byId("belang-data");
    if (!block) return;
    const data = JSON.parse(block.textContent);
    const state = Belang.state(data);
    const sheet = Belang.sheet(data);
    const found = Belang.hits(data, sheet, state);
    Belang.labels(data, sheet, state, found);
    const details = Belang.details(data, sheet, state, found);
    Belang.panel(data, sheet, state, found, details);
    Belang.search(data, found, details);
    Belang.rows(data.words);
    Belang.controls(sheet, details, found);
    document.documentElement.dataset.ready = "true";
  };
  document.addEventListener("belang:data", begin);
  begin();
})();
