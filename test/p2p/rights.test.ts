/**
 * The rules of a room, played out in every order: what `apply` makes of blocks is compared with a model written a
 * second time from the documents (helpers/room-model.ts). Another seed: `SEED=1234 npm test -- p2p/rights`.
 */
import { Worker } from "node:worker_threads";
import Corestore from "corestore";
import Hyperbee from "hyperbee";
import t from "tap";
import { applyNodes } from "../../src/p2p/apply.js";
import { ViewWriter } from "../../src/p2p/view.js";
import { type Act, inviteId } from "../helpers/cast.js";
import { Follower, MemoryView, nodeOf, WriterList } from "../helpers/linear.js";
import type { Runs, Wanted } from "../helpers/rights-runs.js";
import { founding, Stage } from "../helpers/stage.js";

t.setTimeout(300_000);

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** At least so many in all. */
const RUNS = 20_000;
const PAIRS = 5_000;
const PROGRAMS = 5_000;

t.test("who may do what, before and after whatever, in whichever order it comes", async (t) => {
  t.comment(`seed ${SEED}`);
  const wanted: Wanted = { folder: t.testdir({}), seed: SEED, pairs: PAIRS, programs: PROGRAMS };
  const worker = new Worker(new URL("../helpers/rights-runs.js", import.meta.url), { workerData: wanted });
  t.teardown(() => worker.terminate());
  let runs = 0;
  worker.on("message", (told: Runs) => {
    runs += told.runs;
    t.equal(told.wrong, null, `${told.what}, seed ${SEED}: ${told.runs} runs`);
  });
  await new Promise((resolve, reject) => worker.once("exit", resolve).once("error", reject));
  t.ok(runs >= RUNS, `${runs} runs`);
});

t.test("the view in memory is what a real one is", async (t) => {
  const folder = t.testdir({});
  const stage = await Stage.open(folder, "group", (cast) => founding(cast, "group", { post: "owner" }));
  const acts = [...stage.cast.acts.values()];
  const store = new Corestore(`${folder}/store`);
  t.teardown(() => store.close());
  const bee = new Hyperbee(store.get({ name: "view" }), { keyEncoding: "binary", valueEncoding: "binary" });
  const host = new WriterList(stage.cast.roomKey);
  const quiet = () => {};
  const listener = { row: quiet, mark: quiet, joined: quiet, person: quiet, leftOut: quiet };
  for (let at = 0; at < acts.length; at += 3) {
    const nodes = acts.slice(at, at + 3).map(nodeOf);
    const batch = bee.batch({ update: false });
    await applyNodes(nodes, new ViewWriter(batch), host, { knowManifest: async () => {} }, listener);
    await batch.flush();
  }
  const real: [string, string][] = [];
  for await (const { key, value } of bee.createReadStream({})) real.push([key.toString("hex"), value.toString("hex")]);
  const follower = new Follower({ view: new MemoryView(), host: new WriterList(stage.cast.roomKey) });
  await follower.follow(acts);
  const found = Array.from({ length: 12 }, (_, prefix) => follower.view.under(prefix)).flat();
  t.same(
    found.map(({ key, value }) => [key.toString("hex"), value.toString("hex")]),
    real,
  );
  t.same(follower.host.now, host.now);
  t.ok(real.length > 60, `${real.length} entries`);
});

t.test("signs that look alike are one, and a person has at most 20 on a message, from all devices", async (t) => {
  const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
  const { cast } = stage;
  const react = (writer: string, emoji: string) => cast.act(writer, { do: "react", on: "by-mo1", emoji });
  const alike = [react("meg1", "❤"), react("meg2", "❤\ufe0f"), react("max1", "❤\ufe0e")];
  const signs = Array.from({ length: 21 }, (_, i) => react(i % 2 ? "meg1" : "meg2", `sign ${i}`));
  const room = [cast.act("meg1", { do: "unreact", on: "by-mo1", emoji: "sign 3" }), react("meg1", "one more")];
  const acts = [...alike, ...signs, ...room];
  t.equal(await stage.wrongIn([acts]), null);
  const { leftOut } = await played(stage, acts);
  t.equal(leftOut.get(alike[1]!.label), "duplicate");
  t.equal(leftOut.has(alike[2]!.label), false, "somebody else's is another one");
  t.same(
    signs.filter(({ label }) => leftOut.has(label)).map(({ label }) => leftOut.get(label)),
    ["too-many", "too-many"],
    "the heart and 19 of them fit",
  );
  t.equal(leftOut.has(room[1]!.label), false, "and one more in place of one taken back");
});

