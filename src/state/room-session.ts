import type { CoreEvent, MessageInfo, Page } from "../rpc/methods.js";
import { type SafeText, safeLine, safeName, safeText } from "../safe-text.js";
import { hasCode, type Request } from "./core-link.js";
import type { IdentityView, MemberView, MessageView, TimelineState } from "./model.js";
import { Store } from "./store.js";
import { memberView, messageView } from "./views.js";

const PAGE_LENGTH = 100;
/** The most `message.list` gives at once. */
const MAX_PAGE_LENGTH = 200;
/** Messages kept in memory for one room; the core pages in the rest. */
const MAX_MESSAGES = 5_000;

type EventOf<T extends CoreEvent["type"]> = Extract<CoreEvent, { type: T }>;

export interface RoomSessionOptions {
  readonly request: Request;
  readonly now: () => number;
  /** 16 random bytes in hex. */
  readonly randomId: () => string;
  readonly identity: () => IdentityView | null;
  readonly maxMessages?: number;
}

const EMPTY: TimelineState = {
  first: 0,
  messages: [],
  arriving: [],
  total: 0,
  isLoaded: false,
  isLoading: false,
  unreadKey: null,
  unreadCount: 0,
  isIncomplete: false,
};

/** One room on this screen: a window of its order, what is arriving, and what was just typed here. */
export class RoomSession {
  readonly id: string;
  readonly timeline = new Store<TimelineState>(EMPTY);
  readonly members = new Store<readonly MemberView[]>([]);
  readonly typing = new Store<readonly SafeText[]>([]);
  readonly #options: RoomSessionOptions;
  readonly #maxMessages: number;
  /** Counts windows asked for: an answer to an older question is dropped. */
  #run = 0;
  #isStale = false;
  #isReadingMembers = false;
  /** Ends when the core has answered what was typed here last; null while nothing waits for an answer. */
  #sending: Promise<void> | null = null;
  /** What tells apart those whose names look the same, by identity. */
  #tags: ReadonlyMap<string, SafeText> = new Map();
  #unreadAtOpen = 0;

  constructor(id: string, options: RoomSessionOptions) {
    this.id = id;
    this.#options = options;
    this.#maxMessages = options.maxMessages ?? MAX_MESSAGES;
  }

  /** Called whenever the room comes to the front; `unread` decides where the unread line goes. */
  async open(unread: number): Promise<void> {
    this.#unreadAtOpen = unread;
    const { isLoaded, isLoading } = this.timeline.getSnapshot();
    if (isLoaded) this.#drawUnreadLine();
    else if (!isLoading) await Promise.all([this.reload(), this.reloadMembers()]);
  }

