"use strict";
// Saves items of an answer as one types; where two write, both texts are shown and one chooses.
(() => {
  const about = document.getElementById("autosave");
  if (!about) return;
  const words = about.dataset;
  const PAUSE_MS = 700;
  const FLAGS = ["own_rights", "restricted"];
  const NOT_SENT = ["csrf", "act", "of", "revision"];

  const values = (form) => {
    const said = {};
    for (const [name, value] of new FormData(form)) {
      if (!NOT_SENT.includes(name) && (value.trim() || name === "text")) said[name] = value;
    }
    for (const name of FLAGS) said[name] = name in said;
    for (const name of ["priority", "position"]) if (said[name]) said[name] = Number(said[name]);
    if (said.place) said.place = { geometry: JSON.parse(said.place), crs: "wgs84" };
    return said;
  };

  const both = (form, theirs, again) => {
    form.querySelector(".merge")?.remove();
    const box = document.createElement("div");
    box.className = "alert merge";
    box.setAttribute("role", "alert");
    const told = document.createElement("p");
    told.textContent = words.theirs;
    const quoted = document.createElement("blockquote");
    quoted.textContent = theirs.text;
    const choice = (text, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.addEventListener("click", () => { box.remove(); act(); form.elements.text.focus(); });
      return made;
    };
    box.append(told, quoted, choice(words.keep, again), choice(words.take, () => {
      form.elements.text.value = theirs.text;
      again();
    }));
    form.append(box);
  };

  for (const form of document.querySelectorAll("form.autosave")) {
    const id = form.elements.of.value;
    const status = form.querySelector(".saved");
    let waiting = 0;
    let changed = false;
    let saving = null;
    const save = async (last = false) => {
      clearTimeout(waiting);
      changed = false;
      let body;
      try { body = JSON.stringify(values(form)); } catch { status.textContent = words.failed; return; }
      status.textContent = words.saving;
      try {
        const answer = await fetch(`${words.root}/api/v1/items/${id}`, {
          method: "PUT", keepalive: last, body,
          headers: { "Content-Type": "application/json", "X-CSRF-Token": words.csrf, "If-Match": `"${form.elements.revision.value}"` },
        });
        const said = await answer.json();
        if (answer.status === 412) {
          form.elements.revision.value = said.theirs.revision;
          status.textContent = "";
          both(form, said.theirs, () => { saving = save(); });
        } else if (answer.ok) {
          form.elements.revision.value = said.revision;
          status.textContent = words.saved;
          form.closest(".item").classList.remove("prepared");
        } else {
          changed = true;
          status.textContent = `${words.failed} (${said.detail || said.title})`;
        }
      } catch {
        changed = true;
        status.textContent = words.failed;
      }
    };
    // One at a time: each saving needs the revision the one before has made.
    const later = () => {
      changed = true;
      clearTimeout(waiting);
      waiting = setTimeout(async () => { await saving; saving = save(); }, PAUSE_MS);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", () => clearTimeout(waiting));
    addEventListener("pagehide", () => { if (changed && !form.querySelector(".merge")) save(true); });
    placing(form, later);
  }

  function placing(form, later) {
    const map = document.querySelector(".live");
    if (!map) return;
    form.querySelector(".placing").hidden = false;
    const field = form.elements.place;
    const take = (geometry) => {
      field.value = geometry ? JSON.stringify(geometry) : "";
      later();
    };
    form.querySelector("[data-place=draw]").addEventListener("click", () => map.belang?.draw(take));
    form.querySelector("[data-place=finding]").addEventListener("click", () => {
      const found = map.belang?.find(form.elements.layer.value, form.elements.object.value);
      if (!found) { form.querySelector(".saved").textContent = words.noPlace; return; }
      take(found);
      map.belang.show(found);
    });
  }
})();
