"use strict";
// Live maps: plans to choose from, findings to take a place from, and drawing. The ground comes in
// pieces from the region's own layers; all that is shown as text is set as text.
(() => {
  const PER_DEGREE = 1e7;
  const RINGS = 3; // corners an area needs at least

  const element = (name, attributes = {}, text = "") => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  };

  const line = (packed) => {
    const places = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < packed.length; i += 2) {
      x += packed[i];
      y += packed[i + 1];
      places.push([y / PER_DEGREE, x / PER_DEGREE]);
    }
    return places;
  };

  const paths = (packed, options) => {
    const made = [];
    const dressed = { smoothFactor: 0.5, ...options };
    for (const rings of packed.areas || []) made.push(L.polygon(rings.map(line), dressed));
    for (const one of packed.lines || []) made.push(L.polyline(line(one), { ...dressed, fill: false }));
    for (const one of packed.points || []) {
      made.push(L.circleMarker(line(one)[0], { ...dressed, radius: 6 }));
    }
    return made;
  };

  // The map itself, its ground, and buttons to zoom that everybody can reach.
  const begin = (frame) => {
    const words = JSON.parse(frame.dataset.words);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(frame.querySelector(".live-map"), {
      attributionControl: false, zoomControl: false, maxZoom: 20, minZoom: 7, doubleClickZoom: false,
      zoomAnimation: !still, fadeAnimation: !still, inertia: !still,
    });
    const tools = frame.querySelector(".live-tools");
    tools.hidden = false;
    const button = (text, act, within = tools) => {
      const made = element("button", { type: "button" }, text);
      made.addEventListener("click", act);
      within.append(made);
      return made;
    };
    button(words.in, () => map.zoomIn());
    button(words.out, () => map.zoomOut());
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    const said = frame.querySelector(".live-said");
    onPaper(map);
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
    return { frame, map, words, button, say: (text) => { said.textContent = text; }, ...grounded(frame, map) };
  };

  // Paper has another width; what is to be seen stays to be seen.
  const onPaper = (map) => {
    const turn = (on) => {
      const seen = map.getBounds();
      map.getContainer().classList.toggle("on-paper", on);
      map.invalidateSize({ pan: false, animate: false });
      map.fitBounds((on && map.home) || seen, { animate: false });
    };
    addEventListener("beforeprint", () => turn(true));
    addEventListener("afterprint", () => turn(false));
  };

  const grounded = (frame, map) => {
    const pane = map.createPane("grounds");
    pane.style.zIndex = 250;
    const names = map.createPane("names");
    names.style.zIndex = 260;
    names.setAttribute("aria-hidden", "true");
    const renderer = L.svg({ pane: "grounds", padding: 0.5 });
    const layer = L.layerGroup().addTo(map);
    const base = document.body.dataset.base && JSON.parse(document.body.dataset.base);
    if (base) { // above the region from its own layers, which is seen where there are no tiles
      map.createPane("base").style.zIndex = 255;
      L.tileLayer(base.address, { pane: "base", maxZoom: 20, maxNativeZoom: base.zooms, className: "base" }).addTo(map);
      const said = element("span", {}, base.attribution).outerHTML;
      map.addControl(L.control.attribution({ prefix: false }).addAttribution(said));
    }
    let asked = "";
    const load = async () => {
      const bounds = map.getBounds().pad(0.25);
      const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
        .map((value) => value.toFixed(4)).join(",");
      if (box === asked) return;
      asked = box;
      const answer = await fetch(`${frame.dataset.ground}?box=${box}`);
      if (!answer.ok || asked !== box) return;
      const things = await answer.json();
      layer.clearLayers();
      for (const thing of things) {
        const options = { pane: "grounds", renderer, interactive: false, className: `ground g-${thing.ground}` };
        for (const path of paths(thing.shape, options)) layer.addLayer(path);
        if (thing.ground !== "municipality" || !thing.name) continue;
        const label = element("span", { class: "ground-name" }, thing.name);
        const icon = L.divIcon({ html: label, className: "", iconSize: null });
        layer.addLayer(L.marker([thing.at[1] / PER_DEGREE, thing.at[0] / PER_DEGREE], { icon, pane: "names", interactive: false, keyboard: false }));
      }
      frame.dispatchEvent(new CustomEvent("belang:ground", { detail: things }));
      frame.dataset.ready = "true";
    };
    let waiting = 0;
    map.on("moveend", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => load().catch(() => {}), 150);
    });
    return {};
  };

  const fit = (map, view) => map.fitBounds(view, { animate: false, maxZoom: 17, padding: [24, 24] });

  // All plans at once, each a link; the list beside says the same.
  const plans = (live) => {
    const data = JSON.parse(document.getElementById("live-data").textContent);
    for (const plan of data.plans) {
      const entry = document.querySelector(`[data-plan="${plan.id}"]`);
      const drawn = paths(plan.shape, { className: `live-plan ${plan.light}` });
      const choose = (on) => {
        if (entry) entry.classList.toggle("is-chosen", on);
        for (const path of drawn) path.getElement()?.classList.toggle("is-chosen", on);
      };
      for (const path of drawn) {
        path.addTo(live.map);
        path.bindTooltip(element("span", {}, plan.title), { sticky: true });
        path.on("mouseover", () => choose(true)).on("mouseout", () => choose(false));
        path.on("click", () => { location.href = entry.querySelector("a").href; });
      }
      if (!entry) continue;
      for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
        entry.addEventListener(name, () => choose(on));
      }
    }
    live.map.home = L.latLngBounds(data.view).pad(0.05); // where there is least room
    fit(live.map, L.latLngBounds(data.view).pad(0.25));
  };

  // Drawing: one shape of one kind, given away as GeoJSON in degrees when it is finished.
  const pencil = (live, kinds, taken) => {
    const { map, words } = live;
    const drawn = L.layerGroup().addTo(map);
    const aim = element("div", { class: "aim", "aria-hidden": "true", hidden: "" });
    live.map.getContainer().append(aim);
    let kind = null;
    let corners = [];
    const shelf = element("span", { class: "pencil" });
    live.frame.querySelector(".live-tools").append(shelf);
    const buttons = new Map(kinds.map((name) => [name, live.button(words[name], () => start(name), shelf)]));
    const more = [
      live.button(words.set, () => put(map.getCenter()), shelf),
      live.button(words.undo, () => { corners.pop(); show(); }, shelf),
      live.button(words.close, () => finish(), shelf),
      live.button(words.clear, () => { clear(); taken(null, kind); }, shelf),
    ];
    const active = (on) => {
      for (const one of more.slice(0, 3)) one.disabled = !on;
      aim.hidden = !on;
      for (const [name, one] of buttons) one.setAttribute("aria-pressed", String(on && name === kind));
    };
    const start = (name) => {
      kind = name;
      corners = [];
      show();
      active(true);
      live.say(words.drawing);
      map.getContainer().focus();
    };
    const put = (place) => {
      if (!kind) return;
      corners.push(place);
      show();
      live.say(`${corners.length} ${words.corners}`);
    };
    const clear = () => {
      corners = [];
      kind = null;
      drawn.clearLayers();
      active(false);
      live.say("");
    };
    const show = () => {
      drawn.clearLayers();
      const options = { className: "live-drawn", interactive: false };
      if (kind === "area" && corners.length > 1) drawn.addLayer(L.polygon(corners, options));
      if (kind === "route" && corners.length > 1) drawn.addLayer(L.polyline(corners, { ...options, fill: false }));
      for (const place of corners) {
        drawn.addLayer(L.circleMarker(place, { radius: 4, className: "live-corner", interactive: false }));
      }
    };
    const finish = () => {
      if (!kind) return;
      const least = { area: RINGS, route: 2, points: 1 }[kind];
      if (corners.length < least) {
        live.say(words.nothing);
        return;
      }
      const at = corners.map(({ lat, lng }) => [Number(lng.toFixed(7)), Number(lat.toFixed(7))]);
      const shapes = {
        area: { type: "Polygon", coordinates: [[...at, at[0]]] },
        route: { type: "LineString", coordinates: at },
        points: at.length === 1 ? { type: "Point", coordinates: at[0] } : { type: "MultiPoint", coordinates: at },
      };
      const done = kind;
      active(false);
      kind = null;
      live.say(`${words.done}: ${words[done]}, ${at.length} ${words.corners}`);
      taken(shapes[done], done);
    };
    map.on("click", (event) => put(event.latlng));
    map.on("dblclick", () => finish());
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer() || !kind) return;
      event.preventDefault();
      put(map.getCenter());
    });
    active(false);
    return { shelf, start, clear, show: (geometry) => {
      clear();
      drawn.addLayer(L.geoJSON(geometry, { style: { className: "live-drawn" }, pointToLayer: (_, at) => L.circleMarker(at, { className: "live-drawn", radius: 6 }) }));
    } };
  };

  // Plan and findings, from where they are kept; resolves to the findings with a place.
  const show = async (live) => {
    fit(live.map, [[51.0, 12.2], [51.4, 13.0]]);
    const answer = await fetch(live.frame.dataset.features, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) return [];
    const found = (await answer.json()).features.filter((feature) => feature.geometry);
    const layers = live.frame.dataset.layers.split(" ").filter(Boolean);
    const wanted = ({ properties: { what, layer } }) => what === "object" && (!layers.length || layers.includes(layer));
    const hits = found.filter(wanted);
    const drawn = (features, className, dressed) => L.geoJSON(features, {
      style: ({ properties }) => ({ className: className(properties) }),
      pointToLayer: ({ properties }, at) => L.circleMarker(at, { radius: 6, className: className(properties) }),
      onEachFeature: dressed,
    }).addTo(live.map);
    const met = drawn(hits, ({ relation, theme }) => `live-hit ${relation} t-${theme}`, ({ properties: { title, name } }, layer) => {
      layer.bindTooltip(element("span", {}, `${title}: ${name}`), { sticky: true });
    });
    const plan = drawn(found.filter(({ properties }) => properties.what === "plan"), () => "live-plan", () => {});
    if (plan.getLayers().length) {
      fit(live.map, plan.getBounds().pad(0.4));
      // What takes in all that is to be seen is drawn by its outline alone.
      met.eachLayer((one) => {
        const all = one.getBounds && one.getBounds().contains(plan.getBounds().pad(0.2));
        if (all && one.getElement) one.getElement()?.classList.add("wide");
      });
    }
    key(live.frame, hits);
    return hits;
  };

  // What is drawn, once each by layer, in the colour it is drawn with.
  const key = (frame, hits) => {
    const themes = new Map(hits.map(({ properties: { title, theme } }) => [title, theme]));
    const list = element("ul", { class: "live-key" });
    for (const [title, theme] of themes) {
      const entry = element("li", {}, title);
      entry.prepend(element("span", { class: `live-sign t-${theme}`, "aria-hidden": "true" }));
      list.append(entry);
    }
    if (themes.size) frame.querySelector(".live-map").after(list);
  };

  // On the page of a task a place for an item is drawn as well, or taken from a finding.
  const place = (live) => {
    let target = null;
    let hits = [];
    const pen = pencil(live, ["area", "route", "points"], (geometry) => target && target(geometry));
    pen.shelf.hidden = true; // until somebody wants to draw the place of an item
    live.frame.belang = {
      draw: (taken) => {
        target = taken;
        pen.shelf.hidden = false;
        pen.start("area");
        live.frame.scrollIntoView({ block: "center" });
      },
      show: (geometry) => pen.show(geometry),
      find: (layer, object) => (hits.find(({ properties }) => properties.layer === layer
        && (!object || properties.id === object)) || {}).geometry || null,
    };
    return show(live).then((found) => { hits = found; });
  };

  // A place to go to: by name, address or parcel, of the district's own layers.
  const places = (live) => {
    const { frame, map, words } = live;
    const label = element("label", { class: "seek" }, `${words.seek} `);
    const field = element("input", { type: "search", maxlength: "200", autocomplete: "off" });
    label.append(field);
    const found = element("span", { class: "found", role: "group", "aria-label": words.seek });
    frame.querySelector(".live-tools").append(label);
    live.button(words.find, () => look().catch(() => live.say(words.lost)));
    frame.querySelector(".live-tools").append(found);
    const go = ({ name, box: [south, west, north, east] }) => {
      map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 17, padding: [24, 24] });
      live.say(name);
    };
    const look = async () => {
      const answer = await fetch(`${frame.dataset.places}?q=${encodeURIComponent(field.value)}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const hits = (await answer.json()).places;
      found.replaceChildren();
      if (!hits.length) live.say(words.lost);
      else go(hits[0]);
      for (const hit of hits.slice(1)) live.button(`${hit.name} (${hit.kind})`, () => go(hit), found);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return; // it looks for a place, it does not send the form
      event.preventDefault();
      look().catch(() => live.say(words.lost));
    });
    for (const name of ["input", "change"]) field.addEventListener(name, (event) => event.stopPropagation());
  };

  // Drawing a plan: what is drawn stands in the text field, where it can be read and changed.
  const draw = (live) => {
    // Of several plans on a page somebody chooses for which one the drawing is.
    const chooser = document.getElementById("draw-for");
    const field = (name) => document.getElementById(chooser ? `${name}-${chooser.value}` : name);
    const outline = field(live.frame.dataset.into);
    const view = JSON.parse(live.frame.dataset.view);
    fit(live.map, view);
    // Folded away it has no size; what is to be seen is chosen when it is unfolded.
    live.map.once("resize", () => fit(live.map, view));
    places(live);
    const pen = pencil(live, ["area", "route", "points"], (geometry, kind) => {
      const target = field(live.frame.dataset.into);
      const file = field("file");
      target.value = geometry ? JSON.stringify(geometry) : "";
      if (geometry && file) file.value = "";
      const asked = { route: "width_m", points: "radius_m" }[kind];
      const measure = asked && document.getElementById(asked);
      target.dispatchEvent(new Event("input", { bubbles: true }));
      if (geometry && measure && !measure.value) measure.focus(); // asked for before it is checked
      else target.dispatchEvent(new Event("change", { bubbles: true }));
    });
    outline.addEventListener("input", (event) => { if (event.isTrusted && !outline.value) pen.clear(); });
    if (outline.value.trim().startsWith("{")) {
      try { pen.show(JSON.parse(outline.value)); } catch { /* it is no GeoJSON yet */ }
    }
  };

  const KINDS = { plans, show, place, draw };
  const all = () => {
    for (const frame of document.querySelectorAll(".live:not([data-begun])")) {
      frame.dataset.begun = "true";
      KINDS[frame.dataset.live](begin(frame));
    }
  };
  document.addEventListener("belang:data", all); // a result has come with a map of its own
  all();
})();
