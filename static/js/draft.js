// <form data-draft="key">: what is typed survives a crash or an expired session.
//
// Kept in this browser under the signed-in person, for twelve hours; removed when the
// server accepts the form and wiped when the person logs out. Passwords, files and
// anything inside [data-no-draft] are never kept.
(() => {
  const PREFIX = "draft:";
  const LIFETIME = 12 * 3600 * 1000;
  const user = document.documentElement.dataset.user;
  let store;
  try {
    store = window.localStorage;
    store.getItem(PREFIX);
  } catch {
    return; // without storage there are no drafts
  }

  const keyOf = (form) => `${PREFIX}${user}:${form.dataset.draft}`;
  const drafts = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const load = (key) => {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  };
  const wipe = (prefix) => drafts().forEach((key) => key.startsWith(prefix) && store.removeItem(key));

  function isKept(field) {
    if (!field.name || field.name === "csrfmiddlewaretoken") return false;
    if (["password", "file", "submit", "button"].includes(field.type)) return false;
    if (field.type === "hidden" && !field.hasAttribute("data-draft-field")) return false;
    return !field.closest("[data-no-draft]");
  }

  function collect(form) {
    const fields = {};
    for (const field of form.elements) {
      if (!isKept(field)) continue;
      const list = (fields[field.name] ??= []);
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) list.push(field.value);
      } else if (field.tagName === "SELECT") {
        for (const option of field.selectedOptions) list.push([option.value, option.text]);
      } else list.push(field.value);
    }
    return fields;
  }

  function fill(form, fields) {
    const seen = {};
    for (const field of form.elements) {
      const values = fields[field.name];
      if (!values || !isKept(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = values.includes(field.value);
      } else if (field.tagName === "SELECT") fillSelect(field, values);
      else {
        const at = (seen[field.name] = (seen[field.name] ?? -1) + 1);
        if (at < values.length) field.value = values[at];
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
  }

  function fillSelect(select, values) {
    for (const option of select.options) option.selected = false;
    for (const [value, text] of values) {
      let option = [...select.options].find((other) => other.value === value);
      if (!option && select.hasAttribute("data-combobox")) {
        option = new Option(text, value);
        select.add(option);
      }
      if (option) option.selected = true;
    }
  }

  const hasErrors = (form) =>
    Boolean(form.querySelector("[data-form-errors], .is-invalid, [aria-invalid=true]"));

  function showNotice(form, moment) {
    const bar = document.createElement("div");
    bar.className = "notice notice-blue draft-notice";
    bar.setAttribute("role", "status");
    const words = document.createElement("p");
    const time = new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    words.textContent = `${window.shellSay("restored")} ${time}`;
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "btn btn-sm";
    discard.textContent = window.shellSay("discard");
    discard.addEventListener("click", () => {
      store.removeItem(keyOf(form));
      document.dispatchEvent(new CustomEvent("shell:leaving"));
      location.reload();
    });
    bar.append(words, discard);
    form.prepend(bar);
  }

  const timers = new WeakMap();
  const prepared = new WeakSet();
  function prepare(form) {
    if (prepared.has(form)) return;
    prepared.add(form);
    const key = keyOf(form);
    const draft = load(key);
    if (draft && !hasErrors(form)) {
      const before = JSON.stringify(collect(form));
      if (before !== JSON.stringify(draft.fields)) {
        fill(form, draft.fields);
        showNotice(form, draft.at);
      }
    }
    const save = () => {
      clearTimeout(timers.get(form));
      timers.set(
        form,
        setTimeout(() => {
          if (!form.isConnected || form.dataset.draftSent) return;
          store.setItem(key, JSON.stringify({ at: Date.now(), fields: collect(form) }));
        }, 300),
      );
    };
    form.addEventListener("input", save);
    form.addEventListener("change", save);
    form.addEventListener("submit", () => {
      clearTimeout(timers.get(form));
      // Whether the server took it shows on the next page; until then the words stay.
      const kept = { at: Date.now(), fields: collect(form), sent: true };
      store.setItem(key, JSON.stringify(kept));
      form.dataset.draftSent = "yes";
      setTimeout(() => delete form.dataset.draftSent, 3000);
    });
  }

  function settleSent() {
    // The server leads on from a form it took. A page without a person (sign-in, an
    // error), or one opened after the network failed, proves nothing: keep the words.
    const [arrival] = performance.getEntriesByType("navigation");
    const isLedHere = !arrival || arrival.redirectCount > 0;
    const proves = user && isLedHere && !document.body.hasAttribute("data-error-page");
    for (const key of drafts()) {
      const draft = load(key);
      if (!draft || Date.now() - draft.at > LIFETIME) store.removeItem(key);
      else if (draft.sent) {
        const form = [...document.querySelectorAll("form[data-draft]")].find(
          (other) => keyOf(other) === key,
        );
        if (proves && !(form && hasErrors(form))) store.removeItem(key);
        else store.setItem(key, JSON.stringify({ ...draft, sent: false }));
      }
    }
  }

  const prepareAll = (part) => {
    if (!user) return;
    if (part.matches?.("form[data-draft]")) prepare(part);
    part.querySelectorAll?.("form[data-draft]").forEach(prepare);
  };
  document.addEventListener("DOMContentLoaded", () => {
    settleSent();
    prepareAll(document);
  });
  document.addEventListener("htmx:load", (event) => prepareAll(event.detail.elt));

  // An htmx form: taken when the answer is no form with errors.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form[data-draft]")) return;
    const answer = event.detail.xhr?.responseText || "";
    const refused = /data-form-errors|is-invalid|aria-invalid="true"/.test(answer);
    if (event.detail.successful && !refused) store.removeItem(keyOf(form));
    delete form.dataset.draftSent;
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-wipe-drafts]")) wipe(`${PREFIX}${user}:`);
  });
})();
