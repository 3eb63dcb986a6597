// Every key of the table, in every way its bytes can come, does what can be seen here. The expectations are keyed by the
// table's own ids: a key without one, or one without a key, fails.
import t, { type Test } from "tap";
import { KEYS, type KeyBinding, type KeyId, type KeyPlace } from "../../src/keys.js";
import { bytesOf } from "../helpers/key-bytes.js";
import { until } from "../helpers/program.js";
import { plainFile, transfer } from "../helpers/wire.js";
import { type OpenApp, openApp } from "./open-app.js";
import { ALICE, BOB, callIn, idOf, MAYA, message, NOW, replyTo, room, ScriptedCore } from "./scripted-core.js";
import { ScriptedSound } from "./scripted-sound.js";

process.env.TZ = "UTC";
// A screen of its own for each of them.
t.setTimeout(110_000);

/** What can be looked at. */
class At {
  readonly app: OpenApp;
  readonly core: ScriptedCore;
  readonly sound: ScriptedSound;

  constructor(app: OpenApp, core: ScriptedCore, sound: ScriptedSound) {
    this.app = app;
    this.core = core;
    this.sound = sound;
  }

  get state() {
    return this.app.screen.state.getSnapshot();
  }

  /** The draft, with `|` where the cursor is. */
  get line(): string {
    const { text, cursor } = this.app.screen.line.edit.getSnapshot();
    return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
  }

  get overlay(): string | null {
    return this.state.overlay?.kind ?? null;
  }

  shows(text: string): boolean {
    return this.app.terminal.text().join("\n").includes(text);
  }

  /** Number of the selected message. */
  get selected(): number | null {
    const { selected } = this.state;
    return selected === null ? null : Number.parseInt(selected.split(":")[1] ?? "", 16);
  }

  asked(method: string): readonly Record<string, unknown>[] {
    return this.core.asked.filter((one) => one.method === method).map(({ params }) => params);
  }

  async press(...names: string[]): Promise<void> {
    for (const name of names) await this.app.press(bytesOf(name)[0]!);
  }

  /** The draft is this, the cursor where `|` stands. */
  async draft(text: string): Promise<void> {
    this.app.screen.line.show(text.replace("|", ""), text.indexOf("|"));
    await this.app.press("");
  }

  async run(command: string): Promise<void> {
    await this.app.press(command);
    await this.press("enter");
  }
}

interface Expectation {
  /** Another core than that of the place. */
  readonly core?: () => ScriptedCore;
  /** From the state of the place to where the key has something to do. */
  readonly first?: (at: At, key: string) => Promise<void>;
  /** Nothing but the draft takes part, so one screen does for all of these. */
  readonly isOfLine?: true;
  /** False before the key, true after it. */
  readonly so: (at: At, key: string) => boolean;
}

function talk(count = 60): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [room("tea"), room("dev"), room("music", { unread: 2 })];
  const rows = Array.from({ length: count }, (_, index) =>
    message(index, { sentAt: new Date(NOW - (count - index) * 60_000).toISOString() }),
  );
  core.messages.set("tea", rows);
  return core;
}

/** The last message is one's own. */
function withMine(): ScriptedCore {
  const core = talk();
  core.messages.set("tea", [...core.messages.get("tea")!, message(60, { author: MAYA })]);
  return core;
}

/** The last message answers the third. */
function withAnswer(): ScriptedCore {
  const core = talk();
  const rows = core.messages.get("tea")!;
  core.messages.set("tea", [...rows, message(60, { author: BOB, ...replyTo(rows[3]!) })]);
  return core;
}

/** The last message is a file: to be got, or here. */
function withFile(isHere = false): () => ScriptedCore {
  return () => {
    const core = talk();
    const here = transfer({ state: "here", bytes: 3, of: 3, path: "/home/maya/tea.txt" });
    const file = plainFile("tea.txt", 3, isHere ? { transfer: here } : {});
    core.messages.set("tea", [
      ...core.messages.get("tea")!,
      message(60, { type: "file", text: "", file, author: BOB }),
    ]);
    return core;
  };
}

