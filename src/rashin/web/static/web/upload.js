// Sending files: drop them, see how much has gone, stop. Without this script the form sends them by itself.
const form = document.getElementById("upload");

if (form) {
  const input = form.querySelector("input[type=file]");
  const drop = form.querySelector("[data-drop]");
  const chosen = form.querySelector("[data-chosen]");
  const said = form.querySelector("[data-said]");
  const bar = form.querySelector("[data-progress]");
  const send = form.querySelector("[data-send]");
  const cancel = form.querySelector("[data-cancel]");
  let request = null;

  form.classList.add("has-script");
  for (const hint of form.querySelectorAll("[data-only-script]")) hint.hidden = false;

  const megabytes = (bytes) => `${(bytes / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;
  const total = () => [...input.files].reduce((sum, file) => sum + file.size, 0);

  function list() {
    chosen.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${megabytes(file.size)}`;
      return item;
    }));
    const tooLarge = total() > Number(form.dataset.limit);
    said.textContent = tooLarge ? form.dataset.tooLarge : "";
    send.disabled = tooLarge;
  }

  function busy(on) {
    send.disabled = on;
    cancel.hidden = !on;
    bar.hidden = !on;
  }

  function ended(text) {
    busy(false);
    said.textContent = text;
    request = null;
  }

  function body() {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("mapping", form.elements.mapping.value);
    for (const file of input.files) data.append("modified", String(file.lastModified));
    for (const file of input.files) data.append("files", file, file.name);
    return data;
  }

  function arrived() {
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { answer = null; }
    if (request.status === 200 && answer?.next) { window.location.assign(answer.next); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const what = page.querySelector("[role=alert]");
    ended(what ? what.textContent.trim().replace(/\s+/g, " ") : form.dataset.failed);
  }

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const progress = bar.querySelector("progress");
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (moved) => {
      if (!moved.lengthComputable) return;
      progress.value = (moved.loaded / moved.total) * 100;
      said.textContent = moved.loaded < moved.total ? `${form.dataset.sending} ${megabytes(moved.loaded)} / ${megabytes(moved.total)}` : form.dataset.checking;
    });
    request.addEventListener("load", arrived);
    request.addEventListener("error", () => ended(form.dataset.failed));
    request.addEventListener("abort", () => ended(form.dataset.stopped));
    busy(true);
    request.send(body());
  });

  cancel.addEventListener("click", () => request?.abort());
  input.addEventListener("change", list);
  if (input.files.length) list(); // chosen before this script was there, or kept by the browser on going back
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; list(); }
  });
}
