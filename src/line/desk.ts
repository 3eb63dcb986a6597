import { inviteIn, type Line, parseCommand, readLine } from "../commands/parse.js";
import { runCommand } from "../commands/run.js";
import { sendNote } from "../commands/voice.js";
import { exitCodeOf, KeetError } from "../errors.js";
import { type SafeText, safe } from "../safe-text.js";
import type { Actions, ActionsOptions } from "../state/actions.js";
import type { MessageView } from "../state/model.js";
import { whyNoWriting } from "../state/room-words.js";
import type { Session } from "../state/session.js";
import { CallNews } from "./call-news.js";
import { LINE_TABLE } from "./commands.js";
import { Gather, type Gathered } from "./gather.js";
import { type Asking, Granting } from "./granting.js";
import type { InputLine, LineInput } from "./input.js";
import { LineActions } from "./line-actions.js";
import { namesOf, nameWord } from "./message-words.js";
import { Naming } from "./naming.js";
import { News } from "./news.js";
import { Notices } from "./notices.js";
import { Numbers } from "./numbers.js";
import type { Paper } from "./paper.js";
import { Place } from "./place.js";
import { Questions, yesOrNo } from "./questions.js";
import { Readout } from "./readout.js";
import { Sendings } from "./sendings.js";
import { Talk } from "./talk.js";

/** What a person waits for before they type on; the rest is said when it is there. */
const SLOW_MS = 3_000;

/** What these do shows in the talk, which is not heard of a room one is not in. */
const SILENT: ReadonlySet<string> = new Set(["edit", "delete", "react"]);

type CommandLine = Extract<Line, { kind: "command" }>;

export interface DeskOptions
  extends Pick<ActionsOptions, "startDemo" | "settings" | "doctor" | "facts" | "debugMs" | "sound"> {
  readonly session: Session;
  readonly paper: Paper;
  readonly input: LineInput;
  /** Standard input is a terminal: somebody types, sees what they type, and reads what is written. */
  readonly isTyped: boolean;
  /** Somebody can be asked. */
  readonly isAsked: boolean;
  /** Standard output is a terminal. */
  readonly isShown: boolean;
  readonly invite: string | null;
  /** What somebody is called who cannot be asked. */
  readonly defaultName: () => string;
  readonly copy: (text: string) => Promise<string>;
  readonly after: (ms: number, act: () => void) => () => void;
  readonly openPath?: ((path: string) => Promise<void>) | undefined;
  /** Ids of what is sent from here, as the session makes them. */
  readonly isOwnId: (id: string) => boolean;
}

/** One person at lines in and lines out: takes each line, does what it says, and says what came of it. */
export class Desk {
  readonly actions: Actions;
  readonly #options: DeskOptions;
  readonly #questions: Questions;
  readonly #gather = new Gather();
  readonly #numbers = new Numbers();
  readonly #talk: Talk;
  readonly #news: News;
  readonly #callNews: CallNews;
  readonly #readout: Readout;
  readonly #granting: Granting;
  readonly #naming: Naming;
  readonly #context: LineActions;
  readonly #ended = Promise.withResolvers<number>();
  readonly #sendings: Sendings;
  readonly #place: Place;
  /** Waiting to be let in: they say themselves when they are. */
  #joinings = 0;
  #pointed: MessageView | null = null;
  /** Of the first line that was refused. */
  #exitCode = 0;
  /** The line that is being done, where lines have numbers that help. */
  #lineNumber: number | null = null;
  #asking: Asking = { line: "", saysYes: false, known: new Set(), isLate: false };
  #hasSaidGoesOn = false;

