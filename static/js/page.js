// Small manners that every page has: ask once before what cannot be undone, follow long work, go on after a choice.

// On the whole page, so that a form that comes later is asked about too.
document.addEventListener("submit", (event) => {
  const { confirm } = { ...event.target.dataset, ...event.submitter?.dataset };
  if (confirm && !window.confirm(confirm)) event.preventDefault();
});

for (const select of document.querySelectorAll("select[data-go]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// A box in a table's head ticks all of its form, but for those that somebody has to look at one by one.
document.addEventListener("change", ({ target }) => {
  if (!target.dataset.tickAll) return;
  for (const box of target.form.querySelectorAll(`input[name="${target.dataset.tickAll}"]`)) {
    if (!("look" in box.dataset)) box.checked = target.checked;
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

/** Say in the page's own field which files were chosen; after a return to the page, or a form set back, too. */
function nameFiles(input) {
  const name = input.parentElement.querySelector(".file__name");
  const names = Array.from(input.files, (file) => file.name);
  name.textContent = names.length ? names.join("、") : name.dataset.none;
  name.classList.toggle("file__name--chosen", names.length > 0);
}

const nameAll = () => document.querySelectorAll(".file input").forEach(nameFiles);
addEventListener("pageshow", nameAll);
document.addEventListener("change", (event) => {
  if (event.target.matches(".file input")) nameFiles(event.target);
});
document.addEventListener("reset", () => setTimeout(nameAll));

// Where a strip of tabs is wider than the screen, the page's own tab is in sight.
for (const tab of document.querySelectorAll(".room__nav [aria-current], .tabs [aria-current]")) {
  const strip = tab.closest("nav");
  const [own, all] = [tab.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += own.left - all.left - (all.width - own.width) / 2;
}

// What is wider or higher than its frame can be moved by keys, too; not every browser lets the focus into it by itself.
const frames = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    const isLarger = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (isLarger) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const frame of document.querySelectorAll(".table-wrap:not([tabindex]), .paper")) frames.observe(frame);

/** One more empty line below the last of a table of fields, with the next number in its names. */
function addLine(lines) {
  const line = lines.lastElementChild.cloneNode(true);
  const number = lines.children.length;
  for (const part of line.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const key of ["name", "id", "for", "aria-describedby"]) {
      const was = part.getAttribute(key);
      if (was) part.setAttribute(key, was.replace(/-\d+-/, `-${number}-`));
    }
    if ("value" in part && part.tagName !== "SELECT") part.value = "";
    part.classList.remove("is-invalid");
  }
  for (const complaint of line.querySelectorAll(".invalid-feedback")) complaint.remove();
  lines.append(line);
  line.querySelector("input, select").focus();
}

for (const button of document.querySelectorAll("[data-add-line]")) {
  const lines = button.parentElement.querySelector("[data-lines]");
  button.hidden = false;
  button.addEventListener("click", () => {
    addLine(lines);
    button.hidden = lines.children.length >= Number(lines.dataset.lines);
  });
}

/** Follow a batch: move its bar each second, say how fast it goes, and show the page anew when it ends. */
function follow(job) {
  const bar = job.querySelector("progress");
  const count = job.querySelector(".bar .num");
  const rate = job.querySelector("[data-rate]");
  const began = { at: performance.now(), done: bar.value };
  const ask = async () => {
    const reply = await fetch(job.dataset.job, { headers: { Accept: "application/json" } }).catch(() => null);
    if (reply && reply.ok) {
      const state = await reply.json();
      bar.value = state.done;
      count.textContent = `${state.done} / ${state.total}`;
      const speed = ((state.done - began.done) * 1000) / (performance.now() - began.at);
      if (rate && speed > 0) rate.textContent = `${speed.toFixed(1)}/s · ${Math.ceil((state.total - state.done) / speed)} s`;
      if (state.state !== "queued") return window.location.reload();
    }
    return setTimeout(ask, 1000);
  };
  ask();
}

for (const job of document.querySelectorAll('[data-job][data-state="queued"]')) follow(job);
