// The intake page: lines of subjects, parts that close when they do not apply, focus.
(() => {
  const form = document.getElementById("intake-form");
  if (!form) return;
  const lines = [...form.querySelectorAll("[data-subject]")];
  const add = form.querySelector("[data-subject-add]");
  const stores = (line) => [...line.querySelectorAll("select")];
  const isFilled = (line) => stores(line).some((store) => store.value);

  // --- subjects: blank lines wait behind "Another subject" ---
  function showLines() {
    for (const line of lines) {
      if (isFilled(line)) delete line.dataset.blank;
      line.hidden = "blank" in line.dataset;
      line.querySelector("[data-subject-remove]").hidden = line === lines[0] && !isFilled(line);
    }
    add.hidden = !lines.some((line) => line.hidden);
  }
  add.addEventListener("click", () => {
    const line = lines.find((other) => other.hidden);
    delete line.dataset.blank;
    showLines();
    line.querySelector("input").focus();
  });
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-subject]")) showLines();
  });
  form.addEventListener("click", (event) => {
    const line = event.target.closest("[data-subject-remove]")?.closest("[data-subject]");
    if (!line) return;
    for (const store of stores(line)) {
      store.value = "";
      store.dispatchEvent(new CustomEvent("combobox:refresh"));
    }
    stores(line)[0].dispatchEvent(new Event("change", { bubbles: true }));
    if (line !== lines[0]) line.dataset.blank = "";
    showLines();
    (line.hidden ? add : line.querySelector("input")).focus();
  });

  // --- what does not apply is not sent ---
  const solved = form.elements.solved;
  const anonymous = form.elements.anonymous;
  const channel = form.elements.channel;
  function closeParts() {
    for (const field of document.querySelectorAll("#solved-part :is(textarea, select)")) {
      field.disabled = !solved.checked;
    }
    const contact = document.getElementById("contact-part");
    contact.hidden = anonymous.checked;
    for (const field of contact.querySelectorAll("input, select")) field.disabled = anonymous.checked;
    document.getElementById("known").hidden = anonymous.checked;
    const order = document.getElementById("order-part");
    order.hidden = channel.value !== "hotline";
    for (const field of order.querySelectorAll("input")) field.disabled = order.hidden;
  }
  solved.addEventListener("change", (event) => {
    closeParts();
    // chosen by a person, not put back from a draft
    if (event.isTrusted && solved.checked) setTimeout(() => form.elements.how.focus());
  });
  anonymous.addEventListener("change", closeParts);
  channel.addEventListener("change", closeParts);
  form.addEventListener("draft:restored", () => {
    closeParts();
    showLines();
    const received = form.elements.received_at;
    if (received.value) received.closest("details").open = true;
  });

  // --- where the hands begin ---
  function focusFirst() {
    const wrong =
      form.querySelector("[aria-invalid=true]") ||
      (document.getElementById("subjects-error") && form.querySelector("[data-subject] input"));
    const kind = form.querySelector("[name=kind]:checked") || form.querySelector("[name=kind]");
    (wrong || kind).focus();
  }
  closeParts();
  showLines();
  focusFirst();
})();
