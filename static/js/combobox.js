// A type-ahead over a <select data-combobox="URL"> or an <input data-combobox="URL"
// data-target="name">. The URL answers {"results": [{"id", "text", "hint"}]} for q=;
// without a URL the options of the select are searched (text and data-keys).
//
// The select stays the store of what was chosen: forms, drafts and pages without
// JavaScript see an ordinary field. The pattern is the editable combobox of WAI-ARIA.
(() => {
  const say = (key) => window.shellSay?.(key) || "";
  const WAIT = 180;
  const MOST = 50;
  const hasty = new Set(); // boxes that people have left before their results came
  let waiting = null; // the form they sent meanwhile, and by which button
  let serial = 0;

  function storeFor(field) {
    if (field.tagName === "SELECT") return field;
    const store = document.createElement("select");
    store.name = field.dataset.target;
    store.multiple = "multiple" in field.dataset;
    store.setAttribute("data-combobox", field.dataset.combobox);
    if (!store.multiple) store.add(new Option("", ""));
    for (const { id, text } of JSON.parse(field.dataset.initial || "[]")) {
      store.add(new Option(text, id, true, true));
    }
    return store;
  }

  function inputFor(field) {
    if (field.tagName === "INPUT") {
      field.removeAttribute("name");
      return field;
    }
    const input = document.createElement("input");
    input.type = "text";
    input.id = field.id;
    field.id = `${field.id}_store`;
    for (const name of ["aria-describedby", "aria-invalid", "placeholder", "data-key", "data-key-label", "autofocus"]) {
      if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
    }
    if (field.required) input.setAttribute("aria-required", "true");
    field.required = false; // a hidden field cannot be pointed at; the server checks
    input.className = `${field.multiple ? "form-control" : "form-select"}${field.classList.contains("is-invalid") ? " is-invalid" : ""}`;
    input.placeholder = field.dataset.placeholder || "";
    return input;
  }

  class Combobox {
    constructor(field) {
      this.id = `combo-${++serial}`;
      this.url = field.dataset.combobox;
      this.pick = "pick" in field.dataset; // only tells what was picked; keeps nothing
      this.with = (field.dataset.with || "").split(",").filter(Boolean);
      this.store = storeFor(field);
      this.multiple = this.store.multiple;
      this.box = document.createElement("div");
      this.box.className = "combo";
      field.before(this.box);
      this.input = inputFor(field);
      this.build();
      this.listen();
      this.render();
    }

    build() {
      this.list = document.createElement("ul");
      this.list.id = `${this.id}-list`;
      this.list.className = "combo-list";
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", say("results"));
      this.list.hidden = true;
      this.chips = document.createElement("ul");
      this.chips.className = "combo-chips";
      this.status = document.createElement("span");
      this.status.className = "visually-hidden";
      this.status.setAttribute("role", "status");
      const { input } = this;
      input.setAttribute("role", "combobox");
      input.setAttribute("aria-autocomplete", "list");
      input.setAttribute("aria-expanded", "false");
      input.setAttribute("aria-controls", this.list.id);
      input.autocomplete = "off";
      input.spellcheck = false;
      input.setAttribute("data-no-draft", "");
      input.classList.add("combo-input");
      this.store.hidden = true;
      this.box.append(this.chips, input, this.list, this.status, this.store);
      this.box.classList.toggle("is-multiple", this.multiple);
    }

    listen() {
      const { input, list } = this;
      input.addEventListener("input", (event) => {
        event.stopPropagation(); // the words searched for are no draft and no change
        hasty.delete(this); // they came back and go on typing
        if (!event.isComposing) this.search(WAIT);
      });
      input.addEventListener("compositionend", () => this.search(WAIT));
      input.addEventListener("click", () => list.hidden && this.search(0));
      input.addEventListener("keydown", (event) => this.onKey(event));
      input.addEventListener("blur", () => this.onBlur());
      list.addEventListener("mousedown", (event) => event.preventDefault());
      list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(this.results[Number(option.dataset.at)]);
      });
      this.chips.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) this.remove(button.value);
      });
      this.chips.addEventListener("keydown", (event) => {
        if (!["Backspace", "Delete"].includes(event.key)) return;
        event.preventDefault();
        if (event.target.value) this.remove(event.target.value);
      });
      this.store.form?.addEventListener("draft:restored", () => this.render());
      this.store.form?.addEventListener("reset", () => setTimeout(() => this.render()));
      this.store.addEventListener("combobox:refresh", () => this.render());
    }

    chosen() {
      return [...this.store.selectedOptions].filter((option) => option.value !== "");
    }

    render() {
      const chosen = this.chosen();
      if (!this.multiple) {
        this.input.value = chosen[0]?.text.trim() || "";
        return;
      }
      this.chips.replaceChildren(
        ...chosen.map((option) => {
          const chip = document.createElement("li");
          chip.className = "chip";
          const words = document.createElement("span");
          words.textContent = option.text;
          const button = document.createElement("button");
          button.type = "button";
          button.value = option.value;
          button.setAttribute("aria-label", `${say("remove")} ${option.text}`);
          button.textContent = "×";
          chip.append(words, button);
          return chip;
        }),
      );
    }

    search(wait) {
      clearTimeout(this.timer);
      this.pending = true;
      this.timer = setTimeout(() => this.fetch(), wait);
    }

    async fetch() {
      const chosen = this.multiple ? "" : this.chosen()[0]?.text.trim();
      // the chosen words themselves are no question: show everything
      const words = this.input.value.trim();
      const query = words && words === chosen ? "" : words;
      const turn = (this.turn = (this.turn || 0) + 1);
      const found = this.url ? await this.ask(query) : this.filter(query);
      if (turn !== this.turn) return;
      this.pending = false;
      if (!found) {
        hasty.delete(this);
        waiting = null; // sent without what was meant, the form would say something else
        return;
      }
      const taken = new Set(this.multiple ? this.chosen().map((option) => option.value) : []);
      this.results = found.filter((result) => !taken.has(String(result.id)));
      if (hasty.has(this)) this.settle(query);
      else this.show(query);
    }

    async ask(query) {
      const url = new URL(this.url, location.href);
      url.searchParams.set("q", query);
      for (const name of this.with) {
        const field = this.store.form?.elements[name];
        if (field?.value) url.searchParams.set(name, field.value);
      }
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        return (await answer.json()).results;
      } catch {
        window.showToast?.("error", say("offline"));
        return null;
      }
    }

    filter(query) {
      const words = query.toLowerCase();
      return [...this.store.options]
        .filter((option) => {
          const keys = `${option.text} ${option.dataset.keys || ""}`.toLowerCase();
          return option.value && keys.includes(words);
        })
        .slice(0, MOST)
        .map((option) => ({
          id: option.value,
          text: option.text,
          hint: option.dataset.hint || option.closest("optgroup")?.label || "",
        }));
    }

    show(query) {
      if (document.activeElement !== this.input) return;
      this.list.replaceChildren(
        ...this.results.map((result, at) => {
          const option = document.createElement("li");
          option.id = `${this.id}-${at}`;
          option.dataset.at = at;
          option.setAttribute("role", "option");
          option.className = "combo-option";
          const words = document.createElement("span");
          words.textContent = result.text;
          option.append(words);
          if (result.hint) {
            const hint = document.createElement("small");
            hint.textContent = result.hint;
            option.append(hint);
          }
          return option;
        }),
      );
      const none = !this.results.length;
      this.status.textContent = none && query ? say("none") : "";
      this.box.classList.toggle("has-none", Boolean(none && query));
      this.box.dataset.none = say("none");
      this.open(!none);
      this.mark(none ? -1 : 0);
    }

    open(isOpen) {
      this.list.hidden = !isOpen;
      this.input.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) this.mark(-1);
    }

    mark(index) {
      const options = [...this.list.children];
      this.current = index < 0 || !options.length ? -1 : (index + options.length) % options.length;
      options.forEach((option, at) =>
        option.setAttribute("aria-selected", String(at === this.current)),
      );
      if (this.current < 0) {
        this.input.removeAttribute("aria-activedescendant");
        return;
      }
      this.input.setAttribute("aria-activedescendant", options[this.current].id);
      options[this.current].scrollIntoView({ block: "nearest" });
    }

    // Who typed and went on before the results came gets the first of them.
    settle(query) {
      hasty.delete(this);
      if (this.results.length) this.choose(this.results[0]);
      else {
        window.showToast?.("warning", `${say("none")}: ${query}`);
        this.render();
      }
      if (this.replay) {
        const event = new KeyboardEvent("keydown", { ...this.replay, bubbles: true, cancelable: true });
        this.replay = null;
        this.input.dispatchEvent(event);
      }
      sendWaiting();
    }

    onKey(event) {
      if (event.isComposing) return;
      const isOpen = !this.list.hidden;
      const { key, altKey, ctrlKey, metaKey } = event;
      const isModified = altKey || ctrlKey || metaKey;
      const isShortcut = isModified && (key === "Enter" || (altKey && key.length === 1));
      if (isModified && !isShortcut) return;
      if ((isShortcut || key === "Enter" || key === "Tab") && this.pending && this.typedSomething()) {
        if (key !== "Tab") event.preventDefault();
        if (isShortcut) {
          event.stopPropagation();
          this.replay = { key, altKey, ctrlKey, metaKey };
        }
        hasty.add(this);
        this.search(0);
        return;
      }
      if (isShortcut) {
        if (isOpen && this.current >= 0 && this.typedSomething()) this.choose(this.results[this.current]);
        return;
      }
      if (key === "ArrowDown" || key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen) this.search(0);
        else this.mark(key === "ArrowDown" ? this.current + 1 : this.current + (this.current < 0 ? 0 : -1));
      } else if (key === "Enter" && isOpen && this.current >= 0) {
        event.preventDefault();
        this.choose(this.results[this.current]);
      } else if (key === "Enter" && this.input.value.trim() && this.multiple) {
        event.preventDefault(); // results are on their way: do not send the form
      } else if (key === "Tab" && isOpen && this.current >= 0 && this.typedSomething()) {
        this.choose(this.results[this.current]);
      } else if (key === "Escape" && isOpen) {
        event.preventDefault();
        event.stopPropagation();
        this.open(false);
      } else if (key === "Backspace" && this.multiple && !this.input.value) {
        const last = this.chosen().at(-1);
        if (last) this.remove(last.value);
      }
    }

    typedSomething() {
      const words = this.input.value.trim();
      return Boolean(words) && words !== this.chosen()[0]?.text.trim();
    }

    onBlur() {
      if (hasty.has(this)) return; // what was typed is still being looked up
      clearTimeout(this.timer);
      this.pending = false;
      this.turn = (this.turn || 0) + 1;
      this.open(false);
      this.box.classList.remove("has-none");
      if (this.multiple) return;
      if (!this.input.value.trim() && this.chosen().length) this.select(null);
      else this.render();
    }

    choose(result) {
      this.open(false);
      if (this.pick) this.input.value = "";
      else this.select(result);
      if (this.multiple) this.input.value = "";
      this.tell("combobox:chosen", result);
    }

    select(result) {
      const value = result ? String(result.id) : "";
      if (!this.multiple) for (const option of this.store.options) option.selected = false;
      let option = [...this.store.options].find((other) => other.value === value);
      if (!option) {
        option = new Option(result ? result.text : "", value);
        this.store.add(option);
      }
      option.selected = true;
      this.render();
      this.store.dispatchEvent(new Event("change", { bubbles: true }));
    }

    remove(value) {
      const option = [...this.store.options].find((other) => other.value === value);
      if (!option) return;
      option.selected = false;
      this.render();
      this.input.focus();
      this.store.dispatchEvent(new Event("change", { bubbles: true }));
      this.tell("combobox:removed", { id: value, text: option.text });
    }

    tell(name, result) {
      const detail = { ...result, name: this.store.name };
      this.box.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }
  }

  // A form that is sent while its boxes still look something up waits for them.
  const looksUp = (form) => [...hasty].some((box) => box.input.isConnected && box.store.form === form);

  function sendWaiting() {
    if (!waiting || looksUp(waiting.form)) return;
    const { form, submitter } = waiting;
    waiting = null;
    form.requestSubmit(submitter);
  }

  document.addEventListener(
    "submit",
    (event) => {
      if (!looksUp(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { form: event.target, submitter: event.submitter };
    },
    true,
  );

  function prepare(part) {
    const fields = [...(part.querySelectorAll?.("[data-combobox]") || [])];
    if (part.matches?.("[data-combobox]")) fields.push(part);
    for (const field of fields) {
      if (field.dataset.ready || field.closest(".combo")) continue;
      field.dataset.ready = "yes";
      new Combobox(field);
    }
  }
  // Before the drafts are put back (draft.js listens for the same event, earlier in order).
  prepare(document);
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
})();
