import { plainText, type SafeText } from "../safe-text.js";
import type { MemberView, MessageView, ReplyView } from "./model.js";
import { Store } from "./store.js";

/** Who is in a room, and what rows of the talk have from it: names of now, what tells look-alikes apart, who is blocked. */
export class People {
  readonly members = new Store<readonly MemberView[]>([]);
  #byId: ReadonlyMap<string, MemberView> = new Map();

  /** @returns what becomes of the rows with it; null where all stay as they are */
  take(members: readonly MemberView[]): ((message: MessageView) => MessageView) | null {
    const before = this.#byId;
    const changed = new Map(
      members
        .filter(({ id, name, tag, blocked }) => {
          const old = before.get(id);
          return (old && old.name !== name) || (old?.tag ?? null) !== tag || (old?.blocked ?? false) !== blocked;
        })
        .map((member) => [member.id, member]),
    );
    this.members.set(members);
    this.#byId = new Map(members.map((member) => [member.id, member]));
    if (changed.size === 0) return null;
    return (message) => {
      const dressed = this.dress(message);
      // Whoever took a new name had the old one until then.
      const member = message.notice === "renamed" ? undefined : changed.get(message.authorId);
      return member ? { ...dressed, author: member.name, blocked: member.blocked && !message.mine } : dressed;
    };
  }

  tagOf(identity: string): SafeText | null {
    return this.#byId.get(identity)?.tag ?? null;
  }

  /** Rows carry the name their author had when they were read, and nothing of what others are to this person. */
  dress(message: MessageView): MessageView {
    const tag = this.tagOf(message.authorId);
    const reply = message.reply && this.#quoted(message.reply);
    return tag === message.tag && reply === message.reply ? message : { ...message, tag, reply };
  }

  /** Somebody writes who is not among the members, or under another name: those are to be read again. */
  isNewIn(messages: readonly MessageView[]): boolean {
    if (this.#byId.size === 0) return false;
    return messages.some(({ authorId, author }) => authorId !== "" && this.#byId.get(authorId)?.name !== author);
  }

  /** What a blocked person wrote is not shown through the answers of others either. */
  #quoted(reply: ReplyView): ReplyView {
    return this.#byId.get(reply.authorId)?.blocked ? { ...reply, text: plainText("(you blocked them)") } : reply;
  }
}
