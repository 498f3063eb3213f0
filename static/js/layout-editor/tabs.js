// Tabs of the panel, by pointer and by arrow keys.

const panelOf = (tab) => tab.closest(".panel");

export class Tabs {
  /** @param {HTMLElement} list holds buttons with role=tab @param {(shown: string) => void} changed */
  constructor(list, changed) {
    this.tabs = [...list.querySelectorAll("[role=tab]")];
    this.changed = changed;
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("[role=tab]");
      if (tab) this.show(tab);
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = this.tabs.at((this.tabs.indexOf(document.activeElement) + step) % this.tabs.length);
      this.show(next);
      next.focus();
    });
  }

  get shown() {
    return this.tabs.find((tab) => tab.getAttribute("aria-selected") === "true").getAttribute("aria-controls");
  }

  show(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
    }
    panelOf(chosen).scrollTop = 0;
    this.changed(this.shown);
  }
}
