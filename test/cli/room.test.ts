import t from "tap";
import { pickMember } from "../../src/cli/find-person.js";
import { hereWords, mutedWords, stateWords } from "../../src/cli/room-words.js";
import type { MemberInfo, RoomInfo } from "../../src/rpc/methods.js";
import { standIn } from "./stand-in.js";

t.test("room set changes what is given and nothing else", async (t) => {
  const { home, room, asked } = await standIn(t);
  const set = await home.json(["room", "set", "tea", "--topic", "green and black", "--post", "moderators"]);
  t.match(set, { id: room.id, topic: "green and black", rights: { post: "moderators", invite: "anyone" } });
  t.same(asked("room.set"), { room: room.id, topic: "green and black", post: "moderators" });
  await home.json(["room", "set", "tea", "--topic", ""]);
  t.same(asked("room.set"), { room: room.id, topic: "" }, "an empty topic is none");
  const renamed = await home.run(["room", "set", "tea", "--name", "coffee"]);
  t.equal(
    renamed.stdout,
    "name\tcoffee\ntopic\t\nwho may\twrite: moderators; invite: anyone; share files: anyone; call: anyone\n",
  );
  const nothing = await home.run(["room", "set", "coffee"]);
  t.equal(nothing.code, 2);
  t.match(nothing.stderr, /needs something to change\nOne or more of --name, --topic/);
  t.equal((await home.run(["room", "set", "coffee", "--call", "everybody"])).code, 2);
});

t.test("roles are given to one person who is named exactly", async (t) => {
  const { home, asked } = await standIn(t);
  t.match(await home.json(["room", "role", "tea", "bob", "moderator"]), { name: "bob", role: "moderator" });
  t.match(asked("room.role"), { person: /^b0b1/, role: "moderator" });
  t.match((await home.run(["room", "role", "tea", "e7e7", "owner"])).stderr, /^eve is an owner of "tea" now\.\n$/);
  const gone = "99".repeat(32);
  const unknown = await home.run(["room", "role", "tea", gone, "member"]);
  t.equal(asked("room.role")?.person, gone, "somebody removed is known to the core alone");
  t.equal(unknown.code, 4);
  const wrong = await home.run(["room", "role", "tea", "bob", "king"]);
  t.equal(wrong.code, 2);
  t.match(wrong.stderr, /role is one of owner, moderator, member/);
  const near = await home.run(["room", "role", "tea", "Bob", "member"]);
  t.equal(near.code, 4);
  t.match(near.stderr, /Near it: "bob"/);
  const two = await home.run(["room", "role", "tea", "dana", "member"]);
  t.equal(two.code, 1);
  t.match(two.stderr, /2 people here look like "dana"\nSay which by the id: d1d1000000000000 \(dana\), d2d2/);
  t.match(await home.json(["room", "role", "tea", "dana#d1d1", "member"]), { id: /^d1d1/ });
});

t.test("what cannot be taken back is asked first, and without a terminal needs --yes", async (t) => {
  const { home, room, asked } = await standIn(t);
  for (const args of [
    ["room", "remove", "tea", "eve"],
    ["room", "renew", "tea"],
  ]) {
    const refused = await home.run(args, { input: "y\n" });
    t.equal(refused.code, 2, args.join(" "));
    t.match(refused.stderr, /--yes/);
    t.equal(asked(`room.${args[1]}`), null);
  }
  const removed = await home.run(["room", "remove", "tea", "eve", "--yes"]);
  t.equal(removed.code, 0, removed.stderr);
  t.match(
    removed.stderr,
    `eve is removed. To go on where they cannot read: keet-tui --home ${home.dir} room renew ${room.id.slice(0, 16)}`,
  );
  t.match(asked("room.remove"), { room: room.id, person: /^e7e7/ });
  t.match(await home.json(["room", "remove", "tea", "bob", "-y"]), { room: room.id, person: { name: "bob" } });
  const renewed = await home.run(["room", "renew", room.id, "--yes"]);
  t.match(renewed.stdout, /^[0-9a-f]{64}\n$/);
  t.match(await home.json(["room", "list"]), [
    { id: room.id, continuedBy: renewed.stdout.trim(), canWrite: false },
    { id: renewed.stdout.trim(), continues: room.id },
  ]);
  t.match((await home.run(["room", "list"])).stdout, `goes on in ${renewed.stdout.slice(0, 16)}`);
});

