import { exitCodeOf, KeetError } from "../errors.js";
import { CoreBug, type Cursor, type RequestOptions } from "../rpc/client.js";
import type { CoreEvent, MessageInfo, MethodName, ParamsOf, ResultOf, RoomInfo } from "../rpc/methods.js";
import { safeLine, safeText } from "../safe-text.js";
import { type CoreLink, closed, coreGone, hasCode, type Request } from "./core-link.js";
import { Drafts } from "./drafts.js";
import { FileNews } from "./file-news.js";
import { LineHistory } from "./line-history.js";
import type { Notice, ProfileState, RoomView, Told } from "./model.js";
import { MovingFiles } from "./moving.js";
import { RoomCalls } from "./room-calls.js";
import { RoomSession } from "./room-session.js";
import { Store } from "./store.js";
import { identityView, networkView, roomView } from "./views.js";

/** How long a notice stays. */
const NOTICE_MS = 6_000;
/** Whoever is behind for no longer than this is only hearing of what is being said. */
const BEHIND_MS = 2_000;
/** Pauses between attempts to reach a core that was lost; the last one repeats. */
const MAX_TOLD = 200;
const RETRY_MS = [0, 200, 500, 1_000, 2_000];

export interface SessionOptions {
  /** Reaches the core of this profile and starts one where none runs. */
  readonly connect: () => Promise<CoreLink>;
  readonly now?: () => number;
  readonly randomId?: () => string;
  readonly noticeMs?: number;
  /** What was sent before, to be called back; kept in memory alone where none is handed in. */
  readonly lines?: LineHistory;
}

const START: ProfileState = {
  connection: "starting",
  failure: null,
  isLoaded: false,
  identity: null,
  rooms: [],
  network: null,
};

