// Draws the page's charts: each into the figure that waits for it, under a policy that forbids eval.
(() => {
  "use strict";
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const options = {
    ast: true, // expressions are interpreted, never compiled
    renderer: "svg",
    actions: false,
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true, theme: "page", offsetX: 12, offsetY: 12 },
  };
  // Nothing of a chart may come from elsewhere.
  const nothing = { load: () => Promise.reject(new Error("the page is whole")) };
  const drawn = Object.entries(specs).map(([name, spec]) =>
    window.vegaEmbed(document.getElementById("chart-" + name), spec, { ...options, loader: nothing })
  );
  Promise.all(drawn).then(
    () => { document.documentElement.dataset.drawn = String(drawn.length); },
    (error) => { console.error("a chart was not drawn", error); },
  );
})();
