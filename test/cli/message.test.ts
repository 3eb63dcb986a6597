import t, { type Test } from "tap";
import { payloads } from "../helpers/payloads.js";
import { Home, until } from "../helpers/program.js";
import { standIn } from "./stand-in.js";

async function teaRoom(t: Test): Promise<Home> {
  const home = new Home(t, t.testdir());
  await home.json(["identity", "rename", "maya"]);
  await home.json(["room", "create", "tea"]);
  return home;
}

t.test("a message is answered, edited, reacted to, pinned and taken back by the first digits of its id", async (t) => {
  const home = await teaRoom(t);
  const sent = await home.json(["send", "tea", "the kettle is on", "--id", "abcd".repeat(8)]);
  const id = "abcd";
  const writer = sent.writer;
  const answer = await home.json(["send", "tea", "--reply", id, "coming"]);
  t.match(answer, { replyTo: sent.id, reply: { id: sent.id, writer, found: true, text: "the kettle is on" } });
  t.match(await home.json(["message", "edit", "tea", id, "the", "kettle was on"]), {
    text: "the kettle was on",
    edited: true,
    editedAt: /Z$/,
  });
  await home.run(["message", "edit", "tea", id], { input: "- from\nstdin\n" });

  t.match(await home.json(["message", "react", "tea", id, "👍"]), {
    reactions: [{ emoji: "👍", by: [{ name: "maya" }] }],
  });
  t.match((await home.run(["message", "react", "tea", id, "🎉"])).stderr, /👍 maya/);
  t.match(await home.json(["message", "unreact", "tea", id, "🎉"]), { reactions: [{ emoji: "👍" }] });

  t.match(await home.json(["message", "pin", "tea", id]), { pinned: true });
  t.match(await home.json(["message", "pins", "tea"]), [{ id: sent.id }]);
  t.match((await home.run(["message", "pins", "tea"])).stdout, / maya: - from␤stdin \(edited\) \[👍 maya\]\n$/);
  const shown = (await home.run(["message", "show", "tea", id])).stdout.split("\n");
  for (const line of [`id\t${sent.id}`, "author\tmaya", "signature\tholds", "pinned\tyes", "text\t- from", "\tstdin"]) {
    t.ok(shown.includes(line), line);
  }
  t.match(await home.json(["message", "unpin", "tea", id]), { pinned: false });
  t.match(
    (await home.run(["message", "delete", "tea", id])).stderr,
    "Taken back. Copies that others have made stay.\n",
  );
  t.match(await home.json(["message", "show", "tea", id]), { deleted: true, text: "" });
});

t.test("what names no message is refused, each with its exit code and nothing on standard output", async (t) => {
  const home = await teaRoom(t);
  await home.json(["send", "tea", "one", "--id", `abcd${"0".repeat(28)}`]);
  await home.json(["send", "tea", "two", "--id", `abcd${"1".repeat(28)}`]);
  const cases: [string[], number, RegExp][] = [
    [["message", "show", "tea", "ffff"], 4, /no such message/i],
    [["message", "delete", "tea", "abcd"], 4, /more/i],
    [["message", "delete", "tea", "abc"], 2, /first 4 or more digits/],
    [["message", "delete", "tea", "kettle"], 2, /tail <room> --json/],
    [["message", "pin", "tea", "abcd0", "--writer", "xyz"], 2, /64 hex digits/],
    [["message", "react", "tea", "abcd0"], 2, /needs room and id and emoji/],
    [["message", "edit", "tea", "abcd0"], 2, /nothing to send/],
    [["message", "edit", "te", "abcd0", "x"], 4, /Near it: "tea"/],
    [["send", "tea", "--reply", "ffff", "hi"], 4, /no such message/i],
    [["message"], 2, /message react/],
  ];
  for (const [args, code, words] of cases) {
    const outcome = await home.run(args, { input: "" });
    t.equal(outcome.code, code, args.join(" "));
    t.match(outcome.stderr, words, args.join(" "));
    t.equal(outcome.stdout, "");
  }
  t.match(await home.json(["message", "delete", "tea", "ABCD1"]), { deleted: true }, "an id in capitals is one too");
});

