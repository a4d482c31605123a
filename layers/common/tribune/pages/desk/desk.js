"use strict";
// Comfort only: every screen works without it.
let leavingBy = null;
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", () => {
    leavingBy = form;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}
const stay = () => {
  leavingBy = null;
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
};
// Coming back to a page that the browser kept: its buttons work again.
addEventListener("pageshow", stay);
// What somebody wrote and did not send is not lost by another button, or a link: the browser asks first.
addEventListener("beforeunload", (event) => {
  const unsent = (area) => area.form !== leavingBy && !area.closest("[hidden]") && area.value !== area.defaultValue;
  if (![...document.querySelectorAll("form textarea")].some(unsent)) return;
  event.preventDefault();
  setTimeout(stay);
});

// What was done is said once, not again whenever the page is reloaded.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(null, "", here);
}

// How long a text is, as its platform counts (tribune/lengths.py has the last word).
const points = (text) => [...text].length;
const link = /https?:\/\/\S+|(?<![@\w.])(?:[\w-]+\.)+[a-z]{2,24}(?:\/\S*)?(?![\w@])/giu;
const light = (point) => point <= 4351 || (point >= 8192 && point <= 8205) || (point >= 8208 && point <= 8223) || (point >= 8242 && point <= 8247);
const weight = (text) => {
  let total = 0;
  for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) {
    if (/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(segment)) total += 2;
    else for (const one of segment) total += light(one.codePointAt(0)) ? 1 : 2;
  }
  return total;
};
const lengths = {
  codepoints: points,
  utf16: (text) => text.length,
  utf8: (text) => new TextEncoder().encode(text).length,
  mastodon: (text) => points(text.replace(/https?:\/\/\S+/giu, "x".repeat(23))),
  x_weighted: (text) => weight(text.normalize("NFC").replace(link, "x".repeat(23))),
};
const counted = [];
for (const area of document.querySelectorAll("textarea[data-limit]")) {
  const count = document.createElement("p");
  count.className = "count";
  count.setAttribute("aria-live", "polite");
  area.after(count);
  const { limit, unit, signature, left, over } = area.dataset;
  const tell = () => {
    const signed = signature ? `${area.value.trimEnd()} ${signature}` : area.value.trimEnd();
    const rest = Number(limit) - (lengths[unit] || points)(signed);
    count.textContent = rest < limit / 4 ? (rest < 0 ? over : left).replace("{n}", String(Math.abs(rest))) : "";
    count.classList.toggle("over", rest < 0);
  };
  area.addEventListener("input", tell);
  counted.push(tell);
  tell();
}

// The drafts become choices that fill the one box; what was changed in one is there again when it is chosen again.
const own = document.querySelector("form.own");
const drafts = document.querySelectorAll("form.draft");
if (own && drafts.length) {
  const area = own.querySelector("textarea");
  const choices = document.createElement("p");
  let chosen = null;
  choices.className = "choices";
  choices.setAttribute("role", "group");
  choices.setAttribute("aria-label", own.dataset.choose);
  const choose = (draft, choice) => {
    if (chosen) chosen.value = area.value;
    chosen = draft.querySelector("textarea");
    area.defaultValue = chosen.defaultValue;
    area.value = chosen.value;
    own.elements.draft.value = draft.dataset.draft;
    for (const other of choices.children) other.setAttribute("aria-pressed", String(other === choice));
    for (const tell of counted) tell();
  };
  for (const draft of drafts) {
    const choice = document.createElement("button");
    choice.type = "button";
    choice.className = "quiet";
    choice.textContent = draft.dataset.name;
    choice.addEventListener("click", () => {
      choose(draft, choice);
      area.focus();
      area.setSelectionRange(0, 0);
      area.scrollTop = 0;
    });
    choices.append(choice);
    draft.hidden = true;
  }
  own.before(choices);
  choose(drafts[0], choices.firstElementChild);
}
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
