// A paper form by keyboard: Enter and arrows move between fields, each figure is checked at once, sums run along.

import { ZERO, add, decimal, fraction } from "./tablet/exact.js";
import { read } from "./tablet/entry.js";
import { total, worth } from "./tablet/reckon.js";

const form = document.querySelector(".paper-form");
const sheet = JSON.parse(form.dataset.sheet);
const aspects = new Map(sheet.aspects.map((aspect) => [aspect.id, aspect]));
const fields = [...form.querySelectorAll("[data-aspect]")];
const button = form.querySelector(".paper-foot button");

/** What a digit stands for among options, as on a judge's device: yes is 1 and no is 0, an option its place. */
function entered(aspect, typed) {
  const text = typed.normalize("NFKC").trim();
  const isOption = aspect.options.some(([label]) => label.toLowerCase() === text.toLowerCase());
  if (!aspect.options.length || isOption || !/^\d+$/.test(text)) return text;
  const place = aspect.kind === "choice" ? Number(text) - 1 : { 1: 0, 0: 1 }[text];
  return aspect.options[place]?.[0] ?? text;
}

function wordsOf(aspect, { problem, params }) {
  const name = problem === "not_a_number" && aspect.options.length ? "notAnOption" : problem.replace(/_(.)/g, (_, c) => c.toUpperCase());
  const range = [aspect.low, aspect.high].map((end) => end ?? "").join("–");
  return form.dataset[name].replace(/\{(\w+)\}/g, (_, key) => ({ range, ...params })[key]);
}

/** The value of a field; null if it is empty or wrong, which is said beside it. */
function valueOf(field) {
  const aspect = aspects.get(field.dataset.aspect);
  const text = entered(aspect, field.value);
  const found = text ? read(aspect, text) : {};
  return { aspect, text, found };
}

function complain(field) {
  const { aspect, found } = valueOf(field);
  const words = found.problem ? wordsOf(aspect, found) : "";
  document.getElementById(field.getAttribute("aria-describedby")).textContent = words;
  field.classList.toggle("is-invalid", Boolean(words));
  return !words;
}

function show(name, value) {
  form.querySelector(`[data-${name}]`).hidden = value === null;
  if (value !== null) form.querySelector(`[data-${name}-sum]`).textContent = value;
}

function reckon() {
  const values = new Map();
  let plain = ZERO;
  for (const field of fields) {
    const { aspect, found } = valueOf(field);
    if (!found.value) continue;
    values.set(aspect.id, found.value);
    if (!aspect.options.length && !aspect.is_time) plain = add(plain, found.value);
  }
  form.querySelector("[data-count]").textContent = values.size;
  const worthOf = (id) => (values.has(id) ? worth(aspects.get(id), values.get(id)) : undefined);
  const sum = values.size ? total(sheet.total, worthOf) : null;
  show("plain", values.size ? decimal(plain) : null);
  show("worth", sum === null || decimal(sum) === decimal(plain) ? null : decimal(sum));
  delete form.querySelector("[data-blanks]").dataset.quiet;
  if (values.size === fields.length) form.querySelector("[data-blanks]").dataset.quiet = "";
}

function step(field, by) {
  const next = fields[fields.indexOf(field) + by];
  if (next) next.focus();
  else if (by > 0) (form.querySelector(".paper-said label:not([data-quiet]) input:not(:checked)") ?? button).focus();
}

form.addEventListener("keydown", (event) => {
  const isField = event.target.matches("[data-aspect]");
  if (event.isComposing || !["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return;
  if (event.key === "Enter" && event.target.type === "checkbox") {
    event.preventDefault();
    event.target.click();
    step(fields.at(-1), 1);
  } else if (isField) {
    event.preventDefault();
    if (event.key === "Enter" && !complain(event.target)) event.target.select();
    else step(event.target, event.key === "ArrowUp" ? -1 : 1);
  }
});
form.addEventListener("focusin", (event) => event.target.matches("[data-aspect]") && event.target.select());
form.addEventListener("change", (event) => {
  if (!event.target.matches("[data-aspect]")) return;
  const { text, found } = valueOf(event.target);
  if (found.value) event.target.value = text;
  complain(event.target);
  reckon();
});
form.addEventListener("input", reckon);

/** A telephone's picture is larger than the server takes: it is shrunk here, or sent as it is where that fails. */
form.querySelector("[name=photo]").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  const { shrunk } = await import("./tablet/photos.js");
  const blob = await shrunk(file).catch(() => null);
  if (!blob || blob.size >= file.size || target.files[0] !== file) return;
  const small = new DataTransfer();
  small.items.add(new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
  target.files = small.files;
});

form.addEventListener("submit", (event) => {
  const wrong = fields.find((field) => !complain(field));
  if (!wrong) return;
  event.preventDefault();
  wrong.focus();
});
reckon();
