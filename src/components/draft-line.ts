import type { Completion } from "../commands/complete.js";
import { cursorInRow, draftRows } from "../state/draft-rows.js";
import { clear, EDITS, type Edit, EMPTY_EDIT, insert, MAX_DRAFT_LENGTH, replace, write } from "../state/edit.js";
import { Store } from "../state/store.js";
import { cells } from "./cells.js";

export interface OpenCompletion extends Completion {
  /** The candidate that is in the draft now; -1 while they are only offered. */
  readonly chosen: number;
  /** The draft before the first of them was put in. */
  readonly base: Edit;
}

export interface DraftLineOptions {
  /** What could be completed at the cursor; `isAsked`: by Tab, and not just because something was typed. */
  readonly complete: (text: string, cursor: number, isAsked: boolean) => Completion | null;
  /** Cells of one row. */
  readonly columns: () => number;
  /** What was sent before, the latest last. */
  readonly history?: { lines(): readonly string[]; add(line: string): void };
  /** Told of every change of the draft by a key or a paste. */
  readonly onChange: () => void;
}

/** What is being typed, with its completion and its history. Changes are seen at once, key by key. */
export class DraftLine {
  readonly edit = new Store<Edit>(EMPTY_EDIT, { windowMs: 0 });
  readonly completion = new Store<OpenCompletion | null>(null, { windowMs: 0 });
  readonly #options: DraftLineOptions;
  /** So many lines back in the history; 0 while the draft is a new one. */
  #ago = 0;
  #kept = "";

  constructor(options: DraftLineOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.edit.getSnapshot().text;
  }

  get isEmpty(): boolean {
    return this.text === "";
  }

  /** Puts a draft in place of the old one, as on changing the room: no key did this. */
  show(text: string, cursor?: number): void {
    this.completion.set(null);
    this.edit.update((edit) => write(edit, text, cursor));
    this.#ago = 0;
  }

  get #history(): readonly string[] {
    return this.#options.history?.lines() ?? [];
  }

  /** Another text in place of this one; the old one can be put back where the new one is empty. */
  write(text: string): void {
    this.#change((edit) => (text === "" ? clear(edit) : insert(clear({ ...edit, cut: "" }), text)));
    this.#ago = 0;
  }

  /** As if it had been cut. */
  setAside(text: string): void {
    this.edit.update((edit) => ({ ...edit, cut: text }));
  }

  type(piece: string): void {
    this.#change((edit) => insert(edit, piece));
  }

  /**
   * Line ends at the end of a paste come from copying whole lines; nobody means them.
   * @returns whether there was room for all of it
   */
  paste(text: string): boolean {
    const piece = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
    const fits = this.text.length + piece.length <= MAX_DRAFT_LENGTH;
    this.type(piece);
    return fits;
  }

  clear(): void {
    this.#change(clear);
    this.#ago = 0;
  }

  /** @returns whether the draft knows this key */
  apply(keyId: string): boolean {
    const change = EDITS[keyId];
    if (change) this.#change(change);
    else if (keyId === "complete") this.#complete(1);
    else if (keyId === "complete-back") this.#complete(-1);
    else if (keyId === "history-back") this.#upOrBack();
    else if (keyId === "history-on") this.#downOrOn();
    else if (keyId === "recall") this.#back();
    else return false;
    return true;
  }

  /** Takes the text out, into the history. */
  take(): string {
    const text = this.text;
    this.remember(text);
    this.edit.update((edit) => ({ ...EMPTY_EDIT, cut: edit.cut }));
    this.completion.set(null);
    this.#options.onChange();
    return text;
  }

  remember(text: string): void {
    this.#options.history?.add(text);
    this.#ago = 0;
  }

  closeCompletion(): boolean {
    const isOpen = this.completion.getSnapshot() !== null;
    this.completion.set(null);
    return isOpen;
  }

  #change(change: (edit: Edit) => Edit): void {
    this.edit.update(change);
    this.offer();
    this.#options.onChange();
  }

  /** Offers what could be completed without being asked for it. */
  offer(): void {
    const base = this.edit.getSnapshot();
    const found = this.#options.complete(base.text, base.cursor, false);
    this.completion.set(found?.isOffered ? { ...found, chosen: -1, base } : null);
  }

  #complete(step: 1 | -1): void {
    const edit = this.edit.getSnapshot();
    const open = this.completion.getSnapshot();
    const found = open ?? this.#options.complete(edit.text, edit.cursor, true);
    if (!found) return;
    const base = open?.base ?? edit;
    const count = found.candidates.length;
    const before = open ? open.chosen : -1;
    const chosen = before < 0 && step < 0 ? count - 1 : (before + step + count) % count;
    this.edit.set(replace(base, found.from, found.to, found.candidates[chosen]!.insert));
    // The only one there is needs no menu: what is typed next may be completed in its turn.
    this.completion.set(count === 1 ? null : { ...found, chosen, base });
    this.#options.onChange();
  }

  #upOrBack(): void {
    if (!this.#moveRow(-1)) this.#back();
  }

  #back(): void {
    const line = this.#history.at(-this.#ago - 1);
    if (line === undefined) return;
    if (this.#ago === 0) this.#kept = this.text;
    this.#ago += 1;
    this.#recall(line);
  }

  #downOrOn(): void {
    if (this.#moveRow(1) || this.#ago === 0) return;
    this.#ago -= 1;
    this.#recall(this.#ago === 0 ? this.#kept : this.#history.at(-this.#ago)!);
  }

  #recall(text: string): void {
    this.completion.set(null);
    this.edit.update((edit) => write(edit, text));
    this.#options.onChange();
  }

  #moveRow(step: -1 | 1): boolean {
    const { text, cursor } = this.edit.getSnapshot();
    const rows = draftRows(text, this.#options.columns(), cells);
    const next = cursorInRow(text, rows, cursor, step, cells);
    if (next === null) return false;
    this.edit.update((edit) => write(edit, text, next));
    return true;
  }
}
