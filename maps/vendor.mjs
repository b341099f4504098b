// Copies what maps are drawn with from node_modules into static/vendor (never committed).
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const TAKEN = {
  leaflet: ["dist/leaflet.js", "dist/leaflet.css", "dist/images", "LICENSE"],
  "protomaps-leaflet": ["dist/protomaps-leaflet.js", "LICENSE"],
};

for (const [name, files] of Object.entries(TAKEN)) {
  const target = join(here, "static", "vendor", name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of files) {
    cpSync(join(here, "node_modules", name, file), join(target, file.replace("dist/", "")), { recursive: true });
  }
}
