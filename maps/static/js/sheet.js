"use strict";
// The sheet: the map itself, its ground, the veil around the window, and the plan.

const PANES = ["ground", "objects", "overlaps", "gaps", "veil", "plan", "marks", "labels"];
const FINEST_ZOOM = 20;

Belang.sheet = (data) => {
  const element = document.querySelector(".folium-map");
  const window_ = L.latLngBounds(data.sheet);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    attributionControl: false,
    zoomControl: false,
    zoomSnap: 0.25,
    zoomDelta: 0.75,
    wheelPxPerZoomLevel: 90,
    maxZoom: FINEST_ZOOM,
    maxBounds: window_.pad(0.5), // room for a popup at the edge
    maxBoundsViscosity: 1,
    zoomAnimation: !still,
    fadeAnimation: false, // two popups must never be there at once
    markerZoomAnimation: !still,
    inertia: !still,
  });
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", `${Belang.byId("canvas").dataset.label} ${data.words.keys}`);
  const renderers = {};
  PANES.forEach((name, order) => {
    const pane = map.createPane(name);
    pane.style.zIndex = 400 + 10 * order;
    pane.setAttribute("aria-hidden", "true");
    if (name !== "labels") renderers[name] = L.svg({ pane: name, padding: 0.3 });
  });
  const draw = (shape, pane, className, options = {}) =>
    Belang.paths(shape, { pane, renderer: renderers[pane], className, ...options }).map((path) => path.addTo(map));

  const sheet = { map, draw, window: window_, view: L.latLngBounds(data.view) };
  sheet.showWhole = (animate = true) => map.fitBounds(sheet.view.pad(0.35), { animate, maxZoom: 18 });
  sheet.fit = () => {
    // No farther out than all there is.
    map.setMinZoom(0);
    map.setMinZoom(map.getBoundsZoom(window_));
  };
  sheet.fit();
  sheet.showWhole(false);
  L.control.scale({ imperial: false, maxWidth: 140, position: "bottomleft" }).addTo(map);

  for (const thing of data.backdrop) {
    draw(Belang.unpack(thing.shape), "ground", `ground g-${thing.ground}`);
  }
  veil(draw, window_);
  plan(data.plan, draw);
  return sheet;
};

const veil = (draw, window_) => {
  const [south, west, north, east] = [window_.getSouth(), window_.getWest(), window_.getNorth(), window_.getEast()];
  const tall = 3 * (north - south);
  const broad = 3 * (east - west);
  const ring = (s, w, n, e) => [[s, w], [s, e], [n, e], [n, w], [s, w]];
  const areas = [[ring(south - tall, west - broad, north + tall, east + broad), ring(south, west, north, east)]];
  draw({ areas, lines: [], points: [] }, "veil", "veil");
};

const plan = (given, draw) => {
  const shape = Belang.unpack(given.shape);
  const axis = Belang.unpack(given.axis);
  for (const part of given.parts) draw(Belang.unpack(part.shape), "plan", `part r-${part.role}`);
  draw(axis || shape, "plan", "casing");
  draw(shape, "plan", axis ? "plan corridor" : "plan");
  if (axis) draw(axis, "plan", "axis");
  const points = Belang.unpack(given.points);
  if (points) draw(points, "marks", "site", { radius: 4.5 });
  for (const mark of given.marks) {
    mark.place = Belang.unpackPlace(mark.at);
    [mark.path] = draw({ areas: [], lines: [], points: [mark.place] }, "marks", "mark", { radius: 2.8 });
  }
};
