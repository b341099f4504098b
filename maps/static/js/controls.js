"use strict";
// Zoom, whole plan, full screen, clicks and keys on the map, and printing.

Belang.controls = (sheet, details, found) => {
  const { map } = sheet;
  const canvas = Belang.byId("canvas");
  Belang.byId("tools").hidden = false;
  const [nearer, farther] = [Belang.byId("zoom-in"), Belang.byId("zoom-out")];
  nearer.addEventListener("click", () => map.zoomIn());
  farther.addEventListener("click", () => map.zoomOut());
  Belang.byId("whole").addEventListener("click", () => sheet.showWhole());
  const limits = () => {
    nearer.disabled = map.getZoom() >= map.getMaxZoom();
    farther.disabled = map.getZoom() <= map.getMinZoom();
  };
  map.on("zoomend zoomlevelschange", limits);
  limits();
  map.on("click", (event) => details.showAt(event.latlng));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) {
      event.preventDefault();
      details.showAt(map.getCenter(), true);
      details.rememberFocus();
    }
  });
  // The cross in the centre is for those who steer by keys.
  const steered = (by) => canvas.classList.toggle("by-keys", by === "keys");
  document.addEventListener("keydown", () => steered("keys"), true);
  document.addEventListener("pointerdown", () => steered("pointer"), true);
  pointer(map, found);
  fullScreen(sheet, canvas);
  new ResizeObserver(() => {
    map.invalidateSize({ pan: false });
    sheet.fit();
  }).observe(canvas);
  printing(sheet);
};

const pointer = (map, found) => {
  let waiting = false;
  map.on("mousemove", (event) => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      map.getContainer().style.cursor = found.at(event.latlng).length ? "pointer" : "";
    });
  });
};

const fullScreen = (sheet, canvas) => {
  const button = Belang.byId("full");
  const told = (on) => button.setAttribute("aria-pressed", String(on));
  const leave = () => {
    canvas.classList.remove("filled");
    told(false);
  };
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (canvas.classList.contains("filled")) leave();
    else if (canvas.requestFullscreen) canvas.requestFullscreen().catch(() => fill());
    else fill();
  });
  // Where a browser has no full screen, the map fills the window.
  const fill = () => {
    canvas.classList.add("filled");
    told(true);
  };
  document.addEventListener("fullscreenchange", () => told(document.fullscreenElement === canvas));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && canvas.classList.contains("filled")) leave();
  });
};

// Paper has its own size: the map is drawn anew for it, and every table is unfolded.
const printing = (sheet) => {
  const { map } = sheet;
  let before = null;
  addEventListener("beforeprint", () => {
    before = { center: map.getCenter(), zoom: map.getZoom(), closed: Belang.all("details:not([open])") };
    before.closed.forEach((element) => { element.open = true; });
    Object.assign(map.getContainer().style, { width: "680px", height: "520px" });
    map.invalidateSize({ animate: false, pan: false });
    sheet.showWhole(false);
  });
  addEventListener("afterprint", () => {
    if (!before) return;
    before.closed.forEach((element) => { element.open = false; });
    Object.assign(map.getContainer().style, { width: "", height: "" });
    map.invalidateSize({ animate: false, pan: false });
    map.setView(before.center, before.zoom, { animate: false });
    before = null;
  });
};
