/** Asks before what cannot be taken back. */
import { KeetError } from "../errors.js";
import type { OptionSpec } from "./define.js";
import type { OneShot } from "./one-shot.js";
import { talk } from "./output.js";
import { ask } from "./read-stdin.js";

export const YES_OPTION: OptionSpec = { type: "flag", describe: "Do not ask", alias: "y" };

/** @throws USAGE where nobody can be asked, CANCELLED */
export async function confirm(shot: OneShot, consequence: string, question: string): Promise<void> {
  if (!process.stdin.isTTY || !shot.globals.input) {
    throw new KeetError("user", "USAGE", `${consequence} Nobody can be asked here whether that is meant`, {
      hint: "To do it without being asked: --yes",
    });
  }
  talk(consequence);
  const answer = (await ask(`${question} [y/N] `)).trim().toLowerCase();
  if (answer !== "y" && answer !== "yes") throw new KeetError("user", "CANCELLED", "Nothing was changed");
}
