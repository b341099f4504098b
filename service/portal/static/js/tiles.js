"use strict";
// Public layers from PMTiles, drawn here: colours are those of the style sheet, hatches those of
// the legend beside the map.
const PublicTiles = (() => {
  const OVERVIEW_ZOOM = 10; // of tiles; one that is shown has twice the size
  const NAMES_FROM = 14;
  const POINT = 1;
  const LINE = 2;
  const SPECK_PX = 1.5;
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

  const look = (theme, kind) => {
    const ratio = window.devicePixelRatio || 1;
    let hue;
    let sign;
    const fresh = () => {
      hue = hueOf(theme);
      sign = hatch(kind, hue, ratio);
    };
    fresh();
    return {
      fresh,
      before: (pen) => {
        const fill = pen.createPattern(sign, "repeat");
        fill.setTransform(new DOMMatrix().scale(1 / ratio));
        pen.fillStyle = fill;
        pen.strokeStyle = hue;
        pen.lineJoin = "round";
      },
      draw: (pen, shape, zoom, { geomType, bbox }) => {
        if (geomType === POINT) {
          const inner = pen.fillStyle;
          pen.fillStyle = hue;
          pen.beginPath();
          for (const [{ x, y }] of shape) { pen.moveTo(x + 3.5, y); pen.arc(x, y, 3.5, 0, 7); }
          pen.fill();
          pen.fillStyle = inner;
          return;
        }
        pen.beginPath();
        if (geomType !== LINE && bbox.maxX - bbox.minX < SPECK_PX && bbox.maxY - bbox.minY < SPECK_PX) {
          pen.lineWidth = 1;
          pen.rect(shape[0][0].x, shape[0][0].y, SPECK_PX, SPECK_PX);
          pen.stroke();
          return;
        }
        for (const part of shape) {
          pen.moveTo(part[0].x, part[0].y);
          for (let i = 1; i < part.length; i += 1) pen.lineTo(part[i].x, part[i].y);
        }
        pen.lineWidth = geomType === LINE ? 2.2 : 1.4;
        if (geomType !== LINE) pen.fill();
        pen.stroke();
      },
    };
  };

  const names = (code) => {
    const worn = { labelProps: ["name"], fill: property("--ink"), stroke: property("--ground"), width: 2.5, font: "600 12px system-ui, sans-serif" };
    const rule = (symbolizer, filter) => ({ dataLayer: code, minzoom: NAMES_FROM, filter, symbolizer });
    return [
      rule(new protomapsL.LineLabelSymbolizer(worn), (_, { geomType }) => geomType === LINE),
      rule(new protomapsL.OffsetTextSymbolizer({ ...worn, offsetY: 8 }), (_, { geomType }) => geomType === POINT),
      rule(new protomapsL.CenteredTextSymbolizer(worn), (_, { geomType }) => geomType > LINE),
    ];
  };

  // A layer of the map; `whole` comes when all of what is seen was drawn.
  const layer = ({ code, theme, hatch: kind, address, zooms, pane }) => {
    const symbolizer = look(theme, kind);
    const rules = [{ dataLayer: code, symbolizer }];
    const made = (name, options) => protomapsL.leafletLayer({
      url: `${address}/${name}.pmtiles`, paintRules: rules, labelRules: names(code), attribution: "", pane, ...options,
    });
    const parts = [
      made("overview", { maxDataZoom: OVERVIEW_ZOOM, maxZoom: OVERVIEW_ZOOM + 1 }),
      made("tiles", { maxDataZoom: zooms, minZoom: OVERVIEW_ZOOM + 2, maxZoom: 21 }),
    ];
    const group = L.layerGroup(parts);
    return {
      group,
      whole: new Promise((done) => { for (const part of parts) part.once("load", done); }),
      recolour: () => {
        symbolizer.fresh();
        for (const part of parts) {
          part.labelRules = names(code);
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
