// What every page of the desk has: its help, and short words at the foot.
"use strict";
const help = document.getElementById("help");
const asksHelp = () => (help.open ? help.close() : help.showModal());
for (const button of document.querySelectorAll("[data-help]")) button.addEventListener("click", asksHelp);

let toasting;
function toast(words, bad = false) {
  const place = document.getElementById("toast");
  place.textContent = words;
  place.className = bad ? "on bad" : "on";
  clearTimeout(toasting);
  toasting = setTimeout(() => (place.className = ""), bad ? 6000 : 3200);
}

// Whether a key was meant for a field that somebody types in, or for the browser.
const isTyping = (event) => event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select");
