"use strict";
// Tries rules, or compares, without leaving the page, so that the chosen file stays for the next office or a question.
(() => {
  const form = document.getElementById("trial");
  const result = document.getElementById("result");
  const busy = document.getElementById("busy");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    if (event.submitter && !event.submitter.name) { // a new question
      for (const name of [...fields.keys()]) if (name.startsWith("option")) fields.delete(name);
    }
    busy.textContent = busy.dataset.text;
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Part": "result" } });
      result.innerHTML = await answer.text();
      document.dispatchEvent(new Event("belang:data"));
      printable();
      result.focus();
    } catch {
      form.submit();
    } finally {
      busy.textContent = "";
    }
  });
  const printable = () => {
    for (const one of result.querySelectorAll("[data-print]")) {
      one.hidden = false;
      one.addEventListener("click", () => print());
    }
  };
  printable();
})();
