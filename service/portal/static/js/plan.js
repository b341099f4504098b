"use strict";
// Looks at a plan without leaving the page, so that the chosen file stays while questions are
// answered; keeps what was typed in this tab until it was sent.
(() => {
  const form = document.querySelector("form.plan");
  const result = document.getElementById("result");
  const busy = document.getElementById("busy");
  const drop = document.getElementById("drop");
  const file = document.getElementById("file");
  const outline = document.getElementById("outline");
  const parcels = document.getElementById("parcels");
  const places = [file, outline, parcels].filter(Boolean); // not every form asks for parcels
  const look = form.querySelector("[data-look]");
  const kept = form.dataset.keep;
  const NEVER = ["csrf", "key", "act", "option"];
  let latest = 0;

  form.addEventListener("submit", async (event) => {
    const from = event.submitter || look;
    if (from.name === "take") return; // a file, which the browser takes by itself
    event.preventDefault();
    const fields = new FormData(form, from);
    const sending = from.name === "act" && from.value === "send";
    const turn = (latest += 1);
    const asked = from.name === "option" || from.hasAttribute("data-more");
    if (!asked && !sending) fields.delete("option"); // a new question
    if (asked && form.dataset.keep) fields.set("act", form.dataset.last || "look");
    else form.dataset.last = sending ? "send" : "look";
    busy.textContent = busy.dataset.text;
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Part": "result" } });
      if (answer.redirected) {
        forget();
        location.href = answer.url;
        return;
      }
      const text = await answer.text();
      if (turn !== latest) return;
      result.innerHTML = text;
      document.dispatchEvent(new Event("belang:data"));
      printable();
      result.focus();
    } catch {
      form.submit();
    } finally {
      if (turn === latest) busy.textContent = "";
    }
  });
  const printable = () => {
    for (const one of result.querySelectorAll("[data-print]")) {
      one.hidden = false;
      one.addEventListener("click", () => print());
    }
  };
  printable();
  const only = (one) => {
    for (const other of places) if (other !== one) other.value = "";
    form.requestSubmit(look);
  };
  file.addEventListener("change", () => file.files.length && only(file));
  for (const field of places.slice(1)) {
    field.addEventListener("change", () => field.value.trim() && only(field));
  }
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    only(file);
  });

  // What was typed stays over reloading and going back, in this tab only.
  const forget = () => kept && sessionStorage.removeItem(kept);
  if (!kept) return;
  form.addEventListener("input", () => {
    const said = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NEVER.includes(name));
    sessionStorage.setItem(kept, JSON.stringify(said));
  });
  if (result.children.length) return; // the server has filled the form already
  for (const [name, value] of JSON.parse(sessionStorage.getItem(kept) || "[]")) {
    const fields = form.elements[name];
    if (!fields) continue;
    if (fields.type === "checkbox") fields.checked = true;
    else if (fields instanceof RadioNodeList) for (const one of fields) one.checked = one.checked || one.value === value;
    else fields.value = value;
  }
})();
