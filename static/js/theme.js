// Runs before the first paint: colours and the folded menu as last chosen.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be switched off; the defaults then hold
    }
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = read("theme") || "auto";
    const isDark = choice === "dark" || (choice === "auto" && dark.matches);
    root.dataset.theme = choice;
    root.dataset.bsTheme = isDark ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  window.applyTheme = apply;
  root.classList.add("js");
  if (read("side") === "folded") root.dataset.side = "folded";
})();
