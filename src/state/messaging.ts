import { KeetError } from "../errors.js";
import type { MethodName, ParamsOf, ResultOf } from "../rpc/methods.js";
import { type SafeText, safe, safeName } from "../safe-text.js";
import { hasCode } from "./core-link.js";
import { mentionsIn } from "./mentions.js";
import type { MessageView, RoomView } from "./model.js";
import type { RoomSession } from "./room-session.js";
import { whyNoWriting, whyTooLong } from "./room-words.js";
import type { Session } from "./session.js";
import { TakingBack, UNDO_MS } from "./taking-back.js";
import { indexOfKey, messageAt, rowCount } from "./timeline.js";
import { messageView } from "./views.js";

export interface MessagingOptions {
  readonly session: Session;
  /** What is on screen; the front end knows, not the session. */
  readonly room: () => string | null;
  readonly selected: () => Selected;
  /** Hears of every message that is sent and that the caller does not wait for. */
  readonly onSending?: ((sending: Promise<MessageView | null>) => void) | undefined;
  /** How long taking back can be undone. */
  readonly undoMs?: number | undefined;
}

/** By its key, of the room on screen; or itself, of any room, also where it is not read in. */
export type Selected = string | MessageView | null;

export interface Found {
  /** Newest first. */
  readonly messages: readonly MessageView[];
  /** For older ones; null at the end. */
  readonly more: string | null;
  /** Rooms of which a part could not be read now. */
  readonly incomplete: readonly SafeText[];
}

const SEARCH_LIMIT = 50;

/** What one may do with a message. What the room refuses is thrown in the core's words. */
export class Messaging {
  readonly #options: MessagingOptions;
  readonly #session: Session;
  readonly #takingBack: TakingBack;

