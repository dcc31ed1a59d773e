// Evidence: photos and files gather in one list, are checked before they travel, and
// the upload shows how far it is. Without this script the plain file fields do the job.
(() => {
  const sizeOf = (bytes) =>
    bytes < 1024 * 1024
      ? `${Math.max(1, Math.round(bytes / 1024))} KB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const isSame = (a, b) =>
    a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
  const kept = new WeakMap(); // the box → the files chosen so far

  function sort(box, chosen) {
    const { mostFiles, mostBytes, tLarge, tMany } = box.dataset;
    const files = [...(kept.get(box) || [])];
    const remarks = [];
    for (const file of chosen) {
      if (files.some((other) => isSame(other, file))) continue;
      if (file.size > Number(mostBytes)) remarks.push(`${tLarge} ${file.name}`);
      else if (files.length >= Number(mostFiles)) remarks.push(`${tMany} ${file.name}`);
      else files.push(file);
    }
    keep(box, files, remarks);
  }

  function keep(box, files, remarks) {
    kept.set(box, files);
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    box.querySelector("[data-pick]").files = transfer.files;
    paint(box, files, remarks);
  }

  function paint(box, files, remarks) {
    const list = box.querySelector("[data-picked]");
    list.replaceChildren(
      ...files.map((file, at) => {
        const row = document.createElement("li");
        const name = document.createElement("span");
        name.className = "picked-name";
        name.textContent = file.name;
        const size = document.createElement("span");
        size.className = "picked-size";
        size.textContent = sizeOf(file.size);
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "btn-quiet";
        remove.textContent = "×";
        remove.setAttribute("aria-label", `${box.dataset.tRemove} ${file.name}`);
        remove.addEventListener("click", () => keep(box, files.filter((_, i) => i !== at), []));
        row.append(name, size, remove);
        return row;
      }),
      ...remarks.map((text) => {
        const row = document.createElement("li");
        row.className = "picked-remark";
        row.textContent = text;
        return row;
      }),
    );
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    const box = input.closest?.("[data-most-files]");
    if (!box || input.type !== "file") return;
    const chosen = [...input.files];
    if (input.hasAttribute("data-pick-more")) input.value = "";
    if (chosen.length || !input.hasAttribute("data-pick-more")) sort(box, chosen);
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.closest?.("[data-evidence]")?.querySelector("[data-upload]");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = event.detail.loaded >= event.detail.total;
    bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const bar = event.target.querySelector?.("[data-upload]");
    if (bar) bar.hidden = true;
  });
})();
