/** What became of a message that was heard before, as sentences. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MessageView, ReactionView } from "../state/model.js";
import { shownAt } from "../state/timeline.js";
import { authorWord, gistWords, indented, momentWords, namesOf, nameWord } from "./message-words.js";

interface ChangeFacts {
  readonly room: SafeText;
  readonly now: number;
}

/**
 * One line for each change a person wants to hear of. What others think of what others wrote is not told: /show and
 * /last have it.
 */
export function changeWords(before: MessageView, after: MessageView, { room, now }: ChangeFacts): readonly SafeText[] {
  if (after.type === "notice" || after.blocked) return [];
  const place = nameWord({ name: room });
  const who = after.mine ? plainText("you") : authorWord(after);
  const which = momentWords(shownAt(after), now);
  if (after.deleted) {
    if (before.deleted) return [];
    const by = after.deletedBy && nameWord({ name: after.deletedBy });
    const what = after.file ? "file" : "message";
    const whose = after.mine ? safe`your ${what}` : safe`the ${what} of ${who}`;
    return [
      by
        ? safe`${by} took back ${whose} of ${which} in ${place}`
        : safe`${who} took back a ${what} of ${which} in ${place}`,
    ];
  }
  const changes: SafeText[] = [];
  if (before.original !== after.original) {
    changes.push(indented(safe`${who} edited a message of ${which} in ${place}: ${after.text}`));
  }
  if (before.verified && !after.verified) {
    changes.push(safe`the message of ${which} in ${place} did not come from ${who} as claimed; /verify says why`);
  }
  const whose = after.mine ? plainText("your message") : safe`the message of ${authorWord(after)}`;
  if (before.pinned !== after.pinned) {
    changes.push(
      safe`${after.pinned ? "pinned" : "no longer pinned"} in ${place}: ${authorWord(after)}, ${which}: ${gistWords(after)}`,
    );
  }
  for (const [emoji, added, removed] of reactionChanges(before.reactions, after.reactions)) {
    if (added.isMine) changes.push(safe`you reacted ${emoji} to ${whose} of ${which}: ${gistWords(after)}`);
    if (removed.isMine) changes.push(safe`you took back ${emoji} from ${whose} of ${which}: ${gistWords(after)}`);
    if (after.mine && added.others.length > 0) {
      changes.push(safe`${namesOf(added.others)} reacted ${emoji} to your message of ${which}: ${gistWords(after)}`);
    }
  }
  return changes;
}

interface Givers {
  readonly isMine: boolean;
  readonly others: readonly SafeText[];
}

function reactionChanges(
  before: readonly ReactionView[],
  after: readonly ReactionView[],
): readonly (readonly [emoji: SafeText, added: Givers, removed: Givers])[] {
  const emojis = new Map([...before, ...after].map((one) => [one.original, one.emoji]));
  return [...emojis].map(([original, emoji]) => {
    const then = before.find((one) => one.original === original);
    const now = after.find((one) => one.original === original);
    return [emoji, givers(then, now), givers(now, then)];
  });
}

/** Who is in the second and not in the first. */
function givers(from: ReactionView | undefined, to: ReactionView | undefined): Givers {
  const isMine = to?.mine === true && from?.mine !== true;
  const left = [...(from?.by ?? [])];
  const others = (to?.by ?? []).filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { isMine, others };
}
