// A visit at the bed: the parts that an outcome asks for, and on a small screen one
// question at a time (what is hidden is only out of sight: Tab and readers reach it).
(() => {
  const form = document.getElementById("visit-form");
  if (!form) return;

  // --- what the outcome does not ask for is not there, and not sent ---
  const chosen = () => form.querySelector("[name=outcome]:checked")?.value || "";
  function showParts() {
    for (const part of form.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").includes(chosen());
      if (part.matches("fieldset")) part.disabled = part.hidden;
    }
  }

  function openVoices() {
    for (const voice of form.querySelectorAll("[data-voice]")) {
      if (voice.querySelector("textarea").value) voice.open = true;
    }
  }

  // --- one question at a time ---
  const script = form.querySelector("[data-script]");
  const bar = form.querySelector("[data-step-bar]");
  const small = window.matchMedia("(max-width: 61.99rem)");
  const questions = () =>
    [...script.querySelectorAll("[data-question]")].filter((each) => !each.hidden);
  let current = null;

  function paintSteps() {
    if (!script) return;
    const shown = questions();
    if (!shown.includes(current)) {
      current = shown.find((each) => each.classList.contains("has-error")) || shown[0];
    }
    for (const question of script.querySelectorAll("[data-question]")) {
      question.classList.toggle("is-waiting", question !== current);
    }
    for (const section of script.querySelectorAll("[data-script-section]")) {
      section.classList.toggle("is-waiting", !section.contains(current));
    }
    const at = shown.indexOf(current);
    bar.querySelector("[data-step-now]").textContent = `${at + 1} / ${shown.length}`;
    bar.querySelector("[data-step='-1']").disabled = at === 0;
  }

  function walk(step) {
    const shown = questions();
    const next = shown[shown.indexOf(current) + step];
    if (next) {
      current = next;
      paintSteps();
      script.scrollIntoView({ block: "nearest" });
    } else if (step > 0) {
      const rest = form.querySelector("[data-after-script]");
      rest.focus({ preventScroll: true });
      rest.scrollIntoView({ block: "start" });
    }
  }

  // A tap on an answer leads on, unless it brought something to read.
  let tapped = 0;
  function follow(event) {
    const question = event.target.closest("[data-question]");
    if (!question || event.target.type !== "radio" || !event.isTrusted) return;
    if (!small.matches || Date.now() - tapped > 700) return;
    setTimeout(() => {
      const notes = [...question.querySelectorAll(".question-notes > p")];
      if (question === current && notes.every((each) => each.hidden)) walk(1);
    }, 250);
  }

  if (script) {
    script.parentElement.classList.add("is-stepped");
    bar.hidden = false;
    script.addEventListener("pointerup", () => (tapped = Date.now()));
    script.addEventListener("focusin", (event) => {
      const question = event.target.closest("[data-question]");
      if (!question || question === current) return;
      current = question;
      paintSteps();
    });
    script.addEventListener("input", paintSteps);
    script.addEventListener("change", (event) => {
      paintSteps();
      follow(event);
    });
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) walk(Number(button.dataset.step));
    });
  }

  form.addEventListener("change", (event) => {
    if (event.target.name !== "outcome") return;
    showParts();
    if (!small.matches || !event.isTrusted) return;
    const next = event.target.closest("section").nextElementSibling;
    const wanted = next.hidden ? next.nextElementSibling : next;
    wanted.scrollIntoView({ block: "start" });
  });
  form.addEventListener("draft:restored", () => {
    showParts();
    openVoices();
    paintSteps();
  });
  showParts();
  paintSteps();
  form.querySelector("[aria-invalid=true], .is-invalid")?.focus();
})();
