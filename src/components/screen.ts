import { bindingOf, type KeyId, type KeyPlace, type PressedKey } from "../keys.js";
import type { Actions } from "../state/actions.js";
import { draftRows } from "../state/draft-rows.js";
import type { Session } from "../state/session.js";
import { Store } from "../state/store.js";
import type { TimelineFrame } from "../state/timeline.js";
import { bareLines } from "./bare-page.js";
import { callRowCount } from "./call-rows.js";
import { Calling } from "./calling.js";
import { cells } from "./cells.js";
import type { DraftLine } from "./draft-line.js";
import { tellFileNews } from "./file-notices.js";
import { type Guard, guardOf } from "./guard.js";
import { draftColumns, type Layout, layoutFor } from "./layout.js";
import { Naming } from "./naming.js";
import { noteRowCount } from "./note-rows.js";
import { Opening } from "./opening.js";
import { placesOn } from "./overlay.js";
import { Overlays } from "./overlays.js";
import { Questions } from "./questions.js";
import { Reading } from "./reading.js";
import { roomOfKey } from "./room-keys.js";
import type { ScreenInput, ScreenOptions } from "./screen-options.js";
import type { ScreenState } from "./screen-state.js";
import { Selecting } from "./selecting.js";
import { Voicing } from "./voicing.js";
import { Wishes } from "./wishes.js";
import { Writing } from "./writing.js";

/** They turn the page below a question in place of answering it. */
const TURNS: ReadonlySet<KeyId | null> = new Set<KeyId>([
  "overlay-up",
  "overlay-down",
  "overlay-page-up",
  "overlay-page-down",
]);

