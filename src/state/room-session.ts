import type { CoreEvent, MessageInfo, Page } from "../rpc/methods.js";
import { type SafeText, safeName } from "../safe-text.js";
import { hasCode, type Request } from "./core-link.js";
import { FileList } from "./file-list.js";
import type { IdentityView, MemberView, MessageView, PlayingView, TimelineState } from "./model.js";
import { PAGE_LENGTH, PageReader } from "./page-reader.js";
import { People } from "./people.js";
import { RoomSending, type SendOptions } from "./room-sending.js";
import { Store } from "./store.js";
import { memberView, messageView, personView } from "./views.js";
import {
  apart,
  EMPTY_TIMELINE,
  windowWithTransfers,
  withChanged,
  withLate,
  withoutArrived,
  withPlaying,
  withStates,
  withUnreadLine,
  withWaiting,
} from "./window.js";
import { Withdrawn } from "./withdrawn.js";

/** Messages kept in memory for one room; the core pages in the rest. With their lines each takes tens of kilobytes. */
const MAX_MESSAGES = 2_000;

type EventOf<T extends CoreEvent["type"]> = Extract<CoreEvent, { type: T }>;

export interface RoomSessionOptions {
  readonly request: Request;
  readonly now: () => number;
  /** 16 random bytes in hex. */
  readonly randomId: () => string;
  readonly identity: () => IdentityView | null;
  readonly maxMessages?: number;
}

/** One room on this screen: a window of its order, what is arriving, and what was just typed here. */
export class RoomSession {
  readonly id: string;
  readonly timeline = new Store<TimelineState>(EMPTY_TIMELINE);
  readonly files: FileList;
  readonly typing = new Store<readonly SafeText[]>([]);
  readonly #people = new People();
  readonly #withdrawn = new Withdrawn();
  readonly #reader: PageReader;
  readonly #options: RoomSessionOptions;
  readonly #maxMessages: number;
  /** Counts windows asked for: an answer to an older question is dropped. */
  #run = 0;
  #isStale = false;
  #isReadingMembers = false;
  readonly #sending: RoomSending;
  #unreadAtOpen = 0;
  #played: { readonly key: string; readonly playing: PlayingView } | null = null;

