"use strict";
// Geometries: unpacking what the file holds, and telling what lies at a place.

const PER_DEGREE = 1e7;

// From packed differences of longitude and latitude to [[latitude, longitude], …].
Belang.unpackLine = (packed) => {
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

Belang.unpackPlace = (packed) => [packed[1] / PER_DEGREE, packed[0] / PER_DEGREE];

Belang.unpack = (packed) => {
  if (!packed) return null;
  return {
    areas: (packed.areas || []).map((rings) => rings.map(Belang.unpackLine)),
    lines: (packed.lines || []).map(Belang.unpackLine),
    points: (packed.points || []).map(Belang.unpackPlace),
  };
};

Belang.boundsOf = (shape) => {
  const bounds = L.latLngBounds([]);
  shape.areas.forEach((rings) => rings[0].forEach((place) => bounds.extend(place)));
  shape.lines.forEach((line) => line.forEach((place) => bounds.extend(place)));
  shape.points.forEach((place) => bounds.extend(place));
  return bounds;
};

const inRing = (ring, lat, lng) => {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [yi, xi] = ring[i];
    const [yj, xj] = ring[j];
    if (yi > lat !== yj > lat && lng < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
};

// Inside an odd number of rings: in the shell and in no hole.
Belang.inArea = (shape, { lat, lng }) =>
  shape.areas.some((rings) => rings.filter((ring) => inRing(ring, lat, lng)).length % 2 === 1);

Belang.nearLine = (map, shape, point, most) =>
  shape.lines.some((line) => {
    let before = null;
    return line.some((place) => {
      const here = map.latLngToContainerPoint(place);
      const near = before && L.LineUtil.pointToSegmentDistance(point, before, here) <= most;
      before = here;
      return near;
    });
  });

Belang.nearPoint = (map, shape, point, most) =>
  shape.points.some((place) => map.latLngToContainerPoint(place).distanceTo(point) <= most);

// The paths that draw a shape; `options` as Leaflet has them, `radius` for points.
Belang.paths = (shape, options) => {
  const drawn = [];
  const still = { interactive: false, smoothFactor: 0.4, ...options };
  const dressed = (more) => ({ ...still, className: `${options.className} ${more}` });
  if (shape.areas.length) drawn.push(L.polygon(shape.areas, dressed("area")));
  if (shape.lines.length) drawn.push(L.polyline(shape.lines, { ...dressed("line"), fill: false }));
  for (const place of shape.points) drawn.push(L.circleMarker(place, { ...dressed("point"), dashArray: null }));
  return drawn;
};

// Hidden, not removed: what is shown again keeps its place in the drawing order.
Belang.display = (path, on) => {
  path.getElement().style.display = on ? "" : "none";
};
