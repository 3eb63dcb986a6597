import { type Completion, completionAt } from "../commands/complete.js";
import type { Wish } from "../commands/define.js";
import { draggedQuestion } from "../commands/dragged-paths.js";
import { type Line, parseCommand, readLine } from "../commands/parse.js";
import { runCommand } from "../commands/run.js";
import { holdsSecret, isSecretCommand } from "../commands/secrets.js";
import type { KeyId, PressedKey } from "../keys.js";
import type { SafeText } from "../safe-text.js";
import type { Actions } from "../state/actions.js";
import { successorOf } from "../state/room-order.js";
import { whyNoWriting, whyTooLong } from "../state/room-words.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import { DraftLine } from "./draft-line.js";
import type { Guard } from "./guard.js";
import { type Mode, Modes } from "./modes.js";
import type { Questions } from "./questions.js";
import { chosenReaction, reactionCompletion } from "./reacting.js";
import type { ScreenState } from "./screen-state.js";

/** Told to the others while somebody types, no more often than this. */
const TYPING_MS = 3_000;
const NOTHING = { text: "", cursor: 0 };

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
  readonly #modes: Modes;
  #typingToldAt = Number.NEGATIVE_INFINITY;
  /** Counts changes, so that a kept draft never replaces what was typed while it was read. */
  #changes = 0;

  constructor(options: WritingOptions) {
    this.#options = options;
    const { columns } = options;
    const complete = (text: string, cursor: number, isAsked: boolean) => this.#complete(text, cursor, isAsked);
    const { lines } = options.session;
    const history = {
      lines: () => lines.of(this.#room ?? ""),
      add: (line: string) => lines.add(this.#room ?? "", line, !holdsSecret(line)),
    };
    this.line = new DraftLine({ complete, columns, history, onChange: () => this.#changed() });
    this.#modes = new Modes(options.session, options.state, this.line);
  }

  /** Before another room comes on screen. */
  leaveRoom(): void {
    this.keep();
    if (this.#room === null) return;
    this.#modes.leaveRoom(this.#room);
    void this.#options.session.drafts.save();
  }

  /** The draft of that room; what was typed before any room was open is meant for the first one. */
  enterRoom(id: string, isFirst: boolean): void {
    const { drafts } = this.#options.session;
    const draft = drafts.get(id);
    const isCarried = isFirst && !this.line.isEmpty && !draft?.text;
    this.#changes += 1;
    if (this.#modes.enterRoom(id)) return;
    if (isCarried) {
      const { text, cursor } = this.line.edit.getSnapshot();
      drafts.keep(id, { text, cursor });
      return;
    }
    this.line.show(draft?.text ?? "", draft?.cursor);
    if (!draft?.text) void this.#load(id);
  }

  keep(): void {
    if (this.#room === null) return;
    const draft = this.#modes.draftToKeep();
    this.#options.session.drafts.keep(this.#room, isSecretCommand(draft.text) ? NOTHING : draft);
  }

  /** Into the line and nothing more; what was dragged there as files, alone, is asked about. */
  paste(text: string): void {
    const { session, state, questions } = this.#options;
    const isAlone = this.line.isEmpty && this.#modes.now === null && this.#room !== null;
    state.update((old) => ({ ...old, selected: null, pointed: null }));
    if (!this.line.paste(text)) {
      session.tell("Not all of it fits into the line: its end is missing", { level: "warning" });
      return;
    }
    const question = isAlone ? draggedQuestion(text) : null;
    if (question === null) return;
    const written = this.line.text;
    questions.offer(question, () => this.runLine({ kind: "command", name: "send", rest: written.trim() }, written));
  }

  onKey(id: KeyId | null, key: PressedKey): void {
    if (id === "send") this.#submit();
    else if (id !== null && this.line.apply(id)) return;
    else if (id === "drop") {
      if (this.#modes.now?.kind !== "react" && this.line.closeCompletion()) return;
      if (this.#modes.drop()) this.keep();
      else this.#options.session.clearNotice();
    } else if (key.text && !key.ctrl && (id === null || key.alt)) this.line.type(key.text);
  }

  /** Turns the line into an answer, a new text or a reaction. @throws where that message cannot be edited so */
  begin(mode: Mode): void {
    this.#modes.begin(mode);
    this.keep();
  }

  /** A command to be finished here. What stood on the line comes back by Ctrl-Y. */
  begun(text: string): void {
    if (!this.line.isEmpty) this.#options.session.tell("Ctrl-Y brings back what was on the line");
    this.line.write(text);
  }

  /** A text as it comes back from an editor is on the line; it is sent by Enter, as any other. */
  async compose(text: string, edit: (text: string) => Promise<string>): Promise<void> {
    const { session } = this.#options;
    const room = this.#room;
    const mode = this.#modes.now;
    if (mode?.kind === "react") {
      session.tell("A reaction is a single emoji; Esc goes back to the line");
      return;
    }
    const edited = await edit(text);
    if (room !== this.#room || mode !== this.#modes.now) {
      // The room has gone meanwhile: what was written must not go to another one by Enter.
      this.line.setAside(edited);
      session.tell("You are in another room now; Ctrl-Y puts in what you wrote");
      return;
    }
    if (edited === text && text === this.line.text) session.tell("Nothing was changed in the editor");
    else {
      this.line.write(edited);
      session.tell(edited === "" ? "The editor left nothing; Ctrl-Y brings back what was there" : "Enter sends it");
    }
  }

  /** Of an empty line: back to what it was before. @returns whether it was something else */
  drop(): boolean {
    const isDropped = this.#modes.drop();
    this.keep();
    return isDropped;
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
    const { pointed } = this.#options.state.getSnapshot();
    if (text !== "") this.line.take();
    session.clearNotice();
    void guard(
      async () => {
        // Commands look at once which message is meant.
        this.#point(pointed);
        const wish = runCommand(command, actions, values);
        this.#point(null);
        run(await wish);
      },
      () => {
        if (text === "" || !this.line.isEmpty) return;
        this.line.show(text);
        this.#point(pointed);
        this.keep();
      },
    );
  }

  get #room(): string | null {
    return this.#options.state.getSnapshot().room;
  }

  #submit(): void {
    const text = this.line.text;
    const mode = this.#modes.now;
    if (mode?.kind === "react") {
      void this.#options.guard(() => this.#react(mode));
      return;
    }
    if (mode?.kind === "edit") {
      this.#saveEdit(mode, text);
      return;
    }
    if (text.trim() === "") {
      if (!mode) this.#goOn();
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
    const closed = whyNoWriting(view) ?? whyTooLong(line.text);
    if (closed) {
      session.tell(closed.text, { level: "warning", hint: closed.hint });
      return;
    }
    // First of all what the other side waits for.
    void session.room(view.id).send(line.text, { replyTo: mode?.message ?? null });
    this.line.take();
    if (mode) this.#modes.end();
    this.keep();
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
    const { session, questions, actions } = this.#options;
    const mode = this.#modes.now;
    // What is changed or chosen here is nothing new to say, whatever it looks like.
    if (mode === null || mode.kind === "reply") questions.followDraft(text);
    if (!text.startsWith("/")) this.#point(null);
    const now = session.now();
    const room = this.#room;
    if (
      text === "" ||
      text.startsWith("/") ||
      mode?.kind === "react" ||
      room === null ||
      now - this.#typingToldAt < TYPING_MS
    )
      return;
    this.#typingToldAt = now;
    if (session.profile.getSnapshot().connection !== "ready" || !actions.settings.isOn("typing")) return;
    session.request("room.typing", { room }).catch(() => {});
  }

  #complete(text: string, cursor: number, isAsked: boolean): Completion | null {
    const { actions } = this.#options;
    const kind = this.#modes.now?.kind;
    if (kind === "react") return reactionCompletion(text);
    // The text of a message is no command, however it begins.
    const isCommand = text.startsWith("/") && kind !== "edit";
    if (!isAsked && !isCommand) return null;
    if (text.startsWith("/") && !isCommand) return null;
    const { settings } = actions;
    const names = { rooms: actions.rooms(), members: actions.members(), files: this.#fileNames(), settings };
    const { calls } = actions;
    const inCall = { callers: calls.own.getSnapshot()?.people ?? [], devices: calls.knownDevices };
    return completionAt(text, cursor, { ...names, ...inCall, looksAtDisk: isAsked });
  }

  /** The newest first. */
  #fileNames(): readonly SafeText[] {
    if (this.#room === null) return [];
    const { messages, arriving } = this.#options.session.room(this.#room).timeline.getSnapshot();
    const files = [...messages, ...arriving].filter(({ file, deleted }) => file !== null && !deleted);
    return files.map(({ file }) => file!.name).reverse();
  }

  async #react(mode: Mode): Promise<void> {
    const { session, actions } = this.#options;
    const emoji = chosenReaction(this.line.text, this.line.completion.getSnapshot());
    if (emoji === null) {
      this.line.closeCompletion();
      session.tell("Tab chooses one; or write a name, such as :tada");
      return;
    }
    this.#modes.end();
    await actions.messages.react(mode.message, emoji);
  }

  /** Exactly as it stands in the line: no command, no slash taken away. */
  #saveEdit(mode: Mode, text: string): void {
    const { session, actions, guard } = this.#options;
    if (text.trim() === "") {
      session.tell("A message cannot become empty", { hint: "d on the selected message takes it back." });
      return;
    }
    const { cursor } = this.line.edit.getSnapshot();
    this.line.take();
    this.#modes.end();
    this.keep();
    void guard(
      () => actions.messages.edit(mode.message, text),
      () => {
        // Only where nothing else has been begun since; the history of the line has it in any case.
        if (this.#room !== mode.message.room || this.#modes.now !== null) return;
        this.#modes.begin(mode);
        this.line.show(text, cursor);
      },
    );
  }

  #point(pointed: string | null): void {
    this.#options.state.update((old) => (old.pointed === pointed ? old : { ...old, pointed }));
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