  constructor(id: string, options: RoomSessionOptions) {
    this.id = id;
    this.#options = options;
    this.#maxMessages = options.maxMessages ?? MAX_MESSAGES;
    this.#reader = new PageReader(id, options.request);
    this.#sending = new RoomSending(id, {
      ...options,
      timeline: this.timeline,
      people: this.#people,
      viewOf: this.viewOf,
    });
    this.files = new FileList({
      viewOf: this.viewOf,
      list: (limit) => options.request("file.list", { room: id, limit }),
    });
  }

  get members(): Store<readonly MemberView[]> {
    return this.#people.members;
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
    const { isLoaded, first, messages } = this.timeline.getSnapshot();
    // Of a window further up no more than it had: below it there may be years.
    const limit = this.isAtEnd() ? this.#maxMessages : messages.length;
    try {
      const page = isLoaded ? await this.#reader.from(first, limit) : await this.#reader.last();
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

  takeMembers(members: readonly MemberView[]): void {
    const dressed = this.#people.take(members);
    if (!dressed) return;
    this.timeline.update((state) => ({
      ...state,
      messages: state.messages.map(dressed),
      arriving: state.arriving.map(dressed),
    }));
  }

  /** As this person sees it. */
  readonly viewOf = (info: MessageInfo): MessageView => {
    const message = this.#withdrawn.look(this.#people.dress(messageView(info, this.#options.identity()?.id)));
    const { file, key } = message;
    return file && key === this.#played?.key
      ? { ...message, file: { ...file, playing: this.#played.playing } }
      : message;
  };

  /** A voice note of this room is played, so far; null: not any more. */
  showPlaying(key: string, playing: PlayingView | null): void {
    this.#played = playing && { key, playing };
    this.timeline.update((state) => ({
      ...state,
      messages: withPlaying(state.messages, key, playing),
      arriving: withPlaying(state.arriving, key, playing),
    }));
  }

  /** The row looks taken back, whatever the core tells of it, until it is released or restored. */
  withdraw(message: MessageView): void {
    const hidden = this.#withdrawn.hide(message);
    this.timeline.update((state) => withChanged(state, [hidden]));
  }

  /** From the next word of the core on it looks as that says. */
  release(key: string): MessageView | null {
    return this.#withdrawn.release(key);
  }

  restore(key: string): void {
    const message = this.release(key);
    if (message) this.timeline.update((state) => withChanged(state, [message]));
  }

  /** The last page, whatever the window was: what End does after a long way up. */
  async reloadEnd(): Promise<void> {
    if (this.isAtEnd()) return;
    const run = ++this.#run;
    const page = await this.#reader.last();
    if (run === this.#run) this.#takeWindow(page);
  }

  /**
   * The window put round a place, where that is not in it already; the end is read again by `reloadEnd`.
   * @returns whether some of what was asked for is on no device that is here now
   */
  async loadAround(position: number): Promise<boolean> {
    const { first, messages, isLoaded } = this.timeline.getSnapshot();
    if (isLoaded && position >= first && position < first + messages.length) return false;
    const run = ++this.#run;
    this.#update({ isLoading: true });
    const from = Math.max(0, position - PAGE_LENGTH / 2);
    try {
      const page = await this.#options.request("message.list", { room: this.id, limit: PAGE_LENGTH, from });
      if (run === this.#run && page.messages.length > 0) this.#takeWindow(page);
      return page.incomplete;
    } finally {
      if (run === this.#run) this.#update({ isLoading: false });
    }
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
        const messages = [...page.messages.map(this.viewOf), ...state.messages];
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
      const { ordered, waiting } = apart(page.messages.map(this.viewOf));
      this.timeline.update((state) =>
        this.#trim({
          ...state,
          messages: [...state.messages, ...ordered],
          arriving: withWaiting(state.arriving, waiting),
          total: page.total,
          isLoading: false,
        }),
      );
      if (this.#isStale) await this.reload();
    } finally {
      if (run === this.#run) this.#update({ isLoading: false });
    }
  }

  /** @returns as `RoomSending` */
  send(text: string, options: SendOptions = {}): Promise<MessageView | null> {
    return this.#sending.send(text, options);
  }

  sendAgain(failed: MessageView): Promise<MessageView | null> {
    return this.#sending.sendAgain(failed);
  }

  apply(event: CoreEvent): void {
    this.files.apply(event);
    if (event.type === "timeline") this.#applyTimeline(event);
    else if (event.type === "changed") this.takeChanged(event.messages);
    else if (event.type === "late") this.#applyLate(event);
    else if (event.type === "arriving") this.#applyArriving(event.message);
    else if (event.type === "arriving-gone") this.#dropArriving(`${event.writer}:${event.id}`);
    else if (event.type === "states") this.timeline.update((state) => withStates(state, event.states));
    else if (event.type === "transfers") this.timeline.update((state) => windowWithTransfers(state, event.transfers));
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
    const changed = event.messages.map(this.viewOf);
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

  /** Rows that are other than they were, as an event or an answer of the core has them. */
  takeChanged(messages: readonly MessageInfo[]): void {
    // A page that is being read may have been read before this.
    if (this.timeline.getSnapshot().isLoading) this.#isStale = true;
    this.timeline.update((state) => withChanged(state, messages.map(this.viewOf)));
  }

  #applyLate({ author, count, position }: EventOf<"late">): void {
    const { id, name } = personView(author);
    const more = { authorId: id, author: name, count, position };
    this.timeline.update((state) => ({ ...state, late: withLate(state.late, more) }));
  }

  /** Those who wrote them were looked at. */
  forgetLate(): void {
    this.timeline.update((state) => (state.late.length === 0 ? state : { ...state, late: [] }));
  }

  /** People are known by what they write before they are told of. */
  #learnNames(messages: readonly MessageView[]): void {
    if (this.#isReadingMembers || !this.#people.isNewIn(messages)) return;
    this.#isReadingMembers = true;
    this.reloadMembers()
      .catch(() => {})
      .finally(() => {
        this.#isReadingMembers = false;
      });
  }

  #applyArriving(message: MessageInfo): void {
    const view = this.viewOf(message);
    this.timeline.updateNow((state) => ({ ...state, arriving: withWaiting(state.arriving, [view]) }));
  }

  #dropArriving(key: string): void {
    this.timeline.update((state) => ({ ...state, arriving: state.arriving.filter((row) => row.key !== key) }));
  }

  #takeWindow(page: Page): void {
    const { ordered: messages, waiting } = apart(page.messages.map(this.viewOf));
    const wasLoaded = this.timeline.getSnapshot().isLoaded;
    this.timeline.update((state) =>
      this.#trim({
        ...state,
        first: page.messages[0]?.position ?? page.total,
        messages,
        total: page.total,
        arriving: withWaiting(withoutArrived(state.arriving, messages), waiting),
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
    this.timeline.update((state) => withUnreadLine(state, this.#unreadAtOpen));
  }

  #update(change: Partial<TimelineState>): void {
    this.timeline.update((state) => ({ ...state, ...change }));
  }
}
