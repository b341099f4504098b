"use strict";
// What a popup says: one object with figures and grounds, or the choice among several.

const TOOLS_PX = 62; // what the buttons take on the left

Belang.details = (data, sheet, state, found) => {
  const { map } = sheet;
  const { words } = data;
  let cameFrom = null; // where the focus goes when the popup is closed
  let replacing = false;

  const open = (latlng, content, chosen, byKeyboard) => {
    replacing = true;
    map.closePopup();
    replacing = false;
    found.choose(chosen);
    const height = Math.max(170, Math.min(380, 0.6 * map.getSize().y));
    const width = Math.min(340, map.getSize().x - TOOLS_PX - 24);
    L.popup({
      maxHeight: height,
      maxWidth: width,
      minWidth: Math.min(250, width),
      autoPanPaddingTopLeft: [TOOLS_PX, 12],
      autoPanPaddingBottomRight: [12, 12],
    })
      .setLatLng(latlng)
      .setContent(content)
      .openOn(map);
    const close = document.querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", words.close);
    close.setAttribute("title", words.close);
    const scroller = document.querySelector(".leaflet-popup-scrolled");
    if (scroller) scroller.setAttribute("tabindex", "0");
    if (byKeyboard) content.querySelector("h3").focus({ preventScroll: true });
  };
  map.on("popupclose", () => {
    if (replacing) return;
    found.choose([]);
    if (cameFrom && document.contains(cameFrom)) cameFrom.focus({ preventScroll: true });
    cameFrom = null;
  });
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });

  const details = {};
  details.showHit = (hit, { at = hit.at, back = null, keyboard = false } = {}) =>
    open(at, hitContent(data, hit, back), [hit], keyboard);
  details.showAt = (latlng, keyboard = false) => {
    const here = found.at(latlng);
    const gaps = state.uncovered ? found.gaps.filter((gap) => Belang.inArea(gap.shape, latlng)) : [];
    const entries = [
      ...here.map((hit) => ({ hit })),
      ...gaps.map((gap) => ({ gap })),
    ];
    const inPlan = onPlan(data, sheet, latlng);
    if (!entries.length && !inPlan) {
      map.closePopup();
      if (keyboard) Belang.say(words.nothing_here);
      return;
    }
    if (entries.length === 1 && here.length === 1 && !inPlan) {
      details.showHit(here[0], { at: latlng, keyboard });
      return;
    }
    const again = (byKeyboard) => details.showAt(latlng, byKeyboard);
    const show = (content, chosen, byKeyboard) => open(latlng, content, chosen, byKeyboard);
    const list = choices(data, entries, inPlan, {
      hit: (hit, byKeyboard) => details.showHit(hit, { at: latlng, back: again, keyboard: byKeyboard }),
      gap: (gap, byKeyboard) => show(gapContent(data, gap, again), [], byKeyboard),
      plan: (byKeyboard) => show(planContent(data, again), [], byKeyboard),
    });
    open(latlng, list, [], keyboard);
  };
  // From a list or table: switch on what hides the object, go there, tell about it.
  details.goTo = (hit, from) => {
    cameFrom = null;
    map.closePopup();
    if (state.reveal(hit)) Belang.say(`${hit.title}: ${words.shown_again}`);
    const bounds = hit.overlap ? Belang.boundsOf(hit.overlap) : hit.bounds;
    const target = bounds.isValid() ? bounds : hit.bounds;
    map.fitBounds(target.pad(0.6), { animate: false, maxZoom: 18 });
    Belang.byId("canvas").scrollIntoView({ block: "nearest" });
    details.showHit(hit, { keyboard: true });
    cameFrom = from;
  };
  details.rememberFocus = () => {
    cameFrom = map.getContainer();
  };
  return details;
};

const onPlan = (data, sheet, latlng) => {
  const shape = (data.plan.unpacked ??= Belang.unpack(data.plan.shape));
  const axis = (data.plan.unpackedAxis ??= Belang.unpack(data.plan.axis));
  const point = sheet.map.latLngToContainerPoint(latlng);
  const lines = axis || shape;
  return Belang.inArea(shape, latlng) || Belang.nearLine(sheet.map, lines, point, 6) || Belang.nearPoint(sheet.map, shape, point, 8);
};

const heading = (text) => Belang.element("h3", { tabindex: "-1" }, text);

const rowsList = (rows) =>
  rows.length
    ? Belang.element("dl", {}, ...rows.flatMap(([label, text]) => [Belang.element("dt", {}, label), Belang.element("dd", {}, text)]))
    : null;

const bullets = (title, lines) =>
  lines.length
    ? [Belang.element("h4", {}, title), Belang.element("ul", { class: "bullets" }, ...lines.map((line) => Belang.element("li", {}, line)))]
    : [];

const backButton = (data, back) => {
  if (!back) return null;
  const button = Belang.element("button", { type: "button", class: "back" }, `‹ ${data.words.back}`);
  button.addEventListener("click", (event) => back(event.detail === 0));
  return button;
};

const hitContent = (data, hit, back) => {
  const layer = data.layers[hit.layer];
  const { words } = data;
  const number = new Intl.NumberFormat(data.language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const crossings = hit.crossings.map(({ km, angle, rows }) =>
    [`km ${number.format(km)}`, angle === null ? "" : `${angle}°`, ...rows.map(([, text]) => text)].filter(Boolean).join(", "),
  );
  const offices = hit.offices.map((office) => `${data.offices[office].code} – ${data.offices[office].name}`);
  const kind = Belang.element("p", { class: "kind" }, Belang.signOf(`[data-layer="${hit.layer}"]`), `${layer.title} · ${data.relations[hit.relation].label}`);
  return Belang.element(
    "div",
    { class: "details" },
    backButton(data, back),
    kind,
    heading(hit.title),
    hit.id !== hit.title ? Belang.element("small", {}, hit.id) : null,
    rowsList(layer.date ? [...hit.rows, [words.data_date, layer.date]] : hit.rows),
    ...bullets(words.crossing, crossings),
    ...bullets(words.legal, hit.basis),
    ...bullets(words.offices, offices),
  );
};

const gapContent = (data, gap, back) =>
  Belang.element(
    "div",
    { class: "details" },
    backButton(data, back),
    heading(data.words.uncovered_long),
    ...bullets(data.words.layers, gap.layers),
  );

const planContent = (data, back) =>
  Belang.element("div", { class: "details" }, backButton(data, back), heading(data.plan.title), rowsList(data.plan.rows));

const choices = (data, entries, inPlan, go) => {
  const { words } = data;
  const item = (sign, title, below, action) => {
    const button = Belang.element("button", { type: "button" }, sign, Belang.element("span", {}, title, below ? Belang.element("small", {}, below) : null));
    button.addEventListener("click", (event) => action(event.detail === 0));
    return Belang.element("li", {}, button);
  };
  const items = entries.map(({ hit, gap }) =>
    hit
      ? item(Belang.signOf(`[data-layer="${hit.layer}"]`), hit.title, data.layers[hit.layer].title, (k) => go.hit(hit, k))
      : item(Belang.signOf("[data-uncovered]"), words.uncovered_long, `${gap.layers.length} ${words.layers}`, (k) => go.gap(gap, k)),
  );
  if (inPlan) items.push(item(null, data.plan.title, words.plan, (k) => go.plan(k)));
  const count = entries.length;
  const title = count ? `${count} ${words.here}` : words.plan;
  return Belang.element("div", { class: "details" }, heading(title), Belang.element("ul", { class: "choices" }, ...items));
};
