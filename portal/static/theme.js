// Light, dark or as the system says; kept in this browser. Loaded before the page is drawn, so that nothing flashes.
const themes = ["auto", "light", "dark"];
const icons = { auto: "monitor", light: "sun", dark: "moon" };

function chosen() {
  const kept = localStorage.getItem("theme");
  return themes.includes(kept) ? kept : "auto";
}

function show(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

show(chosen());

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("theme");
  const draw = () => {
    const theme = chosen();
    show(theme);
    button.querySelector("use").setAttribute("href", `/static/icons.svg#${icons[theme]}`);
    button.querySelector("span").textContent = theme[0].toUpperCase() + theme.slice(1);
    button.setAttribute("aria-label", `Colours: ${theme}`);
  };
  button.hidden = false;
  draw();
  button.addEventListener("click", () => {
    localStorage.setItem("theme", themes[(themes.indexOf(chosen()) + 1) % themes.length]);
    draw();
  });
});
