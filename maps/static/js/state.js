"use strict";
// What is switched on. An object is visible when its layer is on and any of its offices is.

Belang.state = (data) => {
  const offices = new Map(data.offices.map((_, number) => [number, true]));
  offices.set(-1, true); // objects through which no office is involved
  const layers = new Map(data.layers.map((_, number) => [number, true]));
  const watchers = [];
  const state = { offices, layers, uncovered: true };

  state.visible = (hit) =>
    layers.get(hit.layer) &&
    (hit.offices.length ? hit.offices.some((office) => offices.get(office)) : offices.get(-1));
  state.onChange = (watcher) => watchers.push(watcher);
  state.changed = () => watchers.forEach((watcher) => watcher());
  state.set = (kind, number, on) => {
    state[kind].set(number, on);
    state.changed();
  };
  state.setAll = (kind, on) => {
    for (const number of state[kind].keys()) state[kind].set(number, on);
    state.changed();
  };
  state.only = (office) => {
    for (const number of offices.keys()) offices.set(number, number === office);
    state.changed();
  };
  // The office that alone is on, or null.
  state.alone = () => {
    const on = [...offices].filter(([, value]) => value).map(([number]) => number);
    return on.length === 1 && offices.size > 1 ? on[0] : null;
  };
  // Switch on whatever hides an object; tells whether anything had to be.
  state.reveal = (hit) => {
    if (state.visible(hit)) return false;
    layers.set(hit.layer, true);
    if (!state.visible(hit)) (hit.offices.length ? hit.offices : [-1]).forEach((o) => offices.set(o, true));
    state.changed();
    return true;
  };
  return state;
};
