// Forms: sent once, guarded against leaving, filters that apply themselves, parts that show.
(() => {
  // --- a second press of the button does not send twice ---
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.target === "_blank") return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    event.submitter?.classList.add("is-sending");
    setTimeout(() => sent.delete(form), 8000);
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll(".is-sending").forEach((button) => {
      button.classList.remove("is-sending");
      if (button.form) sent.delete(button.form);
    });
  });

  // --- data-guard: leaving with typed words is asked ---
  const dirty = new Set();
  let leaving = false;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form) dirty.add(form);
  });
  document.addEventListener("submit", () => {
    leaving = true;
    setTimeout(() => (leaving = false), 3000);
  });
  document.addEventListener("shell:leaving", () => (leaving = true));
  window.addEventListener("beforeunload", (event) => {
    const asks = [...dirty].some((form) => form.isConnected);
    if (asks && !leaving) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) leaving = false;
    else dirty.delete(event.detail.elt);
  });

  // --- data-autosubmit: a filter form applies itself when a choice changes ---
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-autosubmit]");
    if (form && !event.target.matches("[type=search], [type=text]")) form.requestSubmit();
  });

  // --- data-shows="#id": a box that shows a part of the form ---
  function paintShown(box) {
    const part = document.querySelector(box.dataset.shows);
    if (part) part.hidden = box.type === "radio" || box.type === "checkbox" ? !box.checked : !box.value;
  }
  document.addEventListener("change", (event) => {
    const name = event.target.name;
    if (event.target.dataset?.shows) paintShown(event.target);
    else if (event.target.type === "radio" && name) {
      const form = event.target.form || document;
      form.querySelectorAll(`[name="${CSS.escape(name)}"][data-shows]`).forEach(paintShown);
    }
  });
  const prepare = (part) => part.querySelectorAll?.("[data-shows]").forEach(paintShown);
  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
})();
