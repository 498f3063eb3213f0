// Undo and redo: every state that was, the present one among them.

const MOST = 300;

export class History {
  constructor(first) {
    this.states = [first];
    this.place = 0;
    this.tag = null;
  }

  get current() {
    return this.states[this.place];
  }

  get canUndo() {
    return this.place > 0;
  }

  get canRedo() {
    return this.place < this.states.length - 1;
  }

  /** A new state. Those that follow one another with the same tag, as while typing, are one step. */
  commit(state, tag = null) {
    if (state === this.current) return;
    const joins = tag !== null && tag === this.tag && this.place > 0;
    this.states.length = joins ? this.place : this.place + 1;
    this.states.push(state);
    if (this.states.length > MOST) this.states.shift();
    this.place = this.states.length - 1;
    this.tag = tag;
  }

  undo() {
    if (this.canUndo) this.place -= 1;
    this.tag = null;
  }

  redo() {
    if (this.canRedo) this.place += 1;
    this.tag = null;
  }
}
