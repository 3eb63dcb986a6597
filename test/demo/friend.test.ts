import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { thisProcess, writeOwner } from "../../src/daemon/owner.js";
import { DemoRoom, startFriend } from "../../src/demo/friend.js";
import { ThrowAway } from "../../src/demo/throw-away.js";
import type { CoreEvent, MessageInfo } from "../../src/rpc/methods.js";
import { until } from "../helpers/program.js";
import { programNode, temporaryFolder } from "./surroundings.js";

t.setTimeout(110_000);

const SURROUNDINGS = { bootstrap: ["127.0.0.1:9"], lan: true, execPath: programNode() };

/** A person with a core of their own, and all that it tells. */
async function person(t: Test, name: string) {
  const profile = await ThrowAway.start({ ...SURROUNDINGS, name });
  t.teardown(() => profile.close());
  const client = await profile.connect();
  t.teardown(() => client.close());
  const events: CoreEvent[] = [];
  client.onEvent((event) => events.push(event));
  await client.attach();
  const messages = () => {
    const found = new Map<string, MessageInfo>();
    for (const event of events) {
      if (event.type !== "timeline") continue;
      for (const message of event.messages ?? []) found.set(message.id, message);
    }
    return [...found.values()].filter(({ type }) => type === "message").sort((a, b) => a.position! - b.position!);
  };
  const rooms = async () => (await client.request("room.list", {})).map(({ name }) => name);
  return { profile, client, events, messages, rooms };
}

// These homes are made by this process, not by one that it starts.
const { folder, homes } = temporaryFolder(t);
process.env.TMPDIR = folder;

t.test("it greets by name and answers what is written", async (t) => {
  const friend = await startFriend(SURROUNDINGS);
  t.teardown(() => friend.close());
  const maya = await person(t, "maya");
  const { id: room } = await maya.client.request("room.join", { invite: friend.invite });
  t.equal(room, friend.room);
  const texts = () => maya.messages().map(({ text }) => text);
  await until(() => texts().length === 1);
  t.match(texts()[0], /^Hello maya\./);
  await maya.client.request("message.send", { room, text: "reverse 日本 tea" });
  await maya.client.request("message.send", { room, text: "pours tea", action: true });
  await maya.client.request("message.send", { room, text: "help" });
  await until(() => texts().length === 7);
  const answers = maya.messages().filter(({ mine }) => !mine);
  t.same(
    answers.slice(1, 3).map(({ text, action }) => ({ text, action })),
    [
      { text: "aet 本日", action: false },
      { text: "pours tea, too", action: true },
    ],
  );
  t.match(answers[3]?.text, /reverse .*\n.*count/s);
  t.ok(answers.every(({ verified, author }) => verified && author.name === "echo"));
});

t.test("it shares a small file once, and takes what is shared with it", async (t) => {
  const friend = await startFriend(SURROUNDINGS);
  t.teardown(() => friend.close());
  const maya = await person(t, "maya");
  const { id: room } = await maya.client.request("room.join", { invite: friend.invite });
  const files = () => maya.client.request("file.list", { room, limit: 9 });
  await until(async () => (await files()).length === 1);
  const [gift] = await files();
  t.match(gift, { file: { name: "tea.txt" }, author: { name: "echo" }, verified: true });
  const { id, writer } = gift!;
  await maya.client.request("file.get", { room, id, writer, folder: join(maya.profile.home, "d") });
  await until(async () => (await files())[0]?.file?.transfer?.state === "here");
  const got = readFileSync((await files())[0]!.file!.transfer!.path!, "utf8");
  t.match(got, /^Tea, for whoever tries keet-tui alone\n/);
  t.equal(Buffer.byteLength(got), gift!.file!.bytes);

  const texts = () => maya.messages().map(({ text }) => text);
  const share = async (name: string, bytes: number) => {
    const path = join(maya.profile.home, name);
    writeFileSync(path, "");
    truncateSync(path, bytes);
    await maya.client.request("file.send", { room, paths: [path] });
  };
  await share("mine.bin", 3_000_000);
  await until(() => texts().some((text) => /^I have it: mine\.bin, 3\.0 MB in \d/.test(text)), 20_000);
  const taken = join(friend.home, "echo-files/taken/mine.bin");
  t.equal(statSync(taken).size, 3_000_000);
  await share("too large.bin", 100_000_001);
  await until(() => texts().some((text) => text.startsWith("too large.bin, 100 MB, is more than I have room for")));
  t.same(readdirSync(join(friend.home, "echo-files/taken")), ["mine.bin"]);
  const other = await person(t, "bob");
  await other.client.request("room.join", { invite: friend.invite });
  await until(() => texts().some((text) => text.startsWith("Hello bob.")));
  await other.client.request("message.send", { room, text: "bye" });
  await until(() => texts().some((text) => text.startsWith("Goodbye, bob")));
  t.equal((await files()).filter(({ mine }) => !mine).length, 1, "not again for whoever comes later");
});

