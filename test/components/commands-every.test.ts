// Every command of the table, by its name and by each of its aliases, does what can be seen here; and each refuses in
// words what it cannot do. Keyed by the table: a command without an expectation, or the other way round, fails.
import t, { type Test } from "tap";
import { COMMANDS } from "../../src/commands/index.js";
import { KeetError } from "../../src/errors.js";
import type { RoomInfo } from "../../src/rpc/methods.js";
import { until } from "../helpers/program.js";
import { plainFile, transfer } from "../helpers/wire.js";
import { type OpenApp, openApp } from "./open-app.js";
import { ALICE, BOB, idOf, MAYA, member, message, room, ScriptedCore } from "./scripted-core.js";
import { person, ScriptedSound } from "./scripted-sound.js";

process.env.TZ = "UTC";
// A screen of its own for each of them.
t.setTimeout(110_000);

const ZOE = { id: "5a0e".repeat(16), name: "zoe" };

/** A room with a word of everybody's; in front of it, on screen, one's own latest. */
function teaCore(): ScriptedCore {
  const core = new ScriptedCore();
  core.rooms = [
    room("tea", { topic: "leaves", role: "owner" }),
    room("dev", { markedUnread: false }),
    room("r1", { kind: "direct", name: "", with: ZOE, state: "request", canWrite: false }),
  ];
  core.members = [member(MAYA, { role: "owner" }), member(ALICE), member(BOB, { blocked: true })];
  core.messages.set("tea", [
    message(0, { pinned: true }),
    message(1, { author: BOB, text: "bob was here" }),
    message(2, { text: "alice says" }),
    message(3, { author: MAYA, text: "maya says" }),
  ]);
  shareFiles(core);
  const change = (id: unknown, to: Partial<RoomInfo>): RoomInfo => {
    core.rooms = core.rooms.map((one) => (one.id === id ? { ...one, ...to } : one));
    return core.rooms.find((one) => one.id === id)!;
  };
  core.answers["room.set"] = ({ room: id, name, topic }) =>
    change(id, { ...(name ? { name: String(name) } : {}), ...(topic === undefined ? {} : { topic: String(topic) }) });
  core.answers["room.prefs"] = ({ room: id, muted, archived, favourite, unread }) =>
    change(id, {
      ...(muted === undefined ? {} : { mutedUntil: muted ? "forever" : null }),
      ...(archived === undefined ? {} : { archived: Boolean(archived) }),
      ...(favourite === undefined ? {} : { favourite: Boolean(favourite) }),
      ...(unread === undefined ? {} : { markedUnread: Boolean(unread) }),
    });
  core.answers["room.role"] = ({ role }) => member(ALICE, { role: role as "owner" });
  core.answers["room.remove"] = () => null;
  core.answers["direct.open"] = () => {
    const made = room("d1", { kind: "direct", name: "", with: ALICE, members: 2 });
    core.rooms = [...core.rooms, made];
    return made;
  };
  core.answers["direct.accept"] = ({ room: id }) => change(id, { state: "open", canWrite: true });
  core.answers["person.block"] = ({ person }) => [ALICE, BOB].find((one) => one.id === person)!;
  core.answers["person.blocked"] = () => [BOB];
  core.answers["message.verify"] = ({ id }) => ({
    id,
    verified: true,
    steps: [{ what: "message", ok: true, detail: "signed by her device" }],
    author: ALICE,
    fingerprint: "ab12",
  });
  return core;
}

/** Behind everything else that was said before: one to get, one on its way, one that is here. */
function shareFiles(core: ScriptedCore): void {
  const rows = core.messages.get("tea")!;
  const coming = transfer({ bytes: 400, of: 1_000 });
  const here = transfer({ state: "here", bytes: 10, of: 10, path: "/home/maya/Downloads/here.txt" });
  const files = [
    plainFile("here.txt", 10, { transfer: here }),
    plainFile("coming.bin", 1_000, { transfer: coming }),
    plainFile("tea leaves.png", 812_000),
  ];
  const shared = files.map((file, at) => message(10 + at, { type: "file", text: "", file, author: ALICE }));
  core.messages.set(
    "tea",
    [rows[0]!, ...shared, ...rows.slice(1)].map((row, position) => ({ ...row, position })),
  );
}

