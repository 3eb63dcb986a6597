/** Rows as messages: with their state, what they answer, and what this person did to them and nobody's log has yet. */
import b4a from "b4a";
import { decode, foldEmoji } from "./decode.js";
import type { TransferInfo } from "./files/held.js";
import { hex } from "./hex.js";
import type { Identity } from "./identity.js";
import type { Reaction, Who } from "./message-state.js";
import { fileOf, isSaid, type Reply, type RoomMessage, textOf, wordsOf } from "./messages.js";
import type { ArrivedAt, ReadState } from "./read-state.js";
import type { Room } from "./room.js";
import type { RoomRow } from "./room-rows.js";
import type { Sending } from "./sending.js";
import type { MessageRef, Op } from "./spec/generated/types.js";

const CLOCK_OFF_MS = 10 * 60_000;
const REPLY_CHARS = 200;

export interface MessageReaderOptions {
  readonly room: Room;
  readonly identity: Identity;
  readonly read: ReadState;
  readonly sending: Sending;
  readonly now: () => number;
  readonly isBlocked: (identity: Uint8Array) => boolean;
  /** Length of our own log that somebody else has. */
  readonly deliveredLength: () => number;
  /** How far a share is on this device. */
  readonly transferOf: (share: string) => TransferInfo | null;
}

export class MessageReader {
  readonly #options: MessageReaderOptions;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  async all(rows: readonly RoomRow[]): Promise<RoomMessage[]> {
    const arrivedAt = await this.#options.read.arrivals(rows);
    const joinPlace = await this.#joinPlace();
    const messages: RoomMessage[] = [];
    for (const row of rows) messages.push(await this.one(row, row.place < joinPlace ? () => null : arrivedAt));
    return messages;
  }

  /** What is above one's own join was there before: it came with the rest, whenever that was. */
  async #joinPlace(): Promise<number> {
    const { room } = this.#options;
    const decoded = decode(room.writers.get(hex(room.writerKey))?.joinBytes ?? null);
    return decoded.ok ? ((await room.placeOf(room.writerKey, decoded.envelope.id)) ?? 0) : 0;
  }

  async one(row: RoomRow, arrivedAt: ArrivedAt): Promise<RoomMessage> {
    const { envelope, op, writer, length } = row;
    const mine = b4a.equals(row.author.identity, this.#options.identity.key);
    const isOwnWriter = b4a.equals(writer, this.#options.room.writerKey);
    const receivedAt = arrivedAt(hex(writer), length);
    const state = mine ? (!isOwnWriter || length <= this.#options.deliveredLength() ? "delivered" : "sent") : null;
    const isPost = op?.type === "post-message";
    const now = this.#withWaiting(row);
    const { edit, deletion, pinned, reactions } = now;
    const text = deletion ? "" : (edit?.text ?? textOf(op));
    const mentions = edit?.mentions ?? (isPost ? (op.mentions ?? []) : []);
    return {
      id: envelope.id,
      writer,
      author: row.author.identity,
      name: row.name,
      sentAt: envelope.sentAt,
      receivedAt,
      place: row.place < 0 ? null : row.place,
      op,
      text,
      file: fileOf(op, envelope.id, now, this.#options.transferOf(hex(envelope.id))),
      editedAt: edit?.sentAt ?? null,
      deletedBy: deletion?.by ?? null,
      pinned,
      reactions: deletion ? [] : reactions,
      reply: isPost && op.replyTo ? await this.#replyOf(op.replyTo) : null,
      about: await this.#aboutOf(op),
      state: isSaid(op) ? state : null,
      reason: null,
      verified: row.verified,
      mine,
      blocked: !mine && this.#options.isBlocked(row.author.identity),
      clockOff: envelope.sentAt > (receivedAt ?? this.#options.now()) + CLOCK_OFF_MS,
      mentionsMe: isPost && !mine && text !== "" && this.mentionsMe(text, mentions),
    };
  }

  /** What a row is with what this person did to it and the log has not taken yet. */
  #withWaiting({ state, writer, envelope }: RoomRow): RoomRow["state"] {
    const waiting = this.#options.sending.about({ writer, id: envelope.id });
    const me: Who = { identity: this.#options.identity.key, name: this.#options.identity.name };
    let now = state;
    for (const { op, sentAt } of waiting) {
      if (op.type === "edit-message") now = { ...now, edit: { text: op.text, mentions: op.mentions ?? [], sentAt } };
      if (op.type === "delete-message" || op.type === "unshare-file") now = { ...now, deletion: { by: me, sentAt } };
      if (op.type === "finish-file") now = { ...now, finish: { hash: op.hash, sentAt } };
      if (op.type === "pin-message" || op.type === "unpin-message") now = { ...now, pinned: op.type === "pin-message" };
      if (op.type === "add-reaction" || op.type === "remove-reaction") {
        now = { ...now, reactions: withReaction(now.reactions, op.emoji, me, op.type === "add-reaction") };
      }
    }
    return now;
  }

  async #replyOf({ writer, id }: MessageRef): Promise<Reply> {
    const place = await this.#options.room.placeOf(writer, id).catch(() => null);
    const row = place === null ? null : (await this.#options.room.rows(place, place + 1).catch(() => []))[0];
    if (place === null || !row || !isSaid(row.op)) return { writer, id, found: null };
    const deleted = row.state.deletion !== null;
    const text = deleted ? "" : (row.state.edit?.text ?? wordsOf(row.op));
    const isFile = row.op.type === "share-file";
    const author = { identity: row.author.identity, name: row.name };
    const blocked = this.#options.isBlocked(author.identity);
    const shown = blocked ? "" : [...text].slice(0, REPLY_CHARS).join("");
    return { writer, id, found: { author, text: shown, isFile, deleted, blocked, place } };
  }

  async #aboutOf(op: Op | null): Promise<Who | null> {
    if (op?.type !== "set-role" && op?.type !== "remove-member") return null;
    return { identity: op.identity, name: await this.#options.room.nameOf(op.identity) };
  }

  mentionsMe(text: string, mentions: readonly Uint8Array[]): boolean {
    if (mentions.some((identity) => b4a.equals(identity, this.#options.identity.key))) return true;
    const at = `@${this.#options.identity.name.toLowerCase()}`;
    const lower = text.toLowerCase();
    for (let from = lower.indexOf(at); from >= 0; from = lower.indexOf(at, from + 1)) {
      const after = lower[from + at.length];
      if (after === undefined || !/[\p{L}\p{N}_]/u.test(after)) return true;
    }
    return false;
  }
}

/** As it will be when the log has taken it. */
function withReaction(before: readonly Reaction[], emoji: string, me: Who, adds: boolean): Reaction[] {
  const folded = foldEmoji(emoji);
  const isMe = (who: Who) => b4a.equals(who.identity, me.identity);
  const others = before.map((one) =>
    foldEmoji(one.emoji) === folded ? { ...one, by: one.by.filter((who) => !isMe(who)) } : one,
  );
  const known = others.find((one) => foldEmoji(one.emoji) === folded);
  if (!adds) return others.filter(({ by }) => by.length > 0);
  if (!known) return [...others, { emoji, by: [me] }];
  return others.map((one) => (one === known ? { ...one, by: [...one.by, me] } : one));
}
