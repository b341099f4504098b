"use strict";
// The ground of the public map: tiles of a base map where there is one, below them the region from
// its own layers, so that it is never blank. Near by it is asked for in finer pieces.
const PublicGround = (() => {
  const PER_DEGREE = 1e7;
  const NEARER = 1.5; // zooms beyond the whole district from which finer pieces are drawn
  const LEAST_PX = 26; // of what a name stands in
  const NAMED = "municipality";

  const element = (name, attributes = {}, text = "") => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };

  const line = (packed) => {
    const places = [];
    let x = 0;
    let y = 0;
    for (let i = 0; i < packed.length; i += 2) {
      x += packed[i];
      y += packed[i + 1];
      places.push([y / PER_DEGREE, x / PER_DEGREE]);
    }
    return places;
  };

  // Paths of a packed shape; one path for all areas, one for all lines.
  const paths = (shape, options) => {
    const made = { smoothFactor: 0.5, interactive: false, ...options };
    const drawn = [];
    const areas = (shape.areas || []).map((rings) => rings.map(line));
    if (areas.length) drawn.push(L.polygon(areas, made));
    const lines = (shape.lines || []).map(line);
    if (lines.length) drawn.push(L.polyline(lines, { ...made, fill: false }));
    for (const point of shape.points || []) drawn.push(L.circleMarker(line(point)[0], { radius: 4, ...made }));
    return drawn;
  };

  const named = (map, group, things) => {
    for (const [name, at, size] of things) {
      const [lng, lat] = at.map((value) => value / PER_DEGREE);
      const icon = L.divIcon({ html: element("span", { class: "ground-name" }, name), className: "", iconSize: null });
      const marker = L.marker([lat, lng], { icon, pane: "names", interactive: false, keyboard: false });
      marker.sizeM = size;
      group.addLayer(marker);
    }
  };

  // Names of what is too small at this zoom are left out, and those that would cover another.
  const thinned = (map, group) => {
    const metre = 256 * 2 ** map.getZoom() / (40_075_017 * Math.cos((map.getCenter().lat * Math.PI) / 180));
    const taken = [];
    const markers = group.getLayers().filter((one) => one.sizeM !== undefined && one.getElement());
    for (const marker of markers.sort((one, other) => other.sizeM - one.sizeM)) {
      const shown = marker.getElement();
      shown.hidden = marker.sizeM * metre < LEAST_PX;
      if (shown.hidden) continue;
      const box = shown.firstChild.getBoundingClientRect();
      shown.hidden = taken.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
      if (!shown.hidden) taken.push(box);
    }
  };

  const start = (map, data) => {
    for (const [name, order] of [["ground", 250], ["base", 260], ["names", 620]]) map.createPane(name).style.zIndex = order;
    map.getPane("names").setAttribute("aria-hidden", "true");
    map.getPane("names").style.pointerEvents = "none";
    const renderer = L.svg({ pane: "ground", padding: 0.3 });
    const whole = L.layerGroup();
    const piece = L.layerGroup();
    const options = (kind) => ({ pane: "ground", renderer, className: `ground g-${kind}` });
    let asked = "";

    const near = () => map.getZoom() > map.getBoundsZoom(L.latLngBounds(data.view)) + NEARER;
    const finer = async () => {
      thinned(map, whole);
      if (!near()) {
        asked = "";
        piece.remove();
        whole.addTo(map);
        thinned(map, whole);
        return;
      }
      // Whole steps, so that the same pieces are asked for again and may be kept.
      const bounds = map.getBounds();
      const step = 360 / 2 ** Math.floor(map.getZoom() + 1);
      const low = (value) => Math.floor(value / step) * step;
      const high = (value) => Math.ceil(value / step) * step;
      const box = [low(bounds.getWest()), low(bounds.getSouth()), high(bounds.getEast()), high(bounds.getNorth())]
        .map((value) => value.toFixed(6)).join(",");
      if (box === asked) return;
      asked = box;
      const answer = await fetch(`${data.pieces}?box=${box}`);
      if (!answer.ok || asked !== box) return;
      const things = await answer.json();
      piece.clearLayers();
      for (const thing of things) {
        for (const path of paths(thing.shape, options(thing.ground))) piece.addLayer(path);
        if (thing.name && thing.at) named(map, piece, [[thing.name, thing.at, 2_000]]);
      }
      whole.remove();
      piece.addTo(map);
      thinned(map, piece);
    };

    if (data.base) {
      L.tileLayer(data.base.address, { pane: "base", maxZoom: 20, maxNativeZoom: data.base.zooms, className: "base" }).addTo(map);
      map.addControl(L.control.attribution({ prefix: false }).addAttribution(element("span", {}, data.base.attribution).outerHTML));
    }
    const ready = fetch(data.ground).then(async (answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      for (const thing of (await answer.json()).ground) {
        if (thing.shape) for (const path of paths(thing.shape, options(thing.ground))) whole.addLayer(path);
        if (thing.ground === NAMED) named(map, whole, thing.labels || []);
      }
    });
    return ready.then(() => {
      let waiting = 0;
      map.on("moveend", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => finer().catch(() => {}), 120);
      });
      return finer();
    });
  };

  return { paths, element, start };
})();
