// Copies what a map file is made of from node_modules into static/vendor (never committed).
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "node_modules", "leaflet");
const target = join(here, "static", "vendor", "leaflet");

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const name of ["dist/leaflet.js", "dist/leaflet.css", "dist/images", "LICENSE"]) {
  cpSync(join(source, name), join(target, name.replace("dist/", "")), { recursive: true });
}
