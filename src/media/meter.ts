/** A level as a meter shows it: up at once, down slowly enough to be seen by somebody who looks a few times a second. */
import { SILENCE_DB } from "./sound.js";

const FALL_DB_A_MS = 0.04;

export class Meter {
  #db = SILENCE_DB;

  get levelDb(): number {
    return this.#db;
  }

  note(levelDb: number, ms: number): void {
    this.#db = Math.max(levelDb, SILENCE_DB, this.#db - FALL_DB_A_MS * ms);
  }
}
