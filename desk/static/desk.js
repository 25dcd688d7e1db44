// A report: cards on the left, the pages that their figures stand on to the right, and what is decided.
"use strict";
const words = document.getElementById("words").dataset;
const base = `${document.body.dataset.base}/r/${words.key}`;
const panel = document.getElementById("cards"), sheets = document.getElementById("sheets");
const all = document.getElementById("all"), about = document.getElementById("about"), picking = document.getElementById("picking");
const now = { data: null, book: null, card: null, figure: null, page: 1, zoom: 1, note: {}, busy: false, pending: "", changes: 0, waiting: false, back: "" };
const fill = (text, given) => text.replace(/\{(\w+)\}/g, (_, key) => given[key] ?? "");
const make = (tag, given = {}, ...inside) => { const made = Object.assign(document.createElement(tag), given); made.append(...inside); return made; };
const working = (on) => { now.busy = on; document.body.toggleAttribute("data-busy", on); };
const cards = () => [...panel.querySelectorAll(".card")];

async function ask(path, body) {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${base}/${path}`, how);
  const found = await answer.json().catch(() => ({ error: `${answer.status}` }));
  if (!answer.ok) throw new Error(found.error);
  return found;
}

// --- the pages

function size(number) { return now.book.sheets[number - 1]; }

function boxOf(figure, role, name) {
  const [width, height] = size(figure.page), [x0, y0, x1, y1] = figure.box;
  const box = make("button", { type: "button", className: `box ${role}` });
  box.setAttribute("aria-label", name);
  box.title = name;
  place(box, x0 / width, y0 / height, x1 / width, y1 / height);
  return box;
}

function place(box, left, top, right, foot) {
  const share = (part) => `${(100 * part).toFixed(4)}%`;
  Object.assign(box.style, { left: share(left), top: share(top), width: share(right - left), height: share(foot - top) });
}

function roleOf(pointer) {
  const chosen = now.data.cards[now.card] ?? [];
  if (!chosen.includes(pointer)) return now.data.figures[pointer].status === "disputed" || now.data.figures[pointer].status === "reviewed" ? now.data.figures[pointer].status : "";
  return pointer === chosen[0] && now.data.figures[pointer].status !== "verified" ? "suspect" : "operand";
}

function tagOf(pointer, role) {
  if (role === "suspect") return `✗ ${now.data.named.includes(now.card) ? words.suspect : words.doubtful}`;
  return role === "operand" && pointer === now.data.left[now.card] ? "=" : "";
}

function boxesOn(number) {
  const found = [];
  for (const [pointer, figure] of Object.entries(now.data.figures)) {
    if (figure.page !== number || !figure.box) continue;
    const role = roleOf(pointer), box = boxOf(figure, role, `${figure.where} › ${figure.name}: ${figure.raw} (${figure.said})`);
    box.dataset.p = pointer;
    box.classList.toggle("on", pointer === now.figure);
    box.tabIndex = role === "suspect" || role === "operand" ? 0 : -1;
    const tag = tagOf(pointer, role);
    if (tag) box.dataset.tag = tag;
    found.push([role, box]);
  }
  for (const other of now.data.others) {
    if (other.page !== number || !other.box) continue;
    const box = boxOf(other, "other", other.raw);
    Object.assign(box, { tabIndex: -1, hidden: !now.pending });
    box.dataset.other = JSON.stringify({ page: other.page, box: other.box, raw: other.raw });
    found.push(["", box]);
  }
  for (const remark of now.data.remarks) {
    if (remark.page !== number || !remark.box) continue;
    const mark = boxOf(remark, "remark", remark.kind);
    found.push(["remark", Object.assign(make("div", { className: "box remark", title: remark.kind }), {})]);
    found.at(-1)[1].style.cssText = mark.style.cssText;
  }
  const order = ["remark", "", "disputed", "reviewed", "operand", "suspect"];
  return found.sort((one, two) => order.indexOf(one[0]) - order.indexOf(two[0])).map(([, box]) => box);
}

// A column shows pages one under another; two stand side by side where an identity spans two pages.
function columnsOf() {
  const of = [...(now.data.cards[now.card] ?? [])].map((pointer) => now.data.figures[pointer]?.page).filter(Boolean);
  const pages = [...new Set(of)];
  if (!pages.includes(now.page)) return [[now.page]];
  return pages.length < 2 || now.zoom > 1.6 ? [[now.page, ...pages.filter((page) => page !== now.page)]] : [[pages[0]], pages.slice(1)];
}

function sheetOf(number, width) {
  const [own, high] = size(number);
  const sheet = make("div", { className: "sheet" });
  Object.assign(sheet.style, { width: `${width}px`, height: `${(width * high) / own}px` });
  const steps = [60, 85, 110, 150, 200, 300], wanted = (width * devicePixelRatio * 72) / own;
  const dpi = steps.find((step) => step >= wanted * 0.95) ?? 300;
  const name = fill(words.page, { n: number });
  sheet.append(make("img", { src: `${base}/page/${number}?dpi=${dpi}`, alt: name, decoding: "async" }), ...boxesOn(number), make("span", { className: "number", textContent: name }));
  sheet.dataset.page = number;
  return sheet;
}

function draw() {
  if (!now.data || !now.book) return;
  document.getElementById("page-number").textContent = fill(words.page, { n: `${now.page} / ${now.data.pages}` });
  if (now.book.lines.length) return drawText();
  const columns = columnsOf(), room = sheets.clientWidth / columns.length - 34;
  const made = columns.map((pages) => {
    const column = make("div", { className: "column" });
    const fit = Math.min(Math.max(room, columns.length > 1 ? 560 : 260), 1100);
    column.append(...pages.filter((page) => size(page)).map((page) => sheetOf(page, Math.round(fit * now.zoom))));
    return column;
  });
  sheets.replaceChildren(...made);
  for (const column of made) centre(column, column.querySelector(".box.on") ?? column.querySelector(".box.suspect") ?? column.querySelector(".box.operand"));
}

function centre(column, box) {
  if (!box) return;
  const own = box.getBoundingClientRect(), frame = column.getBoundingClientRect();
  column.scrollTop += own.top - frame.top - frame.height / 2.4;
  if (column.scrollWidth > column.clientWidth) column.scrollLeft += own.left - frame.left - frame.width / 2;
}

function drawText() {
  const list = make("ol", { className: "text" }), on = {};
  for (const [pointer, figure] of Object.entries(now.data.figures)) if (figure.line) (on[figure.line] ??= []).push([pointer, figure]);
  now.book.lines.forEach((line, at) => {
    const item = make("li"), signs = [...line];
    let from = 0;
    const placed = (on[at + 1] ?? []).filter(([, figure]) => figure.columns).sort((one, two) => one[1].columns[0] - two[1].columns[0]);
    for (const [pointer, figure] of placed) {
      const [first, last] = figure.columns;
      if (first - 1 < from) continue;
      const box = make("button", { type: "button", className: `box ${roleOf(pointer)}`, textContent: signs.slice(first - 1, last).join(""), title: figure.name });
      box.dataset.p = pointer;
      box.classList.toggle("on", pointer === now.figure);
      item.append(signs.slice(from, first - 1).join(""), box);
      from = last;
    }
    item.append(signs.slice(from).join(""));
    item.classList.toggle("here", at + 1 === now.figureLine);
    list.append(item);
  });
  const column = make("div", { className: "column" }, list);
  sheets.replaceChildren(column);
  centre(column, column.querySelector(".box.on") ?? column.querySelector(".box.suspect") ?? column.querySelector("li.here"));
}

// --- what is looked at

function choose(card, { scroll = true, figure } = {}) {
  const before = panel.querySelector(".card.at");
  if (before !== card) { before?.classList.remove("at"); before?.querySelector(".actions")?.replaceChildren(); }
  now.card = card?.dataset.card ?? null;
  if (!card) return draw();
  card.classList.add("at");
  const first = figure ?? card.querySelector(".figure.suspect")?.dataset.p ?? card.querySelector(".figure")?.dataset.p;
  offer(card);
  look(first, { scroll: false });
  if (scroll) { card.scrollIntoView({ block: "nearest" }); card.focus({ preventScroll: true }); }
}

function look(pointer, { tell = false } = {}) {
  now.figure = pointer ?? null;
  for (const row of panel.querySelectorAll(".figure.on")) row.classList.remove("on");
  const figure = now.data?.figures[pointer];
  if (figure) {
    now.page = figure.page;
    now.figureLine = figure.line;
    const row = [...panel.querySelectorAll(".card.at .figure")].find((one) => one.dataset.p === pointer);
    row?.classList.add("on");
    row?.closest("details")?.setAttribute("open", "");
  }
  const card = panel.querySelector(".card.at");
  if (card) offer(card);
  draw();
  about.hidden = !(tell && figure);
  if (tell && figure) describe(pointer, figure);
}

function describe(pointer, figure) {
  const facts = [[words.asRead, `${figure.raw} ${figure.printed_unit ?? ""}`], [words.value, `${figure.value} ${figure.unit ?? ""}`]];
  if (figure.first) facts.push([words.firstReading, figure.first]);
  if (figure.second) facts.push([words.secondReading, figure.second]);
  const list = make("dl");
  for (const [name, value] of facts) list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  const rules = make("ul");
  for (const id of figure.checks) {
    const check = now.data.checks[id];
    if (check) rules.append(make("li", { className: check[2], textContent: `${check[2] === "pass" ? `✓ ${words.holds}` : `✗ ${words.fails}`}  ${check[0]}`, title: check[1] }));
  }
  if (!rules.children.length) rules.append(make("li", { textContent: words.noChecks }));
  const close = make("button", { type: "button", className: "plain close", textContent: "×" });
  close.setAttribute("aria-label", words.drop);
  close.addEventListener("click", () => (about.hidden = true));
  about.replaceChildren(close, make("h3", { textContent: `${figure.where} › ${figure.name}` }), make("small", { textContent: figure.said }), list, rules);
  if (figure.remark) about.append(make("p", { className: "why", textContent: figure.remark }));
  offerFor(pointer);
}

// A figure that is on no card may be decided as well.
function offerFor(pointer) {
  if (words.readonly || panel.querySelector(".card.at .figure.on")) return;
  const line = make("div", { className: "actions" });
  about.append(line);
  buttons(line, pointer);
}

function step(by) {
  const list = cards();
  if (!list.length) return;
  const at = list.findIndex((card) => card.dataset.card === now.card);
  choose(list[Math.max(0, Math.min(list.length - 1, at + by))]);
}

function toPage(number) {
  now.page = Math.max(1, Math.min(now.data?.pages ?? 1, number));
  now.figure = null;
  now.card = panel.querySelector(".card.at")?.dataset.card ?? null;
  draw();
}

// --- what is decided

const VERDICTS = { a: "as_printed", e: "misread", m: "other_token", x: "not_a_figure" };

function offer(card) {
  const line = card.querySelector(".actions");
  if (words.readonly || !line || line.querySelector("form")) return;
  if (now.figure) buttons(line, now.figure);
}

const labels = JSON.parse(document.getElementById("labels").textContent);

function buttons(line, pointer) {
  const figure = now.data?.figures[pointer];
  if (!figure) return line.replaceChildren();
  const made = Object.entries(labels).map(([key, label]) => {
    const button = make("button", { type: "button", className: key === "a" ? "" : "plain" }, `${label} `, make("kbd", { textContent: key }));
    button.disabled = (key === "e" && figure.origin !== "ocr") || (key === "m" && !figure.box && !figure.columns);
    if (key === "e" && button.disabled) button.title = words.digital;
    button.addEventListener("click", (event) => { event.stopPropagation(); act(key, pointer); });
    return button;
  });
  line.replaceChildren(...made);
}

function act(key, pointer = now.figure) {
  if (words.readonly || !pointer || now.busy) return;
  const figure = now.data.figures[pointer];
  if (key === "u") return undo();
  if (key === "n") return type(words.typeNote, now.note[pointer] ?? "", (value) => { now.note[pointer] = value; if (figure.decided) send(pointer, "as_printed", {}); }, false);
  if (key === "e") return figure.origin === "ocr" ? type(words.typeShown, figure.raw, (value) => send(pointer, "misread", { value })) : toast(words.digital, true);
  if (key === "m") return figure.box || figure.columns ? pick(pointer) : undefined;
  send(pointer, VERDICTS[key], {});
}

function type(label, value, then, numeric = true) {
  const line = (about.hidden ? panel.querySelector(".card.at .actions") : about.querySelector(".actions")) ?? panel.querySelector(".card.at .actions");
  if (!line) return;
  const input = make("input", { value, autocomplete: "off", spellcheck: false, inputMode: numeric ? "decimal" : "text" });
  const form = make("form", {}, make("label", {}, `${label} `, input), make("button", { textContent: words.save }));
  const close = () => { form.remove(); offer(panel.querySelector(".card.at")); panel.querySelector(".card.at")?.focus(); };
  form.addEventListener("submit", (event) => { event.preventDefault(); const typed = input.value.trim(); close(); if (typed || !numeric) then(typed); });
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
  line.replaceChildren(form);
  input.focus();
  input.select();
}

// It is kept when the server answers; the recount comes later, and whoever decides goes on meanwhile.
async function send(pointer, verdict, more) {
  working(true);
  try {
    await ask("decide", { pointer, verdict, note: now.note[pointer] ?? "", ...more });
    delete now.note[pointer];
    now.data.figures[pointer].decided = true;
    mark(pointer);
    toast(`${words.kept} · ${words.recounting}`);
    onward();
  } catch (error) { return toast(error.message, true); } finally { working(false); }
  return recounted();
}

async function recounted() {
  now.changes += 1;
  if (now.waiting) return;
  now.waiting = true;
  document.body.toggleAttribute("data-waiting", true);
  try {
    for (let seen = -1; seen !== now.changes; ) {
      seen = now.changes;
      const open = disputed(), found = await refresh(true);
      if (found.data.waiting) seen = -1; // something more was decided meanwhile
      if (found.trouble) toast(fill(words.notRecounted, { why: found.trouble }), true);
      else if (seen === now.changes) toast(open > disputed() ? fill(words.settled, { n: open - disputed() }) : words.recounted);
    }
    if (!cards().some(isOpen)) toast(words.allDone);
  } catch (error) { toast(error.message, true); } finally { now.waiting = false; document.body.toggleAttribute("data-waiting", false); }
}

const disputed = () => Object.values(now.data.figures).filter((figure) => figure.status === "disputed" && !figure.decided).length;

function mark(pointer) {
  for (const row of panel.querySelectorAll(".figure")) if (row.dataset.p === pointer) row.closest(".card")?.classList.add("decided");
}

const isOpen = (card) => !card.classList.contains("decided") && card.querySelector(".figure.suspect");

// To the next card that nobody decided, if there is one.
function onward() {
  const list = cards(), at = Math.max(0, list.findIndex((card) => card.dataset.card === now.card));
  choose([...list.slice(at), ...list.slice(0, at)].find(isOpen) ?? list[at]);
}

async function undo() {
  working(true);
  try {
    const { pointer } = await ask("undo", {});
    toast(`${words.undone} · ${words.recounting}`);
    now.back = pointer;
  } catch (error) { return toast(error.message, true); } finally { working(false); }
  return recounted();
}

// The cards as they stand now; who looks at one goes on looking at it, if it is still there.
async function refresh(wait) {
  const found = await ask(`state${wait ? "?wait=1" : ""}`);
  const top = panel.scrollTop, at = now.card, figure = now.figure, typing = panel.querySelector(".actions form");
  now.data = found.data;
  panel.innerHTML = found.cards; // the server's own template, in which words of documents are escaped
  panel.scrollTop = top;
  const holds = (card) => [...card.querySelectorAll(".figure")].some((row) => row.dataset.p === now.back);
  const card = cards().find((one) => (now.back ? holds(one) : one.dataset.card === at)) ?? (at ? cards().find(isOpen) ?? cards()[0] : null);
  now.back = "";
  if (card) choose(card, { figure: card.dataset.card === at ? figure : undefined }); else look(figure);
  if (typing && card?.dataset.card === at) { card.querySelector(".actions").replaceChildren(typing); typing.querySelector("input").focus(); }
  return found;
}

// --- another number of the page: by mouse, or by its characters

function pick(pointer) {
  now.pending = pointer;
  picking.hidden = false;
  document.body.classList.add("picking");
  draw();
  const input = picking.querySelector("input");
  input.value = "";
  input.focus();
  narrow("");
}

const choices = () => [...sheets.querySelectorAll(".box[data-p], .box[data-other]")];
const rawOf = (box) => (box.dataset.p ? now.data.figures[box.dataset.p].raw : JSON.parse(box.dataset.other).raw);

function narrow(typed) {
  const plain = (text) => text.replace(/[,，\s]/g, "");
  let first = null;
  for (const box of choices()) {
    const fits = box.dataset.p !== now.pending && plain(rawOf(box)).startsWith(plain(typed));
    box.classList.toggle("dim", !fits);
    box.classList.toggle("on", fits && !first && Boolean(typed));
    first ??= fits ? box : null;
  }
  return first;
}

function unpick() {
  now.pending = "";
  picking.hidden = true;
  document.body.classList.remove("picking");
  draw();
  panel.querySelector(".card.at")?.focus();
}

function picked(box) {
  const pointer = now.pending, target = box.dataset.p ?? JSON.parse(box.dataset.other);
  unpick();
  if (box.dataset.p !== pointer) send(pointer, "other_token", { target });
}

picking.addEventListener("input", (event) => narrow(event.target.value));
picking.addEventListener("keydown", (event) => {
  if (event.key === "Escape") unpick();
  if (event.key === "Enter") { event.preventDefault(); const first = narrow(event.target.value); if (first && event.target.value) picked(first); }
});

// --- mouse and keys

sheets.addEventListener("click", (event) => {
  const box = event.target.closest(".box[data-p], .box[data-other]");
  if (!box) return;
  if (now.pending) return picked(box);
  const card = cards().find((one) => one.classList.contains("at") && [...one.querySelectorAll(".figure")].some((row) => row.dataset.p === box.dataset.p));
  if (!card) { panel.querySelector(".card.at")?.classList.remove("at"); now.card = null; }
  look(box.dataset.p, { tell: true });
});

panel.addEventListener("click", (event) => {
  const go = event.target.closest(".go");
  if (go) { now.figureLine = Number(go.dataset.line); return toPage(Number(go.dataset.page)); }
  const row = event.target.closest(".figure"), card = event.target.closest(".card");
  if (event.target.closest(".actions, summary")) return;
  if (card && !card.classList.contains("at")) choose(card, { scroll: false, figure: row?.dataset.p });
  else if (row) look(row.dataset.p, { tell: !card });
});
panel.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  if (card && event.target === card && !card.classList.contains("at") && event.target.matches(":focus-visible")) choose(card, { scroll: false });
});
all.addEventListener("click", (event) => { const link = event.target.closest("[data-p]"); if (link) look(link.dataset.p, { tell: true }); });

async function toggleAll() {
  if (all.hidden && !all.children.length) all.innerHTML = await (await fetch(`${base}/figures`)).text(); // as of refresh
  all.hidden = !all.hidden;
  document.querySelector("[data-do=figures]").setAttribute("aria-expanded", String(!all.hidden));
  if (!all.hidden) all.querySelector("summary")?.focus();
}

function zoom(factor) { now.zoom = factor ? Math.max(0.4, Math.min(4, now.zoom * factor)) : 1; draw(); }
function figureNumber(digit) { const row = panel.querySelectorAll(".card.at .figure")[digit - 1]; if (row) { look(row.dataset.p); row.focus(); } }
const follow = (rel) => document.querySelector(`a[rel=${rel}]`)?.click();

async function promote() {
  try { toast(fill(words.promoted, await ask("promote", {}))); } catch (error) { toast(error.message, true); }
}

const tools = { "page-before": () => toPage(now.page - 1), "page-after": () => toPage(now.page + 1), smaller: () => zoom(1 / 1.25), fit: () => zoom(0), larger: () => zoom(1.25), figures: toggleAll };
for (const button of document.querySelectorAll("[data-do]")) if (tools[button.dataset.do]) button.addEventListener("click", tools[button.dataset.do]);

let before = "";
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || help.open) return;
  const own = before;
  before = event.key === "g" ? "g" : "";
  const keys = {
    j: () => step(1), k: () => step(-1), ArrowDown: null, J: () => follow("next"), K: () => follow("prev"), u: () => act("u", now.figure ?? "-"),
    "[": tools["page-before"], "]": tools["page-after"], "+": tools.larger, "=": tools.larger, "-": tools.smaller, 0: tools.fit,
    f: toggleAll, o: () => document.querySelector("[data-do=source]").click(), q: () => location.assign(`${document.body.dataset.base}/`),
    "?": asksHelp, p: own === "g" ? promote : null,
    Escape: () => { if (now.pending) unpick(); about.hidden = true; if (!all.hidden) toggleAll(); },
  };
  const act_ = keys[event.key] ?? (event.key in VERDICTS || event.key === "n" ? () => act(event.key) : /^[1-9]$/.test(event.key) ? () => figureNumber(Number(event.key)) : null);
  if (act_) { event.preventDefault(); act_(); }
});
document.querySelector("#sheets").addEventListener("wheel", (event) => { if (event.ctrlKey) { event.preventDefault(); zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1); } }, { passive: false });
let resizing;
addEventListener("resize", () => { clearTimeout(resizing); resizing = setTimeout(draw, 120); });

// --- the beginning

(async () => {
  const first = cards().find((card) => card.dataset.card === decodeURIComponent(location.hash.slice(1))) ?? cards().find((card) => !card.classList.contains("decided") && card.querySelector(".figure.suspect")) ?? cards()[0];
  const [state, book] = await Promise.allSettled([ask("state"), ask("sheets")]);
  if (state.status === "fulfilled") now.data = state.value.data;
  const trouble = book.value?.trouble ?? book.reason?.message;
  if (trouble) sheets.replaceChildren(make("p", { className: "note", textContent: fill(words.sourceGone, { why: trouble }) }));
  else now.book = book.value;
  if (first) choose(first); else draw();
  document.body.dataset.ready = "1";
  if (now.data?.waiting) await recounted();
})();
