import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { thisProcess, writeOwner } from "../../src/daemon/owner.js";
import { DemoRoom, startFriend } from "../../src/demo/friend.js";
import { ThrowAway } from "../../src/demo/throw-away.js";
import type { CoreEvent, MessageInfo } from "../../src/rpc/methods.js";
import { until } from "../helpers/program.js";
import { programNode, temporaryFolder } from "./surroundings.js";

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

t.test("it is seen typing before it answers", async (t) => {
  const friend = await startFriend(SURROUNDINGS);
  t.teardown(() => friend.close());
  const maya = await person(t, "maya");
  const { id: room } = await maya.client.request("room.join", { invite: friend.invite });
  await until(() => maya.messages().length === 1);
  const isTyping = (event: CoreEvent) => event.type === "typing" && event.who[0]?.name === "echo";
  const isAnswer = (event: CoreEvent) => event.type === "arriving" && !event.message.mine;
  // A core tells of typing every few seconds at most.
  await until(async () => {
    const before = maya.events.length;
    const lines = maya.messages().length;
    await maya.client.request("message.send", { room, text: "hello" });
    await until(() => maya.messages().length === lines + 2);
    const events = maya.events.slice(before);
    return events.findIndex(isTyping) >= 0 && events.findIndex(isTyping) < events.findIndex(isAnswer);
  });
  t.pass();
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