t.test("at most 100 messages are pinned; one that is taken back makes room", async (t) => {
  const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
  const { cast } = stage;
  const posts = Array.from({ length: 101 }, () => cast.act("max1", { do: "post" }));
  const pins = posts.map(({ label }) => cast.act("mo1", { do: "pin", on: label }));
  const more = [cast.act("max1", { do: "delete", on: posts[7]!.label }), cast.act("mo1", { do: "pin", on: "by-max1" })];
  const acts = [...posts, ...pins, ...more];
  t.equal(await stage.wrongIn([acts], [7]), null);
  const { leftOut, reader } = await played(stage, acts);
  t.same(
    [...leftOut.values()],
    ["too-many", "too-many"],
    "by-mo1 is pinned since the founding, so the last two of them are over it",
  );
  t.equal((await reader.pins()).length, 100);
});

t.test("more devices of a person need nobody's leave, up to 16", async (t) => {
  const meg = Array.from({ length: 18 }, (_, i) => `meg${i + 1}`);
  const stage = await Stage.open(
    t.testdir({}),
    "many",
    (cast) => [
      cast.act("olive1", { do: "join" }),
      cast.act("olive1", { do: "room", name: "tea" }),
      cast.act("olive1", { do: "invite", uses: 1 }, { label: "open" }),
      cast.act("meg1", { do: "join", invite: "open", by: "olive1" }, { optimistic: true }),
    ],
    { olive: ["olive1"], meg, nell: ["nell1"] },
  );
  const { cast } = stage;
  const joins = meg.slice(1).map((writer) => cast.act(writer, { do: "join" }, { optimistic: true }));
  const others = [
    cast.act("nell1", { do: "join" }, { optimistic: true }),
    // With the proof of a device whose log it is not, and words before the join.
    cast.act("nell1", { do: "post" }, { optimistic: true }),
    cast.act("meg18", { do: "post" }, { optimistic: true }),
    cast.act("meg9", { do: "post" }),
  ];
  const acts = [...joins, ...others];
  t.equal(await stage.wrongIn([acts]), null);
  const { leftOut } = await played(stage, acts);
  t.same(
    [...leftOut.values()],
    ["too-many", "too-many", "bad-admission", "not-a-member", "not-a-member"],
    "devices 17 and 18, and who is nobody's device",
  );
});

t.test("an invite for one lets in whoever comes first in the order, and nobody after", async (t) => {
  const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
  const { cast } = stage;
  const nell = cast.act("nell1", { do: "join", invite: "of-mo", by: "meg1" }, { optimistic: true });
  const ned = cast.act("ned1", { do: "join", invite: "of-mo", by: "olive1" }, { optimistic: true });
  for (const [first, second] of [
    [nell, ned],
    [ned, nell],
  ] as const) {
    const order = [first, second];
    t.equal(await stage.wrongIn([[second, first], order]), null);
    const { leftOut } = await played(stage, order);
    t.same([...leftOut], [[second.label, "no-such-invite"]]);
  }
});

t.test("an admission opens the room to one log of one person only, by one who is in", async (t) => {
  const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
  const { cast } = stage;
  const join = cast.act("nell1", { do: "join", invite: "for-nell", by: "rex1" }, { optimistic: true });
  const forRex = cast.act("nell1", { do: "join", invite: "for-rex", by: "mo1" }, { optimistic: true });
  const back = [
    cast.act("rex1", { do: "join", invite: "for-rex", by: "mo1" }, { optimistic: true }),
    cast.act("olive1", { do: "role", who: "rex", role: "member" }),
    cast.act("rex1", { do: "post" }),
    cast.act("rex1", { do: "join", invite: "for-rex", by: "mo1" }, { optimistic: true }),
    cast.act("rex1", { do: "post" }),
  ];
  const acts = [join, forRex, ...back];
  t.equal(await stage.wrongIn([acts]), null);
  const { leftOut } = await played(stage, acts);
  t.same(
    acts.map(({ label }) => leftOut.get(label) ?? "taken"),
    ["bad-admission", "bad-admission", "not-allowed", "taken", "not-a-member", "taken", "taken"],
    "one who was removed comes back after an owner said so, and by an invite",
  );
});