  /** Reads the window anew: at first the last page, later all from its first message on. */
  async reload(): Promise<void> {
    const run = ++this.#run;
    this.#isStale = false;
    this.#update({ isLoading: true });
    const { isLoaded, first } = this.timeline.getSnapshot();
    try {
      const page = isLoaded ? await this.#readFrom(first) : await this.#readLast();
      if (run !== this.#run) return;
      this.#takeWindow(page);
      if (this.#isStale) await this.reload();
    } catch (error) {
      if (run !== this.#run) return;
      this.#update({ isLoading: false });
      if (!hasCode(error, "CORE_GONE") && !hasCode(error, "CLOSED")) throw error;
    }
  }

  async reloadMembers(): Promise<void> {
    const members = await this.#options.request("room.members", { room: this.id });
    this.takeMembers(members.map(memberView));
  }

  /** Rows carry the name their author had when they were read; all of them get the one people have now. */
  takeMembers(members: readonly MemberView[]): void {
    const before = new Map(this.members.getSnapshot().map((member) => [member.id, member]));
    const changed = new Map(
      members
        .filter(({ id, name, tag }) => {
          const old = before.get(id);
          return (old && old.name !== name) || (old?.tag ?? null) !== tag;
        })
        .map((member) => [member.id, member]),
    );
    this.members.set(members);
    this.#tags = new Map(members.flatMap(({ id, tag }) => (tag === null ? [] : [[id, tag]])));
    if (changed.size === 0) return;
    const named = (message: MessageView): MessageView => {
      const member = changed.get(message.authorId);
      return member ? { ...message, author: member.name, tag: member.tag } : message;
    };
    this.timeline.update((state) => ({
      ...state,
      messages: state.messages.map(named),
      arriving: state.arriving.map(named),
    }));
  }

  readonly #view = (info: MessageInfo): MessageView => {
    const tag = this.#tags.get(info.author.id);
    const view = messageView(info, this.#options.identity()?.id);
    return tag ? { ...view, tag } : view;
  };

  /** The last page, whatever the window was: what End does after a long way up. */
  async reloadEnd(): Promise<void> {
    if (this.isAtEnd()) return;
    const run = ++this.#run;
    const page = await this.#readLast();
    if (run === this.#run) this.#takeWindow(page);
  }

  isAtEnd(): boolean {
    const { first, messages, total } = this.timeline.getSnapshot();
    return first + messages.length >= total;
  }

  async loadOlder(): Promise<void> {
    const { first, isLoaded, isLoading } = this.timeline.getSnapshot();
    if (!isLoaded || isLoading || first === 0) return;
    const run = ++this.#run;
    this.#update({ isLoading: true });
    try {
      const page = await this.#options.request("message.list", { room: this.id, limit: PAGE_LENGTH, before: first });
      if (run !== this.#run) return;
      this.timeline.update((state) => {
        const messages = [...page.messages.map(this.#view), ...state.messages];
        return {
          ...state,
          first: state.first - page.messages.length,
          messages: messages.slice(0, this.#maxMessages),
          isLoading: false,
          isIncomplete: page.incomplete,
        };
      });
      if (this.#isStale) await this.reload();
    } finally {
      if (run === this.#run) this.#update({ isLoading: false });
    }
  }

  async loadNewer(): Promise<void> {
    const { first, messages, isLoading } = this.timeline.getSnapshot();
    if (isLoading || this.isAtEnd()) return;
    const run = ++this.#run;
    this.#update({ isLoading: true });
    const from = first + messages.length;
    try {
      const page = await this.#options.request("message.list", { room: this.id, limit: PAGE_LENGTH, from });
      if (run !== this.#run) return;
      this.timeline.update((state) =>
        this.#trim({
          ...state,
          messages: [...state.messages, ...page.messages.map(this.#view)],
          total: page.total,
          isLoading: false,
        }),
      );
      if (this.#isStale) await this.reload();
    } finally {
      if (run === this.#run) this.#update({ isLoading: false });
    }
  }

  /** A row at once; the same id again and again until a core has answered. */
  async send(text: string, action: boolean): Promise<void> {
    const id = this.#options.randomId();
    const identity = this.#options.identity();
    const local: MessageView = {
      key: `local:${id}`,
      id,
      room: this.id,
      writer: "",
      position: null,
      authorId: identity?.id ?? "",
      author: identity?.name ?? safeName("me"),
      tag: this.#tags.get(identity?.id ?? "") ?? null,
      sentAt: this.#options.now(),
      receivedAt: null,
      type: "message",
      text: safeText(text),
      original: text,
      reply: null,
      edited: false,
      deleted: false,
      deletedBy: null,
      pinned: false,
      blocked: false,
      reactions: [],
      file: null,
      state: "pending",
      verified: true,
      mine: true,
      action,
      notice: null,
      about: null,
      clockOff: false,
      mentionsMe: false,
      reason: null,
    };
    // On its way before it is drawn: a frame costs more than the way to the other side.
    const send = () => this.#options.request("message.send", { room: this.id, text, id, action });
    // One after the other: what is asked for at the same time may be done in any order.
    const before = this.#sending;
    const sending = before === null ? send() : before.then(send);
    this.timeline.updateNow((state) => ({ ...state, arriving: [...state.arriving, local] }));
    const sent = this.#deliver(local, sending, send).finally(() => {
      if (this.#sending === sent) this.#sending = null;
    });
    this.#sending = sent;
    await sent;
  }

  async #deliver(local: MessageView, first: Promise<MessageInfo>, again: () => Promise<MessageInfo>): Promise<void> {
    let sending = first;
    for (;;) {
      try {
        const message = await sending;
        this.#replaceArriving(local.key, this.#view(message));
        return;
      } catch (error) {
        if (hasCode(error, "CLOSED")) return;
        if (hasCode(error, "CORE_GONE")) {
          sending = again();
          continue;
        }
        const reason = safeLine(error instanceof Error ? error.message : String(error));
        this.#replaceArriving(local.key, { ...local, state: "failed", reason });
        return;
      }
    }
  }

  apply(event: CoreEvent): void {
    if (event.type === "timeline") this.#applyTimeline(event);
    else if (event.type === "arriving") this.#applyArriving(event.message);
    else if (event.type === "arriving-gone") this.#dropArriving(`${event.writer}:${event.id}`);
    else if (event.type === "states") this.#applyStates(event);
    else if (event.type === "members") this.takeMembers(event.members.map(memberView));
    else if (event.type === "typing") this.typing.set(event.who.map((person) => safeName(person.name)));
  }

  /** After a new core run nothing told before holds: pushed rows would never be taken back. */
  forgetArriving(): void {
    this.timeline.update((state) => ({
      ...state,
      arriving: state.arriving.filter((message) => message.key.startsWith("local:")),
    }));
  }

  #applyTimeline(event: EventOf<"timeline">): void {
    const state = this.timeline.getSnapshot();
    if (state.isLoading) this.#isStale = true;
    if (!state.isLoaded) return;
    const end = state.first + state.messages.length;
    const endsAtTotal = end >= state.total;
    if (event.from > end || (event.from === end && !endsAtTotal)) {
      // A gap: rows of a window further up did not change, one at the end has to be read again.
      if (!endsAtTotal) this.#update({ total: event.total });
      else void this.reload().catch(() => {});
      return;
    }
    if (event.messages === null) {
      void this.reload().catch(() => {});
      return;
    }
    const changed = event.messages.map(this.#view);
    this.timeline.update((old) =>
      this.#trim({
        ...old,
        first: Math.min(old.first, event.from),
        messages: [...old.messages.slice(0, Math.max(0, event.from - old.first)), ...changed],
        total: event.total,
        arriving: withoutArrived(old.arriving, changed),
      }),
    );
    this.#learnNames(changed);
  }

  /** Somebody writes who is not among the members, or under another name: those are to be read again. */
  #learnNames(messages: readonly MessageView[]): void {
    const known = new Map(this.members.getSnapshot().map(({ id, name }) => [id, name]));
    const isNew = (message: MessageView) => message.authorId !== "" && known.get(message.authorId) !== message.author;
    if (known.size === 0 || this.#isReadingMembers || !messages.some(isNew)) return;
    this.#isReadingMembers = true;
    this.reloadMembers()
      .catch(() => {})
      .finally(() => {
        this.#isReadingMembers = false;
      });
  }

  #applyArriving(message: MessageInfo): void {
    const view = this.#view(message);
    this.timeline.updateNow((state) => {
      const at = state.arriving.findIndex((row) => isSameMessage(row, view));
      const arriving = at < 0 ? [...state.arriving, view] : state.arriving.with(at, view);
      return { ...state, arriving };
    });
  }

  #dropArriving(key: string): void {
    this.timeline.update((state) => ({ ...state, arriving: state.arriving.filter((row) => row.key !== key) }));
  }

  /** Only where the local row is still there: its place in the order may have come before the answer. */
  #replaceArriving(key: string, message: MessageView): void {
    this.timeline.update((state) => {
      const at = state.arriving.findIndex((row) => row.key === key);
      return at < 0 ? state : { ...state, arriving: state.arriving.with(at, message) };
    });
  }

  #applyStates(event: EventOf<"states">): void {
    const states = new Map(event.states.map((change) => [change.id, change]));
    const changed = (message: MessageView): MessageView => {
      const change = message.mine ? states.get(message.id) : undefined;
      if (!change) return message;
      return { ...message, state: change.state, reason: change.reason === null ? null : safeLine(change.reason) };
    };
    this.timeline.update((state) => ({
      ...state,
      messages: state.messages.map(changed),
      arriving: state.arriving.map(changed),
    }));
  }

  async #readLast(): Promise<Page> {
    return await this.#options.request("message.list", { room: this.id, limit: PAGE_LENGTH });
  }

  async #readFrom(first: number): Promise<Page> {
    const messages: MessageInfo[] = [];
    let page = await this.#options.request("message.list", { room: this.id, limit: MAX_PAGE_LENGTH, from: first });
    if (page.messages.length === 0) return await this.#readLast();
    messages.push(...page.messages);
    while (first + messages.length < page.total && messages.length < this.#maxMessages) {
      const from = first + messages.length;
      page = await this.#options.request("message.list", { room: this.id, limit: MAX_PAGE_LENGTH, from });
      if (page.messages.length === 0) break;
      messages.push(...page.messages);
    }
    return { ...page, messages };
  }

  #takeWindow(page: Page): void {
    const messages = page.messages.map(this.#view);
    const wasLoaded = this.timeline.getSnapshot().isLoaded;
    this.timeline.update((state) =>
      this.#trim({
        ...state,
        first: page.messages[0]?.position ?? page.total,
        messages,
        total: page.total,
        arriving: withoutArrived(state.arriving, messages),
        isLoaded: true,
        isLoading: false,
        isIncomplete: page.incomplete,
      }),
    );
    if (!wasLoaded) this.#drawUnreadLine();
  }

  #trim(state: TimelineState): TimelineState {
    const over = state.messages.length - this.#maxMessages;
    return over <= 0 ? state : { ...state, first: state.first + over, messages: state.messages.slice(over) };
  }