t.test("it is seen typing before it answers", async (t) => {
  const friend = await startFriend(SURROUNDINGS);
  t.teardown(() => friend.close());
  const maya = await person(t, "maya");
  const { id: room } = await maya.client.request("room.join", { invite: friend.invite });
  await until(() => maya.messages().length === 1);
  const isTyping = (event: CoreEvent) => event.type === "typing" && event.who[0]?.name === "echo";
  // The file it gives everybody who comes may arrive meanwhile.
  const isAnswer = (event: CoreEvent) =>
    event.type === "arriving" && !event.message.mine && event.message.type === "message";
  const order = { typing: -1, answer: -1 };
  // A core tells of typing every few seconds at most.
  await until(async () => {
    const before = maya.events.length;
    const lines = maya.messages().length;
    await maya.client.request("message.send", { room, text: "hello" });
    await until(() => maya.messages().length === lines + 2);
    const events = maya.events.slice(before);
    Object.assign(order, { typing: events.findIndex(isTyping), answer: events.findIndex(isAnswer) });
    return order.typing >= 0;
  });
  t.ok(order.typing < order.answer, `typing at ${order.typing}, the answer at ${order.answer}`);
});

t.test("its home is closed to others, and gone when it is", async (t) => {
  const friend = await startFriend(SURROUNDINGS);
  t.teardown(() => friend.close());
  if (process.platform !== "win32") t.equal(statSync(friend.home).mode & 0o777, 0o700);
  await friend.close();
  t.throws(() => statSync(friend.home), { code: "ENOENT" });
  t.equal(friend.hasEnded, true);
});

t.test("what a killed one left behind goes when the next one comes; what lives stays", async (t) => {
  const killed = await startFriend(SURROUNDINGS);
  const living = await startFriend(SURROUNDINGS);
  t.teardown(() => living.close());
  // As if this process, which would take the folder away, had been killed along with it.
  process.kill(killed.pid, "SIGKILL");
  await until(() => killed.hasEnded);
  const leftover = join(folder, "keet-tui-demo-leftover");
  mkdirSync(join(leftover, "data/default"), { recursive: true });
  const now = new Date().toISOString();
  const owner = { socket: "", since: now, renewedAt: now, version: "0", wire: 1 };
  writeOwner(join(leftover, "data/default"), { ...thisProcess(), pid: killed.pid, start: "1", ...owner });
  const next = await startFriend(SURROUNDINGS);
  t.teardown(() => next.close());
  const there = homes().map((name) => join(folder, name));
  t.same(there.sort(), [living.home, next.home].sort());
});

t.test("/demo twice is the same friend; when the screen goes, friend and room go too", async (t) => {
  const maya = await person(t, "maya");
  const demo = new DemoRoom(SURROUNDINGS, () => maya.profile.connect());
  t.teardown(() => demo.close());
  const [invite, again] = await Promise.all([demo.start(), demo.start()]);
  t.equal(again, invite);
  await maya.client.request("room.join", { invite });
  t.same(await maya.rooms(), ["demo"]);
  t.equal(await demo.start(), invite, "later too");
  t.equal(homes().length, 2);
  await demo.close();
  t.same(await maya.rooms(), []);
  t.equal(homes().length, 1);
});

t.test("/demo after the friend has died is another friend, and the dead one's room is left", async (t) => {
  const maya = await person(t, "maya");
  const demo = new DemoRoom(SURROUNDINGS, () => maya.profile.connect());
  t.teardown(() => demo.close());
  await maya.client.request("room.join", { invite: await demo.start() });
  process.kill(demo.pid ?? 0, "SIGKILL");
  await until(() => demo.pid === null);
  await maya.client.request("room.join", { invite: await demo.start() });
  t.same(await maya.rooms(), ["demo"]);
});
