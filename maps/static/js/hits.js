"use strict";
// The findings: drawn once, largest first, then shown or hidden as the switches say.

Belang.hits = (data, sheet, state) => {
  const hits = data.hits.map((hit, number) => ({ ...hit, number, paths: [] }));
  const drawn = hits.filter((hit) => hit.shape).sort((a, b) => b.size - a.size);
  for (const hit of drawn) {
    hit.shape = Belang.unpack(hit.shape);
    hit.overlap = Belang.unpack(hit.overlap);
    hit.at = L.latLng(Belang.unpackPlace(hit.at));
    hit.bounds = Belang.boundsOf(hit.shape);
    hit.crossings = hit.crossings.map((crossing) => ({ ...crossing, at: L.latLng(Belang.unpackPlace(crossing.at)) }));
    draw(hit, data, sheet);
  }
  const gaps = data.uncovered.map((gap) => ({ ...gap, at: L.latLng(Belang.unpackPlace(gap.at)), shape: Belang.unpack(gap.shape) }));
  for (const gap of gaps) gap.paths = sheet.draw(gap.shape, "gaps", "uncovered", { weight: 4 });

  const found = { all: hits, drawn, gaps };
  found.visible = () => drawn.filter(state.visible);
  found.at = (latlng, slack = 7) => at(found, sheet, latlng, slack);
  found.choose = (chosen) => {
    for (const hit of drawn) dress(hit, "chosen", chosen.includes(hit));
    sheet.map.getContainer().classList.toggle("is-chosen", chosen.length > 0);
  };
  const show = () => {
    for (const hit of drawn) hit.paths.forEach((path) => Belang.display(path, state.visible(hit)));
    for (const gap of gaps) gap.paths.forEach((path) => Belang.display(path, state.uncovered));
    wash(found, sheet);
  };
  state.onChange(show);
  show();
  return found;
};

const draw = (hit, data, sheet) => {
  const { weight, dash, radius } = data.relations[hit.relation];
  const quiet = hit.offices.length ? "" : " quiet"; // no office is involved through it
  const theme = `t-${data.layers[hit.layer].theme} ${hit.relation}${quiet}`;
  const options = { weight, radius, dashArray: dash.length ? dash.join(" ") : null };
  hit.paths.push(...sheet.draw(hit.shape, "objects", `hit ${theme}${hit.wide ? " wide" : ""}`, options));
  if (hit.overlap) {
    const inside = { areas: hit.overlap.areas, lines: hit.overlap.lines, points: [] };
    if (inside.areas.length) {
      hit.paths.push(...sheet.draw({ ...inside, lines: [] }, "overlaps", `overlap ${theme}${hit.covers ? " covers" : ""}`));
    }
    if (inside.lines.length) {
      hit.paths.push(...sheet.draw({ ...inside, areas: [] }, "overlaps", `hit ${theme}`, { weight: 5 }));
    }
  }
  for (const crossing of hit.crossings) {
    const shape = { areas: [], lines: [], points: [crossing.at] };
    hit.paths.push(...sheet.draw(shape, "marks", `crossing ${theme}`, { radius: 4.5 }));
  }
};

const dress = (hit, name, on) => {
  hit.paths.forEach((path) => path.getElement().classList.toggle(name, on));
};

// Fills on top of each other make mud: the deeper they lie, the paler. Areas that take in the whole
// plan tell nothing by their fill once there are several.
const MOST_COVERING = 2;
const CLEAR_DEPTH = 1;
const PALEST = 0.25;
const wash = (found, sheet) => {
  const inside = found.visible().filter((hit) => hit.overlap);
  const covering = inside.filter((hit) => hit.covers).length;
  const depth = inside.filter((hit) => !hit.covers).reduce((sum, hit) => sum + hit.share, 0);
  const { style } = sheet.map.getContainer();
  style.setProperty("--wash", covering > MOST_COVERING ? 0 : 1 / Math.max(covering, 1));
  style.setProperty("--dense", Math.min(1, Math.max(PALEST, CLEAR_DEPTH / Math.max(depth, CLEAR_DEPTH))));
  found.washed = covering > MOST_COVERING;
};

// What lies at a place: crossings and points first, then lines, then areas from small to large.
const at = (found, sheet, latlng, slack) => {
  const { map } = sheet;
  const point = map.latLngToContainerPoint(latlng);
  const corner = (d) => map.containerPointToLatLng(point.add([d, d]));
  const reach = L.latLngBounds(corner(-slack - 4), corner(slack + 4));
  const rank = (hit) => {
    if (hit.crossings.some((c) => map.latLngToContainerPoint(c.at).distanceTo(point) <= slack)) return 0;
    if (!hit.bounds.intersects(reach)) return null;
    if (Belang.nearPoint(map, hit.shape, point, slack + 4)) return 1;
    if (Belang.nearLine(map, hit.shape, point, slack)) return 2;
    if (Belang.inArea(hit.shape, latlng)) return 3;
    return hit.overlap && Belang.inArea(hit.overlap, latlng) ? 3 : null;
  };
  return found
    .visible()
    .map((hit) => [rank(hit), hit])
    .filter(([value]) => value !== null)
    .sort(([a, first], [b, second]) => a - b || first.size - second.size)
    .map(([, hit]) => hit);
};
