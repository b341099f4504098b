"use strict";
// The public map: ground and plans, and layers as they are ticked in the list. Text stays text.
(() => {
  const PER_DEGREE = 1e7;
  const block = document.getElementById("public-data");
  const place = document.getElementById("public-map");
  if (!block || !place) return;
  const data = JSON.parse(block.textContent);
  const said = document.getElementById("public-said");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

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

  place.setAttribute("role", "region");
  place.setAttribute("aria-label", place.dataset.label);
  place.tabIndex = 0;
  const map = L.map(place, {
    attributionControl: false, zoomControl: false, zoomSnap: 0.25,
    zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
  });
  L.control.zoom({ zoomInTitle: place.dataset.nearer, zoomOutTitle: place.dataset.farther }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const view = L.latLngBounds(data.view);
  map.setMaxBounds(view.pad(0.5));
  map.fitBounds(view);
  map.setMinZoom(map.getZoom() - 0.5);
  const panes = {};
  ["ground", "layers", "plans"].forEach((name, order) => {
    map.createPane(name).style.zIndex = 400 + 10 * order;
    // SVG takes its colours from the style sheet; canvas is quick with many vertices.
    panes[name] = name === "layers" ? L.canvas({ pane: name }) : L.svg({ pane: name, padding: 0.5 });
  });

  const draw = (shape, pane, options) => {
    const group = L.featureGroup();
    const made = { pane, renderer: panes[pane], smoothFactor: 0.5, interactive: false, ...options };
    const areas = (shape.areas || []).map((rings) => rings.map(line));
    if (areas.length) group.addLayer(L.polygon(areas, made));
    const lines = (shape.lines || []).map(line);
    if (lines.length) group.addLayer(L.polyline(lines, { ...made, fill: false }));
    for (const point of shape.points || []) group.addLayer(L.circleMarker(line(point)[0], { radius: 4, ...made }));
    return group.addTo(map);
  };

  const load = async (name) => {
    const answer = await fetch(`${data.drawings}${name}.json`);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const outlines = [];
  for (const plan of data.plans) {
    if (!plan.shape) continue;
    const drawn = draw(plan.shape, "plans", { className: "plan published", interactive: true });
    drawn.bindTooltip(() => document.createTextNode(plan.title).textContent);
    drawn.on("click", () => location.assign(plan.href));
    outlines.push(drawn);
  }
  if (place.dataset.near && outlines.length) map.fitBounds(L.featureGroup(outlines).getBounds().pad(0.6), { maxZoom: 16 });

  load(data.ground)
    .then(({ ground }) => {
      for (const thing of ground) if (thing.shape) draw(thing.shape, "ground", { className: `ground g-${thing.ground}` });
      document.documentElement.dataset.ready = "true";
    })
    .catch(() => { document.documentElement.dataset.ready = "without ground"; });

  const colour = (theme) => {
    const styles = getComputedStyle(document.documentElement);
    return styles.getPropertyValue(`--theme-${theme}`).trim() || styles.getPropertyValue("--theme-other").trim();
  };
  const shown = new Map();
  for (const box of document.querySelectorAll(".layer-switch")) {
    box.addEventListener("change", async () => {
      const code = box.dataset.layer;
      if (shown.has(code)) {
        shown.get(code).remove();
        shown.delete(code);
      }
      if (!box.checked) return;
      const name = box.parentElement.textContent.trim();
      try {
        const { shape, count } = await load(code);
        if (!box.checked) return;
        if (!shape) {
          said.textContent = `${name}: ${count ? said.dataset.many : said.dataset.failed}`;
          return;
        }
        const hue = colour(box.dataset.theme);
        shown.set(code, draw(shape, "layers", { color: hue, fillColor: hue, weight: 1.5, fillOpacity: 0.25 }));
        said.textContent = name;
      } catch {
        box.checked = false;
        said.textContent = `${name}: ${said.dataset.failed}`;
      }
    });
  }
})();
