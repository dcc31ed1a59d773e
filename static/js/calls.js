// The agent's page: the timer, the parts that an outcome asks for, Ctrl+Enter in the note.
(() => {
  const form = document.getElementById("call-form");
  if (!form) return;

  // --- the timer goes on from what the server counted ---
  const timer = form.querySelector("[data-seconds]");
  const face = timer.querySelector("[data-timer]");
  const began = Date.now() - 1000 * Number(timer.dataset.seconds);
  const paint = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - began) / 1000));
    face.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  paint();
  setInterval(paint, 1000);

  // --- what the outcome does not ask for is not there, and not sent ---
  const chosen = () => form.querySelector("[name=outcome]:checked");
  function showParts() {
    for (const part of form.querySelectorAll("[data-for]")) {
      part.hidden = part.dataset.for !== chosen()?.value;
      for (const field of part.querySelectorAll("input")) field.disabled = part.hidden;
    }
  }
  form.addEventListener("change", (event) => {
    if (event.target.name === "call_at" && event.target.value) {
      for (const choice of form.querySelectorAll("[name=later]")) choice.checked = false;
    } else if (event.target.name === "later") form.elements.call_at.value = "";
    if (event.target.name !== "outcome") return;
    showParts();
    // chosen by a person, not put back from a draft
    if (event.isTrusted && event.target.value === "call_later") {
      form.querySelector("[data-for=call_later] input").focus();
    }
  });
  form.addEventListener("draft:restored", showParts);
  showParts();

  const finish = form.querySelector("[data-key=enter]");
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(finish);
  });

  // --- where the hands are: at a script its first question, else nowhere, so that a
  // second press of the space bar chooses nothing ---
  const wrong = form.querySelector("[aria-invalid=true], .is-invalid");
  const question = form.querySelector("[data-question]:not([hidden]) [data-quick-radio]");
  if (wrong) wrong.focus();
  else if (question) {
    question.tabIndex = -1;
    question.focus({ preventScroll: true });
  }

  // After the last question the digits and Enter are waited for.
  form.addEventListener("script:done", () => {
    if (chosen()) chosen().focus();
    else {
      document.activeElement.blur();
      last = null;
    }
  });

  // Back from a voice that was heard, the hands are where they were; not on the link,
  // which Enter would open again.
  let last = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("input, textarea, fieldset")) last = event.target;
  });
  document.getElementById("action-dialog")?.addEventListener("close", () => {
    if (last) last.focus();
    else document.activeElement?.blur();
  });
})();
