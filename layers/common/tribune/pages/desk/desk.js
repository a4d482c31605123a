"use strict";
// Comfort only: every screen works without it.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}
for (const area of document.querySelectorAll("textarea[data-limit]")) {
  const count = document.createElement("p");
  count.className = "count";
  area.after(count);
  const limit = Number(area.dataset.limit);
  const tell = () => {
    const left = limit - [...area.value].length;
    count.textContent = left < limit / 4 ? String(left) : "";
    count.classList.toggle("over", left < 0);
  };
  area.addEventListener("input", tell);
  tell();
}