async function shareNote({ core, app }: At): Promise<void> {
  core.say("tea", "", { author: ALICE, type: "file", file: plainFile("voice.opus", 22_400, { duration: 7_120 }) });
  await app.waitFor("▶ voice note 0:07");
}

const FILE = "FOLDER/leaves.txt";

class At {
  readonly app: OpenApp;
  readonly core: ScriptedCore;
  readonly sound: ScriptedSound;
  #before = 0;

  constructor(app: OpenApp, core: ScriptedCore, sound: ScriptedSound) {
    this.app = app;
    this.core = core;
    this.sound = sound;
  }

  get state() {
    return this.app.screen.state.getSnapshot();
  }

  get page(): string | null {
    const { overlay } = this.state;
    return overlay === null ? null : this.text;
  }

  get text(): string {
    return this.app.terminal.text().join("\n");
  }

  get notice(): string {
    return this.app.session.notice.getSnapshot()?.text ?? "";
  }

  get hint(): string {
    return this.app.session.notice.getSnapshot()?.hint ?? "";
  }

  get question(): string {
    return this.state.question?.text ?? "";
  }

  /** What the core was asked since the line was typed. */
  asked(method: string): Record<string, unknown> | undefined {
    return this.core.asked.slice(this.#before).findLast((one) => one.method === method)?.params;
  }

  async run(line: string): Promise<void> {
    this.#before = this.core.asked.length;
    await this.app.press(`\x1b[200~${line}\x1b[201~`);
    await this.app.press("\x1b[13u");
  }
}

interface Expectation {
  /** Behind the name, where it needs something. */
  readonly good?: string;
  readonly so: (at: At) => boolean;
  readonly first?: (at: At) => Promise<void>;
  /** Behind the name, and what is said of it. */
  readonly bad: readonly (readonly [rest: string, words: RegExp])[];
  /** On a screen where there is nothing it could be done to. */
  readonly barren?: RegExp;
}

const NOTHING_AFTER: Expectation["bad"] = [["surplus", /takes nothing after it/]];
const NO_ROOM = /No room is open/;
const selectFirst = async (at: At) => {
  // Alice's second one: from below, one's own is the first.
  await at.app.press("\x1b[A");
  await at.app.press("\x1b[A");
};

const inCall = async (at: At) => {
  await at.run("/call");
  await at.app.waitFor("♪ tea");
};

const EXPECTED: Readonly<Record<string, Expectation>> = {
  create: { good: "oolong", so: (at) => at.state.room === "oolong", bad: [["", /needs a name/]] },
  join: {
    good: "keet-tui://join/abc",
    so: (at) => at.state.room === "joined" && at.asked("room.join")?.invite === "keet-tui://join/abc",
    bad: [["", /needs an invite/]],
  },
  invite: {
    good: "2 7d",
    so: (at) => at.page?.includes("Invite to tea") === true && at.asked("room.invite")?.uses === 2,
    bad: [
      ["many", /people is a number/],
      ["1 soon", /hours is a number/],
      ["1 2 3", /takes no more than 2/],
    ],
    barren: NO_ROOM,
  },
  invites: { so: (at) => /No link into this room is open/.test(at.notice), bad: NOTHING_AFTER, barren: NO_ROOM },
  revoke: {
    good: "invite0",
    first: (at) => at.run("/invite").then(() => at.app.press("\x1b[27u")),
    so: (at) => at.asked("room.revoke")?.invite === "invite0" && /admits nobody/.test(at.notice),
    bad: [["", /needs a link/]],
    barren: NO_ROOM,
  },
  room: {
    so: (at) => at.page?.includes("a room for any number of people") === true,
    bad: [
      ["nonsense", /nonsense is not one of rights, renew, repair/],
      ["rights fly", /fly is not one of/],
      ["rights post nobody", /nobody is not one of/],
    ],
    barren: NO_ROOM,
  },
  rename: {
    good: "black tea",
    so: (at) => at.asked("room.set")?.name === "black tea" && /called black tea/.test(at.notice),
    bad: [["", /needs a name/]],
    barren: NO_ROOM,
  },
  topic: { so: (at) => at.notice === "Topic: leaves", bad: [], barren: NO_ROOM },
  leave: {
    so: (at) => /Leave tea\?/.test(at.question),
    bad: [["nowhere", /No room is called nowhere/]],
    barren: NO_ROOM,
  },
  list: { so: (at) => at.state.overlay?.kind === "go-to", bad: NOTHING_AFTER },
  go: {
    good: "dev",
    so: (at) => at.state.room === "dev",
    bad: [["nowhere", /No room is called nowhere/]],
    barren: /No room is called dev/,
  },
  msg: {
    good: "alice",
    so: (at) => at.state.room === "d1",
    bad: [
      ["", /needs a name/],
      ["nobody", /No person is called nobody/],
    ],
  },
  accept: {
    good: "zoe",
    so: (at) => at.state.room === "r1" && at.asked("direct.accept")?.room === "r1",
    bad: [["alice", /./]],
  },
  decline: { good: "zoe", so: (at) => at.asked("room.leave")?.room === "r1", bad: [["alice", /./]] },
  mute: {
    so: (at) => at.asked("room.prefs")?.muted === true && /muted/.test(at.notice),
    bad: [
      ["for ever", /takes no more than 1|is no time/],
      ["soon", /soon is no time/],
    ],
    barren: NO_ROOM,
  },
  unmute: { so: (at) => at.asked("room.prefs")?.muted === false, bad: NOTHING_AFTER, barren: NO_ROOM },
  archive: { so: (at) => at.asked("room.prefs")?.archived === true, bad: NOTHING_AFTER, barren: NO_ROOM },
  favourite: { so: (at) => at.asked("room.prefs")?.favourite === true, bad: NOTHING_AFTER, barren: NO_ROOM },
  unread: { so: (at) => at.asked("room.prefs")?.unread === true, bad: NOTHING_AFTER, barren: NO_ROOM },

  nick: { good: "mia", so: (at) => at.asked("identity.rename")?.name === "mia", bad: [["", /needs a name/]] },
  who: { so: (at) => at.page?.includes("Who is in tea: 3") === true, bad: NOTHING_AFTER, barren: NO_ROOM },
  whois: {
    good: "alice",
    so: (at) => at.page?.includes("role") === true,
    bad: [
      ["", /needs a member/],
      ["nobody", /No member of this room is called nobody/],
    ],
  },
  role: {
    good: "alice moderator",
    so: (at) => at.asked("room.role")?.person === ALICE.id && at.notice === "alice is moderator now.",
    bad: [["alice king", /king is not one of owner, moderator, member/]],
    barren: NO_ROOM,
  },
  remove: {
    good: "alice",
    so: (at) => /Remove alice\?/.test(at.question),
    bad: [
      ["", /needs a name/],
      ["nobody", /called nobody/],
    ],
  },
  block: {
    good: "alice",
    so: (at) => at.asked("person.block")?.blocked === true && /do not see what alice/.test(at.notice),
    bad: [["nobody", /No person is called nobody/]],
  },
  unblock: { so: (at) => at.page?.includes("bob") === true, bad: [["nobody", /nobody/]] },
  verify: { so: (at) => at.page?.includes("Who wrote this?") === true, bad: NOTHING_AFTER, barren: NO_ROOM },
  identity: {
    so: (at) => at.page?.includes("maya-laptop") === true,
    bad: [["secrets", /secrets is not one of words/]],
  },

  me: {
    good: "pours tea",
    so: (at) => at.asked("message.send")?.action === true,
    bad: [["", /needs a text/]],
    barren: NO_ROOM,
  },
  editor: {
    good: "Dear all",
    so: (at) => at.app.asked.includes("edit Dear all") && at.app.screen.line.text === "Dear all,\n\nmaya",
    bad: [],
  },
  reply: {
    first: selectFirst,
    so: (at) => at.state.mode?.kind === "reply" && at.text.includes("replying to alice: alice says"),
    bad: [],
    barren: NO_ROOM,
  },
  edit: {
    good: "said better",
    so: (at) => at.asked("message.edit")?.text === "said better" && at.text.includes("said better (edited)"),
    bad: [],
    barren: NO_ROOM,
  },
  delete: { so: (at) => /Take it back for everyone\?/.test(at.question), bad: NOTHING_AFTER, barren: NO_ROOM },
  undo: {
    first: async (at) => {
      await at.run("/delete");
      await at.app.press("y");
      await at.app.waitFor("(taken back)");
    },
    so: (at) => at.text.includes("maya says") && /It is back/.test(at.notice),
    bad: [["surplus", /takes nothing after it/]],
  },
  retry: {
    first: async (at) => {
      at.core.answers["message.send"] = () => {
        throw new KeetError("user", "NOT_ALLOWED", "Not now.");
      };
      await at.run("said in vain");
      await at.app.waitFor("✗");
      delete at.core.answers["message.send"];
    },
    so: (at) => at.notice === "Sent again: 1 message" && at.asked("message.send")?.text === "said in vain",
    bad: NOTHING_AFTER,
    barren: NO_ROOM,
  },
  react: {
    good: ":tada",
    so: (at) => at.asked("message.react")?.emoji === "🎉" && at.text.includes("🎉 1"),
    bad: [[":nonsense", /:nonsense is no emoji/]],
    barren: NO_ROOM,
  },
  pin: { so: (at) => at.asked("message.pin")?.pinned === true, bad: NOTHING_AFTER, barren: NO_ROOM },
  unpin: { so: (at) => at.asked("message.pin")?.pinned === false, bad: NOTHING_AFTER, barren: NO_ROOM },
  pins: { so: (at) => at.page?.includes("Pinned in tea") === true, bad: NOTHING_AFTER, barren: NO_ROOM },
  forward: {
    good: "dev",
    so: (at) => at.asked("message.send")?.room === "dev" && at.notice === "Forwarded to dev",
    bad: [
      ["", /needs a room/],
      ["nowhere", /No room is called nowhere/],
    ],
  },
  search: { good: "bob", so: (at) => at.page?.includes("Search  > bob") === true, bad: [] },
  copy: { so: (at) => at.app.copied.join() === "maya says", bad: NOTHING_AFTER, barren: NO_ROOM },
  bare: {
    so: (at) => at.app.asked.some((one) => one.startsWith("bare\n") && one.includes("09:03 maya: maya says")),
    bad: [["surplus", /takes nothing after it/]],
    barren: NO_ROOM,
  },
  export: {
    good: "txt FOLDER/WORD.txt",
    so: (at) => /written to|messages/i.test(at.notice),
    bad: [
      ["pdf", /pdf is not one of json, md, txt/],
      ["txt /nowhere/at/all.txt", /was not written: there is no such folder/],
    ],
    barren: NO_ROOM,
  },

  send: {
    good: `'${FILE}' ${FILE.replace("leaves", "a\\ b")}`,
    so: (at) =>
      (at.asked("file.send")?.paths as string[])?.[1]?.endsWith("/a b.txt") === true &&
      /^Sharing leaves/.test(at.notice),
    bad: [
      ["", /needs a path/],
      ["file://elsewhere/x", /is no file on this machine/],
    ],
    barren: NO_ROOM,
  },
  get: {
    good: "tea leaves.png",
    so: (at) => at.asked("file.get") !== undefined && /^Getting tea leaves.png, 812 KB/.test(at.notice),
    bad: [
      ["nowhere.txt", /There is no file nowhere.txt in this room/],
      ["9", /There is no file 9/],
    ],
    barren: NO_ROOM,
  },
  files: {
    so: (at) => /▌1 tea leaves.png .*812 KB {2}alice/.test(at.page ?? "") && at.page!.includes("40 %"),
    bad: NOTHING_AFTER,
    barren: NO_ROOM,
  },
  cancel: {
    so: (at) => at.asked("file.cancel")?.id === idOf(11) && /coming.bin is not fetched any more/.test(at.notice),
    bad: [["tea leaves.png", /neither on its way nor here/]],
    barren: NO_ROOM,
  },
  open: {
    so: (at) => at.question === "Open here.txt?" && at.text.includes("/home/maya/Downloads/here.txt · From alice"),
    bad: [["coming.bin", /coming.bin is not here yet/]],
    barren: NO_ROOM,
  },

  voice: {
    so: (at) => at.sound.recorded.length === 1 && at.text.includes("● recording 0:07"),
    bad: [
      ["send", /No voice note is being recorded/],
      ["drop", /No voice note is being recorded/],
      ["tea", /tea is not one of send, drop/],
    ],
    barren: NO_ROOM,
  },
  play: {
    first: (at) => shareNote(at),
    so: (at) => at.sound.played.length === 1 && at.text.includes("▶ 0:03 "),
    bad: [
      ["", /There is no voice note in this room yet/],
      ["here.txt", /That is no voice note/],
      ["nonsense", /There is no file nonsense/],
    ],
    barren: NO_ROOM,
  },

  network: { so: (at) => at.page?.includes("people anywhere can be found") === true, bad: NOTHING_AFTER },
  doctor: { so: (at) => /core +!! nobody answers/.test(at.page ?? ""), bad: NOTHING_AFTER },
  demo: { so: (at) => at.state.room === "joined", bad: NOTHING_AFTER },
  set: {
    good: "theme light",
    so: (at) => at.notice === "theme is light until you quit.",
    bad: [
      ["thme", /There is no setting thme/],
      ["theme pink", /theme cannot be pink/],
      ["theme light now", /takes no more than 2/],
      ["downloads tea", /downloads cannot be tea/],
    ],
  },
  call: {
    so: (at) => at.sound.joined[0]?.room === "tea" && /You are in the call of tea/.test(at.notice),
    bad: [["nowhere", /No room is called nowhere/]],
    barren: NO_ROOM,
  },
  hangup: {
    first: inCall,
    so: (at) => at.sound.did.includes("leave") && /You left the call of tea/.test(at.notice),
    bad: [["", /You are in no call/], ...NOTHING_AFTER],
    barren: /You are in no call/,
  },
  mic: {
    good: "off",
    first: inCall,
    so: (at) => at.sound.did.includes("mute true") && at.text.includes("maya (muted)"),
    bad: [
      ["on", /You are in no call/],
      ["nonsense", /No microphone is called nonsense/],
    ],
  },
  speaker: {
    good: "Loud",
    so: (at) => at.app.screen.actions.settings.get("speaker") === "Loud" && /Your speaker is Loud now/.test(at.notice),
    bad: [["nonsense", /No speaker is called nonsense/]],
  },
  devices: {
    so: (at) => /microphone +Built-in · used\n +USB headset/.test(at.page ?? ""),
    bad: NOTHING_AFTER,
  },
  volume: {
    good: "alice 150",
    first: inCall,
    so: (at) => at.sound.did.includes("volume 01 150") && /You hear alice at 150 %/.test(at.notice),
    bad: [
      ["", /needs a name/],
      ["alice", /needs a percent/],
      ["alice 100", /You are in no call/],
    ],
  },
  ptt: {
    so: (at) => at.app.screen.actions.settings.get("ptt") === "on" && /only while you hold Alt-V/.test(at.hint),
    bad: [["maybe", /maybe is not one of on, off/]],
  },
  clear: {
    so: (at) => at.state.cleared !== null && !at.text.includes("maya says"),
    bad: NOTHING_AFTER,
    barren: NO_ROOM,
  },
  log: {
    first: (at) => at.run("/nonsense").then(() => at.app.press("\x15")),
    so: (at) => /12:04 +\/nonsense is no command/.test(at.page ?? ""),
    bad: NOTHING_AFTER,
  },
  debug: {
    so: (at) => /lengths +rows: 42, view: 50, signed: 48, own: 7/.test(at.page ?? ""),
    bad: [["all", /all is not one of copy/]],
  },
  keys: { so: (at) => at.page?.includes("KEYS, ANYWHERE") === true, bad: NOTHING_AFTER },
  help: { good: "mute", so: (at) => at.page?.includes("/mute [8h|off]") === true, bad: [["mutt", /no help on mutt/]] },
  detach: { so: (at) => at.app.quits.length === 1 && at.asked("stay") !== undefined, bad: NOTHING_AFTER },
  quit: { so: (at) => at.app.quits.length === 1, bad: NOTHING_AFTER },
};

async function* doctor() {
  yield { what: "core", ok: false, detail: "nobody answers" };
}

const edit = (text: string) => `${text},\n\nmaya`;

async function open(t: Test, core: ScriptedCore): Promise<At> {
  const sound = new ScriptedSound(core);
  sound.people = [person(ALICE), person(BOB)];
  const app = await openApp(t, { core, sound, startDemo: async () => "keet-tui://join/demo", edit, doctor });
  return new At(app, core, sound);
}

async function openTea(t: Test): Promise<At> {
  const at = await open(t, teaCore());
  await at.app.waitFor("maya says");
  return at;
}

t.test("every command of the table has an expectation, and each of these a command", (t) => {
  t.same(Object.keys(EXPECTED).toSorted(), COMMANDS.map(({ name }) => name).toSorted());
  t.end();
});

for (const { name, aliases = [] } of COMMANDS) {
  const expected = EXPECTED[name]!;
  t.test(`/${name}`, async (t) => {
    const folder = t.testdir({ "leaves.txt": "tea", "a b.txt": "b" });
    for (const word of [name, ...aliases]) {
      const at = await openTea(t);
      const line = `/${word} ${expected.good?.replaceAll("FOLDER", folder).replace("WORD", word) ?? ""}`.trim();
      await expected.first?.(at);
      t.notOk(expected.so(at), `${line}: not so before`);
      await at.run(line);
      await until(() => expected.so(at), 3_000).catch(() => {});
      t.ok(expected.so(at), line);
      await at.app.close();
    }
  });
}

/** Refused with these words, with what would work, and with the line where it was. */
async function isRefused(t: Test, at: At, line: string, words: RegExp): Promise<void> {
  at.app.session.clearNotice();
  await at.run(line);
  await until(() => words.test(at.notice) && at.app.screen.line.text === line, 3_000).catch(() => {});
  t.match(at.notice, words, line);
  t.ok(at.hint !== "", `${line}: with what would work: ${at.hint}`);
  t.equal(at.app.screen.line.text, line, `${line}: stays on the line`);
  // Clears it, and whatever it opened after all.
  await at.app.press("\x1b[27u\x15");
}

t.test("what a command cannot take is refused in words", async (t) => {
  const at = await openTea(t);
  for (const { name } of COMMANDS) {
    for (const [rest, words] of EXPECTED[name]!.bad) await isRefused(t, at, `/${name} ${rest}`.trim(), words);
  }
});

t.test("so is one about a room where there is none", async (t) => {
  const at = await open(t, new ScriptedCore());
  for (const { name } of COMMANDS) {
    const { barren, good } = EXPECTED[name]!;
    if (barren) await isRefused(t, at, `/${name} ${good ?? ""}`.trim(), barren);
  }
});
