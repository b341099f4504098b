"use strict";
// Names and kilometres, the important ones first, and none on top of another.

const MOST_LABELS = 70;
const MANY_HITS = 150; // with more on the map, those nearby go without a name
const POINT_PX = 5;
const GAP = 2;
const LEAST_SIZE_PX = { municipality: 0, water: 45, river: 240, road: 200, railway: 240 };
const DOT_ROOM_PX = 26;
const NAME_ROOM_PX = 105;

Belang.labels = (data, sheet, state, found) => {
  const pane = sheet.map.getPane("labels");
  const number = new Intl.NumberFormat(data.language, { maximumFractionDigits: 3 });

  const place = () => {
    pane.replaceChildren();
    const view = sheet.map.getBounds();
    const all = [groundLabels(data, sheet.map), kilometreLabels(data, sheet.map, number), changing(data, state, found, number)];
    const wanted = all
      .flat()
      .filter((label) => view.contains(label.at) && sheet.window.contains(label.at))
      .sort((a, b) => a.rank - b.rank);
    // All are measured at once: one layout instead of one a label.
    const candidates = wanted.slice(0, 4 * MOST_LABELS).map((label) => ({ ...label, element: labelElement(label) }));
    pane.append(...candidates.map((label) => label.element));
    const sizes = candidates.map((label) => [label.element.offsetWidth, label.element.offsetHeight]);
    keepApart(sheet.map, candidates, sizes, pointBoxes(sheet.map, found, view));
  };
  let waiting = 0;
  const soon = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(place);
  };
  sheet.map.on("moveend zoomend resize", soon);
  sheet.map.on("zoomstart", () => pane.replaceChildren());
  state.onChange(soon);
  place();
};

const labelElement = ({ text, className }) => Belang.element("div", { class: `label ${className}` }, text);

const GROUND_RANKS = { municipality: 50, water: 60, river: 64, road: 66, railway: 68 };

// Names of the ground; areas and lines only where they are large enough on the screen to carry one.
const groundLabels = (data, map) => {
  const metres = metresPerPixel(map);
  return data.backdrop.flatMap(({ ground, labels }) =>
    labels
      .filter(([, , size]) => size / metres >= LEAST_SIZE_PX[ground])
      .map(([text, at]) => ({
        at: L.latLng(Belang.unpackPlace(at)),
        text,
        className: `place ${ground}`,
        rank: GROUND_RANKS[ground] ?? 99,
      })),
  );
};

const metresPerPixel = (map) => {
  const centre = map.latLngToContainerPoint(map.getCenter());
  return map.containerPointToLatLng(centre).distanceTo(map.containerPointToLatLng(centre.add([100, 0]))) / 100;
};

// Kilometre marks at an even interval that leaves room for them at this scale.
const EVERY = [1, 2, 5, 10, 20, 50, 100];
const kilometreLabels = (data, map, number) => {
  const { marks } = data.plan;
  if (marks.length < 2) return [];
  const step_px = ((marks[1].km - marks[0].km) * 1000) / metresPerPixel(map);
  const every = (room) => EVERY.find((n) => n * step_px >= room) ?? EVERY.at(-1);
  const [drawn, named] = [every(DOT_ROOM_PX), every(NAME_ROOM_PX)];
  return marks.flatMap((mark) => {
    const end = mark.number === null;
    Belang.display(mark.path, end || mark.number % drawn === 0);
    if (!end && mark.number % named) return [];
    return [{ at: L.latLng(mark.place), text: `km ${number.format(mark.km)}`, className: "km", rank: end || !mark.number ? 5 : 10, shift: 16 }];
  });
};

const changing = (data, state, found, number) => {
  const visible = found.visible();
  const crossings = visible.flatMap((hit) =>
    hit.crossings.map(({ at, km, angle }) => ({
      at,
      text: `km ${number.format(km)}${angle === null ? "" : ` · ${angle}°`}`,
      className: "crossing",
      rank: 4,
      shift: -18,
    })),
  );
  const many = visible.length > MANY_HITS;
  const names = visible
    .filter((hit) => hit.for === 1 && hit.title !== hit.id && !(hit.wide && hit.covers) && !(many && hit.relation === "near"))
    .map((hit) => ({
      at: hit.at,
      text: hit.title.length > 34 ? `${hit.title.slice(0, 33)}…` : hit.title,
      className: `hit-name t-${data.layers[hit.layer].theme}`,
      rank: { overlaps: 30, borders: 32, near: 40 }[hit.relation],
      shift: hit.shape.areas.length ? 0 : 16,
    }));
  const gaps = state.uncovered ? found.gaps.map((gap) => ({ at: gap.at, text: data.words.uncovered, className: "no-data", rank: 3 })) : [];
  return [...crossings, ...names, ...gaps];
};

// No name may lie on a point or a crossing.
const pointBoxes = (map, found, view) => {
  const visible = found.visible();
  const places = visible.flatMap((hit) => [...hit.shape.points, ...hit.crossings.map((crossing) => crossing.at)]);
  return places
    .filter((place) => view.contains(place))
    .map((place) => {
      const { x, y } = map.latLngToLayerPoint(place);
      return [x - POINT_PX, y - POINT_PX, x + POINT_PX, y + POINT_PX];
    });
};

// A label goes to its place, or to the other side of what it names, or it is left out.
const keepApart = (map, candidates, sizes, taken) => {
  const said = new Set();
  let kept = 0;
  candidates.forEach(({ at, shift = 0, element, className, text }, i) => {
    const [width, height] = sizes[i];
    const boxAt = (by) => {
      const { x, y } = map.latLngToLayerPoint(at).add([0, by]);
      return { x, y, sides: [x - width / 2 - GAP, y - height / 2 - GAP, x + width / 2 + GAP, y + height / 2 + GAP] };
    };
    const free = ({ sides: [left, top, right, bottom] }) =>
      !taken.some((b) => left < b[2] && b[0] < right && top < b[3] && b[1] < bottom);
    const once = !className.startsWith("crossing") && !className.startsWith("km");
    const box = kept < MOST_LABELS && !(once && said.has(text)) ? [shift, -shift].map(boxAt).find(free) : undefined;
    if (!box) {
      element.remove();
      return;
    }
    kept += 1;
    said.add(text);
    taken.push(box.sides);
    element.style.left = `${Math.round(box.x)}px`;
    element.style.top = `${Math.round(box.y)}px`;
  });
};
