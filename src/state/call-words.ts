/** Sentences about a call. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { CallEndView } from "./model.js";

export const ECHO_WORDS = plainText("the others hear themselves: headphones, or /ptt on");

/** Null where all is well with it. */
export function endTrouble(end: "microphone" | "speaker", { what, name, trouble }: CallEndView): SafeText | null {
  if (trouble !== null) return trouble;
  if (what === "gone") return safe`the ${end} ${name} is gone`;
  if (what === "silent") return safe`the ${end} ${name} gives nothing but silence`;
  return what === "ended" ? safe`the file ${name} has ended` : null;
}

/** What to do about it; null where nothing is said. */
export function endRemedy({ what, hint }: CallEndView): SafeText | null {
  return hint ?? (what === "silent" ? plainText("Is it muted? /mic chooses another.") : null);
}