t.test(
  "a join whose proof is of another log is none, also with an admission for it; nobody makes an invite anew",
  async (t) => {
    const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
    const { cast } = stage;
    const forged = cast.act(
      "nell1",
      { do: "join", invite: "for-nell", by: "mo1", proofOf: "meg1" },
      { optimistic: true },
    );
    const own = cast.act("nell1", { do: "join", invite: "for-nell", by: "mo1" }, { optimistic: true });
    const again = cast.act("mo1", { do: "invite", uses: 9, idOf: "of-mo" });
    const spent = cast.act("ned1", { do: "join", invite: "of-mo", by: "olive1" }, { optimistic: true });
    const { leftOut, reader } = await played(stage, [forged, own, again, spent]);
    t.same(
      [forged, own, again, spent].map(({ label }) => leftOut.get(label) ?? "taken"),
      ["bad-proof", "taken", "duplicate", "taken"],
    );
    t.match(await reader.invite(inviteId("of-mo")), { uses: 1, used: 1 }, "it is as it was made");
  },
);

t.test("a founder who left comes back as everybody does, and the room goes on being signed", async (t) => {
  const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
  const { cast } = stage;
  const acts = [
    cast.act("olive1", { do: "remove", who: "olive" }),
    cast.act("olive1", { do: "join" }),
    // As somebody else, with the log that made the room.
    cast.act("olive1", { do: "join", as: "nell1" }),
    cast.act("olive1", { do: "join", as: "nell1", invite: "for-nell", by: "mo1" }),
    cast.act("otto1", { do: "role", who: "olive", role: "member" }),
    cast.act("olive1", { do: "join" }),
    cast.act("olive1", { do: "join", invite: "open", by: "mo1" }),
    cast.act("otto1", { do: "invite", uses: 1 }, { label: "again" }),
    cast.act("olive1", { do: "join", invite: "again", by: "mo1" }),
    cast.act("olive1", { do: "room", name: "mine" }),
  ];
  t.equal(await stage.wrongIn([acts]), null);
  const { leftOut, host, reader } = await played(stage, acts);
  t.same(
    acts.map(({ label }) => leftOut.get(label) ?? "taken"),
    [
      "taken",
      "not-allowed",
      "bad-proof",
      "bad-proof",
      "taken",
      "bad-admission",
      "no-such-invite",
      "taken",
      "taken",
      "not-allowed",
    ],
  );
  t.equal((await reader.person(cast.identityOf("olive")))?.role, "member");
  t.equal(host.system.indexers.length, 1);
});

t.test("the last owner who is in cannot step down, whoever else was named owner and is not there", async (t) => {
  const stage = await Stage.open(t.testdir({}), "group", (cast) => founding(cast, "group", {}));
  const { cast } = stage;
  const stepDown = () => cast.act("olive1", { do: "role", who: "olive", role: "member" });
  const acts = [
    cast.act("otto1", { do: "role", who: "otto", role: "member" }),
    cast.act("olive1", { do: "role", who: "rex", role: "owner" }),
    stepDown(),
    cast.act("rex1", { do: "join", invite: "for-rex", by: "mo1" }, { optimistic: true }),
    stepDown(),
  ];
  t.equal(await stage.wrongIn([acts]), null);
  const { leftOut } = await played(stage, acts);
  t.same([...leftOut], [[acts[2]!.label, "not-allowed"]], "only when rex is there");
});

async function played(stage: Stage, acts: readonly Act[]): Promise<Follower> {
  const follower = new Follower(stage.start);
  await follower.follow(acts);
  return follower;
}
