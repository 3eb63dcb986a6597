import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import type { KeetError } from "../../src/errors.js";
import { inOneRoom, Person } from "../helpers/met-cores.js";
import { until } from "../helpers/rooms.js";

t.setTimeout(180_000);

const STOPPED = fileURLToPath(new URL("../helpers/stopped-child.js", import.meta.url));
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

async function twoInARoom(t: Test): Promise<{ maya: Person; bob: Person; id: string; folder: string }> {
  const folder = t.testdir({});
  const [maya, bob] = [new Person(t, folder, "maya"), new Person(t, folder, "bob")];
  await Promise.all([maya.come(), bob.come()]);
  return { maya, bob, folder, id: await inOneRoom("tea", [maya, bob]) };
}

const connectionsOf = (person: Person, id: string) => person.room(id).peers.proven.map(({ connection }) => connection);
const hasAll = (person: Person, id: string, wanted: readonly string[]) => async () =>
  JSON.stringify((await person.texts(id)).sort()) === JSON.stringify([...wanted].sort());

t.test("C45: after sleep members are dialled anew, nobody is typing, and what ended has ended", async (t) => {
  const { maya, bob, id, folder } = await twoInARoom(t);
  const { link } = await bob.core.makeInvite(id, { expiresMs: HOUR_MS });
  await bob.core.setPrefs(id, { mutedUntil: bob.core.now + HOUR_MS });
  const [before] = connectionsOf(bob, id);
  maya.room(id).peers.typing();
  const { peers } = bob.room(id);
  await until(() => peers.typingOf().length === 1);

  const typingWhenGone: number[] = [];
  peers.on("presence", () => {
    if (peers.hereIdentities().size === 0) typingWhenGone.push(peers.typingOf().length);
  });
  // The wall clock went on and the monotonic one did not: that is sleep.
  bob.shiftMs = 2 * HOUR_MS;
  await until(() => before!.destroyed, 15_000);
  await until(() => connectionsOf(bob, id).some((connection) => connection !== before), 15_000);
  t.same(new Set(typingWhenGone), new Set([0]), "who is gone types nothing");
  await bob.room(id).send("awake");
  await maya.room(id).send("welcome back");
  await until(hasAll(bob, id, ["awake", "welcome back"]));
  await until(hasAll(maya, id, ["awake", "welcome back"]));

  t.equal(bob.core.room(id)!.prefs.mutedUntil, null, "no longer muted");
  maya.shiftMs = 2 * HOUR_MS;
  const carol = new Person(t, folder, "carol");
  carol.shiftMs = 2 * HOUR_MS;
  await carol.come();
  const refused = new Promise<KeetError>((resolve) =>
    carol.core.once("join-failed", (_id: string, error: KeetError) => resolve(error)),
  );
  await carol.core.joinRoom(link!);
  t.match(await refused, { code: "INVITE_EXPIRED" });
});