const openFiles = async (at: At) => {
  await at.run("/files");
  await at.app.waitFor("Files in tea");
};

function isBetween(at: At, from: number, to: number): boolean {
  return at.selected !== null && at.selected >= from && at.selected <= to;
}

const edits = (before: string, after: string): Expectation => ({
  isOfLine: true,
  first: (at) => at.draft(before),
  so: (at) => at.line === after,
});

const selecting = (so: (at: At) => boolean, more: string[] = [], core?: () => ScriptedCore): Expectation => ({
  ...(core ? { core } : {}),
  first: (at) => at.press(...more),
  so,
});

const goesTo = (id: string, first?: (at: At) => Promise<void>): Expectation => ({
  ...(first ? { first } : {}),
  so: (at) => at.state.room === id,
});

const isAtEnd = (at: At) => at.state.anchor === null && at.shows("message 59");
const openHelp = (at: At) => at.press("f1");
const openGoTo = (at: At) => at.press("ctrl+g");
const openInvite = async (at: At) => {
  await at.run("/invite");
  await at.app.waitFor("Invite to tea");
};

const takeBack = async (at: At) => {
  await at.run("/delete");
  await at.press("enter");
  await at.app.waitFor("(taken back)");
};

const inCall = async (at: At) => {
  await at.run("/call");
  await at.app.waitFor("♪ tea");
};

/** The last message is a voice note. */
function withNote(): ScriptedCore {
  const core = talk();
  const file = plainFile("voice-2026-12-01-1432.opus", 22_400, { duration: 7_120 });
  core.messages.set("tea", [...core.messages.get("tea")!, message(60, { type: "file", text: "", file, author: BOB })]);
  return core;
}

const recording = async (at: At) => {
  await at.run("/voice");
  await at.app.waitFor("● recording 0:07");
};

/** Somebody whom this person talks to alone has called. */
function ringingCore(): ScriptedCore {
  const core = talk();
  core.rooms = [...core.rooms, room("d1", { kind: "direct", name: "", with: ALICE, members: 2, peers: 1 })];
  core.calls.set("d1", callIn("d1", [ALICE]));
  return core;
}

