// The frame of every page: menu, colours, little menus, command palette, copy buttons.
(() => {
  const root = document.documentElement;
  const keep = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // without storage the choice lasts for this page only
    }
  };

  // --- folded menu ---
  const fold = document.getElementById("side-fold");
  const paintFold = () =>
    fold?.setAttribute("aria-pressed", String(root.dataset.side === "folded"));
  fold?.addEventListener("click", () => {
    if (root.dataset.side === "folded") delete root.dataset.side;
    else root.dataset.side = "folded";
    keep("side", root.dataset.side || "open");
    paintFold();
  });
  paintFold();

  // --- colours ---
  const choices = document.querySelectorAll("[data-theme-choice]");
  const paintTheme = () => {
    for (const button of choices) {
      const chosen = button.dataset.themeChoice === root.dataset.theme;
      button.setAttribute("aria-pressed", String(chosen));
    }
  };
  for (const button of choices) {
    button.addEventListener("click", () => {
      keep("theme", button.dataset.themeChoice);
      window.applyTheme();
      paintTheme();
      document.dispatchEvent(new CustomEvent("shell:theme"));
      button.closest("details").open = false;
    });
  }
  paintTheme();

  // --- <details data-menu>: one open at a time, closed by Escape or a click elsewhere ---
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // --- dialogs: a click beside one closes it, as does anything marked data-dialog-close ---
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog");
    if (!dialog) return;
    if (event.target === dialog || event.target.closest("[data-dialog-close]")) {
      event.preventDefault();
      // "cancel" first, so that a form with typed words may ask before it closes
      const cancel = new Event("cancel", { cancelable: true });
      if (dialog.dispatchEvent(cancel)) dialog.close();
    }
  });

  // --- command palette ---
  const palette = document.getElementById("palette");
  const input = document.getElementById("palette-input");
  const results = document.getElementById("palette-results");
  if (palette) {
    const initial = results.innerHTML;
    const items = () => [...results.querySelectorAll("a[role=option]")];
    let current = -1;

    const mark = (index) => {
      const list = items();
      current = list.length ? (index + list.length) % list.length : -1;
      list.forEach((item, at) => item.setAttribute("aria-selected", String(at === current)));
      if (current < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      input.setAttribute("aria-activedescendant", list[current].id);
      list[current].scrollIntoView({ block: "nearest" });
    };
    const open = () => {
      palette.showModal();
      input.select();
      mark(0);
    };
    document.getElementById("palette-open")?.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    input.addEventListener("htmx:configRequest", (event) => {
      if (!input.value.trim()) event.preventDefault();
    });
    input.addEventListener("input", () => {
      if (!input.value.trim()) {
        results.innerHTML = initial;
        mark(0);
        return;
      }
      // What stands there answers an older text: until the new answer is here, Enter
      // opens the search page instead of the marked line.
      current = -1;
      input.removeAttribute("aria-activedescendant");
      items().forEach((item) => item.setAttribute("aria-selected", "false"));
    });
    results.addEventListener("htmx:afterSwap", () => {
      // an answer that comes after the box was emptied is stale
      if (!input.value.trim()) results.innerHTML = initial;
      mark(0);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") mark(current + 1);
      else if (event.key === "ArrowUp") mark(current - 1);
      else if (event.key === "Enter" && items()[current]) {
        const link = items()[current];
        palette.close();
        link.click();
      } else return;
      event.preventDefault();
    });
    results.addEventListener("click", (event) => {
      if (event.target.closest("a[role=option]")) palette.close();
    });
  }

  // --- data-copy="text": copies, and says so ---
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await copyText(button.dataset.copy);
    window.showToast?.("success", window.shellSay("copied"));
  });
  async function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return;
    }
    // plain http inside the hospital's network has no clipboard interface
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  // --- data-fill: the sign-in page of the demonstration ---
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill-username]");
    if (!button) return;
    const form = document.querySelector("form[data-login]");
    form.elements.username.value = button.dataset.fillUsername;
    form.elements.password.value = button.dataset.fillPassword;
    form.requestSubmit();
  });

  // --- data-print ---
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // --- rows that open as a whole: <tr data-row> with one link inside ---
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || event.target.closest("a, button, input, label, select, textarea, summary")) return;
    if (String(window.getSelection())) return;
    const link = row.querySelector("a[href]");
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link?.click();
  });
})();
