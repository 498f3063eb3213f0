// What the editor asks of the server: measuring, drawing, saving. A newer question calls an older one off.

export class RefusedError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export class Service {
  /** @param {DOMStringMap} addresses data-measure, data-draw, data-save, data-load, data-token of the editor */
  constructor(addresses) {
    this.addresses = addresses;
    this.running = {};
  }

  async load() {
    return (await this.#answer(await fetch(this.addresses.load, { headers: { Accept: "application/json" } }))).json();
  }

  async measure(layout, sample) {
    return (await this.#latest("measure", { document: layout, sample })).json();
  }

  async draw(layout, sample, dpi) {
    return (await this.#latest("draw", { document: layout, sample, dpi })).blob();
  }

  /** As `draw`, of the sheet of samples; neither calls the other off. */
  async strips(sheet, sample, dpi) {
    return (await this.#latest("draw", { document: sheet, sample, dpi }, "strips")).blob();
  }

  async save(layout, basedOn, reason) {
    return (await this.#latest("save", { document: layout, based_on: basedOn, reason })).json();
  }

  async #latest(kind, body, turn = kind) {
    this.running[turn]?.abort();
    const control = (this.running[turn] = new AbortController());
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": this.addresses.token,
    };
    const options = { method: "POST", headers, body: JSON.stringify(body), signal: control.signal };
    return this.#answer(await fetch(this.addresses[kind], options));
  }

  async #answer(reply) {
    if (reply.ok) return reply;
    const problem = await reply.json().catch(() => ({}));
    throw new RefusedError(reply.status, problem.detail ?? `${reply.status}`);
  }
}