  #drawUnreadLine(): void {
    this.timeline.update((state) => {
      let left = this.#unreadAtOpen;
      let unreadKey: string | null = null;
      const rows = [...state.messages, ...state.arriving];
      for (let at = rows.length - 1; at >= 0 && left > 0; at -= 1) {
        const message = rows[at]!;
        if (message.mine || message.type === "notice") continue;
        unreadKey = message.key;
        left -= 1;
      }
      return { ...state, unreadKey, unreadCount: this.#unreadAtOpen };
    });
  }

  #update(change: Partial<TimelineState>): void {
    this.timeline.update((state) => ({ ...state, ...change }));
  }
}

/** What was sent here has a random id and no writer yet, so one's own rows are the same by id alone. */
function isSameMessage(a: MessageView, b: MessageView): boolean {
  return a.key === b.key || (a.mine && b.mine && a.id === b.id);
}

function withoutArrived(arriving: readonly MessageView[], messages: readonly MessageView[]): readonly MessageView[] {
  if (arriving.length === 0) return arriving;
  const keys = new Set(messages.map((message) => message.key));
  const mine = new Set(messages.filter((message) => message.mine).map((message) => message.id));
  const left = arriving.filter((row) => !keys.has(row.key) && !(row.mine && mine.has(row.id)));
  return left.length === arriving.length ? arriving : left;
}
