"use strict";
// The public map: ground, plans, and layers as they are ticked in the list. Text stays text.
(() => {
  const block = document.getElementById("public-data");
  const place = document.getElementById("public-map");
  if (!block || !place) return;
  const data = JSON.parse(block.textContent);
  const words = place.dataset;
  const said = document.getElementById("public-said");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { element, paths } = PublicGround;

  place.setAttribute("role", "region");
  place.setAttribute("aria-label", words.label);
  place.tabIndex = 0;
  const map = L.map(place, {
    attributionControl: false, zoomControl: false, zoomSnap: 0.25, maxZoom: 20,
    zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
  });
  L.control.zoom({ zoomInTitle: words.nearer, zoomOutTitle: words.farther }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const view = L.latLngBounds(data.view);
  map.setMaxBounds(view.pad(0.5));
  map.fitBounds(view);
  map.setMinZoom(Math.floor(map.getZoom()) - 1);
  for (const [name, order] of [["layers", 410], ["plans", 420]]) map.createPane(name).style.zIndex = order;
  const svg = L.svg({ pane: "plans", padding: 0.5 });

  const outlines = [];
  data.plans.forEach(({ shape, title, href }) => {
    if (!shape) return;
    const drawn = L.featureGroup(paths(shape, { pane: "plans", renderer: svg, className: "plan published", interactive: true }));
    drawn.addTo(map).bindTooltip(element("span", {}, title));
    drawn.on("click", (event) => { L.DomEvent.stop(event); (data.framed ? window.open(href, "_blank", "noopener") : location.assign(href)); });
    outlines.push(drawn);
  });
  if (words.near && outlines.length) map.fitBounds(L.featureGroup(outlines).getBounds().pad(0.6), { maxZoom: 16 });

  const ready = (how) => { document.documentElement.dataset.ready = how; };
  PublicGround.start(map, data).then(() => ready("true"), () => ready("without ground"));

  // Layers, and the address that shows them again.
  const shown = new Map();
  const boxes = [...document.querySelectorAll(".layer-switch")];
  const tell = (text) => { if (said) said.textContent = text; };
  const waited = new Set();
  const drawing = (code, on) => {
    on ? waited.add(code) : waited.delete(code);
    place.dataset.layers = waited.size ? "drawing" : "drawn";
  };
  const simple = async (box) => { // not drawn as tiles yet: the layer as a whole, simplified
    const answer = await fetch(`${data.drawings}${box.dataset.layer}.json`);
    if (!answer.ok) throw new Error(String(answer.status));
    const { shape, count } = await answer.json();
    if (!shape) throw new Error(count ? words.many : words.failed);
    const hue = PublicTiles.hueOf(box.dataset.theme);
    const options = { pane: "layers", renderer: L.canvas({ pane: "layers" }), color: hue, fillColor: hue, weight: 1.5, fillOpacity: 0.25 };
    return { group: L.layerGroup(paths(shape, options)), whole: Promise.resolve(), named: () => {}, at: () => [] };
  };
  const tiled = ({ layer, theme, hatch, tiles, zooms }) => PublicTiles.layer(
    { code: layer, theme, hatch, address: `${data.tiles}${tiles}`, zooms: Number(zooms), pane: "layers" });
  const naming = () => { // the layer that came last tells names
    const every = [...shown.values()];
    every.forEach((one, number) => one.named(number === every.length - 1));
  };
  const switched = async (box) => {
    const code = box.dataset.layer;
    shown.get(code)?.group.remove();
    shown.delete(code);
    drawing(code, false);
    if (!box.checked) return naming();
    const name = box.labels[0].textContent.trim();
    drawing(code, true);
    try {
      const made = box.dataset.tiles ? tiled(box.dataset) : await simple(box);
      if (!box.checked) return;
      shown.set(code, made);
      made.group.addTo(map);
      await made.whole;
      naming();
      tell(name);
    } catch (error) {
      box.checked = false;
      tell(`${name}: ${error.message && Number.isNaN(Number(error.message)) ? error.message : words.failed}`);
    }
    drawing(code, false);
  };
  const addressed = () => {
    const here = new URL(location.href);
    const on = boxes.filter((box) => box.checked).map((box) => box.dataset.layer);
    on.length ? here.searchParams.set("schichten", on.join(",")) : here.searchParams.delete("schichten");
    history.replaceState(null, "", here.href.replaceAll("%2C", ","));
  };
  for (const box of boxes) {
    box.addEventListener("change", () => { switched(box); addressed(); });
    if (box.checked) switched(box);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { naming(); });

  // What lies at a place: by a click, or at the centre by the Enter key.
  const there = document.getElementById("public-there");
  const ask = (where) => {
    if (!there || !shown.size) return;
    const found = [];
    for (const box of boxes.filter((one) => one.checked)) {
      const title = box.labels[0].textContent.trim();
      const met = new Set((shown.get(box.dataset.layer)?.at(where) || []).map(({ name, id }) => name || id));
      for (const name of met) found.push(`${title}: ${name}`);
    }
    const list = element("ul");
    for (const text of found.slice(0, 20)) list.append(element("li", {}, text));
    there.replaceChildren(element("strong", {}, found.length ? words.there : words.nothing), list);
    there.hidden = false;
  };
  map.on("click", ({ latlng }) => ask(latlng));
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== place) return;
    event.preventDefault();
    ask(map.getCenter());
  });

  // Places that were searched for.
  let pin = null;
  const go = ([south, west, north, east]) => {
    pin?.remove();
    const bounds = L.latLngBounds([south, west], [north, east]);
    pin = L.rectangle(bounds, { pane: "plans", renderer: svg, className: "sought", interactive: false });
    if (bounds.getNorthEast().distanceTo(bounds.getSouthWest()) < 5) pin = L.circleMarker(bounds.getCenter(), { pane: "plans", renderer: svg, className: "sought", radius: 9, interactive: false });
    pin.addTo(map);
    map.fitBounds(bounds.pad(0.2), { maxZoom: 17 });
  };
  const places = [...document.querySelectorAll(".place-found")];
  for (const button of places) {
    button.hidden = false;
    button.addEventListener("click", () => { go(JSON.parse(button.dataset.box)); place.focus({ preventScroll: false }); });
  }
  if (places.length) go(JSON.parse(places[0].dataset.box));
  place.belang = { map };
})();
