import type { Wish } from "../commands/define.js";
import { type Line, parseCommand, readLine } from "../commands/parse.js";
import { runCommand } from "../commands/run.js";
import type { KeyId, PressedKey } from "../keys.js";
import type { Actions } from "../state/actions.js";
import { successorOf } from "../state/room-order.js";
import { whyNoWriting } from "../state/room-words.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import { DraftLine } from "./draft-line.js";
import type { Guard } from "./guard.js";
import type { Questions } from "./questions.js";
import type { ScreenState } from "./screen-state.js";

/** Told to the others while somebody types, no more often than this. */
const TYPING_MS = 3_000;

export interface WritingOptions {
  readonly session: Session;
  readonly state: Store<ScreenState>;
  readonly actions: Actions;
  readonly questions: Questions;
  readonly columns: () => number;
  readonly guard: Guard;
  readonly run: (wish: Wish | undefined) => void;
  readonly onSent: () => void;
}

/** The composer of the room on screen: its draft, and what becomes of it on Enter. */
export class Writing {
  readonly line: DraftLine;
  readonly #options: WritingOptions;
  #typingToldAt = Number.NEGATIVE_INFINITY;
  /** Counts changes, so that a kept draft never replaces what was typed while it was read. */
  #changes = 0;

  constructor(options: WritingOptions) {
    this.#options = options;
    const { actions, columns } = options;
    const names = () => ({ rooms: actions.rooms(), members: actions.members() });
    this.line = new DraftLine({ names, columns, onChange: () => this.#changed() });
  }

  /** Before another room comes on screen. */
  leaveRoom(): void {
    this.keep();
    if (this.#room !== null) void this.#options.session.drafts.save();
  }

  /** The draft of that room; what was typed before any room was open is meant for the first one. */
  enterRoom(id: string, isFirst: boolean): void {
    const { drafts } = this.#options.session;
    const draft = drafts.get(id);
    const isCarried = isFirst && !this.line.isEmpty && !draft?.text;
    this.#changes += 1;
    if (isCarried) {
      const { text, cursor } = this.line.edit.getSnapshot();
      drafts.keep(id, { text, cursor });
      return;
    }
    this.line.show(draft?.text ?? "", draft?.cursor);
    if (!draft?.text) void this.#load(id);
  }

  keep(): void {
    const { text, cursor } = this.line.edit.getSnapshot();
    if (this.#room !== null) this.#options.session.drafts.keep(this.#room, { text, cursor });
  }

  onKey(id: KeyId | null, key: PressedKey): void {
    if (id === "send") this.#submit();
    else if (id !== null && this.line.apply(id)) return;
    else if (key.name === "escape") {
      if (!this.line.closeCompletion()) this.#options.session.clearNotice();
    } else if (key.text && !key.ctrl && (id === null || key.alt)) this.line.type(key.text);
  }

  /** Runs a command; `text` is the line it was typed in, the empty string where a key asked for it. */
  runLine(line: Extract<Line, { kind: "command" }>, text: string): void {
    const { actions, session, guard, run } = this.#options;
    let parsed: ReturnType<typeof parseCommand>;
    try {
      parsed = parseCommand(line.name, line.rest, { rooms: actions.rooms(), members: actions.members() });
    } catch (error) {
      // What was refused stays in the composer; what could be completed there is not what it needs.
      this.line.closeCompletion();
      session.tellError(error);
      return;
    }
    const { command, values } = parsed;
    if (text !== "") this.line.take();
    session.clearNotice();
    void guard(
      async () => run(await runCommand(command, actions, values)),
      () => {
        if (text === "" || !this.line.isEmpty) return;
        this.line.show(text);
        this.keep();
      },
    );
  }

  get #room(): string | null {
    return this.#options.state.getSnapshot().room;
  }

  #submit(): void {
    const text = this.line.text;
    if (text.trim() === "") {
      this.#goOn();
      return;
    }
    const line = readLine(text);
    if (line.kind === "command") {
      this.runLine(line, text);
      return;
    }
    const { session, onSent } = this.#options;
    const view = session.roomView(this.#room);
    if (!view) {
      session.tell("There is no room to say this in yet", { hint: "/create makes one, /join takes an invite." });
      return;
    }
    const closed = whyNoWriting(view);
    if (closed) {
      session.tell(closed.text, { level: "warning", hint: closed.hint });
      return;
    }
    // First of all what the other side waits for.
    void session.room(view.id).send(line.text);
    this.line.take();
    void session.drafts.save();
    this.#typingToldAt = Number.NEGATIVE_INFINITY;
    onSent();
  }

  /** Enter on an empty line, where the room goes on in another. */
  #goOn(): void {
    const { session, actions, run } = this.#options;
    const next = successorOf(session.roomView(this.#room), actions.rooms());
    if (next) run({ open: next.id });
  }

  #changed(): void {
    this.#changes += 1;
    this.keep();
    const { text } = this.line;
    const { session, questions } = this.#options;
    questions.followDraft(text);
    const now = session.now();
    const room = this.#room;
    if (text === "" || text.startsWith("/") || room === null || now - this.#typingToldAt < TYPING_MS) return;
    this.#typingToldAt = now;
    if (session.profile.getSnapshot().connection !== "ready") return;
    session.request("room.typing", { room }).catch(() => {});
  }

  async #load(room: string): Promise<void> {
    const asked = this.#changes;
    const { drafts } = this.#options.session;
    const draft = await drafts.load(room);
    // Only into an empty composer that nobody has touched since.
    if (!draft || asked !== this.#changes || this.#room !== room || !this.line.isEmpty) return;
    this.line.show(draft.text, draft.cursor);
    drafts.keep(room, draft);
  }
}
