// data-key on a link, button or field: its key. "?" lists the keys of the page.
//
// "n" works while no field is focused; "ctrl+enter" and "alt+o" work inside fields too.
(() => {
  const texts = () => document.getElementById("shell-texts")?.dataset || {};
  const isTyping = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])");
  // The part of the page that listens: the open dialog, if there is one.
  const scope = () => document.querySelector("dialog[open]") || document;
  const isShown = (element) =>
    element.checkVisibility ? element.checkVisibility() : element.getClientRects().length > 0;

  function nameOf(event) {
    const parts = [];
    if (event.ctrlKey || event.metaKey) parts.push("ctrl");
    if (event.altKey) parts.push("alt");
    const key = event.key === " " ? "space" : event.key.toLowerCase();
    if (event.shiftKey && key.length > 1) parts.push("shift");
    return [...parts, key].join("+");
  }

  function owner(name) {
    const found = [...scope().querySelectorAll("[data-key]")].filter(
      (element) => element.dataset.key.toLowerCase() === name && !element.disabled,
    );
    // With several, the one of the focused form or row ([data-key-row]) answers; a row
    // that has none never lets the key reach another row.
    const form = document.activeElement?.closest?.("form");
    const row = document.activeElement?.closest?.("[data-key-row]");
    const near = found.find(
      (element) => (form && element.form === form) || row?.contains(element),
    );
    const other = found.find(
      (element) => isShown(element) && !(row && element.closest("[data-key-row]")),
    );
    return near || other || (name === "ctrl+k" ? found[0] : undefined);
  }

  function use(element) {
    if (element.matches("input:not([type=submit]):not([type=button]):not([type=checkbox]):not([type=radio]), select, textarea")) {
      element.focus();
      element.select?.();
    } else {
      element.focus();
      element.click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (chooseLetter(event, target)) return;
    const name = nameOf(event);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && isTyping(target)) return;
    if (plain && ["enter", "space", "tab", "escape"].includes(name) && target !== document.body && target.matches("a, button, summary, input, [tabindex]:not(main)")) return;
    if (name === "?" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      openList();
      return;
    }
    if (plain && walkList(event, name)) return;
    const element = owner(name);
    if (!element) return;
    event.preventDefault();
    use(element);
  });

  // --- [data-quick-radio]: a letter chooses, and the focus moves on to data-next ---
  function chooseLetter(event, target) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return false;
    const group = target.closest("[data-quick-radio]");
    if (!group) return false;
    const letter = event.key.toLowerCase();
    const radio = [...group.querySelectorAll("[data-letter]")].find(
      (option) => option.dataset.letter === letter,
    );
    if (!radio || radio.disabled) return false;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    const next = group.dataset.next && document.querySelector(group.dataset.next);
    if (next) next.focus();
    return true;
  }

  // --- [data-key-list]: j and k walk along its [data-key-item] links ---
  function walkList(event, name) {
    if (name !== "j" && name !== "k") return false;
    const items = [...scope().querySelectorAll("[data-key-list] [data-key-item]")].filter(isShown);
    if (!items.length) return false;
    const at = items.indexOf(document.activeElement);
    const next = name === "j" ? Math.min(at + 1, items.length - 1) : Math.max(at - 1, 0);
    items[next].focus();
    event.preventDefault();
    return true;
  }

  // --- the list of keys ---
  const SIGNS = { ctrl: "Ctrl", alt: "Alt", shift: "Shift", enter: "Enter", space: "Space", escape: "Esc" };
  function addRow(list, key, label) {
    const term = document.createElement("dt");
    for (const part of key.split("+")) {
      const sign = document.createElement("kbd");
      sign.textContent = SIGNS[part] || part.toUpperCase();
      term.append(sign);
    }
    const words = document.createElement("dd");
    words.textContent = label;
    list.append(term, words);
  }
  function openList() {
    const list = document.getElementById("keys-list");
    if (!list) return;
    list.replaceChildren();
    const seen = new Set();
    for (const element of document.querySelectorAll("[data-key]")) {
      const key = element.dataset.key.toLowerCase();
      const label =
        element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
      if (seen.has(key) || (!isShown(element) && key !== "ctrl+k")) continue;
      seen.add(key);
      addRow(list, key, label);
    }
    if (document.querySelector("[data-key-list]")) addRow(list, "j", `↓  (K ↑)`);
    addRow(list, "?", texts().tKeysHelp);
    addRow(list, "escape", texts().tKeysClose);
    document.getElementById("keys-dialog").showModal();
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-open]")) return;
    event.target.closest("details").open = false;
    openList();
  });
})();
