// <a href="…/decline/" data-dialog>: the form behind the link opens in a dialog.
//
// Without JavaScript, or with Ctrl held, the link goes to the same form as a page.
(() => {
  const dialog = document.getElementById("action-dialog");
  const slot = document.getElementById("action-slot");
  if (!dialog || !window.htmx) return;
  let typed = false;
  let opener = null;

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    opener = link;
    typed = false;
    slot.innerHTML = '<div class="action-body action-wait"><div class="skeleton"></div><div class="skeleton"></div></div>';
    dialog.showModal();
    await window.htmx.ajax("GET", link.href, { target: slot, swap: "innerHTML", source: link });
    // nothing came (an error was told): do not leave an empty box behind
    if (!slot.querySelector("[data-action-body]")) dialog.close();
  });

  function focusFirst() {
    const body = slot.querySelector("[data-action-body]");
    if (!body) return;
    dialog.classList.toggle("is-wide", body.hasAttribute("data-wide"));
    const wrong = body.querySelector("[aria-invalid=true], .is-invalid");
    const first = body.querySelector(
      "[autofocus], .action-fields input:not([type=hidden]), .action-fields select, .action-fields textarea",
    );
    (wrong || first || body.querySelector(".action-title"))?.focus();
  }
  dialog.addEventListener("htmx:afterSettle", focusFirst);
  dialog.addEventListener("input", () => (typed = true));
  dialog.addEventListener("cancel", (event) => {
    if (typed && !window.confirm(window.shellSay("dirty"))) event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    slot.replaceChildren();
    typed = false;
    // the opener may have been replaced by what it asked for
    (opener?.isConnected ? opener : document.querySelector("#main [autofocus]"))?.focus();
  });
  // An answer of 204 with HX-Trigger: {"closeDialog": true} closes without leaving the page.
  document.addEventListener("closeDialog", () => dialog.close());
})();