  constructor(options: MessagingOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#takingBack = new TakingBack({
      hide: (message) => this.#session.room(message.room).withdraw(message),
      show: (message) => this.#session.room(message.room).restore(message.key),
      send: (message) => this.#sendDelete(message),
      undoMs: options.undoMs,
    });
    options.session.atEnd(() => this.#takingBack.flush());
  }

  /**
   * The message a command is about: the selected one, else the latest of those meant.
   * @throws NO_SUCH_MESSAGE
   */
  meant(whose: "theirs" | "mine" | "anybody's"): MessageView {
    const selected = this.selected();
    if (selected) return selected;
    const state = this.#here().timeline.getSnapshot();
    for (let at = rowCount(state) - 1; at >= 0; at -= 1) {
      const message = messageAt(state, at)!;
      const isMeant = whose === "anybody's" || message.mine === (whose === "mine");
      if (isMeant && message.type !== "notice" && !message.deleted && !message.blocked) return message;
    }
    const words = {
      theirs: "Nobody else has written here yet",
      mine: "You have written nothing here yet",
      "anybody's": "Nothing has been said here yet",
    };
    throw new KeetError("user", "NO_SUCH_MESSAGE", words[whose], { hint: "↑ on an empty line selects a message." });
  }

  selected(): MessageView | null {
    const key = this.#options.selected();
    if (key === null) return null;
    if (typeof key !== "string") return this.#latest(key);
    const state = this.#here().timeline.getSnapshot();
    return messageAt(state, indexOfKey(state, key)) ?? null;
  }

  /** @throws KeetError where that one cannot be answered */
  checkReply(message: MessageView): void {
    refuseNotice(message, "answered");
    if (message.writer === "") throw notSentYet("answered");
  }

  reply(message: MessageView, text: string): void {
    this.checkReply(message);
    const view = this.#session.roomView(message.room);
    if (view) refuseClosed(view);
    refuseTooLong(text);
    const sending = this.#session.room(message.room).send(text, { replyTo: message });
    this.#options.onSending?.(sending);
  }

  /** @throws KeetError where that one cannot be changed, with why */
  checkEdit(message: MessageView): void {
    if (!message.mine) {
      throw new KeetError("user", "NOT_YOURS", "You can edit only what you wrote yourself", {
        hint: "r answers it, d takes it back where you may.",
      });
    }
    if (message.type !== "message") throw new KeetError("user", "NOT_TEXT", "Only text can be edited");
    refuseGone(message, "edited");
    refuseUnsent(message, "edited");
  }

  async edit(message: MessageView, text: string): Promise<void> {
    this.checkEdit(message);
    if (text === message.original) return;
    const mentions = [...mentionsIn(text, this.#session.room(message.room).members.getSnapshot())];
    await this.#change(message, "message.edit", { ...nameOf(message), text, mentions });
  }

  /** @throws KeetError where there is nothing to take back */
  checkDelete(message: MessageView): void {
    refuseNotice(message, "taken back");
    refuseGone(message, "taken back");
    refuseUnsent(message, "taken back");
    if (message.mine || this.#session.roomView(message.room)?.role !== "member") return;
    throw new KeetError("user", "NOT_ALLOWED", "Only moderators and owners can take back what others wrote", {
      hint: "/block hides what somebody writes from you.",
    });
  }

  /** Seen at once here; everybody else is asked for it when the time to undo it is over. */
  async delete(message: MessageView): Promise<void> {
    this.checkDelete(message);
    this.#takingBack.take(message);
    const seconds = (this.#options.undoMs ?? UNDO_MS) / 1000;
    this.#session.tell("Taken back", {
      hint: seconds > 0 ? `Ctrl-T brings it back within ${seconds} s` : null,
      staysMs: this.#options.undoMs ?? UNDO_MS,
    });
  }

  /**
   * The message that was taken back last is there again, and nobody was asked to hide it.
   * @throws NOTHING_TO_UNDO
   */
  undoDelete(): void {
    if (this.#takingBack.undo()) return;
    const seconds = (this.#options.undoMs ?? UNDO_MS) / 1000;
    throw new KeetError("user", "NOTHING_TO_UNDO", `Nothing was taken back within the last ${seconds} s`, {
      hint: "Later than that the others have been asked to hide it.",
    });
  }

  /**
   * Sends again the selected one, else all of this room that failed.
   * @returns each as it is then
   * @throws ALREADY_SENT
   */
  async retry(): Promise<readonly MessageView[]> {
    const selected = this.selected();
    if (selected) refuseSent(selected);
    const room = selected ? this.#session.room(selected.room) : this.#here();
    const rows = selected ? [selected] : room.timeline.getSnapshot().arriving;
    // Those that no core took are known here alone.
    const local = rows.filter(({ key, state }) => key.startsWith("local:") && state === "failed");
    const sent = await Promise.all(local.map((row) => room.sendAgain(row)));
    if (selected?.key.startsWith("local:")) return local.length > 0 ? sent.filter((row) => row !== null) : [selected];
    const infos = await this.#again("message.retry", { room: room.id, ...(selected ? { id: selected.id } : {}) });
    room.takeChanged(infos);
    return [...sent.filter((row) => row !== null), ...infos.map(room.viewOf)];
  }

  /** @throws KeetError where that one takes no reaction */
  checkReact(message: MessageView): void {
    refuseNotice(message, "reacted to");
    refuseGone(message, "reacted to");
    refuseUnsent(message, "reacted to");
  }

  /**
   * Reacts; the reaction this person has given already is taken back.
   * @returns whether it is there now
   */
  async react(message: MessageView, emoji: string): Promise<boolean> {
    this.checkReact(message);
    // As it stands now: the message may have been selected a while ago.
    const { reactions } = this.#latest(message);
    const given = reactions.find(({ original }) => plain(original) === plain(emoji));
    const remove = given?.mine === true;
    await this.#change(message, "message.react", {
      ...nameOf(message),
      emoji: given?.original ?? emoji,
      ...(remove ? { remove } : {}),
    });
    return !remove;
  }

  async pin(message: MessageView, pinned: boolean): Promise<void> {
    refuseNotice(message, "pinned");
    refuseUnsent(message, "pinned");
    await this.#change(message, "message.pin", { ...nameOf(message), pinned });
  }

  async pins(): Promise<readonly MessageView[]> {
    const room = this.#here();
    const messages = await this.#again("message.pins", { room: room.id });
    return messages.map(room.viewOf).filter((message) => !message.blocked);
  }

  /**
   * Says it again in another room, as a quote with its author and without where it was said.
   * @returns the state it is in there
   */
  async forward(message: MessageView, room: RoomView): Promise<MessageView["state"]> {
    refuseGone(message, "forwarded");
    if (message.file) {
      throw new KeetError("user", "NOT_TEXT", "Files cannot be forwarded yet", {
        hint: "Whoever has it can share it there.",
      });
    }
    if (message.type !== "message") throw new KeetError("user", "NOT_TEXT", "Only text can be forwarded");
    refuseClosed(room);
    // Whoever is named in it was named there, not here.
    const sent = await this.#session.room(room.id).send(forwardText(message), { mentions: [] });
    if (sent?.state !== "failed") return sent?.state ?? null;
    throw new KeetError(
      "peer",
      "NOT_SENT",
      `It did not get into ${room.name}: ${sent.reason ?? "the room refused it"}`,
    );
  }

  /** The text of a message, exactly as it was sent. */
  textOf(message: MessageView): string {
    refuseGone(message, "copied");
    return message.file ? message.file.name : message.original;
  }

  /** In one room, or in all where that is null. `after` is `more` of the page before. */
  async search(text: string, room: string | null, after: string | null): Promise<Found> {
    const params = {
      text,
      limit: SEARCH_LIMIT,
      ...(room === null ? {} : { room }),
      ...(after === null ? {} : { after }),
    };
    const result = await this.#again("message.search", params);
    const me = this.#session.profile.getSnapshot().identity?.id;
    return {
      messages: result.messages.map((info) => messageView(info, me)).filter((message) => !message.blocked),
      more: result.more,
      incomplete: result.incomplete.map((id) => this.#session.roomView(id)?.name ?? safeName(id)),
    };
  }

  /** Where a message is now, asked of the core; null where it knows none. */
  async placeOf(room: string, key: string): Promise<number | null> {
    const [writer, id] = key.split(":") as [string, string];
    try {
      return (await this.#again("message.get", { room, id, writer })).position;
    } catch (error) {
      if (hasCode(error, "NO_SUCH_MESSAGE")) return null;
      throw error;
    }
  }

  #here(): RoomSession {
    const id = this.#options.room();
    if (id === null) throw new KeetError("user", "NO_ROOM_HERE", "No room is open", { hint: "/create makes one." });
    return this.#session.room(id);
  }

  #latest(message: MessageView): MessageView {
    const state = this.#session.room(message.room).timeline.getSnapshot();
    return messageAt(state, indexOfKey(state, message.key)) ?? message;
  }

  async #sendDelete(message: MessageView): Promise<void> {
    try {
      await this.#change(message, "message.delete", nameOf(message));
    } catch (error) {
      this.#session.room(message.room).restore(message.key);
      this.#session.tellError(error);
    }
  }

  /** The row is changed with the answer; the event that tells others of it may come later. */
  async #change<M extends "message.edit" | "message.delete" | "message.react" | "message.pin">(
    message: MessageView,
    method: M,
    params: ParamsOf<M>,
  ): Promise<void> {
    const info = await this.#again(method, params);
    const room = this.#session.room(message.room);
    // What the core says of it now is how it looks.
    if (method === "message.delete") room.release(message.key);
    room.takeChanged([info as ResultOf<"message.get">]);
  }

  /** All of these say what is to be, not what to do to it: asking a second time does no harm. */
  async #again<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
    for (;;) {
      try {
        return await this.#session.request(method, params);
      } catch (error) {
        if (!hasCode(error, "CORE_GONE")) throw error;
      }
    }
  }
}