/** One person on this screen: what the core tells, kept as the screen reads it. */
export class Session {
  readonly profile = new Store<ProfileState>(START);
  readonly notice = new Store<Notice | null>(null);
  readonly moving = new MovingFiles();
  readonly calls = new RoomCalls();
  readonly fileNews: FileNews;
  readonly drafts: Drafts;
  readonly lines: LineHistory;
  readonly now: () => number;
  /** Somebody said something just now: worth a frame of its own. */
  onSaid: (() => void) | null = null;
  /** A room as the core tells it, before this screen makes its own of it; null for one that is gone. */
  onRoom: ((id: string, room: RoomView | null) => void) | null = null;
  /** Rows that have a place in a room's order, as the core tells them. */
  onRows: ((room: string, rows: readonly MessageInfo[]) => void) | null = null;
  /** All rooms were read, before anything of it counts as looked at. */
  onLoaded: ((rooms: readonly RoomInfo[]) => void) | null = null;
  /** A core is about to tell what was before: at the start, and whenever one was lost. */
  onAttach: (() => void) | null = null;
  /** Every notice, also one that another takes the place of at once. */
  onNotice: ((notice: Notice) => void) | null = null;
  readonly #options: SessionOptions;
  readonly #rooms = new Map<string, RoomSession>();
  #link: CoreLink | null = null;
  #cursor: Cursor | null = null;
  #isClosed = false;
  #waiting: PromiseWithResolvers<CoreLink> = Promise.withResolvers();
  #noticeTimer: NodeJS.Timeout | null = null;
  #notices = 0;
  readonly #told: Told[] = [];
  #reading: string | null = null;
  readonly #lastActs: (() => Promise<void>)[] = [];
  /** Timers of rooms that have just fallen behind, by id. */
  readonly #fallingBehind = new Map<string, NodeJS.Timeout>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.now = options.now ?? Date.now;
    this.#waiting.promise.catch(() => {});
    this.drafts = new Drafts(this.request);
    this.fileNews = new FileNews({ rowOf: (row) => this.request("message.get", row) });
    this.lines = options.lines ?? new LineHistory();
  }

  /** Resolves when the first core has told everything; from then on it is reached again whenever it is lost. */
  async start(): Promise<void> {
    let link: CoreLink;
    try {
      link = await this.#options.connect();
    } catch (error) {
      if (this.#isClosed) return;
      const message = safeLine(error instanceof Error ? error.message : String(error));
      const hint = error instanceof KeetError && error.hint !== null ? safeLine(error.hint) : null;
      const exitCode = exitCodeOf(error);
      this.profile.update((old) => ({ ...old, connection: "failed", failure: { message, hint, exitCode } }));
      return;
    }
    try {
      await this.#attach(link);
    } catch {
      await this.#reconnect();
    }
  }

  /** Asks the core; while there is none, waits for the next one. */
  readonly request: Request = async <M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    options?: RequestOptions,
  ): Promise<ResultOf<M>> => {
    if (this.#isClosed) throw closed();
    const link = this.#link ?? (await this.#waiting.promise);
    try {
      return await link.request(method, params, options);
    } catch (error) {
      if (this.#isClosed) throw closed();
      if (link !== this.#link) throw coreGone(error);
      throw error;
    }
  };

  room(id: string): RoomSession {
    let session = this.#rooms.get(id);
    if (!session) {
      session = new RoomSession(id, {
        request: this.request,
        now: this.now,
        randomId: this.#options.randomId ?? randomId,
        identity: () => this.profile.getSnapshot().identity,
      });
      this.#rooms.set(id, session);
    }
    return session;
  }

  roomView(id: string | null): RoomView | null {
    return this.profile.getSnapshot().rooms.find((room) => room.id === id) ?? null;
  }

  /** A room read anew in full, as after making or joining one: its event may come later than the answer. */
  takeRoom(info: RoomInfo): RoomView {
    this.#applyRoom(info);
    return roomView(info);
  }

  forgetRoom(id: string): void {
    this.onRoom?.(id, null);
    this.#rooms.delete(id);
    this.calls.forget(id);
    this.lines.forget(id);
    this.profile.update((old) => ({ ...old, rooms: old.rooms.filter((room) => room.id !== id) }));
  }

  /** See `setReading`. */
  get reading(): string | null {
    return this.#reading;
  }

  /** The room somebody is looking at, at its end, now; null while nobody looks. */
  setReading(id: string | null): void {
    if (this.#reading === id) return;
    this.#reading = id;
    const room = this.roomView(id);
    if (room && room.unread > 0) this.#markRead(room.id);
  }

  tell(text: string, options: { hint?: string | null; level?: Notice["level"]; staysMs?: number } = {}): void {
    this.#notices += 1;
    const hint = options.hint ? safeLine(options.hint) : null;
    const said = { text: safeLine(text), hint, level: options.level ?? "info" };
    const notice: Notice = { ...said, number: this.#notices };
    this.notice.set(notice);
    this.#told.push({ ...said, at: this.now() });
    if (this.#told.length > MAX_TOLD) this.#told.shift();
    this.onNotice?.(notice);
    if (this.#noticeTimer) clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => this.clearNotice(), options.staysMs ?? this.#options.noticeMs ?? NOTICE_MS);
    this.#noticeTimer.unref();
  }

  /** All that was told, as far back as is kept; the latest last. */
  told(): readonly Told[] {
    return this.#told;
  }

  /** What a person can act on is told; the rest is a bug and must not be swallowed here. */
  tellError(error: unknown): void {
    if (hasCode(error, "CLOSED")) return;
    if (error instanceof KeetError) this.tell(error.message, { level: "warning", hint: error.hint });
    else if (error instanceof CoreBug) this.tell(error.message, { level: "warning", hint: "Please report this." });
    else throw error;
  }

  clearNotice(): void {
    if (this.#noticeTimer) clearTimeout(this.#noticeTimer);
    this.#noticeTimer = null;
    this.notice.set(null);
  }

  /** What is to be asked of the core before the screen ends. */
  atEnd(act: () => Promise<void>): void {
    this.#lastActs.push(act);
  }

  /** Sends what is still held back here, as before a signal ends the process: by then it is on its way. */
  async sendHeld(): Promise<void> {
    await Promise.all([this.drafts.save(), ...this.#lastActs.map((act) => act())]);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#link) await this.sendHeld();
    this.#isClosed = true;
    this.drafts.close();
    this.lines.save();
    this.clearNotice();
    for (const timer of this.#fallingBehind.values()) clearTimeout(timer);
    this.#fallingBehind.clear();
    this.#waiting.reject(closed());
    const link = this.#link;
    this.#link = null;
    await link?.close();
  }

  async #attach(link: CoreLink): Promise<void> {
    if (this.#isClosed) {
      await link.close();
      return;
    }
    this.onAttach?.();
    let isOpen = true;
    const undoEvents = link.onEvent((event, cursor) => {
      this.#cursor = cursor;
      this.#apply(event);
    });
    const undoClose = link.onClose(() => {
      isOpen = false;
      undoEvents();
      undoClose();
      if (this.#link !== link) return;
      this.#link = null;
      this.#waiting = Promise.withResolvers();
      this.#waiting.promise.catch(() => {});
      if (!this.#isClosed) void this.#reconnect();
    });
    try {
      const { isReset } = await link.attach(this.#cursor);
      this.#cursor = link.cursor;
      if (isReset || !this.profile.getSnapshot().isLoaded) await this.#readAll(link);
      if (!isOpen) throw coreGone(null);
    } catch (error) {
      undoEvents();
      undoClose();
      link.close();
      throw error;
    }
    this.#link = link;
    this.profile.update((old) => ({ ...old, connection: "ready", failure: null }));
    this.#waiting.resolve(link);
  }

  async #readAll(link: CoreLink): Promise<void> {
    const [identity, rooms, network] = await Promise.all([
      link.request("identity.show", {}),
      link.request("room.list", {}),
      link.request("network", {}),
    ]);
    this.onLoaded?.(rooms);
    this.profile.update((old) => ({
      ...old,
      isLoaded: true,
      identity: identity && identityView(identity),
      rooms: rooms.map(roomView),
      network: networkView(network),
    }));
    this.moving.clear();
    void this.calls.read(this.profile.getSnapshot().rooms, link.request.bind(link)).catch(() => {});
    for (const room of this.#rooms.values()) {
      room.forgetArriving();
      room.files.refresh();
      // These wait for the link that is being attached, then ask it.
      if (!room.timeline.getSnapshot().isLoaded && !room.timeline.getSnapshot().isLoading) continue;
      void room.reload().catch(() => {});
      void room.reloadMembers().catch(() => {});
    }
  }

  async #reconnect(): Promise<void> {
    if (this.#isClosed) return;
    this.profile.update((old) => ({ ...old, connection: "lost" }));
    for (let attempt = 0; !this.#isClosed && this.#link === null; attempt += 1) {
      const pauseMs = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!;
      if (pauseMs > 0) await new Promise((done) => setTimeout(done, pauseMs));
      try {
        await this.#attach(await this.#options.connect());
        return;
      } catch {
        // Said once in the status row; the next attempt says nothing new.
      }
    }
  }

  #apply(event: CoreEvent): void {
    if (event.type === "room") this.#applyRoom(event.room);
    else if (event.type === "room-gone") this.forgetRoom(event.room);
    else if (event.type === "network") this.profile.update((old) => ({ ...old, network: networkView(event.network) }));
    else if (event.type === "identity")
      this.profile.update((old) => ({ ...old, identity: identityView(event.identity) }));
    else if (event.type === "call") this.calls.apply(event.room, event.call);
    else if (event.type === "notice") this.tell(safeText(event.text), { level: event.level });
    else {
      // What came in late is told once: a room that was not looked at yet keeps it until it is.
      const room = event.type === "late" ? this.room(event.room) : this.#rooms.get(event.room);
      room?.apply(event);
      if (event.type === "transfers") this.#applyTransfers(event);
      if (event.type === "timeline" && event.messages) this.onRows?.(event.room, event.messages);
      if (event.type === "arriving") this.onSaid?.();
    }
  }

  #applyTransfers(event: Extract<CoreEvent, { type: "transfers" }>): void {
    this.moving.apply(event.transfers);
    this.fileNews.apply(event);
  }

  #applyRoom(info: RoomInfo): void {
    this.onRoom?.(info.id, roomView(info));
    const isRead = info.id === this.#reading;
    const behind = this.#behindToShow(info);
    const room = { ...roomView(info), behind, ...(isRead ? { unread: 0, mentions: 0 } : {}) };
    if (isRead && info.unread > 0) this.#markRead(info.id);
    this.profile.update((old) => {
      const at = old.rooms.findIndex((known) => known.id === room.id);
      return { ...old, rooms: at < 0 ? [...old.rooms, room] : old.rooms.with(at, room) };
    });
    const session = this.#rooms.get(room.id);
    const { isLoaded, isLoading } = session?.timeline.getSnapshot() ?? { isLoaded: true, isLoading: false };
    if (room.state === "open" && !isLoaded && !isLoading) session?.open(0).catch(() => {});
  }

  /** In a lively room one is behind for a moment with every message; only what lasts is worth a row. */
  #behindToShow({ id, behind }: RoomInfo): number {
    const timer = this.#fallingBehind.get(id);
    const isShown = (this.roomView(id)?.behind ?? 0) > 0;
    if (behind === 0 || isShown) {
      clearTimeout(timer);
      this.#fallingBehind.delete(id);
      return behind;
    }
    if (!timer) {
      const wait = setTimeout(() => {
        this.#fallingBehind.delete(id);
        this.#readRoom(id).catch(() => {});
      }, BEHIND_MS);
      wait.unref();
      this.#fallingBehind.set(id, wait);
    }
    return 0;
  }

  async #readRoom(id: string): Promise<void> {
    const behind = (await this.request("room.list", {})).find((room) => room.id === id)?.behind ?? 0;
    this.profile.update((old) => ({
      ...old,
      rooms: old.rooms.map((room) => (room.id === id ? { ...room, behind } : room)),
    }));
  }

  #markRead(id: string): void {
    this.profile.update((old) => ({
      ...old,
      rooms: old.rooms.map((room) => (room.id === id ? { ...room, unread: 0, mentions: 0 } : room)),
    }));
    this.request("room.read", { room: id }).catch(() => {});
  }
}

function randomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
}