/** What is open on this screen and what a key does to it. Draws nothing; the components read its stores. */
export class Screen {
  readonly session: Session;
  readonly actions: Actions;
  readonly state: Store<ScreenState>;
  readonly naming: Naming;
  readonly #options: ScreenOptions;
  readonly #reading: Reading;
  readonly #overlays: Overlays;
  readonly #writing: Writing;
  readonly #questions: Questions;
  readonly #wishes: Wishes;
  readonly #selecting: Selecting;
  readonly #guard: Guard;
  readonly #opening: Opening;
  readonly #calling: Calling;
  readonly #voicing: Voicing;
  #hasQuit = false;
  #undo: (() => void) | null = null;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.session = options.session;
    this.#guard = guardOf(options.session);
    this.state = new Store<ScreenState>(
      {
        columns: options.columns,
        rows: options.rows,
        room: null,
        anchor: null,
        cleared: null,
        selected: null,
        pointed: null,
        mode: null,
        overlay: null,
        question: null,
        showsMembers: true,
      },
      { windowMs: 0 },
    );
    const columns = () => draftColumns(this.state.getSnapshot().columns);
    this.actions = options.actions({
      room: () => this.state.getSnapshot().room,
      selected: () => this.state.getSnapshot().selected ?? this.state.getSnapshot().pointed,
    });
    const { session, state, actions } = this;
    this.#reading = new Reading({
      session,
      state,
      frame: () => this.timelineFrame(),
      placeOf: (room, key) => actions.messages.placeOf(room, key),
    });
    this.#opening = new Opening({
      session,
      state,
      actions,
      reading: this.#reading,
      writing: () => this.#writing,
      naming: () => this.naming,
      guard: this.#guard,
      invite: options.invite ?? null,
    });
    this.#overlays = new Overlays({
      session,
      state,
      actions,
      layout: () => this.layout(),
      openRoom: (id) => this.openRoom(id),
      goTo: (message) => this.#opening.goTo(message),
      copy: (text) => void this.#copy(text),
      write: (line) => this.#writing.begun(line),
      guard: this.#guard,
      runAbout: (name, key) => {
        this.#set({ pointed: key });
        this.#writing.runLine({ kind: "command", name, rest: "" }, "");
      },
      onChange: () => this.#reading.update(),
      onWordsSeen: () => {
        this.naming.isUnderWay = false;
        this.#opening.follow();
      },
    });
    this.#questions = new Questions(state, (link) => {
      this.line.clear();
      this.#opening.join(link);
    });
    this.#wishes = new Wishes({
      session,
      state,
      overlays: this.#overlays,
      questions: this.#questions,
      writing: () => this.#writing,
      guard: this.#guard,
      openRoom: (id) => this.openRoom(id),
      copy: (text) => void this.#copy(text),
      compose: (text) => this.#compose(text),
      showBare: () => this.#showBare(),
      clear: () => this.#reading.clear(),
      quit: () => this.#quit(0),
    });
    this.#writing = new Writing({
      session,
      state,
      actions,
      questions: this.#questions,
      columns,
      guard: this.#guard,
      run: (wish) => this.#wishes.grant(wish),
      onSent: () => this.#reading.toEnd(),
    });
    this.#selecting = new Selecting({
      session,
      state,
      reading: this.#reading,
      guard: this.#guard,
      runCommand: (name) => this.#writing.runLine({ kind: "command", name, rest: "" }, ""),
    });
    this.#calling = new Calling({
      ...{ session, actions, guard: this.#guard },
      openRoom: (id) => this.openRoom(id),
      grant: (wish) => this.#wishes.grant(wish),
      tellsRelease: () => this.tellsRelease,
    });
    this.#voicing = new Voicing({
      ...{ session, actions, guard: this.#guard },
      grant: (wish) => this.#wishes.grant(wish),
    });
    this.naming = new Naming({
      session,
      columns,
      guard: this.#guard,
      create: (name) => actions.createIdentity(name),
      showWords: () => this.#overlays.showWords(true),
      onInvite: (link) => this.#opening.keepInvite(link),
    });
  }

  /** The terminal tells when a key is let go. */
  get tellsRelease(): boolean {
    return this.#options.tellsRelease?.() ?? false;
  }

  /** What is being typed in the room on screen. */
  get line(): DraftLine {
    return this.#writing.line;
  }

  /** Follows the session: opens a room when there is one, leaves one that is gone. */
  start(): void {
    const { settings } = this.actions;
    const followSettings = () => this.#set({ showsMembers: settings.isOn("members") });
    this.#undo = settings.values.subscribe(followSettings);
    followSettings();
    if (settings.problem) this.session.tellError(settings.problem);
    this.session.fileNews.onNews = (news) => tellFileNews(this.session, news);
    this.#opening.start();
  }

  async close(): Promise<void> {
    this.#undo?.();
    this.#undo = null;
    this.session.fileNews.onNews = null;
    this.#opening.close();
    this.#writing.keep();
    this.#overlays.close();
    await Promise.all([this.actions.calls.close(), this.actions.voice.close(), this.actions.playing.stop()]);
    await this.session.close();
  }

  layout(): Layout {
    const { columns, rows, showsMembers, mode } = this.state.getSnapshot();
    const { own, ringing } = this.actions.calls;
    const rings = ringing.store.getSnapshot() !== null;
    const callRows = callRowCount(own.getSnapshot(), rings, rows, noteRowCount(this.actions.voice.own.getSnapshot()));
    return layoutFor(columns, rows, this.draftRowCount(this.line.text), showsMembers, mode === null ? 0 : 1, callRows);
  }

  draftRowCount(text: string): number {
    return text === "" ? 1 : draftRows(text, draftColumns(this.state.getSnapshot().columns), cells).length;
  }

  timelineFrame(): TimelineFrame {
    const { timelineColumns, bodyRows, isNarrow } = this.layout();
    return { columns: timelineColumns, rows: bodyRows, isNarrow, cells, now: this.session.now() };
  }

  resize(columns: number, rows: number): void {
    this.#set({ columns, rows });
  }

  /** Of all rooms, for the title of the terminal. */
  unread(): number {
    return this.session.profile.getSnapshot().rooms.reduce((sum, room) => sum + room.unread, 0);
  }

  onInput(event: ScreenInput): void {
    if (this.#hasQuit) return;
    if (event.type === "focus") {
      this.#reading.setFocused(event.focused);
      this.#calling.setFocused(event.focused);
    } else if (event.type === "paste") this.#onPaste(event.text);
    else if (event.eventType === "release") this.#calling.onRelease(event.name);
    else this.#onKey(event);
  }

  openRoom(id: string): void {
    // What was said in one room is not true of another.
    const { room } = this.state.getSnapshot();
    if (room !== id && this.session.notice.getSnapshot()?.level === "info") this.session.clearNotice();
    this.#opening.open(id);
  }

  // --- keys

  #places(): readonly KeyPlace[] {
    const { overlay, selected, room, mode } = this.state.getSnapshot();
    if (overlay) return placesOn(overlay);
    if (room === null) {
      const isStart = this.session.profile.getSnapshot().isLoaded && this.line.isEmpty;
      return isStart ? ["everywhere", "start", "composer"] : ["everywhere", "composer"];
    }
    const { recordingPlaces, playingPlaces } = this.#voicing;
    const first: readonly KeyPlace[] = ["everywhere", ...recordingPlaces];
    if (selected !== null) return [...first, ...playingPlaces, "selection", "talk"];
    return this.line.isEmpty
      ? [...first, ...(mode === null ? [...this.#calling.places, ...playingPlaces] : []), "talk", "empty", "composer"]
      : [...first, "talk", "composer"];
  }

  #onKey(key: PressedKey): void {
    const { connection, isLoaded, identity, failure } = this.session.profile.getSnapshot();
    const { question, overlay, selected } = this.state.getSnapshot();
    if (connection === "failed") {
      this.#quit(failure?.exitCode ?? 1);
      return;
    }
    if (isLoaded && identity === null && overlay === null && question === null) {
      this.#onNameKey(key);
      return;
    }
    const isTurn = overlay !== null && TURNS.has(bindingOf(key, ["overlay"]));
    if (question && !isTurn && this.#questions.onKey(question, key)) return;
    const id = bindingOf(key, this.#places());
    if (id !== null && this.#onGlobal(id)) return;
    if (overlay) this.#overlays.onKey(overlay, id, key);
    else if (selected !== null && this.#selecting.onKey(id, key)) return;
    else if (id !== null && this.#onRoomKey(id, key)) return;
    else if (this.#voicing.isRecording) this.#voicing.refuseTyping();
    else this.#writing.onKey(id, key);
  }

  /** @returns whether it was one that works wherever one is */
  #onGlobal(id: KeyId): boolean {
    if (id === "interrupt") this.#interrupt();
    else if (id === "redraw") this.#options.onRedraw?.();
    else if (id === "suspend") void this.#suspend();
    else if (id === "help" || id === "start-help") this.#overlays.show({ kind: "help", topic: null, top: 0 });
    else if (id === "start-create") this.line.type("/create ");
    else if (id === "start-join") {
      this.line.type("/join ");
      this.session.tell("Paste the invite behind it, then Enter");
    } else if (id === "start-demo") void this.#guard(async () => this.openRoom(await this.actions.startDemo()));
    else if (id === "go-to" || id === "go-to-empty") this.#overlays.showGoTo();
    else if (id === "search") this.#overlays.search.open("");
    else if (id === "to-late") void this.#guard(() => this.#reading.toLate());
    else if (id === "undo") this.#writing.runLine({ kind: "command", name: "undo", rest: "" }, "");
    else if (id === "bare") this.#showBare();
    else if (id === "editor") void this.#guard(() => this.#compose(this.line.text));
    else if (id === "members") this.#toggleMembers();
    else if (id === "page-up") this.#reading.scrollPages(-1);
    else if (id === "page-down") this.#reading.scrollPages(1);
    else if (id === "to-top") this.#reading.toTop();
    else if (id === "to-end" || id === "to-end-empty") this.#reading.toEnd();
    else if (id === "select" || id === "select-empty") this.#reading.select(-1);
    else return this.#calling.onKey(id) || this.#voicing.onKey(id);
    return true;
  }

  /** @returns whether it was one that goes to another room */
  #onRoomKey(id: KeyId, key: PressedKey): boolean {
    const target = roomOfKey(id, key, this.actions.rooms(), this.state.getSnapshot().room);
    if (target === undefined) return false;
    if (target) this.openRoom(target.id);
    else if (id === "active-room") this.session.tell("Nothing new in the other rooms");
    return true;
  }

  #onNameKey(key: PressedKey): void {
    const id = bindingOf(key, ["everywhere", "composer"]);
    if (id === "interrupt") this.#interrupt();
    else if (id === "redraw") this.#options.onRedraw?.();
    else if (id === "suspend") void this.#suspend();
    else this.naming.onKey(id, key);
  }

  // --- typing

  #onPaste(text: string): void {
    const { isLoaded, identity } = this.session.profile.getSnapshot();
    const { overlay, question } = this.state.getSnapshot();
    if (isLoaded && identity === null) this.naming.onPaste(text);
    else if (overlay) this.#overlays.onPaste(overlay, text);
    else if (!question?.isModal) {
      this.#writing.paste(text);
    }
  }

  async #copy(text: string): Promise<void> {
    const copy = this.#options.onCopy;
    await this.#guard(async () => this.session.tell(copy ? await copy(text) : "Nothing here can copy"));
  }

  async #compose(text: string): Promise<void> {
    const edit = this.#options.onEdit;
    if (edit) await this.#writing.compose(text, edit);
    else this.session.tell("Nothing here can open an editor");
  }

  #showBare(): void {
    const room = this.#reading.room();
    if (!room) return;
    const { anchor } = this.state.getSnapshot();
    this.#options.onBare?.((size) => bareLines(room.timeline.getSnapshot(), anchor, { ...size, cells }));
  }

  #toggleMembers(): void {
    const { columns, showsMembers } = this.state.getSnapshot();
    if (columns >= 120) this.#set({ showsMembers: !showsMembers });
    else this.#overlays.show({ kind: "members", top: 0 });
  }

  // --- the program itself

  /** What was typed after this belongs to the shell. */
  #quit(code: number): void {
    this.#hasQuit = true;
    this.#options.onQuit(code);
  }

  async #suspend(): Promise<void> {
    const wasStopped = await this.#options.onSuspend?.();
    if (!wasStopped) this.session.tell("Nothing here could wake it again, so it stays");
  }

  #interrupt(): void {
    const { overlay, selected } = this.state.getSnapshot();
    if (overlay) this.#overlays.leave();
    else if (this.#voicing.interrupt()) return;
    else if (!this.naming.line.isEmpty) this.naming.line.clear();
    else if (selected !== null) this.#set({ selected: null });
    else if (!this.line.isEmpty) {
      this.line.clear();
      this.session.tell("Cleared; Ctrl-Y brings it back");
    } else if (!this.#writing.drop()) {
      this.#questions.ask("Quit?", () => this.#quit(0), "Enter, y or Ctrl-C yes · any other key no");
    }
  }

  #set(change: Partial<ScreenState>): void {
    this.state.update((old) => ({ ...old, ...change }));
  }
}
