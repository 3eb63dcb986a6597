import t from "tap";
import type { Wish } from "../../src/commands/define.js";
import { COMMANDS } from "../../src/commands/index.js";
import { KeetError } from "../../src/errors.js";
import { ALICE, BOB, member } from "../components/scripted-core.js";
import { GREEN, teaCore, ZOE } from "./tea-core.js";
import { openDesk, pageText } from "./with-core.js";

process.env.TZ = "UTC";

interface Case {
  /** Where it is said; tea unless said. */
  readonly in?: string;
  readonly asks?: readonly [method: string, params: Record<string, unknown>];
  readonly notice?: string | RegExp;
  readonly page?: RegExp;
  readonly opens?: string;
}

const CASES: Readonly<Record<string, Case>> = {
  "/create oolong": { asks: ["room.create", { name: "oolong" }], opens: "oolong" },
  "/join keet-tui://join/abc": { asks: ["room.join", { invite: "keet-tui://join/abc" }], opens: "joined" },
  "/invite 2 7d": { asks: ["room.invite", { room: "tea", uses: 2, expiresMs: 604_800_000 }] },
  "/invites": { asks: ["room.invites", { room: "tea" }], notice: "No link into this room is open." },
  "/leave": { notice: /^Leave tea\?/ },
  "/list": {},
  "/go": {},
  "/go tea": { opens: "tea" },
  "/nick mia": { asks: ["identity.rename", { name: "mia" }], notice: "People see you as mia now." },
  "/identity": { page: /maya-laptop/ },

  "/rename black tea": {
    asks: ["room.set", { room: "tea", name: "black tea" }],
    notice: "This room is called black tea now.",
  },
  "/topic": { notice: "Topic: leaves" },
  "/topic what  goes with it": {
    asks: ["room.set", { room: "tea", topic: "what  goes with it" }],
    notice: "Topic: what  goes with it",
  },
  "/topic -": { asks: ["room.set", { room: "tea", topic: "" }], notice: "The topic is gone." },

  "/room": {
    asks: ["room.show", { room: "tea" }],
    page: /a room for any number of people[\s\S]*bob has 12 of 42 blocks/,
  },
  "/room rights": { page: /invite: let people in: everybody in the room/ },
  "/room rights invite": { notice: "invite: everybody in the room." },
  "/room rights invite moderators": {
    asks: ["room.set", { room: "tea", invite: "moderators" }],
    notice: "invite: moderators and owners.",
  },
  "/room rights post owners": { asks: ["room.set", { room: "tea", post: "owners" }], notice: "post: owners." },
  "/room repair": {
    asks: ["room.repair", { room: "tea" }],
    page: /The logs were read again\.\nThe room works again\./,
  },
  "/room renew": { notice: "Go on in a new room?", page: /new keys[\s\S]*not copied/ },

  "/msg alice": { asks: ["direct.open", { person: ALICE.id, room: "tea" }], opens: "d1" },
  "/query @bob": { opens: "d2", notice: "bob hears of it when you are both online." },
  "/msg zoe": { opens: "r1", notice: "zoe asked first: /accept, or /decline." },
  "/msg 5a0e5a0e": { asks: ["direct.open", { person: "5a0e5a0e" }] },
  '/msg "green tea" hello  you': { asks: ["message.send", { room: "d2", text: "hello  you" }], opens: "d2" },
  "/accept": { asks: ["direct.accept", { room: "r1" }], opens: "r1", notice: "You and zoe can talk here." },
  "/accept zoe": { asks: ["direct.accept", { room: "r1" }] },
  "/decline": { asks: ["room.leave", { room: "r1" }], notice: "You declined to talk to zoe." },

  "/mute": { asks: ["room.prefs", { room: "tea", muted: true }], notice: "tea is muted for good." },
  "/mute 30m": {
    asks: ["room.prefs", { room: "tea", muted: true, mutedMs: 1_800_000 }],
    notice: "tea is muted until 12:34.",
  },
  "/mute 8": { notice: "tea is muted until 20:04." },
  "/mute 2d": { notice: "tea is muted until Thu 26 Nov, 12:04." },
  "/mute off": {
    asks: ["room.prefs", { room: "tea", muted: false, mutedMs: 0 }],
    notice: "tea is not muted any more.",
  },
  "/unmute": { asks: ["room.prefs", { room: "tea", muted: false, mutedMs: 0 }] },
  "/archive": { asks: ["room.prefs", { room: "tea", archived: true }], notice: "tea is out of the list." },
  "/star": { asks: ["room.prefs", { room: "tea", favourite: true }], notice: "tea is a favourite." },
  "/favourite": { asks: ["room.prefs", { room: "tea", favourite: true }] },
  "/unread": { asks: ["room.prefs", { room: "tea", unread: true }], notice: "tea is marked as unread." },

  "/who": {
    asks: ["room.members", { room: "tea" }],
    page: /4, 2 here\nmaya: owner · you\nalice: moderator · here\nbob: member · last here Mon 23 Nov, 20:04 · blocked by you\ngreen tea: member · away/,
  },
  "/whois bob": { page: /role: member\nhere: last Mon 23 Nov, 20:04\nblocked: by you/ },
  "/whois green tea": { page: /here: not since this device joined/ },
  "/role": { page: /owner: maya\n.*roles[\s\S]*moderator: alice\n[\s\S]*member: bob, green tea/ },
  "/role alice": { notice: "alice is moderator." },
  "/role bob moderator": {
    asks: ["room.role", { room: "tea", person: BOB.id, role: "moderator" }],
    notice: "bob is moderator now.",
  },
  '/role "green tea" owner': { asks: ["room.role", { person: GREEN.id, role: "owner" }] },
  "/role @0202 moderator": { asks: ["room.role", { person: BOB.id, role: "moderator" }] },
  "/role gone member": { asks: ["room.role", { person: "gone", role: "member" }], notice: "gone is member now." },
  "/remove green tea": {
    notice: "Remove green tea?",
    page: /cannot be taken back\. \/room renew goes on in a new room without them\./,
  },
  "/block": { asks: ["person.blocked", {}], page: /bob: 0202020202020202…/ },
  "/block alice": {
    asks: ["person.block", { person: ALICE.id, room: "tea", blocked: true }],
    notice: "You do not see what alice writes any more.",
  },
  "/block zoe": { asks: ["person.block", { person: ZOE.id, blocked: true }] },
  "/ignore 5a0e5a0e": { asks: ["person.block", { person: "5a0e5a0e", blocked: true }] },
  "/unblock": { page: /zoe/ },
  "/unblock zoe": {
    asks: ["person.block", { person: ZOE.id, blocked: false }],
    notice: "You see what zoe writes again.",
  },
};

