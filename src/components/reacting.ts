import type { Completion } from "../commands/complete.js";
import { emojiFor, emojiIn } from "../commands/emoji.js";
import { emojiOf } from "../commands/react.js";
import { safe } from "../safe-text.js";
import type { OpenCompletion } from "./draft-line.js";

const MAX_CANDIDATES = 40;

/** The line begins with a colon already; who types one more means the same. */
function typed(text: string): string {
  return text.replace(/^:{2,}/, ":");
}

/** While a reaction is chosen, the whole line is the name of an emoji; a bare colon offers those used most. */
export function reactionCompletion(text: string): Completion | null {
  const candidates = emojiFor(typed(text))
    .slice(0, MAX_CANDIDATES)
    .map((emoji) => ({ label: safe`${emoji.text} ${emoji.name}`, insert: emoji.text, note: null }));
  return candidates.length === 0 ? null : { from: 0, to: text.length, candidates, isOffered: true };
}

/**
 * What Enter reacts with: what was chosen or written, else the first one offered for the letters so far.
 * @returns null where nothing was written yet
 * @throws NO_SUCH_EMOJI
 */
export function chosenReaction(line: string, completion: OpenCompletion | null): string | null {
  const text = typed(line);
  if (text.trim() === "" || text.trim() === ":") return null;
  return emojiIn(text) ?? completion?.candidates[0]?.insert ?? emojiOf(text);
}
