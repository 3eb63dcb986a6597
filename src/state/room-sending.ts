import type { MessageInfo } from "../rpc/methods.js";
import { safeLine } from "../safe-text.js";
import { hasCode, type Request } from "./core-link.js";
import { localMessage } from "./local-message.js";
import { mentionsIn } from "./mentions.js";
import type { IdentityView, MessageView, TimelineState } from "./model.js";
import type { People } from "./people.js";
import type { Store } from "./store.js";
import { withChanged } from "./window.js";

export interface SendOptions {
  /** `/me`. */
  readonly action?: boolean;
  readonly replyTo?: MessageView | null;
  /** Identities in hex; those named in the text where it is left out. */
  readonly mentions?: readonly string[];
}

export interface RoomSendingOptions {
  readonly request: Request;
  readonly now: () => number;
  readonly randomId: () => string;
  readonly identity: () => IdentityView | null;
  readonly timeline: Store<TimelineState>;
  readonly people: Pick<People, "members" | "tagOf">;
  readonly viewOf: (info: MessageInfo) => MessageView;
}

/** What is typed here, on its way to the core of this machine. */
export class RoomSending {
  readonly #room: string;
  readonly #options: RoomSendingOptions;
  /** Ends when the core has answered what was typed here last; null while nothing waits for an answer. */
  #sending: Promise<MessageView | null> | null = null;
  /** Who is named in what no core took, by its id. */
  readonly #failed = new Map<string, readonly string[]>();

  constructor(room: string, options: RoomSendingOptions) {
    this.#room = room;
    this.#options = options;
  }

  /**
   * A row at once; the same id again and again until a core has answered.
   * @returns the row as it is then: in the log, on this disk, or failed with the reason; null where the screen closed
   */
  async send(text: string, options: SendOptions = {}): Promise<MessageView | null> {
    const { action = false, replyTo = null } = options;
    const members = this.#options.people.members.getSnapshot();
    const mentions = options.mentions ?? mentionsIn(text, members);
    const id = this.#options.randomId();
    const identity = this.#options.identity();
    const tag = this.#options.people.tagOf(identity?.id ?? "");
    const at = this.#options.now();
    const local = localMessage({ id, room: this.#room, identity, tag, at, text, action, replyTo });
    return await this.#sendRow(local, mentions, (state) => ({ ...state, arriving: [...state.arriving, local] }));
  }

  /** A row that no core took, once more: the same id, so that it is never there twice. */
  async sendAgain(failed: MessageView): Promise<MessageView | null> {
    const local: MessageView = { ...failed, state: "pending", reason: null };
    return await this.#sendRow(local, this.#failed.get(local.id) ?? [], (state) => withChanged(state, [local]));
  }

  async #sendRow(
    local: MessageView,
    mentions: readonly string[],
    draw: (state: TimelineState) => TimelineState,
  ): Promise<MessageView | null> {
    const { id, original: text, action, reply } = local;
    const [replyWriter, replyTo] = reply ? (reply.key.split(":") as [string, string]) : [];
    const params = {
      ...{ room: this.#room, text, id, action },
      ...(replyTo && replyWriter ? { replyTo, replyWriter } : {}),
      ...(mentions.length > 0 ? { mentions: [...mentions] } : {}),
    };
    // On its way before it is drawn: a frame costs more than the way to the other side.
    const send = () => this.#options.request("message.send", params);
    // One after the other: what is asked for at the same time may be done in any order.
    const before = this.#sending;
    const sending = before === null ? send() : before.then(send);
    this.#options.timeline.updateNow(draw);
    const sent = this.#deliver(local, sending, send).finally(() => {
      if (this.#sending === sent) this.#sending = null;
    });
    this.#failed.delete(id);
    void sent.then((row) => row?.state === "failed" && this.#failed.set(id, mentions));
    this.#sending = sent;
    return await sent;
  }

  async #deliver(
    local: MessageView,
    first: Promise<MessageInfo>,
    again: () => Promise<MessageInfo>,
  ): Promise<MessageView | null> {
    let sending = first;
    for (;;) {
      try {
        const message = withKnownQuote(this.#options.viewOf(await sending), local);
        this.#replaceArriving(local.key, message);
        return message;
      } catch (error) {
        if (hasCode(error, "CLOSED")) return null;
        if (hasCode(error, "CORE_GONE")) {
          sending = again();
          continue;
        }
        const reason = safeLine(error instanceof Error ? error.message : String(error));
        const failed: MessageView = { ...local, state: "failed", reason };
        this.#replaceArriving(local.key, failed);
        return failed;
      }
    }
  }

  /** Only where the local row is still there: its place in the order may have come before the answer. */
  #replaceArriving(key: string, message: MessageView): void {
    this.#options.timeline.update((state) => {
      const at = state.arriving.findIndex((row) => row.key === key);
      return at < 0 ? state : { ...state, arriving: state.arriving.with(at, message) };
    });
  }
}

/** The row that is answered was on screen; a core that is just putting it in its place may not find it. */
function withKnownQuote(message: MessageView, { reply }: MessageView): MessageView {
  return message.reply && !message.reply.found && reply ? { ...message, reply } : message;
}
