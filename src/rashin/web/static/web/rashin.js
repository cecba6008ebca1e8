// What the pages do beyond links and forms: draw the charts that Python specified, keep focus after a swap, keyboard short cuts, copy a link.
const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let drawing = null;

function themes() {
  return JSON.parse(document.getElementById("chart-themes").textContent);
}

async function draw(figure) {
  if (figure.dataset.drawn) return;
  figure.dataset.drawn = "1";
  drawing ??= import(root.dataset.vega);
  await drawing;
  const source = figure.querySelector("script[type='application/json']");
  const place = figure.querySelector(".chart-place");
  const spec = JSON.parse(source.textContent);
  const drawn = await window.vegaEmbed(place, spec, {
    config: themes()[dark.matches ? "dark" : "light"],
    actions: false,
    ast: true,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true, theme: "custom" },
  });
  drawn.view.addEventListener("click", (event, item) => {
    const link = item?.datum?.link;
    if (typeof link !== "string" || !/^\/[^/\\]/.test(link)) return;
    if (event.ctrlKey || event.metaKey) window.open(link, "_blank", "noopener"); else window.location.assign(link);
  });
  const svg = place.querySelector("svg");
  if (svg) { svg.setAttribute("aria-hidden", "true"); svg.setAttribute("focusable", "false"); }
  for (const child of place.querySelectorAll("[role]")) child.removeAttribute("role");
  for (const child of place.querySelectorAll("[aria-roledescription],[aria-label],[tabindex]")) {
    for (const name of ["aria-roledescription", "aria-label", "tabindex"]) child.removeAttribute(name);
  }
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) { watcher.unobserve(entry.target); draw(entry.target); }
}, { rootMargin: "200px" });

function wake(within) {
  const charts = [...within.querySelectorAll("figure.chart:not([data-drawn])")];
  if (within.matches?.("figure.chart:not([data-drawn])")) charts.push(within);
  charts.forEach((figure) => watcher.observe(figure));
  for (const form of within.querySelectorAll("form[data-live]")) {
    if (form.dataset.woken) continue;
    form.dataset.woken = "1";
    form.addEventListener("change", (event) => { if (!event.target.closest("[data-wait]")) form.requestSubmit(); });
  }
  for (const button of within.querySelectorAll("[data-copy-link]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(window.location.href);
      const said = button.querySelector("[data-said]");
      if (said) said.textContent = button.dataset.copyLink;
    });
  }
}

dark.addEventListener("change", () => {
  for (const figure of document.querySelectorAll("figure.chart[data-drawn]")) { delete figure.dataset.drawn; draw(figure); }
});

// A slider and the number beside it are one: whichever is moved, the other follows.
document.addEventListener("input", (event) => {
  const twin = event.target.dataset?.twin && document.getElementById(event.target.dataset.twin);
  if (twin) twin.value = event.target.value;
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input,select,textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { const search = document.querySelector("[data-search]"); if (search) { event.preventDefault(); search.focus(); } }
  if (event.key === "?") { const help = document.getElementById("keys"); if (help) help.showModal(); }
});

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (!toggle) return;
  const target = document.getElementById(toggle.dataset.toggle);
  const open = toggle.getAttribute("aria-expanded") === "true";
  toggle.setAttribute("aria-expanded", String(!open));
  target.classList.toggle("is-active", !open);
});

document.addEventListener("htmx:load", (event) => wake(event.detail.elt ?? document));
document.addEventListener("htmx:afterSwap", (event) => {
  const heading = event.target.querySelector?.("[data-focus]");
  if (heading) heading.focus();
});
wake(document);