function nameOf({ room, id, writer }: MessageView): {
  readonly room: string;
  readonly id: string;
  readonly writer: string;
} {
  return { room, id, writer };
}

/** Without what only asks for one look or another: people see the same thumb. */
function plain(emoji: string): string {
  return emoji.replace(/[\ufe0e\ufe0f]$/, "");
}

export function forwardText({ author, original, action }: MessageView): string {
  const said = action ? safe`* ${author} ` + original : original;
  const quoted = said.split("\n").map((line) => `> ${line}`);
  return [`${author} wrote:`, ...quoted].join("\n");
}

function refuseClosed(room: RoomView): void {
  const closed = whyNoWriting(room);
  if (closed) throw new KeetError("user", "NOT_ALLOWED", closed.text, closed.hint ? { hint: closed.hint } : {});
}

/** @throws TOO_LONG */
export function refuseTooLong(text: string): void {
  const tooLong = whyTooLong(text);
  if (tooLong) throw new KeetError("user", "TOO_LONG", tooLong.text, { hint: tooLong.hint });
}

function notSentYet(what: string): KeetError {
  return new KeetError("user", "NOT_SENT", `That message is still on its way into the room and cannot be ${what} yet`, {
    hint: "It can as soon as it shows ✓.",
  });
}

function refuseUnsent(message: MessageView, what: string): void {
  if (message.state === "failed") {
    throw new KeetError("user", "NOT_SENT", `That message did not get out, so it cannot be ${what}`, {
      hint: "/retry sends it again; y copies it.",
    });
  }
  if (message.state === "pending" || message.writer === "") throw notSentYet(what);
}

function refuseSent({ mine, state }: MessageView): void {
  if (mine && (state === "failed" || state === "pending")) return;
  const what = mine ? "That message was sent already" : "That message is not yours to send";
  throw new KeetError("user", "ALREADY_SENT", what, {
    hint: "Without one selected, /retry sends again all of yours that failed here.",
  });
}

function refuseGone(message: MessageView, what: string): void {
  if (message.deleted) throw new KeetError("user", "DELETED", `That message was taken back and cannot be ${what}`);
}

function refuseNotice(message: MessageView, what: string): void {
  if (message.type !== "notice") return;
  throw new KeetError("user", "NOT_TEXT", `A line of the room itself cannot be ${what}`, {
    hint: "↑ on an empty line selects a message.",
  });
}
