// “@” in a comment: offers those who may see what is talked about. Arrow keys choose, Enter or Tab takes, Escape closes; without this the name is typed in full.
const SELECTOR = "textarea[data-people]";
let open = null;

function word(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = /(^|[^\w.@])[@＠]([^\s@＠]{0,40})$/.exec(before);
  return found ? { text: found[2], start: area.selectionStart - found[2].length } : null;
}

function close() {
  if (!open) return;
  open.list.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) open.area.removeAttribute(name);
  open = null;
}

function choose(at) {
  if (!open) return;
  open.at = (at + open.items.length) % open.items.length;
  open.items.forEach((item, index) => item.setAttribute("aria-selected", String(index === open.at)));
  open.area.setAttribute("aria-activedescendant", open.items[open.at].id);
}

function take(index) {
  const { area, start, names } = open;
  const name = `${names[index]} `;
  area.setRangeText(name, start, area.selectionStart, "end");
  close();
  area.focus();
}

function show(area, start, people) {
  close();
  if (!people.length) return;
  const list = document.createElement("ul");
  list.className = "suggest";
  list.id = "suggested-people";
  list.setAttribute("role", "listbox");
  const items = people.map((person, index) => {
    const item = document.createElement("li");
    item.id = `suggested-${index}`;
    item.setAttribute("role", "option");
    const role = document.createElement("small");
    role.textContent = ` ${person.role}`;
    item.append(person.name, role);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
    list.append(item);
    return item;
  });
  area.insertAdjacentElement("afterend", list);
  open = { area, start, list, items, names: people.map((each) => each.name), at: 0 };
  area.setAttribute("aria-controls", list.id);
  choose(0);
}

let asked = 0;
async function look(area) {
  const found = word(area);
  const own = ++asked;
  if (!found) { close(); return; }
  const query = new URLSearchParams({ q: found.text });
  for (const field of area.form.querySelectorAll("input[type=hidden]")) {
    if (["about", "thing", "period"].includes(field.name) || field.name.startsWith("w.")) query.append(field.name, field.value);
  }
  const answer = await fetch(`${area.dataset.people}?${query}`, { headers: { Accept: "application/json" } });
  if (own !== asked || !answer.ok) return;
  show(area, found.start, (await answer.json()).people);
}

if (!document.documentElement.dataset.talks) {
  document.documentElement.dataset.talks = "1";
  document.addEventListener("input", (event) => { if (event.target.matches?.(SELECTOR)) look(event.target); });
  document.addEventListener("focusout", (event) => { if (open && event.target === open.area) close(); });
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.area) return;
    if (event.isComposing) return;
    if (event.key === "ArrowDown") choose(open.at + 1);
    else if (event.key === "ArrowUp") choose(open.at - 1);
    else if (event.key === "Enter" || event.key === "Tab") take(open.at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