t.test("one's own settings are changed by name, and shown without one", async (t) => {
  const { home, room, asked } = await standIn(t);
  t.match(await home.json(["room", "prefs", "tea", "--mute", "8h", "--archive", "on"]), { archived: true });
  t.same(asked("room.prefs"), { room: room.id, muted: true, mutedMs: 8 * 3_600_000, archived: true });
  t.match(
    (await home.run(["room", "prefs", "tea"])).stdout,
    /^muted\tfor [78] h more\narchived\tyes\nfavourite\tno\nunread\tno\n$/,
  );
  await home.json(["room", "prefs", "tea", "--mute", "on", "--favourite", "on", "--unread", "on", "--archive", "off"]);
  t.equal(
    (await home.run(["room", "prefs", "tea"])).stdout,
    "muted\tfor good\narchived\tno\nfavourite\tyes\nunread\tmarked by you\n",
  );
  t.match(await home.json(["room", "prefs", "tea", "--mute", "off"]), { mutedUntil: null });
  const wrong = await home.run(["room", "prefs", "tea", "--mute", "long"]);
  t.equal(wrong.code, 2);
  t.match(wrong.stderr, /8h|24h.*\nOr on, for good, and off\./s);
});

t.test("room show says what a room hangs on; --json has all of it", async (t) => {
  const { home } = await standIn(t);
  const shown = (await home.run(["room", "show", "tea"])).stdout;
  for (const line of [
    "alarm\tbob's laptop has written two histories",
    "risk\tNobody but you signs here.",
    "signs\tmaya, here",
    "has\tbob: 50 %, 3 blocks missing",
    /two histories\tof bob from block 4 on, told by eve at .*: a{16} here, b{16} there/,
    "left out\t2: unreadable",
    "who may\twrite: anyone",
    "signed\t5 of 6 blocks",
  ]) {
    t.match(shown, line);
  }
  t.match(await home.json(["room", "show", "tea"]), {
    signers: [{ person: { name: "maya" }, here: true, seenAt: null }],
    has: [{ person: { name: "bob" }, blocks: 3, of: 6 }],
    risk: "Nobody but you signs here.",
    divergences: [{ length: 4, told: { name: "eve" } }],
    leftOut: { unreadable: 2 },
  });
  t.equal((await home.run(["room", "repair", "tea"])).stdout, "The logs of 2 people were read anew.\n");
  t.match(await home.json(["room", "repair", "tea"]), {
    done: ["The logs of 2 people were read anew."],
    room: { name: "tea" },
  });
});

t.test("a room for two is asked for, not made", async (t) => {
  const { home, asked, wish } = await standIn(t);
  const made = await home.run(["room", "create", "x", "--kind", "direct"]);
  t.equal(made.code, 2);
  t.match(made.stderr, /Ask them: keet-tui .* msg <person>/);
  const id = (await home.run(["msg", "bob"])).stdout.trim();
  t.match(asked("direct.open"), { person: "bob" });
  t.match((await home.run(["room", "list"])).stdout, /bob\t\w+\tdirect\t.*you asked bob, who has not answered yet/);
  const said = await home.run(["msg", "b0b1", "are", "you there?", "--room", "tea", "--json"]);
  t.match(JSON.parse(said.stdout), { kind: "direct", state: "asked", with: { name: "bob" } });
  t.match(asked("direct.open"), { person: /^b0b1.{60}$/ });
  t.match(asked("message.send"), { text: "are you there?" });
  t.equal((await home.run(["msg", "nobody"])).code, 4);
  await wish({ room: { state: "request", with: { id: "", name: "bob" } } });
  t.match((await home.run(["room", "list"])).stdout, /tea\t.*bob asks to talk to you: room accept/);
  t.match(await home.json(["room", "accept", "tea"]), { state: "open" });
  t.ok(id);
});

