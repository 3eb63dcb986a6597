import t from "tap";
import { until } from "../helpers/program.js";
import { inOneRoom, rows } from "./two-people.js";

t.test("msg asks, room accept says yes, and block hides", async (t) => {
  const { maya, bob } = await inOneRoom(t);
  const asked = await maya.json("msg", "bob");
  t.match(asked, { kind: "direct", state: "asked", with: { name: "bob" } });
  await until(
    async () => (await bob.json("room", "list")).some((one: { state: string }) => one.state === "request"),
    20_000,
  );
  t.match((await bob.run("room", "list")).stdout, /maya asks to talk to you: room accept/);
  const direct = (await bob.json("room", "list")).find((one: { state: string }) => one.state === "request");
  t.match(await bob.json("room", "accept", direct.id), { kind: "direct" });
  await until(
    async () =>
      (await maya.json("room", "list")).some(
        (one: { kind: string; state: string }) => one.kind === "direct" && one.state === "open",
      ),
    20_000,
  );
  const { id } = await maya.json("msg", "bob");
  await maya.json("send", id, "only you");
  await until(async () => (await rows(bob, direct.id)).some(({ text }) => text === "only you"), 20_000);
  await bob.json("block", "maya", "--room", "tea");
  t.match(await bob.json("block"), [{ name: "maya" }]);
  await maya.json("send", "tea", "can you hear me?");
  await until(
    async () => (await rows(bob)).some(({ text, blocked }) => text === "can you hear me?" && blocked),
    20_000,
  );
  t.match((await bob.run("tail", "tea")).stdout, /-- message from maya, whom you blocked\n$/);
  t.match(await bob.json("unblock", "maya"), { blocked: false });
});
