"use strict";
// The theme: that of the system until the button is used; other pages of dlgrade then keep to it.
const themes = (() => {
  const root = document.documentElement;
  // From disk, storage may be forbidden: the page then forgets, and works.
  const remembered = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch { /* nothing is kept */ }
    return null;
  };
  const saved = remembered("dlgrade-theme");
  if (saved === "light" || saved === "dark") root.dataset.theme = saved;

  return (button) => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
    const label = () => { button.textContent = dark() ? "Light theme" : "Dark theme"; };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      remembered("dlgrade-theme", root.dataset.theme);
      label();
    });
    system.addEventListener("change", label);
    label();
  };
})();
