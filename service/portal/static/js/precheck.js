"use strict";
// Check without leaving the page, so that the chosen file stays while questions are answered.
(() => {
  const form = document.getElementById("precheck");
  const result = document.getElementById("result");
  const busy = document.getElementById("busy");
  const drop = document.getElementById("drop");
  const file = document.getElementById("file");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    if (event.submitter && !event.submitter.name) fields.delete("option"); // a new question
    busy.textContent = busy.dataset.text;
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Part": "result" } });
      result.innerHTML = await answer.text();
      document.dispatchEvent(new Event("belang:data"));
      result.focus();
    } catch {
      form.submit();
    } finally {
      busy.textContent = "";
    }
  });
  file.addEventListener("change", () => file.files.length && form.requestSubmit());
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
    form.requestSubmit();
  });
})();
