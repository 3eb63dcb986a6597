// Somebody who was away comes back with what they wrote meanwhile: commands and events at those who were here.
import { join } from "node:path";
import t from "tap";
import { Desk, until } from "./desks.js";

t.setTimeout(120_000);

t.test("C13: tail -f prints what comes late when it comes, and the core tells it as late", async (t) => {
  t.testdir({ maya: {}, bob: {} });
  const [maya, bob] = ["maya", "bob"].map((name) => new Desk(t, join(t.testdirName, name))) as [Desk, Desk];
  await maya.json(["room", "create", "tea"]);
  const { link } = await maya.json(["room", "invite", "tea"]);
  await bob.json(["room", "join", link, "--timeout", "60s"], { timeoutMs: 70_000 });
  const rpc = await bob.rpc();
  await rpc.attach();
  const late: unknown[] = [];
  rpc.onEvent((event) => {
    if (event.type === "late") late.push([event.author.name, event.count]);
  });
  await maya.run(["daemon", "stop"]);

  const alone = { globals: ["--home", maya.home.dir, "--no-lan", "--bootstrap", "127.0.0.1:9"] };
  for (const text of ["one at ten", "two at ten"]) await maya.home.json(["send", "tea", text], alone);
  await maya.home.run(["daemon", "stop"], alone);
  for (let index = 0; index < 50; index++) await rpc.request("message.send", { room: "tea", text: `line ${index}` });
  const follower = bob.home.start(["tail", "tea", "-n", "1", "-f", "--json"], {
    globals: bob.globals,
    timeoutMs: 90_000,
  });
  const printed = () =>
    follower
      .stdout()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  await until(() => printed().length === 1, 20_000);

  await maya.json(["room", "list"]);
  await until(() => printed().length >= 3, 60_000);
  t.match(printed(), [
    { text: "line 49", mine: true },
    { text: "one at ten", mine: false },
    { text: "two at ten", mine: false },
  ]);
  for (const { sentAt, receivedAt } of printed().slice(1)) t.ok(receivedAt > sentAt, `${receivedAt} after ${sentAt}`);
  await until(() => late.length > 0, 20_000);
  t.match(late, [[/./, 2]]);
  const [room] = await rpc.request("room.list", {});
  t.equal(room?.unread, 2);
  follower.child.kill("SIGINT");
  await follower.done;
});
