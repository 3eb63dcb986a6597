/** Ops on a row that is there: edit, delete, react, pin, and what becomes of a shared file. Part of `apply`: see there for what it may not do. */
import b4a from "b4a";
import type { MemberContext, Outcome } from "./apply.js";
import { decode, foldEmoji } from "./decode.js";
import { mayDo } from "./rights.js";
import type { AddReaction, Op, RemoveReaction } from "./spec/generated/types.js";
import { MAX_PINS, type Mark, OFFERED } from "./view.js";

/** Of one person on one message. */
export const MAX_REACTIONS = 20;

export type MessageOp = Extract<Op, { readonly target: unknown }>;

const SAID = ["post-message", "share-file"] as const;

/** Which rows each may be done to. */
const ON: { readonly [T in MessageOp["type"]]: readonly Op["type"][] } = {
  "edit-message": ["post-message"],
  "delete-message": ["post-message"],
  "add-reaction": SAID,
  "remove-reaction": SAID,
  "pin-message": SAID,
  "unpin-message": SAID,
  "finish-file": ["share-file"],
  "unshare-file": ["share-file"],
};

/** May that op be about a row of this kind at all? Null is a row that this version cannot read. */
export function mayBeOn(op: MessageOp, row: Op | null): boolean {
  return row !== null && ON[op.type].includes(row.type);
}

export async function applyToMessage(op: MessageOp, context: MemberContext): Promise<Outcome> {
  const { view, identity, person, room } = context;
  const place = await view.placeOf(op.target.writer, op.target.id);
  const row = place === null ? null : await view.row(place);
  const decoded = row ? decode(row.bytes) : null;
  if (place === null || !row || !decoded?.ok || !mayBeOn(op, decoded.op)) return "no-such-message";
  const author = (await view.writer(row.writer))?.identity;
  if (!author) return "no-such-message";
  const own = b4a.equals(author, identity);
  const otherRole = own ? person.role : ((await view.person(author))?.role ?? "member");
  if (!mayDo(op.type, { role: person.role, room, own, otherRole })) return "not-allowed";

  const marks = await view.marks(place);
  const file = (decoded.op?.type === "share-file" && (await view.file(place))) || OFFERED;
  const isTakingBack = op.type === "delete-message" || op.type === "unshare-file";
  // What was taken back stays so; only the taking back itself can come twice.
  if (marks.deletion || file.unshare) return isTakingBack ? "duplicate" : "no-such-message";
  const mark: Mark = { writer: context.writerKey, length: context.node.length, bytes: context.envelope.bytes };
  switch (op.type) {
    case "edit-message":
      await view.putMarks(place, { ...marks, edit: mark });
      break;
    case "delete-message":
      await view.putMarks(place, { edit: null, deletion: mark });
      await unpin(place, context);
      break;
    case "add-reaction":
    case "remove-reaction": {
      const wrong = await react(op, place, mark, context);
      if (wrong) return wrong;
      break;
    }
    case "pin-message": {
      const { pins, pinned, ...counts } = await view.counts();
      if (await view.isPinned(place)) return "duplicate";
      if (pins >= MAX_PINS) return "too-many";
      await view.putPin(place, { order: pinned, mark });
      await view.putCounts({ ...counts, pins: pins + 1, pinned: pinned + 1 });
      break;
    }
    case "finish-file":
      // The first stands: whoever has fetched it has checked it against that hash.
      if (file.finish) return "duplicate";
      await view.putFile(place, { ...file, finish: mark });
      break;
    case "unshare-file":
      await view.putFile(place, { ...file, unshare: mark });
      await unpin(place, context);
      break;
    case "unpin-message":
      if (!(await unpin(place, context))) return "duplicate";
      break;
  }
  context.listener.mark(place);
  return "no-row";
}

async function unpin(place: number, { view }: MemberContext): Promise<boolean> {
  if (!(await view.isPinned(place))) return false;
  await view.deletePin(place);
  const { pins, ...counts } = await view.counts();
  await view.putCounts({ ...counts, pins: pins - 1 });
  return true;
}

async function react(
  op: AddReaction | RemoveReaction,
  place: number,
  mark: Mark,
  { view, identity }: MemberContext,
): Promise<Outcome> {
  const folded = foldEmoji(op.emoji);
  const has = await view.hasReaction(place, identity, folded);
  if (op.type === "add-reaction") {
    if (has) return "duplicate";
    if ((await view.reactionsOf(place, identity)) >= MAX_REACTIONS) return "too-many";
    await view.putReaction(place, identity, folded, mark);
  } else {
    if (!has) return "duplicate";
    await view.deleteReaction(place, identity, folded);
  }
  return null;
}
