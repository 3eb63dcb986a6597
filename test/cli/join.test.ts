import t from "tap";
import { until } from "../helpers/program.js";
import { twoPeople } from "./two-people.js";

t.test(
  "C15, C16, C01: one invite of 30 days, two joins at once while its maker is stopped: one room, one use",
  async (t) => {
    const { maya, bob } = await twoPeople(t);
    const room = await maya.json("room", "create", "tea");
    const made = await maya.run("room", "invite", "tea", "--expires", "30d", "--json");
    const invite = JSON.parse(made.stdout);
    t.match(made.stderr, /this core stays up to 10 minutes for it. To keep it: keet-tui .*daemon --detach/);
    t.ok(Math.abs(Date.parse(invite.expiresAt) - Date.now() - 30 * 86_400_000) < 60_000);
    const [core] = maya.home.cores();
    process.kill(core ?? 0, "SIGSTOP");
    const joins = [0, 1].map(() =>
      bob.home.start(["room", "join", "--json"], { ...bob.options, input: `${invite.link}\n` }),
    );
    await until(() => joins.every((one) => /wait/i.test(one.stderr())), 20_000);
    process.kill(core ?? 0, "SIGCONT");
    const outcomes = await Promise.all(joins.map((one) => one.done));
    for (const outcome of outcomes) {
      t.equal(outcome.code, 0, outcome.stderr);
      t.equal(JSON.parse(outcome.stdout).id, room.id);
      t.notMatch(outcome.stderr, /Warning/);
    }
    t.match(await bob.json("room", "list"), [{ id: room.id }]);
    t.equal((await bob.json("room", "list")).length, 1);
    await until(async () => (await maya.json("members", "tea")).length === 2, 15_000);
    const [used] = await maya.json("room", "invites", "tea");
    t.match(used, { used: 1, state: "used" });

    const text = "see https://files.example/:v:/p/maya/Ab1?e=x \x1b[31m";
    const sent = await maya.json("send", "tea", "--wait", "delivered", "--timeout", "50s", text);
    t.equal(sent.state, "delivered");
    await until(async () => (await bob.run("tail", "tea", "--json")).stdout.includes(sent.id), 15_000);
    const rows = (await bob.run("tail", "tea", "--json")).stdout
      .trim()
      .split("\n")
      .map((row) => JSON.parse(row));
    t.match(
      rows.find((row) => row.id === sent.id),
      { text, verified: true, mine: false, state: null },
    );
  },
);

t.test("nobody there: join and --wait delivered give up when told to, with what to do", async (t) => {
  const { maya, bob } = await twoPeople(t);
  await maya.json("room", "create", "tea");
  const { link } = await maya.json("room", "invite", "tea");
  const sent = await maya.run("send", "tea", "hi", "--wait", "delivered", "--timeout", "1s", "--json");
  t.equal(sent.code, 5);
  t.match(sent.stderr, /It is stored .*No need to send it again/);
  await maya.run("daemon", "stop");
  const joined = await bob.run("room", "join", link, "--timeout", "2s", "--json");
  t.equal(joined.code, 5);
  t.match(JSON.parse(joined.stderr.trim().split("\n").at(-1) ?? ""), {
    error: { code: "TIMED_OUT", hint: /Run the same again/ },
  });
  const malformed = ["hello", "keet-tui://join/", "keet://x", "\x1b]0;x\x07", "y".repeat(5_000)];
  for (const bad of malformed) {
    const outcome = await bob.home.run(["room", "join"], { ...bob.options, input: bad });
    t.ok(
      [1, 2, 4].includes(outcome.code ?? -1),
      `${JSON.stringify(bad.slice(0, 20))}: ${outcome.code} ${outcome.stderr}`,
    );
    t.notMatch(outcome.stderr, /[\x00-\x09\x0b-\x1f]/);
  }
});
