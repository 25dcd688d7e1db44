// The queue without a mouse.
"use strict";
const rows = [...document.querySelectorAll(".queue tbody tr")].filter((row) => row.querySelector("a"));
let at = -1;

function go(to) {
  if (!rows.length) return;
  rows[at]?.classList.remove("at");
  at = Math.max(0, Math.min(rows.length - 1, to));
  rows[at].classList.add("at");
  rows[at].querySelector("a").focus();
  rows[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || help.open) return;
  const act = {
    j: () => go(at + 1), k: () => go(at - 1), J: () => go(at + 1), K: () => go(at - 1),
    "/": () => document.querySelector("[type=search]")?.focus(), "?": asksHelp,
    q: () => location.assign(`${document.body.dataset.base}/`),
  }[event.key];
  if (act) { event.preventDefault(); act(); }
});
// While results are still being counted the numbers come by themselves, unless somebody is at work here.
if (document.querySelector("[data-counting]")) setTimeout(() => { if (at < 0 && !document.querySelector(".filters :focus")) location.reload(); }, 1500);