const EXPECTED: Readonly<Record<KeyId, Expectation>> = {
  help: { so: (at) => at.overlay === "help" && at.shows("PgUp PgDn") },
  interrupt: {
    first: (at) => at.draft("half a thought|"),
    so: (at) => at.line === "|" && at.shows("Ctrl-Y brings it back"),
  },
  redraw: { so: (at) => at.app.asked.includes("redraw") },
  suspend: { so: (at) => at.app.asked.includes("suspend") },

  mic: {
    first: (at) => inCall(at),
    so: (at) => at.sound.did.at(-1) === "mute true" && at.shows("maya (muted)"),
  },
  "talk-key": {
    first: async (at) => {
      await at.run("/ptt on");
      await inCall(at);
    },
    so: (at) => at.sound.did.at(-1) === "hold true" && at.shows("mic open, Alt-V stops"),
  },
  answer: {
    core: ringingCore,
    first: (at) => at.app.waitFor("alice calls"),
    so: (at) => at.state.room === "d1" && at.sound.joined[0]?.room === "d1" && at.shows("♪ alice"),
  },
  "not-now": {
    core: ringingCore,
    first: (at) => at.app.waitFor("alice calls"),
    so: (at) => at.asked("call.decline")[0]?.room === "d1" && at.shows("You said not now to alice"),
  },
  "start-create": { so: (at) => at.line === "/create |" },
  "start-join": { so: (at) => at.line === "/join |" && at.shows("Paste the invite behind it") },
  "start-demo": { so: (at) => at.state.room === "joined" },
  "start-help": { so: (at) => at.overlay === "help" },

  "next-room": goesTo("dev"),
  "previous-room": goesTo("music"),
  "room-number": {
    core: () => {
      const core = talk();
      core.rooms = [room("tea"), ...Array.from({ length: 8 }, (_, index) => room(`room${index + 2}`))];
      return core;
    },
    // The first one is on screen already.
    first: (at, key) => (key === "alt+1" ? at.press("ctrl+n") : Promise.resolve()),
    so: (at, key) => at.state.room === (key === "alt+1" ? "tea" : key === "alt+9" ? "room9" : `room${key.at(-1)}`),
  },
  "active-room": goesTo("music"),
  "go-to": { so: (at) => at.overlay === "go-to" && at.shows("Go to") },
  "go-to-empty": { so: (at) => at.overlay === "go-to" },
  "page-up": { so: (at) => at.state.anchor !== null && !at.shows("message 59") },
  "page-down": { first: (at) => at.press("pageup"), so: isAtEnd },
  "to-top": { so: (at) => at.shows("message 0") },
  "to-end": { first: (at) => at.press("alt+home"), so: isAtEnd },
  "to-end-empty": { first: (at) => at.press("alt+home"), so: isAtEnd },
  search: { so: (at) => at.overlay === "search" && at.shows("Words to look for") },
  "to-late": {
    first: async (at) => {
      at.core.tell({ type: "late", room: "tea", author: BOB, count: 2, position: 10 });
      await at.app.waitFor("2 earlier messages from bob");
    },
    so: (at) => at.selected === 10,
  },
  undo: {
    core: withMine,
    first: takeBack,
    so: (at) => at.shows("message 60") && at.shows("It is back"),
  },
  bare: {
    so: (at) => at.app.asked.some((one) => one.startsWith("bare\n") && /\n\d\d:\d\d alice: message 59\n/.test(one)),
  },
  members: { so: (at) => at.overlay === "members" && at.shows("alice") },
  select: { so: (at) => at.selected === 59 },
  "select-empty": { so: (at) => at.selected === 59 },

  send: {
    first: (at) => at.draft("good morning|"),
    so: (at) => at.asked("message.send").at(-1)?.text === "good morning" && at.line === "|",
  },
  newline: edits("one| two", "one\n| two"),
  drop: {
    first: async (at) => {
      await at.press("up");
      await at.app.press("r");
    },
    so: (at) => at.state.mode === null,
  },
  complete: edits("/arch|", "/archive|"),
  "complete-back": edits("hello @|", "hello @bob |"),
  "history-back": {
    first: async (at) => {
      await at.run("//said");
      await at.draft("x|");
    },
    so: (at) => at.line === "//said|",
  },
  "history-on": {
    first: async (at) => {
      await at.run("//first");
      await at.run("//second");
      await at.draft("x|");
      await at.press("up", "up");
    },
    so: (at) => at.line === "//second|",
  },
  recall: { first: (at) => at.run("//said"), so: (at) => at.line === "//said|" },
  editor: {
    first: (at) => at.draft("half a |thought"),
    so: (at) => at.app.asked.includes("edit half a thought") && at.line === "HALF A THOUGHT|",
  },
  "line-start": edits("one\ntwo th|ree", "one\n|two three"),
  "line-end": edits("one t|wo\nthree", "one two|\nthree"),
  "char-left": edits("o👍🏽|", "o|👍🏽"),
  "char-right": edits("|👍🏽o", "👍🏽|o"),
  "word-left": edits("one two|", "one |two"),
  "word-right": edits("|one two", "one| two"),
  "delete-left": edits("tea👍🏽|", "tea|"),
  "delete-right": edits("tea|👍🏽", "tea|"),
  "cut-word-left": edits("one two|", "one |"),
  "cut-word-right": edits("|one two", "| two"),
  "cut-line-start": edits("one\ntwo th|ree", "one\n|ree"),
  "cut-line-end": edits("one t|wo\nthree", "one t|\nthree"),
  "paste-cut": {
    first: async (at) => {
      await at.draft("one two|");
      await at.press("ctrl+w");
    },
    so: (at) => at.line === "one two|",
  },

  "selection-up": selecting((at) => at.selected === 58),
  "selection-down": selecting((at) => at.selected === 59, ["up"]),
  "selection-page-up": selecting((at) => isBetween(at, 20, 50)),
  "selection-page-down": selecting((at) => isBetween(at, 40, 59), ["pageup"]),
  "selection-first": selecting((at) => at.selected === 0),
  "selection-end": selecting((at) => at.state.selected === null && isAtEnd(at), ["home"]),
  open: selecting((at) => at.selected === 3, [], withAnswer),
  "file-get": selecting((at) => at.asked("file.get").length === 1 && at.shows("Getting tea.txt"), [], withFile()),
  "file-open": selecting((at) => at.shows("Open tea.txt?") && at.shows("/home/maya/tea.txt"), [], withFile(true)),
  reply: selecting((at) => at.shows("┊ replying to alice: message 59")),
  edit: selecting((at) => at.shows("┊ editing: message 60") && at.line === "message 60|", [], withMine),
  react: selecting((at) => at.shows("┊ reacting to alice: message 59") && at.shows("👍")),
  delete: selecting((at) => at.shows("Take it back for everyone?"), [], withMine),
  "undo-selected": {
    core: withMine,
    first: async (at) => {
      await takeBack(at);
      await at.press("up");
    },
    so: (at) => at.shows("message 60") && at.shows("It is back"),
  },
  pin: selecting(
    (at) => at.shows("message 59 (pinned)") && at.asked("message.pin").length === 1,
    [],
    () => {
      const core = talk();
      core.rooms = core.rooms.map((one) => ({ ...one, role: "owner" }));
      return core;
    },
  ),
  copy: selecting((at) => at.app.copied.join() === "message 59" && at.shows("Copied")),
  verify: {
    core: () => {
      const core = talk();
      core.answers["message.verify"] = ({ id }) => ({
        id,
        verified: true,
        steps: [{ what: "message", ok: true, detail: "signed by her" }],
        author: BOB,
        fingerprint: "ab12",
      });
      return core;
    },
    so: (at) => at.overlay === "page" && at.shows("Who wrote this?"),
  },
  "selection-leave": selecting((at) => at.state.selected === null),

  "overlay-leave": { first: openHelp, so: (at) => at.overlay === null },
  "overlay-up": {
    first: async (at) => {
      await openHelp(at);
      await at.press("down");
    },
    so: (at) => at.state.overlay?.top === 0,
  },
  "overlay-down": { first: openHelp, so: (at) => at.state.overlay?.top === 1 },
  "overlay-page-up": {
    first: async (at) => {
      await openHelp(at);
      await at.press("pagedown");
    },
    so: (at) => at.state.overlay?.top === 0,
  },
  "overlay-page-down": { first: openHelp, so: (at) => (at.state.overlay?.top ?? 0) > 10 },
  "files-get": {
    core: withFile(),
    first: openFiles,
    so: (at) => at.asked("file.get")[0]?.id === idOf(60) && at.overlay === "files",
  },
  "files-stop": {
    core: withFile(true),
    first: openFiles,
    so: (at) => at.asked("file.cancel").length === 1 && at.shows("not fetched"),
  },
  "files-open": { core: withFile(true), first: openFiles, so: (at) => at.shows("Open tea.txt?") },
  "list-open": {
    first: async (at) => {
      await openGoTo(at);
      await at.app.press("mus");
    },
    so: (at) => at.state.room === "music" && at.overlay === null,
  },
  "list-up": { first: openGoTo, so: (at) => at.state.overlay?.kind === "go-to" && at.state.overlay.chosen === 2 },
  "list-down": { first: openGoTo, so: (at) => at.state.overlay?.kind === "go-to" && at.state.overlay.chosen === 1 },
  "search-scope": {
    first: (at) => at.press("ctrl+f"),
    so: (at) => at.shows("Tab only tea"),
  },
  "setting-change": {
    first: (at) => at.run("/set"),
    so: (at) => at.app.screen.actions.settings.get("theme") === "dark" && at.shows("theme      dark"),
  },
  "note-send": {
    first: async (at) => {
      await at.draft("tea is|");
      await at.app.screen.actions.voice.begin(at.app.session.roomView("tea")!);
      await at.app.waitFor("● recording 0:07");
    },
    so: (at) => at.asked("file.send")[0]?.duration === 7_120 && at.line === "tea is|",
  },
  "note-drop": { first: recording, so: (at) => at.sound.did.join() === "drop" && !at.shows("●") },
  "note-stop": {
    core: withNote,
    first: async (at) => {
      await at.run("/play");
      await at.app.waitFor("▶ 0:03 ");
    },
    so: (at) => at.sound.did.includes("close") && !at.shows("▶ 0:03 "),
  },
  "page-space": { first: openHelp, so: (at) => (at.state.overlay?.top ?? 0) > 10 },
  "page-leave": { first: openHelp, so: (at) => at.overlay === null },
  "invite-copy": { first: openInvite, so: (at) => at.app.copied.join().startsWith("keet-tui://join/") },
  "invite-more": { first: openInvite, so: (at) => at.shows("2 people") && at.asked("room.revoke").length === 1 },
  "invite-longer": { first: openInvite, so: (at) => at.shows("7 days") && at.asked("room.revoke").length === 1 },
  "invite-revoke": { first: openInvite, so: (at) => at.shows("That link admits nobody any more.") },
  "words-written": {
    first: async (at) => {
      await at.run("/identity words");
      await at.app.waitFor("word24");
    },
    so: (at) => at.asked("identity.wordsSeen").length === 1 && at.overlay === null,
  },
  "question-yes": { first: (at) => at.press("ctrl+c"), so: (at) => at.app.quits.length === 1 },
  "question-no": { first: (at) => at.press("ctrl+c"), so: (at) => at.state.question === null && !at.shows("Quit?") },
};

