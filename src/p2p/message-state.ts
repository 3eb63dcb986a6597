/** What is on a row, read for people: each op on it checked again, since whoever signs the order can forge it. */
import b4a from "b4a";
import { decode, type Envelope, foldEmoji } from "./decode.js";
import type { Op } from "./spec/generated/types.js";
import type { FullRow, Mark } from "./view.js";

export interface Who {
  readonly identity: Uint8Array;
  readonly name: string;
}

export interface Reaction {
  readonly emoji: string;
  readonly by: readonly Who[];
}

export interface RowState {
  /** The text as it is now, by its author; null where it never changed. */
  readonly edit: { readonly text: string; readonly mentions: readonly Uint8Array[]; readonly sentAt: number } | null;
  /** Taken back; of a shared file: no longer shared. */
  readonly deletion: { readonly by: Who; readonly sentAt: number } | null;
  /** Of a shared file that its author said is whole. */
  readonly finish: { readonly hash: Uint8Array; readonly sentAt: number } | null;
  readonly pinned: boolean;
  readonly reactions: readonly Reaction[];
  /** Somebody put an op on this row that is not genuine. */
  readonly forged: boolean;
}

export const PLAIN: RowState = {
  edit: null,
  deletion: null,
  finish: null,
  pinned: false,
  reactions: [],
  forged: false,
};

/** Whose an op is, and whether its signature and the proof behind it hold. */
export type CheckMark = (writer: Uint8Array, envelope: Envelope) => Promise<{ who: Who; genuine: boolean }>;

/** @param author identity of who wrote the row */
export async function rowState(full: FullRow, id: Uint8Array, author: Uint8Array, check: CheckMark): Promise<RowState> {
  const { finish: finished = null, unshare = null } = full.file ?? {};
  if (!full.marks && !full.pin && !finished && !unshare && full.reactions.length === 0) return PLAIN;
  let forged = false;
  const read = async <T extends Op["type"]>(mark: Mark | null, type: T) => {
    if (!mark) return null;
    const decoded = decode(mark.bytes);
    const op = decoded.ok ? decoded.op : null;
    if (!decoded.ok || op?.type !== type || !("target" in op)) return reject();
    const isOfRow = b4a.equals(op.target.writer, full.row.writer) && b4a.equals(op.target.id, id);
    const { who, genuine } = await check(mark.writer, decoded.envelope);
    if (!isOfRow || !genuine) return reject();
    return { op: op as Extract<Op, { type: T }>, who, sentAt: decoded.envelope.sentAt };
  };
  const reject = () => {
    forged = true;
    return null;
  };

  const deletion =
    (await read(full.marks?.deletion ?? null, "delete-message")) ?? (await read(unshare, "unshare-file"));
  let finish = await read(finished, "finish-file");
  if (finish && !b4a.equals(finish.who.identity, author)) finish = reject();
  let edit = await read(full.marks?.edit ?? null, "edit-message");
  if (edit && !b4a.equals(edit.who.identity, author)) edit = reject();
  const pin = await read(full.pin?.mark ?? null, "pin-message");
  const byEmoji = new Map<string, { emoji: string; by: Who[] }>();
  for (const mark of full.reactions) {
    const reaction = await read(mark, "add-reaction");
    if (!reaction) continue;
    const folded = foldEmoji(reaction.op.emoji);
    const same = byEmoji.get(folded) ?? { emoji: reaction.op.emoji, by: [] };
    // With its selector a terminal draws it as a picture.
    if (reaction.op.emoji.length > same.emoji.length) same.emoji = reaction.op.emoji;
    same.by.push(reaction.who);
    byEmoji.set(folded, same);
  }
  return {
    edit: edit && { text: edit.op.text, mentions: edit.op.mentions ?? [], sentAt: edit.sentAt },
    deletion: deletion && { by: deletion.who, sentAt: deletion.sentAt },
    finish: finish && { hash: finish.op.hash, sentAt: finish.sentAt },
    pinned: pin !== null,
    reactions: [...byEmoji.values()].sort((a, b) => b.by.length - a.by.length),
    forged,
  };
}