  constructor(options: DeskOptions) {
    this.#options = options;
    const { session, paper, startDemo, openPath, settings, doctor, facts, debugMs, sound, after } = options;
    this.#questions = new Questions(paper);
    this.#context = new LineActions(
      {
        session,
        room: () => this.#place.room,
        selected: () => this.#pointed,
        onSending: (sending) => this.#sendings.follow(sending),
        ...{ startDemo, openPath, settings, doctor, facts, debugMs, sound, after, holdsKeys: false },
        // Nobody is there who would think better of it.
        ...(options.isTyped ? {} : { undoMs: 0 }),
      },
      {
        readLast: (count) => this.#readout.last(count),
        readWhole: () => this.#readout.message(this.actions.messages.meant("anybody's"), true),
        readTyping: () => this.#readTyping(),
        paste: () => this.#paste(),
        runYes: (line) => this.#runYes(line),
      },
    );
    this.actions = this.#context;
    const { isTyped, isOwnId } = options;
    this.#talk = new Talk({
      session,
      paper,
      after,
      // What is not typed is said when it is stored.
      isTyped: ({ mine, id }) => mine && isOwnId(id),
    });
    this.#news = new News({
      ...{ session, paper, after, room: () => this.#place.room },
      isJoining: () => this.#joinings > 0,
    });
    const { actions } = this;
    this.#place = new Place({ session, paper, actions, talk: this.#talk, news: this.#news, isRead: isTyped });
    this.#callNews = new CallNews({ session, paper, calls: actions.calls, voice: actions.voice });
    this.#sendings = new Sendings({
      ...{ session, paper, isTyped, room: () => this.#place.room },
      onRefused: (words) => this.#refuse(new KeetError("peer", "NOT_SENT", words)),
      onBug: (error) => this.#ended.reject(error),
    });
    this.#readout = new Readout({ session, paper, actions: this.actions, numbers: this.#numbers, talk: this.#talk });
    const guard = (act: () => Promise<void>) => this.#guard(act);
    this.#granting = new Granting({
      ...{ session, paper, guard, actions: this.actions, questions: this.#questions, readout: this.#readout },
      ...{ isAsked: options.isAsked, isShown: options.isShown, copy: options.copy },
      openRoom: (id, { isLate, known }) => this.#place.open(id, { staysHere: isLate, isNew: !known.has(id) }),
      quit: () => this.end(0),
    });
    this.#naming = new Naming({
      ...{ session, paper, guard, actions: this.actions, questions: this.#questions },
      ...{ isAsked: options.isAsked, isShown: options.isShown, defaultName: options.defaultName },
      invite: options.invite,
      quit: () => this.end(0),
      done: (invite) => this.#settleIn(invite),
    });
    const notices = new Notices({ session, paper, lineNumber: () => this.#lineNumber });
    session.onNotice = (notice) => notices.tell(notice);
  }

  /** Until the input ends, or this is ended. @returns the exit code */
  async run(): Promise<number> {
    this.#work().then(
      (code) => this.end(code),
      (error: unknown) => this.#ended.reject(error),
    );
    return await this.#ended.promise;
  }

  end(code: number): void {
    this.#options.input.stop();
    this.#ended.resolve(code === 0 ? this.#exitCode : code);
  }

  /** Ctrl-C. @returns whether there was something to drop */
  interrupt(): boolean {
    if (this.#naming.isUnderWay) return false;
    if (this.#questions.drop()) return true;
    if (!this.#gather.isOpen) return false;
    this.#gather.drop();
    this.#options.paper.tell("dropped: nothing was sent");
    return true;
  }

  /** Resolves when all that was sent is stored, or refused. */
  stored(): Promise<void> {
    return this.#sendings.stored();
  }

  /** The beginnings of what was sent from here and is stored nowhere yet. */
  unstored(): readonly SafeText[] {
    return this.#sendings.unstored();
  }

  async close(): Promise<void> {
    this.#place.close();
    this.#talk.close();
    this.#news.close();
    this.#callNews.close();
    await Promise.all([this.actions.calls.close(), this.actions.voice.close(), this.actions.playing.stop()]);
    const { session } = this.#options;
    await session.close();
    session.onNotice = null;
  }

  async #work(): Promise<number> {
    const { session, paper, input, isTyped } = this.#options;
    await session.start();
    const { failure } = session.profile.getSnapshot();
    if (failure) {
      paper.refuse(failure.message, failure.hint);
      return failure.exitCode;
    }
    await this.#patiently(() => this.#guard(() => this.#naming.begin()));
    for (;;) {
      const line = await input.next();
      if (line === null) break;
      this.#lineNumber = isTyped ? null : line.number;
      await this.#take(line);
    }
    if (this.#gather.isOpen) {
      this.#gather.drop();
      this.#refuse(
        new KeetError("user", "USAGE", "The last message has no end, so it was not sent", {
          hint: "A line that ends in a backslash wants another, and /paste wants a dot alone on a line.",
        }),
      );
    }
    await this.#allStored();
    return 0;
  }

  async #allStored(): Promise<void> {
    const { paper, after } = this.#options;
    const callOff = after(SLOW_MS, () =>
      paper.tell("waiting until the last message is stored; Ctrl-C ends this at once"),
    );
    await this.stored();
    callOff();
  }

  async #take(line: InputLine): Promise<void> {
    if (line.error) {
      this.#refuse(line.error);
      return;
    }
    // In the middle of a message a question waits: its lines are no answers.
    if (this.#questions.isOpen && !this.#gather.isOpen) {
      await this.#patiently(() => this.#guard(() => this.#questions.take(line.text)));
      return;
    }
    const gathered = this.#gather.add(line.text);
    if (gathered === null) {
      if (!this.#gather.isVerbatim) this.#sayGoesOn();
      return;
    }
    await this.#patiently((asking) => this.#guard(() => this.#run(gathered, asking)), line.text);
  }

  /** The first time, since nothing else shows that a line went anywhere. */
  #sayGoesOn(): void {
    if (this.#hasSaidGoesOn || !this.#options.isTyped) return;
    this.#hasSaidGoesOn = true;
    this.#options.paper.tell("goes on with the next line; Ctrl-C drops it");
  }

  #paste(): void {
    const { paper, isTyped } = this.#options;
    this.#gather.begin();
    if (isTyped) paper.tell("every line is part of the message now, until a dot alone sends it; Ctrl-C drops it");
  }

  async #run(gathered: Gathered, asking: Asking): Promise<void> {
    await this.#naming.ready();
    if (gathered.kind === "command") await this.#runCommand(gathered, asking);
    else if (gathered.kind === "verbatim") this.#send(gathered.text);
    else if (gathered.text.trim() !== "") this.#say(gathered.text);
    // As Enter does on the screen; in a script an empty line is nothing.
    else if (this.#options.isTyped && this.actions.voice.own.getSnapshot())
      await this.#granting.grant(await sendNote(this.actions), asking);
  }

  async #runCommand({ name, rest }: CommandLine, asking: Asking): Promise<void> {
    const command = LINE_TABLE.find(name);
    if (command?.opensRoom) this.#joinings += 1;
    try {
      const [message, left] = command?.takesMessage ? this.#messageIn(name, rest) : [null, rest];
      const names = { rooms: this.actions.rooms(), members: this.actions.members() };
      const parsed = parseCommand(name, left, names, LINE_TABLE);
      this.#asking = asking;
      // Commands look at once which message is meant.
      this.#pointed = message;
      const running = runCommand(parsed.command, this.#context, parsed.values);
      this.#pointed = null;
      const elsewhere = SILENT.has(parsed.command.name) ? this.#elsewhere(message) : null;
      await this.#granting.grant(await running, elsewhere ? { ...asking, elsewhere } : asking);
    } catch (error) {
      this.#pointed = null;
      if (!command || command.opensRoom) await this.#leaveForScript();
      throw error;
    } finally {
      if (command?.opensRoom) this.#joinings -= 1;
    }
  }

  #elsewhere(message: MessageView | null): SafeText | null {
    const room = message && message.room !== this.#place.room ? this.#options.session.roomView(message.room) : null;
    return room && nameWord(room);
  }

  /** The message that `#3` in front of the rest names. @throws NO_SUCH_MESSAGE */
  #messageIn(name: string, rest: string): [MessageView | null, string] {
    const match = /^#(\d{1,9})(?:\s+|$)/.exec(rest);
    if (!match) return [null, rest];
    const message = this.#numbers.message(Number(match[1]));
    if (message) return [message, rest.slice(match[0].length)];
    throw new KeetError("user", "NO_SUCH_MESSAGE", `No message was read here as #${match[1]}`, {
      hint: `/last reads the latest with their numbers; then /${name} #1.`,
    });
  }

  /** A script that is not where it meant to go must not say there what was meant for elsewhere. */
  async #leaveForScript(): Promise<void> {
    if (!this.#options.isTyped) await this.#place.enter(null);
  }

  async #runYes(text: string): Promise<void> {
    const line = readLine(text.startsWith("/") ? text : `/${text}`);
    if (line.kind !== "command" || line.name.toLowerCase() === "yes") {
      throw new KeetError("user", "USAGE", "/yes takes a command", { hint: "/yes /leave tea" });
    }
    await this.#runCommand(line, { ...this.#asking, saysYes: true });
  }

  #say(text: string): void {
    const { paper, isAsked } = this.#options;
    const link = inviteIn(text);
    if (link === null || link !== text.trim()) {
      this.#send(text);
      return;
    }
    if (!isAsked) {
      throw new KeetError("user", "USAGE", "That is an invite, and nobody can be asked here whether to take it", {
        hint: "/join and the link behind it joins.",
      });
    }
    const no = () => paper.tell("no: it was not joined, and not sent");
    const join = () => this.#guard(() => this.#runCommand({ kind: "command", name: "join", rest: link }, this.#asking));
    this.#questions.put(
      yesOrNo("Join this room?", join, no, (line) =>
        paper.tell(safe`neither y nor n, and not sent to anybody: ${line}`),
      ),
    );
  }

  #send(text: string): void {
    const room = this.#options.session.roomView(this.#place.room);
    if (!room) {
      throw new KeetError("user", "NO_ROOM_HERE", "No room is open to say this in, so it was not sent", {
        hint: this.actions.rooms().length > 0 ? "/list names them, /go opens one." : "/create makes one.",
      });
    }
    const closed = whyNoWriting(room);
    if (closed) throw new KeetError("user", "NOT_ALLOWED", closed.text, closed.hint ? { hint: closed.hint } : {});
    this.actions.send(room.id, text, { action: false });
  }

  #readTyping(): void {
    const who = this.#options.session.room(this.actions.here().id).typing.getSnapshot();
    const words = who.length === 0 ? "nobody is typing" : who.length === 1 ? "is typing" : "are typing";
    this.#options.paper.tell(who.length === 0 ? words : safe`${namesOf(who)} ${words}`);
  }

  /** The name is given and the words were seen: where one lands. */
  async #settleIn(invite: string | null): Promise<void> {
    if (invite !== null) await this.#runCommand({ kind: "command", name: "join", rest: invite }, this.#asking);
    // A script says where it wants to be: which room is the latest is for others to decide.
    else if (this.#options.isTyped && this.#place.room === null) await this.#place.openLatest();
  }

  // --- what is said of all that

  /** Waits as long as somebody at a keyboard would; a script waits until it is done, and what it sent is stored. */
  async #patiently(act: (asking: Asking) => Promise<void>, line = ""): Promise<void> {
    const isIn = this.actions.rooms().filter(({ state }) => state !== "joining" && state !== "request");
    const asking: Asking = { line, saysYes: false, known: new Set(isIn.map(({ id }) => id)), isLate: false };
    this.#asking = asking;
    const work = act(asking);
    if (!this.#options.isTyped) {
      await work;
      await this.stored();
      return;
    }
    work.catch((error: unknown) => this.#ended.reject(error));
    const slow = Promise.withResolvers<void>();
    const callOff = this.#options.after(SLOW_MS, slow.resolve);
    await Promise.race([work, slow.promise]);
    callOff();
    asking.isLate = true;
  }

  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** What a person can act on is said; anything else is a bug and ends the program with a report. */
  #refuse(error: unknown): void {
    if (this.#exitCode === 0 && !this.#options.isTyped) this.#exitCode = exitCodeOf(error);
    this.#options.session.tellError(error);
  }
}
