import { soundFailure } from "../../src/media/sound-errors.js";
import { plainText, safe } from "../../src/safe-text.js";
import type { CallView } from "../../src/state/call-session.js";

/** As a microphone or a speaker is told that was pulled. */
export function deviceGone(end: "microphone" | "speaker", called: string): CallView["microphone"] {
  const name = called === "" ? plainText("none") : safe`${called}`;
  return { what: "gone", name, error: soundFailure(end, name, ["no such device"]) };
}
