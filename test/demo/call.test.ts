// The friend in a call: packets that come back, and when it comes and goes.
import t from "tap";
import { ECHO_AFTER_MS } from "../../src/demo/echo-call.js";
import { startFriend } from "../../src/demo/friend.js";
import { ThrowAway } from "../../src/demo/throw-away.js";
import { until } from "../helpers/program.js";
import { programNode, temporaryFolder } from "./surroundings.js";

t.setTimeout(110_000);

const SURROUNDINGS = { bootstrap: ["127.0.0.1:9"], lan: true, execPath: programNode() };
const packet = (text: string) => Buffer.from(text).toString("base64");

process.env.TMPDIR = temporaryFolder(t).folder;

t.test("it comes into a call, says again what it hears two seconds later, and goes with who called", async (t) => {
  const friend = await startFriend(SURROUNDINGS);
  t.teardown(() => friend.close());
  const profile = await ThrowAway.start({ ...SURROUNDINGS, name: "maya" });
  t.teardown(() => profile.close());
  const client = await profile.connect();
  t.teardown(() => client.close());
  const { id: room } = await client.request("room.join", { invite: friend.invite });
  await until(async () => (await client.request("room.members", { room })).length === 2);
  const heard: { from: string; packet: string; at: number }[] = [];
  client.onSound(({ from, packet }) => heard.push({ from, packet, at: performance.now() }));
  const inCall = async () => (await client.request("call.show", { room }))?.others ?? [];

  for (const round of ["first", "second"]) {
    await client.request("call.join", { room });
    await until(async () => (await inCall()).length === 1, 20_000);
    const [echo] = await inCall();
    t.match(echo, { name: "echo", muted: false });
    const said = new Map<string, number>();
    // Datagrams may be lost.
    await until(() => {
      const text = packet(`${round} ${said.size}`);
      said.set(text, performance.now());
      client.notify("call.send", { room, packet: text });
      return heard.some(({ packet }) => said.has(packet));
    }, 20_000);
    const back = heard.find(({ packet }) => said.has(packet))!;
    t.equal(back.from, echo!.writer);
    t.ok(back.at - said.get(back.packet)! >= ECHO_AFTER_MS, "not at once");
    await client.request("call.leave", { room });
    await until(async () => (await client.request("call.show", { room })) === null, 20_000);
  }

  const { messages } = await client.request("message.list", { room, limit: 50 });
  t.equal(messages.filter(({ text, mine }) => !mine && text.startsWith("I am in the call")).length, 2);
});