t.test("tail shows answers, edits, reactions and who is who; what others wrote works on nothing", async (t) => {
  const { home, wish } = await standIn(t);
  const at = { sentAt: "2026-11-24T09:02:00.000Z", mine: false, state: null };
  const morning = { author: { id: "b0b1", name: "bob" }, text: "morning! the new\nbuild is in" };
  const dana = { id: `d1d1${"00".repeat(30)}`, name: "dana" };
  const reply = { id: "00".repeat(16), writer: "11".repeat(32), found: true, deleted: false, position: 0, ...morning };
  await wish({
    post: [
      { ...at, ...morning },
      {
        ...at,
        author: dana,
        text: "works here",
        reply,
        replyTo: reply.id,
        edited: true,
        reactions: [{ emoji: "👍", by: [morning.author, dana] }],
      },
      { ...at, author: dana, text: "", deleted: true, deletedBy: morning.author },
      { ...at, author: dana, text: "hidden", blocked: true },
      { ...at, author: dana, type: "notice", notice: "role", about: morning.author, text: "owner" },
    ],
  });
  const { stdout } = await home.run(["tail", "tea"], { env: { TZ: "UTC" } });
  t.equal(
    stdout,
    `2026-11-24 09:02 bob: morning! the new␤build is in
2026-11-24 09:02 dana#d1d1 (to bob: morning! the new build is in): works here (edited) [👍 bob, dana#d1d1]
2026-11-24 09:02 dana#d1d1 (taken back by bob)
2026-11-24 09:02 -- message from dana#d1d1, whom you blocked
2026-11-24 09:02 -- dana#d1d1 made bob an owner
`,
  );
  const post = payloads.map(({ text }) => ({
    ...at,
    text,
    author: { id: "e1", name: text },
    reply: { ...reply, text, author: { id: "e1", name: text } },
    replyTo: reply.id,
    reactions: [{ emoji: text, by: [{ id: "e1", name: text }] }],
  }));
  await wish({ post });
  for (const args of [
    ["tail", "tea", "-n", "1000"],
    ["export", "tea"],
    ["export", "tea", "--format", "md"],
    ["search", "owned"],
  ]) {
    const hostile = await home.run(args);
    t.equal(hostile.code, 0, hostile.stderr);
    t.notMatch(hostile.stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/, args.join(" "));
  }
  t.equal((await home.run(["tail", "tea", "-n", "1000"])).stdout.trimEnd().split("\n").length, post.length + 5);
});

t.test("tail -f prints a message again when somebody did something with it, and says so", async (t) => {
  const { home } = await standIn(t);
  await home.json(["send", "tea", "old", "--id", "aaaa".repeat(8)]);
  const lines = home.start(["tail", "tea", "-f"], { timeoutMs: 50_000 });
  const objects = home.start(["tail", "tea", "-n", "0", "-f", "--json"], { timeoutMs: 50_000 });
  await until(() => lines.stdout().includes("old"));
  // Followed from when it has asked for events, which nothing prints: one message tells.
  await home.json(["send", "tea", "new", "--id", "bbbb".repeat(8)]);
  await until(() => lines.stdout().includes("new") && objects.stdout().includes("new"));
  await home.json(["message", "edit", "tea", "aaaa", "older"]);
  await home.json(["message", "react", "tea", "bbbb", "👍"]);
  await home.json(["message", "pin", "tea", "bbbb"]);
  await home.json(["message", "delete", "tea", "bbbb"]);
  await home.json(["send", "tea", "end"]);
  await until(() => lines.stdout().includes("end") && objects.stdout().includes("end"));
  t.same(
    lines
      .stdout()
      .trimEnd()
      .split("\n")
      .map((line) => line.slice("2026-11-24 09:02 ".length)),
    [
      "maya: old",
      "maya: new",
      "~ maya: older (edited)",
      "~ maya: new [👍 maya]",
      "~ maya: new [👍 maya]",
      "~ maya (taken back)",
      "maya: end",
    ],
  );
  const told = objects
    .stdout()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.match(told, [
    { text: "new" },
    { text: "older", edited: true, changed: true },
    { text: "new", reactions: [{ emoji: "👍" }], changed: true },
    { pinned: true, changed: true },
    { deleted: true, changed: true },
    { text: "end" },
  ]);
  t.notOk("changed" in told[0], "only where it did");
  lines.child.kill("SIGINT");
  objects.child.kill("SIGINT");
  await Promise.all([lines.done, objects.done]);
});

t.test("who is named behind an @ is told to the core, in what is sent and in what is edited", async (t) => {
  const { home, asked } = await standIn(t);
  const bob = `b0b1${"00".repeat(30)}`;
  const dana = `d1d1${"00".repeat(30)}`;
  await home.json(["send", "tea", "@Bob and @dana#d1d1, not maya@evelyn", "--id", "abcd".repeat(8)]);
  t.same(asked("message.send")?.mentions, [bob, dana]);
  await home.json(["message", "edit", "tea", "abcd", "only @bob"]);
  t.same(asked("message.edit")?.mentions, [bob]);
  await home.json(["send", "tea", "nobody @all"]);
  t.notOk("mentions" in asked("message.send")!);
});
