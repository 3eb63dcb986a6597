/** Messages and pages as the core would give them, for tests of what is made of them. */
import type { MessageInfo, Page, PersonInfo } from "../../src/rpc/methods.js";
import { plainMessage } from "../helpers/wire.js";

export const ALICE: PersonInfo = { id: "a1".repeat(32), name: "alice" };
export const BOB: PersonInfo = { id: "b0".repeat(32), name: "bob" };

let count = 0;

export function message(text: string, more: Partial<MessageInfo> = {}): MessageInfo {
  count += 1;
  const id = count.toString(16).padStart(32, "0");
  const sentAt = "2026-11-24T09:02:00.000Z";
  return plainMessage(
    { id, room: "f0".repeat(32), author: ALICE, sentAt, text, writer: "11".repeat(32) },
    { receivedAt: "2026-11-24T09:02:01.000Z", ...more },
  );
}

export function answer(text: string, to: MessageInfo, more: Partial<MessageInfo> = {}): MessageInfo {
  const { id, writer, author, deleted, blocked, position } = to;
  const reply = {
    id,
    writer,
    found: true,
    author,
    text: to.text.slice(0, 200),
    isFile: false,
    deleted,
    blocked,
    position,
  };
  return message(text, { replyTo: id, reply, ...more });
}

export function notice(kind: NonNullable<MessageInfo["notice"]>, text = "", about: PersonInfo | null = null) {
  return message(text, { type: "notice", notice: kind, about });
}

export function numbered(messages: readonly MessageInfo[]): MessageInfo[] {
  return messages.map((one, position) => ({ ...one, position }));
}

/** As the core answers `message.list`. */
export function pageOf(all: readonly MessageInfo[], from: number, limit: number): Page {
  return { messages: numbered(all).slice(from, from + limit), total: all.length, incomplete: false };
}

export async function* onePage(...messages: readonly MessageInfo[]) {
  yield { messages };
}