/** How one gets to the place of a key. */
const ARRIVE: Readonly<Partial<Record<KeyPlace, (at: At) => Promise<void>>>> = {
  selection: (at) => at.press("up"),
};

const bindings: readonly KeyBinding[] = KEYS;

t.test("every key of the table has an expectation, and each of these a key", (t) => {
  t.same(Object.keys(EXPECTED).toSorted(), bindings.map(({ id }) => id).toSorted());
  t.end();
});

async function isDone(t: Test, at: At, id: KeyId, key: string, bytes: string): Promise<void> {
  const { first, so } = EXPECTED[id];
  await first?.(at, key);
  t.notOk(so(at, key), `${key}: not so before`);
  await at.app.press(bytes);
  await until(() => so(at, key), 3_000).catch(() => {});
  t.ok(so(at, key), `${key} as ${JSON.stringify(bytes)}`);
}

const edit = (text: string) => text.toUpperCase();

async function open(t: Test, id: KeyId, where: KeyPlace): Promise<At> {
  const core = EXPECTED[id].core?.() ?? (where === "start" ? new ScriptedCore() : talk());
  const sound = new ScriptedSound(core);
  const app = await openApp(t, { core, sound, startDemo: async () => "keet-tui://join/demo", edit });
  await app.waitFor(where === "start" ? "Nothing here yet" : "message 59");
  return new At(app, core, sound);
}

t.test("keys of the line", async (t) => {
  const at = await open(t, "line-start", "composer");
  for (const { id, keys } of bindings) {
    if (!EXPECTED[id as KeyId].isOfLine) continue;
    for (const key of keys) for (const bytes of bytesOf(key)) await isDone(t, at, id as KeyId, key, bytes);
  }
});

for (const { id, keys, where } of bindings) {
  if (EXPECTED[id as KeyId].isOfLine) continue;
  t.test(id, async (t) => {
    for (const key of keys) {
      for (const bytes of bytesOf(key)) {
        const at = await open(t, id as KeyId, where);
        await ARRIVE[where]?.(at);
        await isDone(t, at, id as KeyId, key, bytes);
        await at.app.close();
      }
    }
  });
}