const noticeOf = (wish: Wish | undefined) =>
  wish && "notice" in wish ? wish.notice : wish && "ask" in wish ? wish.ask : undefined;

for (const [line, wanted] of Object.entries(CASES)) {
  t.test(line, async (t) => {
    const core = teaCore();
    const desk = await openDesk(t, core, wanted.in ?? "tea");
    const wish = await desk.run(line);
    if (wanted.asks) t.match(desk.asked(wanted.asks[0]).at(-1), wanted.asks[1]);
    if (wanted.notice) t.match(noticeOf(wish), wanted.notice);
    if (wanted.page) t.match(pageText(wish), wanted.page);
    if (wanted.opens) t.match(wish, { open: wanted.opens });
  });
}

t.test("who is not in the room on screen is looked for everywhere", async (t) => {
  const desk = await openDesk(t, teaCore(), "tea");
  await desk.run("/msg zoe");
  await desk.run("/block zoe");
  for (const method of ["direct.open", "person.block"]) t.notOk("room" in desk.asked(method)[0]!, method);
});

t.test("every command for rooms and people is tried here", (t) => {
  const elsewhere = ["verify", "revoke", "export"];
  for (const { name, group } of COMMANDS) {
    if (group !== "rooms" && group !== "people") continue;
    const isTried = Object.keys(CASES).some((line) => line.split(" ")[0] === `/${name}`);
    t.ok(isTried || elsewhere.includes(name), `/${name}`);
  }
  t.end();
});

t.test("what takes something away asks first, and does it only on yes", async (t) => {
  const core = teaCore();
  const desk = await openDesk(t, core, "tea");
  const removing = await desk.run("/kick bob");
  t.same(desk.asked("room.remove"), []);
  if (!removing || !("ask" in removing)) throw new Error("it did not ask");
  const renewing = await removing.yes();
  t.same(desk.asked("room.remove"), [{ room: "tea", person: BOB.id }]);
  t.match(pageText(renewing), /bob is removed\.\n.*still read/, "then the new room is offered");
  t.same(desk.asked("room.renew"), []);
  if (!renewing || !("ask" in renewing)) throw new Error("it did not offer");
  t.match(await renewing.yes(), { open: "tea2" });
  t.same(desk.asked("room.renew"), [{ room: "tea" }]);
});

