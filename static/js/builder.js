// The builder of scripts: parts of the form by kind, rows of answers, unsaved words.
(() => {
  const dirty = () => document.querySelector("[data-part-form][data-dirty]");
  const rowsOf = (box) => [...box.querySelectorAll("[data-option-row]")];
  const isBlank = (row) =>
    [...row.querySelectorAll("input:not([type=hidden]), textarea")].every((field) =>
      field.type === "checkbox" ? !field.checked : !field.value.trim(),
    );

  function paint(form) {
    const kind = form.querySelector("[name=kind]:checked")?.value;
    if (!kind) return;
    for (const part of form.querySelectorAll("[data-kinds]")) {
      part.hidden = !part.dataset.kinds.split(" ").includes(kind);
    }
    const rows = rowsOf(form);
    const shown = rows.filter((row, at) => (kind === "yes_no" ? at < 2 : at < 2 || "shown" in row.dataset || !isBlank(row)));
    for (const row of rows) {
      row.hidden = !shown.includes(row);
      const at = shown.indexOf(row);
      row.querySelector("[data-option-up]").disabled = at < 1;
      row.querySelector("[data-option-down]").disabled = at === shown.length - 1;
    }
    const add = form.querySelector("[data-option-add]");
    if (add) add.disabled = shown.length === rows.length;
  }

  function prepare(part) {
    const form = part.querySelector?.("[data-part-form]");
    if (!form) return;
    for (const button of form.querySelectorAll("[data-option-row] button")) button.hidden = false;
    paint(form);
    // the button that was pressed is found again by htmx
    if (document.activeElement.closest("#builder")) return;
    const title = part.querySelector("[data-part-title]");
    const first = form.querySelector("textarea, input[type=text]");
    const isNew = !document.querySelector(".builder-outline .is-marked");
    (form.querySelector("[aria-invalid=true]") || (isNew ? first : title))?.focus();
    if (!window.matchMedia("(min-width: 62rem)").matches) title?.scrollIntoView({ block: "start" });
  }

  function addRow(form) {
    const row = rowsOf(form).find((each) => each.hidden);
    if (!row) return;
    row.dataset.shown = "";
    paint(form);
    row.querySelector("input[type=text]").focus();
  }

  function removeRow(form, row) {
    for (const field of row.querySelectorAll("input:not([name=option]), textarea")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    delete row.dataset.shown;
    row.parentElement.append(row);
    paint(form);
    form.querySelector("[data-option-add]").focus();
  }

  function moveRow(form, row, step) {
    const shown = rowsOf(form).filter((each) => !each.hidden);
    const other = shown[shown.indexOf(row) + step];
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    row.dataset.shown = "";
    paint(form);
    const button = row.querySelector(step < 0 ? "[data-option-up]" : "[data-option-down]");
    (button.disabled ? row.querySelector("input[type=text]") : button).focus();
  }

  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-part-form]");
    if (!form) return;
    const row = event.target.closest("[data-option-row]");
    if (event.target.closest("[data-option-add]")) addRow(form);
    else if (event.target.closest("[data-option-remove]")) removeRow(form, row);
    else if (event.target.closest("[data-option-up]")) moveRow(form, row, -1);
    else if (event.target.closest("[data-option-down]")) moveRow(form, row, 1);
    else return;
    form.dataset.dirty = "";
  });

  for (const name of ["input", "change"]) {
    document.addEventListener(name, (event) => {
      const form = event.target.closest?.("[data-part-form]");
      if (!form) return;
      form.dataset.dirty = "";
      if (event.target.name === "kind") paint(form);
    });
  }

  // Another part is opened, moved or copied while words are typed but not saved.
  document.addEventListener("htmx:confirm", (event) => {
    const form = dirty();
    if (!form || !event.target.closest("#builder") || event.target === form) return;
    if (!window.confirm(window.shellSay("dirty"))) event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => prepare(document));
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.id === "builder") prepare(event.detail.elt);
  });
})();
