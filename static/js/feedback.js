// Toasts, the progress line, and htmx failures told in words.
(() => {
  const texts = () => document.getElementById("shell-texts");
  const say = (key) => texts()?.getAttribute(`data-t-${key}`) || "";
  const LOOKS = {
    success: ["green", "circle-check"],
    info: ["blue", "info-circle"],
    debug: ["blue", "info-circle"],
    warning: ["amber", "alert-triangle"],
    error: ["red", "alert-circle"],
  };

  function schedule(toast) {
    // What went wrong stays until it is read; what went well leaves by itself.
    if (["error", "warning"].includes(toast.dataset.toast)) return;
    setTimeout(() => toast.remove(), 6000);
  }

  function showToast(level, text, action) {
    const template = document.getElementById("toast-template");
    // A modal dialog makes the rest of the page inert: say it inside the dialog.
    const stack =
      document.querySelector("dialog[open] .toasts") || document.getElementById("toasts");
    if (!template || !stack) return;
    const toast = template.content.firstElementChild.cloneNode(true);
    const [tone, icon] = LOOKS[level] || LOOKS.info;
    toast.className = `note-toast note-${tone}`;
    toast.dataset.toast = level;
    toast.querySelector("use").setAttribute("href", `${texts().dataset.sprite}#${icon}`);
    toast.querySelector(".note-words").textContent = text;
    if (action) {
      const link = document.createElement("a");
      link.className = "btn btn-sm";
      link.href = action.href;
      link.textContent = action.text;
      toast.querySelector(".note-words").after(link);
    }
    for (const other of stack.children) {
      if (other.textContent === toast.textContent) other.remove();
    }
    stack.append(toast);
    schedule(toast);
  }

  window.shellSay = say;
  window.showToast = showToast;

  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
  });
  // Header HX-Trigger: {"showMessage": {"level": "success", "text": "…"}} or a list of them.
  document.addEventListener("showMessage", (event) => {
    const detail = event.detail;
    const list = Array.isArray(detail.messages) ? detail.messages : [detail];
    for (const message of list) showToast(message.level, message.text);
  });

  // --- progress line ---
  let pending = 0;
  const isQuiet = (element) => Boolean(element?.closest?.("[data-quiet]"));
  const paint = () => document.documentElement.classList.toggle("is-loading", pending > 0);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isQuiet(event.detail.elt)) return;
    pending += 1;
    paint();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isQuiet(event.detail.elt)) return;
    pending = Math.max(0, pending - 1);
    paint();
  });

  // --- failures ---
  function sayStatus(status) {
    const known = [403, 404, 409, 413, 429];
    showToast("error", say(known.includes(status) ? status : 500));
  }

  document.addEventListener("htmx:responseError", (event) => {
    if (isQuiet(event.detail.elt)) return;
    sayStatus(event.detail.xhr.status);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (!isQuiet(event.detail.elt)) showToast("error", say("offline"));
    });
  }

  // A whole page as the answer to a fragment: signed out, or a redirect to a new page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status !== 200 || !/^\s*<!doctype html/i.test(xhr.response.slice(0, 200))) return;
    if (event.detail.boosted || event.detail.target === document.body) return;
    event.detail.shouldSwap = false;
    const answered = new URL(xhr.responseURL, location.href);
    if (answered.pathname === texts()?.dataset.login) {
      const next = encodeURIComponent(location.pathname + location.search);
      showToast("warning", say("session"), {
        href: `${texts().dataset.login}?next=${next}`,
        text: say("sign-in"),
      });
    } else if (!isQuiet(event.detail.elt)) {
      document.dispatchEvent(new CustomEvent("shell:leaving"));
      location.assign(answered);
    }
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("#toasts [data-toast]").forEach(schedule);
    const stack = document.getElementById("toasts");
    if (stack) {
      // Toasts that arrive by an out-of-band swap leave by themselves too.
      document.addEventListener("htmx:oobAfterSwap", () => {
        stack.querySelectorAll("[data-toast]").forEach(schedule);
      });
    }
  });
})();
