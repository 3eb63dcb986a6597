import { Actions, type ActionsOptions } from "../state/actions.js";
import type { LineContext } from "./commands.js";

export type OwnActions = Omit<LineContext, keyof Actions>;

/** The verbs of the program, and those of this front end. */
export class LineActions extends Actions implements LineContext {
  readonly #own: OwnActions;

  constructor(options: ActionsOptions, own: OwnActions) {
    super(options);
    this.#own = own;
  }

  readLast(count: number): Promise<void> {
    return this.#own.readLast(count);
  }

  readWhole(): void {
    this.#own.readWhole();
  }

  readTyping(): void {
    this.#own.readTyping();
  }

  paste(): void {
    this.#own.paste();
  }

  runYes(line: string): Promise<void> {
    return this.#own.runYes(line);
  }
}