t.test("who may not go on in a new room is not asked whether to", async (t) => {
  const core = teaCore();
  core.rooms = core.rooms.map((one) => ({ ...one, role: "moderator" }));
  const removing = await (await openDesk(t, core, "tea")).run("/remove bob");
  if (!removing || !("ask" in removing)) throw new Error("it did not ask");
  t.match(await removing.yes(), { notice: "bob is removed, but can go on reading.", hint: /An owner can/ });
});

t.test("nothing that acts guesses whom is meant", async (t) => {
  const core = teaCore();
  core.members = [...core.members, member({ id: "0101ff".padEnd(64, "0"), name: "Alice" }, { tag: "0101" })];
  core.members = [...core.members, member({ id: "ee".repeat(32), name: "0202" })];
  const desk = await openDesk(t, core, "tea");
  for (const [line, words] of [
    ["/remove ali", /Close: .*alice/],
    ["/remove alice", /Their ids: 01010101, 0101ff00/],
    ["/remove 0202", /Their ids: 02020202, eeeeeeee/],
    ["/remove 01", /There are: |Close: /],
    ["/block ali", /Close: .*alice/],
    ["/role al owner", /Close: .*alice/],
    ["/role alice member", /Their ids/],
    ["/role nobody moderator", /There are: maya/],
    ["/msg nobody", /There are: /],
    ["/unblock zo", /Close: zoe/],
  ] as const) {
    await t.rejects(desk.run(line), { code: "NO_SUCH_MEMBER", hint: words }, line);
  }
  t.same(
    ["room.remove", "person.block", "room.role", "direct.open"].flatMap((method) => desk.asked(method)),
    [],
  );
  await desk.run("/role Alice#0101ff moderator");
  t.match(desk.asked("room.role"), [{ person: "0101ff".padEnd(64, "0") }], "what tells them apart does it");
});

t.test("what a command needs is said", async (t) => {
  const desk = await openDesk(t, teaCore(), "tea");
  for (const [line, message, hint] of [
    ["/remove", "/remove needs a name", "/remove <who>"],
    ["/rename", "/rename needs a name", "/rename <name>"],
    ["/mute long", "long is no time, such as 30m, 8h or 2d", "/mute [8h|off]"],
    ["/mute 0h", "0h is no time, such as 30m, 8h or 2d", "/mute [8h|off]"],
    ["/room renew call", "/room renew takes nothing after it", "/room renew"],
    ["/role bob boss", "boss is not one of owner, moderator, member", "/role [who] [owner|moderator|member]"],
  ] as const) {
    await t.rejects(desk.run(line), { code: "USAGE", message, hint }, line);
  }
  const core = teaCore();
  core.rooms = core.rooms.filter(({ state }) => state !== "request");
  const quiet = await openDesk(t, core, "tea");
  await t.rejects(quiet.run("/accept"), { code: "NO_REQUEST", message: "Nobody waits for an answer from you" });
  core.answers["person.blocked"] = () => [];
  await t.rejects(quiet.run("/unblock bob"), { message: "You have blocked nobody" });
});

t.test("a refusal carries the core's words", async (t) => {
  const core = teaCore();
  core.answers["room.role"] = () => {
    throw new KeetError("user", "NOT_ALLOWED", "Only owners can do that.", { hint: "Owners here: alice." });
  };
  const desk = await openDesk(t, core, "tea");
  await t.rejects(desk.run("/role bob owner"), { message: "Only owners can do that.", hint: "Owners here: alice." });
});

t.test("/room says first what is wrong", async (t) => {
  const core = teaCore();
  const show = core.answers["room.show"]!;
  core.answers["room.show"] = (params) => ({
    ...(show(params) as object),
    alarm: "alice has two histories",
    behind: 3,
    fetched: 0.614,
    divergences: [
      {
        writer: "cc".repeat(32),
        person: ALICE,
        length: 12,
        here: "ab".repeat(32),
        there: "cd".repeat(32),
        told: BOB,
        at: "2026-11-24T12:00:00Z",
      },
    ],
  });
  const desk = await openDesk(t, core, "tea");
  const text = pageText(await desk.run("/room"));
  t.match(
    text,
    /^About tea\nalarm: alice has two histories\n : alice, block 12: abababababababab here, cdcdcdcdcdcdcdcd at bob, 12:00\n/,
  );
  for (const words of [
    "you are: owner",
    "may: write: everybody in the room · invite: everybody in the room",
    "history: 61 % of it is here",
    "behind: 3 blocks",
    "who has it: alice has all of it",
    "settled by: a device of maya, here",
    "a device of bob, last here Mon 23 Nov, 20:04",
    "a device of alice, not seen yet",
    "risk: All of it is on one device.",
    "left out: 2 that were unreadable",
  ])
    t.ok(text.includes(words), words);
});