t.test("A87: a clock that is put back an hour cuts nobody off", async (t) => {
  const { maya, bob, id } = await twoInARoom(t);
  const [before] = connectionsOf(bob, id);
  bob.shiftMs = -HOUR_MS;
  // The clock is looked at every two seconds; heads are repeated meanwhile, messages flow.
  for (const text of ["one", "two", "three"]) {
    await bob.room(id).send(text);
    await until(async () => (await maya.texts(id)).includes(text));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  t.ok(connectionsOf(bob, id)[0] === before, "it is the same connection");
  t.same(await maya.texts(id), ["one", "two", "three"]);
});

t.test(
  "A87: clocks years off, and back again: nothing lost, nothing doubled, invites open as they should",
  async (t) => {
    const { maya, bob, id, folder } = await twoInARoom(t);
    const { link } = await bob.core.makeInvite(id, { expiresMs: HOUR_MS });
    const said: string[] = [];
    for (const [when, shiftMs] of [
      ["ten years on", 10 * YEAR_MS],
      ["ten years back", -10 * YEAR_MS],
      ["right again", 0],
    ] as const) {
      bob.shiftMs = shiftMs;
      if (shiftMs > 0) await until(() => bob.core.room(id)!.doorUntil === null, 15_000);
      for (const person of [bob, maya]) {
        const text = `${person.name}, ${when}`;
        said.push(text);
        await person.room(id).send(text);
      }
      await until(hasAll(maya, id, said), 40_000);
      await until(hasAll(bob, id, said), 40_000);
    }
    await bob.come();
    t.ok(await hasAll(bob, id, said)(), "after a restart too");
    await until(() => bob.core.room(id)!.doorUntil !== null, 15_000);
    const carol = new Person(t, folder, "carol");
    await carol.come();
    await carol.joins(link!);
    await until(hasAll(carol, id, said), 40_000);
    const off = (await maya.messages(id)).filter(({ clockOff }) => clockOff).map(({ text }) => text);
    t.same(off, ["bob, ten years on"], "what claims to be of years to come is shown as such");
  },
);

t.test(
  "an invite ended by a clock that was wrong is open again when the clock is right, with no restart",
  async (t) => {
    const { bob, maya, id, folder } = await twoInARoom(t);
    await maya.leave();
    const { link } = await bob.core.makeInvite(id, { expiresMs: HOUR_MS });
    bob.shiftMs = 10 * YEAR_MS;
    await until(() => bob.core.room(id)!.doorUntil === null, 15_000);
    bob.shiftMs = 0;
    await until(() => bob.core.room(id)!.doorUntil !== null, 15_000);
    const carol = new Person(t, folder, "carol");
    await carol.come();
    await carol.joins(link!);
    t.equal(carol.core.rooms().length, 1);
  },
);

t.test("C45: a process that was stopped dials its people anew when it goes on", async (t) => {
  const { maya, bob, id, folder } = await twoInARoom(t);
  await bob.leave();
  const child = spawn(process.execPath, [STOPPED, `${folder}/bob`], { stdio: ["pipe", "pipe", "inherit"] });
  t.teardown(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  await until(() => connectionsOf(maya, id).length === 1, 40_000);
  const [before] = connectionsOf(maya, id);
  child.kill("SIGSTOP");
  // Longer than what passes for a busy moment, and shorter than what makes the library give a connection up.
  await new Promise((resolve) => setTimeout(resolve, 7_500));
  t.notOk(before!.destroyed, "to maya it looks alive");
  child.kill("SIGCONT");
  await until(() => before!.destroyed && connectionsOf(maya, id).length === 1, 40_000);
  const { id: sent } = await maya.room(id).send("are you back?");
  await until(async () => (await maya.room(id).message(sent))[0]?.state === "delivered");
});

t.test("C16: invites of weeks and of a year are open a minute later, and no timer runs over", async (t) => {
  const folder = t.testdir({});
  const warnings: string[] = [];
  const onWarning = ({ name }: Error) => warnings.push(name);
  process.on("warning", onWarning);
  t.teardown(() => process.off("warning", onWarning));
  const maya = new Person(t, folder, "maya");
  await maya.come();
  const { id } = await maya.core.createRoom("tea", "", "group");
  const days = [25, 30, 365];
  const made = await Promise.all(days.map((count) => maya.core.makeInvite(id, { expiresMs: count * 24 * HOUR_MS })));
  maya.shiftMs = HOUR_MS / 60;
  const left = (await maya.core.invites(id)).map(({ record }) => (record.expiresAt - maya.core.now) / HOUR_MS / 24);
  t.same(
    left.map(Math.round).sort((a, b) => a - b),
    days,
  );
  for (const [index, { link }] of made.entries()) {
    const newcomer = new Person(t, folder, `newcomer-${index}`);
    newcomer.shiftMs = maya.shiftMs;
    await newcomer.come();
    await newcomer.joins(link!);
    await until(() => maya.room(id).summary().members === index + 2);
    await newcomer.leave();
  }
  t.notOk(warnings.includes("TimeoutOverflowWarning"), warnings.join());
});
