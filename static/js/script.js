// The questions of a call: branches, red flags, teaching text, and walking by keyboard.
//
// A letter (static/js/keys.js) or Enter moves on to the next question that is shown.
// After the last one `script:done` is sent from [data-script]. What counts is decided
// again by the server.
const SETTLED = "data-script-ready";

const questionsOf = (script) => [...script.querySelectorAll("[data-question]")];
const fieldsOf = (question) => [...question.querySelectorAll("input:not([type=hidden])")];

function valueOf(question) {
  const fields = fieldsOf(question);
  if (!fields.length) return "";
  if (fields[0].type !== "radio") return fields[0].value.trim();
  return fields.find((field) => field.checked)?.value || "";
}

function paintBranches(script) {
  const questions = questionsOf(script);
  const given = new Map(questions.map((each) => [each.dataset.question, valueOf(each)]));
  const conditions = new Map(
    questions.map((each) => [each, Object.entries(JSON.parse(each.dataset.showIf || "{}"))]),
  );
  const reached = new Set();
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [question, wanted] of conditions) {
      if (wanted.every(([key, values]) => reached.has(key) && values.includes(given.get(key)))) {
        reached.add(question.dataset.question);
      }
    }
  }
  for (const question of questions) {
    const isShown = reached.has(question.dataset.question);
    question.hidden = !isShown;
    question.classList.remove("is-off");
    for (const field of fieldsOf(question)) field.disabled = !isShown;
  }
}

function isRed(question) {
  const fields = fieldsOf(question);
  if (fields[0]?.type === "radio") return fields.some((field) => field.checked && "red" in field.dataset);
  const typed = valueOf(question).normalize("NFKC").replace(/[,。]/, ".");
  if (!/^[+-]?\d+(\.\d+)?$/.test(typed)) return false;
  const { redFrom, redBelow } = fields[0].dataset;
  return (redFrom && Number(typed) >= Number(redFrom)) || (redBelow && Number(typed) < Number(redBelow)) || false;
}

function paintNotes(question) {
  const red = isRed(question);
  const mark = question.querySelector("[data-red-mark]");
  if (mark) mark.hidden = !red;
  question.classList.toggle("is-red", red);
  for (const note of question.querySelectorAll("[data-teaching]")) {
    note.hidden = note.dataset.teaching !== valueOf(question);
  }
  const said = question.querySelector("[data-teaching-red]");
  if (said && mark) said.hidden = !red;
}

function enter(question) {
  const fields = fieldsOf(question);
  const field = fields.find((each) => each.checked) || fields[0];
  field.focus({ preventScroll: true });
  if (field.type !== "radio") field.select();
  question.scrollIntoView({ block: "nearest" });
}

function open(script) {
  return questionsOf(script).filter((each) => !each.hidden && fieldsOf(each).length);
}

function moveOn(question) {
  const script = question.closest("[data-script]");
  const shown = open(script);
  const next = shown[shown.indexOf(question) + 1];
  if (next) enter(next);
  else script.dispatchEvent(new CustomEvent("script:done", { bubbles: true }));
}

function start(script) {
  const shown = open(script);
  const first = shown.find((each) => !valueOf(each)) || shown[0];
  if (first) enter(first);
}

function settle(script) {
  if (script.hasAttribute(SETTLED)) return;
  script.setAttribute(SETTLED, "");
  const paint = () => {
    paintBranches(script);
    questionsOf(script).forEach(paintNotes);
  };
  paint();
  script.addEventListener("input", paint);
  script.addEventListener("change", (event) => {
    paint();
    // A letter chooses by script; the arrow keys and the mouse stay where they are, and
    // a draft that is put back has no focus.
    const byLetter = !event.isTrusted && event.target === document.activeElement;
    if (byLetter && event.target.type === "radio") moveOn(event.target.closest("[data-question]"));
  });
  script.addEventListener("keydown", (event) => {
    const question = event.target.closest("[data-question]");
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.altKey || !question) return;
    event.preventDefault();
    moveOn(question);
  });
  script.addEventListener("click", (event) => {
    if (event.target.closest("[data-script-start]")) start(script);
  });
  // A draft is put back after this module ran.
  document.addEventListener("draft:restored", paint);
  if ("scriptFocus" in script.dataset) start(script);
}

const settleAll = (part) => part.querySelectorAll("[data-script]").forEach(settle);
settleAll(document);
document.addEventListener("htmx:load", (event) => settleAll(event.detail.elt.parentElement || document));
