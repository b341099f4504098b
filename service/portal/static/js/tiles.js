"use strict";
// Public layers from PMTiles, drawn here: colours are those of the style sheet, hatches those of
// the legend beside the map.
const PublicTiles = (() => {
  const OVERVIEW_ZOOM = 10; // of tiles; one that is shown has twice the size
  const NAMES_FROM = 13;
  const NAMED_PX = 70; // what is smaller has no room for its name
  const POINT = 1;
  const LINE = 2;
  const SPECK_PX = 1.5;
  const SMALL_PX = 8; // up to there an area is filled and has no outline
  const SIGNS = {
    lines: (pen) => { for (const [x, y, s] of [[-2, 2, 4], [0, 8, 8], [6, 10, 4]]) { pen.moveTo(x, y); pen.lineTo(x + s, y - s); } },
    cross: (pen) => { pen.moveTo(0, 0); pen.lineTo(8, 8); pen.moveTo(8, 0); pen.lineTo(0, 8); },
  };

  const property = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const hueOf = (theme) => property(`--theme-${theme}`) || property("--theme-other");

  // One sign of a hatch as an image that repeats.
  const hatch = (kind, hue, ratio) => {
    const image = document.createElement("canvas");
    image.width = image.height = Math.round(8 * ratio);
    const pen = image.getContext("2d");
    pen.scale(image.width / 8, image.width / 8);
    pen.fillStyle = pen.strokeStyle = hue;
    pen.globalAlpha = kind === "plain" ? 0.34 : 0.16;
    pen.fillRect(0, 0, 8, 8);
    pen.globalAlpha = 1;
    pen.lineWidth = 1.3;
    pen.beginPath();
    if (kind === "dots") {
      for (const at of [2, 6]) { pen.moveTo(at + 1.3, at); pen.arc(at, at, 1.3, 0, 7); }
      pen.fill();
    } else if (SIGNS[kind]) {
      SIGNS[kind](pen);
      pen.stroke();
    }
    return image;
  };

  // What draws a layer: all of a tile as one path, filled and stroked once. The library tells when
  // it begins with a rule and not when it ends: the second rule, which draws nothing, is that sign.
  const look = (theme, kind) => {
    const ratio = window.devicePixelRatio || 1;
    let hue;
    let sign;
    let tile = null;
    const fresh = () => {
      hue = hueOf(theme);
      sign = hatch(kind, hue, ratio);
    };
    fresh();
    const start = () => { tile = { at: null, areas: new Path2D(), small: new Path2D(), lines: new Path2D(), points: new Path2D() }; };
    const add = (pen, shape, _, { geomType, bbox }) => {
      tile.at ??= pen.getTransform();
      if (geomType === POINT) {
        for (const [{ x, y }] of shape) { tile.points.moveTo(x + 3.5, y); tile.points.arc(x, y, 3.5, 0, 7); }
        return;
      }
      const size = Math.max(bbox.maxX - bbox.minX, bbox.maxY - bbox.minY);
      if (size < SPECK_PX) {
        tile.points.rect(shape[0][0].x, shape[0][0].y, SPECK_PX, SPECK_PX);
        return;
      }
      const path = geomType === LINE ? tile.lines : size < SMALL_PX ? tile.small : tile.areas;
      for (const part of shape) {
        path.moveTo(part[0].x, part[0].y);
        for (let i = 1; i < part.length; i += 1) path.lineTo(part[i].x, part[i].y);
      }
    };
    const end = (pen) => {
      if (!tile?.at) return;
      const fill = pen.createPattern(sign, "repeat");
      fill.setTransform(new DOMMatrix().scale(1 / ratio));
      pen.save();
      pen.setTransform(tile.at);
      pen.fillStyle = fill;
      pen.strokeStyle = hue;
      pen.lineJoin = "bevel";
      pen.lineWidth = 1.4;
      pen.fill(tile.areas);
      pen.stroke(tile.areas);
      pen.lineWidth = 2.2;
      pen.stroke(tile.lines);
      pen.fillStyle = hue;
      pen.fill(tile.points);
      pen.globalAlpha = 0.6;
      pen.fill(tile.small);
      pen.restore();
      tile = null;
    };
    return { fresh, rules: (code) => [
      { dataLayer: code, symbolizer: { before: start, draw: add } },
      { dataLayer: code, filter: () => false, symbolizer: { before: end, draw: () => {} } },
    ] };
  };

  const names = (code) => {
    const worn = { labelProps: ["name"], fill: property("--ink"), stroke: property("--ground"), width: 2.5, font: "600 12px system-ui, sans-serif" };
    const wide = ({ bbox }) => Math.max(bbox.maxX - bbox.minX, bbox.maxY - bbox.minY) > NAMED_PX;
    const rule = (symbolizer, filter, from = NAMES_FROM) => ({ dataLayer: code, minzoom: from, filter: (_, thing) => filter(thing), symbolizer });
    return [
      rule(new protomapsL.LineLabelSymbolizer(worn), (thing) => thing.geomType === LINE && wide(thing)),
      rule(new protomapsL.OffsetTextSymbolizer({ ...worn, offsetY: 8 }), ({ geomType }) => geomType === POINT, NAMES_FROM + 2),
      rule(new protomapsL.CenteredTextSymbolizer(worn), (thing) => thing.geomType > LINE && wide(thing)),
    ];
  };

  // A layer of the map; `whole` comes when all of what is seen was drawn.
  const layer = ({ code, theme, hatch: kind, address, zooms, pane }) => {
    const symbolizer = look(theme, kind);
    const made = (name, options) => protomapsL.leafletLayer({
      url: `${address}/${name}.pmtiles`, paintRules: symbolizer.rules(code), labelRules: [], attribution: "", pane, ...options,
    });
    const parts = [
      made("overview", { maxDataZoom: OVERVIEW_ZOOM, maxZoom: OVERVIEW_ZOOM + 1 }),
      made("tiles", { maxDataZoom: zooms, minZoom: OVERVIEW_ZOOM + 2, maxZoom: 21 }),
    ];
    const group = L.layerGroup(parts);
    return {
      group,
      whole: new Promise((done) => { for (const part of parts) part.once("load", done); }),
      // Names are told by one layer at a time: those of several would cover each other.
      named: (on) => {
        symbolizer.fresh(); // colours may have changed meanwhile
        for (const part of parts) {
          part.labelRules = on ? names(code) : [];
          part.clearLayout();
          if (part._map) part.rerenderTiles();
        }
      },
      at: ({ lat, lng }) => parts.filter((part) => part._map).flatMap((part) =>
        [...part.queryTileFeaturesDebug(lng, lat, 8).values()].flat().map(({ feature }) => feature.props)),
    };
  };

  return { layer, hueOf };
})();