t.test("block, unblock and who is blocked", async (t) => {
  const { home, asked } = await standIn(t);
  t.match(await home.json(["block", "eve"]), { name: "eve", blocked: true });
  t.same(asked("person.block"), { person: "eve", blocked: true });
  t.match(await home.json(["block", "bob", "--room", "tea"]), { name: "bob" });
  t.match(asked("person.block"), { person: /^b0b1/, room: /^[0-9a-f]{64}$/ });
  t.match(await home.json(["block"]), [{ name: "bob" }, { name: "eve" }]);
  t.match((await home.run(["members", "tea"])).stdout, /^eve\te7e7\w+\tmember\taway, not seen yet\tblocked by you$/m);
  t.match(await home.json(["unblock", "eve"]), { blocked: false });
  t.equal((await home.run(["block"])).stdout, "bob\tb0b1000000000000\n");
});

const member = (name: string, id: string, tag: string | null = null) =>
  ({ name, id: id.padEnd(64, "0"), tag }) as MemberInfo;

t.test("people are named exactly, by name#tag or by their id; nothing is guessed", async (t) => {
  const list = [
    member("bob", "aaaa"),
    member("bobby", "bbbb"),
    member("ann", "c1c1", "c1c1"),
    member("\u0430nn", "c2c2", "c2c2"),
    member("beef", "dddd"),
  ];
  t.equal(pickMember(list, "bob"), list[0]);
  t.equal(pickMember(list, "bbbb"), list[1]);
  t.equal(pickMember(list, "beef"), list[4], "an exact name wins over an id");
  t.equal(pickMember(list, "ann#c1c1"), list[2]);
  t.equal(pickMember(list, "c2c2"), list[3]);
  t.throws(() => pickMember(list, "ann"), { code: "AMBIGUOUS_MEMBER", hint: /c1c10{12} \(ann\), c2c2/ });
  t.throws(() => pickMember([member("x", "12345"), member("y", "12346")], "1234"), { code: "AMBIGUOUS_MEMBER" });
  for (const said of ["bo", "BOB", "aaa", "AAAA", "", "ann#"])
    t.throws(() => pickMember(list, said), { code: "NO_SUCH_MEMBER" }, said);
  t.throws(() => pickMember(list, "BOB"), { code: "NO_SUCH_MEMBER", hint: /"bob", "bobby"/ });
});

t.test("states are said in words, with what to do", async (t) => {
  const room = {
    name: "tea",
    state: "open",
    reason: null,
    alarm: null,
    continuedBy: null,
    with: null,
    archived: false,
  } as unknown as RoomInfo;
  t.equal(stateWords(room), "");
  t.equal(stateWords({ ...room, state: "stopped", reason: "its store is damaged" }), "stopped: its store is damaged");
  t.match(stateWords({ ...room, state: "removed" }), /you were removed/);
  t.equal(stateWords({ ...room, archived: true }), "archived");
  const now = Date.parse("2026-11-24T12:00:00Z");
  t.equal(mutedWords({ mutedUntil: "2026-11-24T11:00:00Z" }, now), "no", "over by now");
  t.equal(mutedWords({ mutedUntil: "2026-11-24T14:00:00Z" }, now), "for 2 h more");
  const bob = { ...member("bob", "b"), mine: false, here: false, seenAt: "2026-11-24T09:00:00Z" };
  t.equal(hereWords(bob, now), "away, seen 3 h ago");
  t.equal(hereWords({ ...bob, here: true }, now), "here");
});
