import { EventEmitter } from "node:events";
import t, { type Test } from "tap";
import { type Alert, Alerts } from "../src/alerts.js";
import { ringFor } from "../src/components/ring.js";
import { Screen } from "../src/components/screen.js";
import type { RoomInfo } from "../src/rpc/methods.js";
import { Actions } from "../src/state/actions.js";
import { Session } from "../src/state/session.js";
import { roomView } from "../src/state/views.js";
import { ALICE, NOW, room, ScriptedCore } from "./components/scripted-core.js";
import { until } from "./helpers/program.js";

/** A clock that goes on only when told to. */
class Clock {
  at = NOW;
  readonly #due = new Set<{ readonly at: number; readonly act: () => void }>();

  readonly now = () => this.at;
  readonly after = (ms: number, act: () => void) => {
    const one = { at: this.at + ms, act };
    this.#due.add(one);
    return () => void this.#due.delete(one);
  };

  get waiting(): number {
    return this.#due.size;
  }

  pass(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      const [next] = [...this.#due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      this.#due.delete(next);
      this.at = Math.max(this.at, next.at);
      next.act();
    }
    this.at = end;
  }
}

function desk() {
  const clock = new Clock();
  const told: (Alert & { readonly at: number })[] = [];
  const state = { lookedAt: null as string | null, isReady: true };
  const alerts = new Alerts({
    now: clock.now,
    after: clock.after,
    announce: (alert) => told.push({ ...alert, at: clock.at - NOW }),
    lookedAt: () => state.lookedAt,
    isReady: () => state.isReady,
  });
  const rooms = new Map<string, RoomInfo>();
  return {
    clock,
    told,
    state,
    alerts,
    /** The room as it was, with this changed. */
    change(id: string, change: Partial<RoomInfo>): void {
      const before = rooms.get(id) ?? null;
      const after = room(id, { ...before, ...change });
      rooms.set(id, after);
      alerts.room(roomView(after), before && roomView(before));
    },
    say(id: string, change: Partial<RoomInfo> = {}): void {
      const before = rooms.get(id)!;
      this.change(id, { unread: before.unread + 1, ...change });
    },
    rings: () => told.filter(({ rings }) => rings).length,
    texts: () => told.map(({ text }) => text),
    rooms,
  };
}

t.test("C18 300 messages in three rooms: one alert a room, who names me first, one ring, none on coming back", (t) => {
  const d = desk();
  d.state.isReady = false;
  d.change("tea", { peers: 0 });
  d.change("dev", { peers: 0 });
  d.change("loud", { peers: 0, mutedUntil: "forever" });
  d.change("alice", { kind: "direct", with: ALICE, peers: 0 });
  d.state.isReady = true;
  d.clock.pass(2 * 3_600_000);
  const start = d.clock.at;

  for (const id of ["tea", "dev", "loud", "alice"]) d.change(id, { peers: 2, behind: 100 });
  // A hundred in each of three rooms, of which ten are one's own from another device and count nowhere; 20 ms apart.
  let mentions = 0;
  for (let number = 0; number < 300; number += 1) {
    const id = ["tea", "dev", "loud"][number % 3]!;
    const isMine = number % 3 === 0 && number < 30;
    const namesMe = number === 31 || number === 201;
    if (namesMe) mentions += 1;
    const old = d.rooms.get(id)!;
    d.change(id, {
      behind: Math.max(0, old.behind - 1),
      unread: old.unread + (isMine ? 0 : 1),
      mentions: old.mentions + (namesMe ? 1 : 0),
    });
    d.clock.pass(12);
    if (number === 150) d.change("alice", { unread: 1, behind: 0 });
  }
  t.equal(mentions, 2);
  d.clock.pass(5_000 - (d.clock.at - start));
  t.ok(d.rings() <= 1, "one ring in the first five seconds");
  d.clock.pass(60_000);
  t.same(
    d.texts(),
    ["dev: 100 new, 1 for you", "tea: 90 new, 1 for you", "alice: 1 new"],
    "one each, none of the muted",
  );
  t.equal(d.rings(), 1);
  const unread = [...d.rooms.values()].reduce((sum, one) => sum + one.unread, 0);
  t.equal(unread, 291, "290 of the three rooms, and one of alice");

  // Detached and attached again: the core tells all of it once more.
  d.state.isReady = false;
  d.alerts.forget();
  for (const id of d.rooms.keys()) d.change(id, {});
  d.state.isReady = true;
  for (const id of d.rooms.keys()) d.change(id, {});
  d.clock.pass(60_000);
  t.equal(d.told.length, 3, "nothing rings again");
  t.end();
});

t.test("what rings: a mention, talk for two, a favourite, a request; the rest only counts", (t) => {
  const cases: [Partial<RoomInfo>, Partial<RoomInfo>, string | null][] = [
    [{}, { unread: 1 }, null],
    [{}, { unread: 1, mentions: 1 }, "a: 1 new, 1 for you"],
    [{ favourite: true }, { unread: 1 }, "a: 1 new"],
    [{ kind: "direct", with: ALICE }, { unread: 1 }, "alice: 1 new"],
    [{ kind: "direct", with: ALICE, archived: true }, { unread: 1 }, "alice: 1 new"],
    [{ kind: "direct", with: ALICE, state: "asked" }, { state: "request" }, "alice wants to talk to you"],
    [{ favourite: true, mutedUntil: "forever" }, { unread: 1, mentions: 1 }, null],
    [{ favourite: true, mutedUntil: new Date(NOW - 1).toISOString() }, { unread: 1 }, "a: 1 new"],
    [{ favourite: true, unread: 3 }, { topic: "other" }, null],
    [{ favourite: true, unread: 3 }, { unread: 0 }, null],
    [{ favourite: true }, { behind: 3 }, null],
  ];
  for (const [before, change, text] of cases) {
    const d = desk();
    d.change("a", { ...before });
    d.change("a", change);
    d.clock.pass(60_000);
    t.same(d.texts(), text === null ? [] : [text], JSON.stringify([before, change]));
    t.equal(d.rings(), text === null ? 0 : 1);
  }
  t.end();
});

t.test("a room that comes into the list has a past and says nothing; a request does", (t) => {
  const d = desk();
  d.change("joined", { favourite: true, unread: 500, mentions: 3 });
  d.change("d1", { kind: "direct", with: ALICE, state: "request" });
  d.clock.pass(60_000);
  t.same(d.texts(), ["alice wants to talk to you"]);
  t.end();
});

t.test("nothing rings for the room one looks at, and what was looked at meanwhile is let go", (t) => {
  const d = desk();
  d.change("d1", { kind: "direct", with: ALICE });
  d.state.lookedAt = "d1";
  d.say("d1");
  d.clock.pass(10_000);
  t.same(d.told, []);
  d.state.lookedAt = null;
  d.say("d1");
  t.equal(d.rings(), 1, "not looked at: at once");
  d.say("d1");
  t.equal(d.rings(), 1, "not again within two seconds");
  d.state.lookedAt = "d1";
  d.clock.pass(10_000);
  t.equal(d.rings(), 1, "and not at all when somebody has looked");
  d.state.lookedAt = null;
  d.say("d1");
  d.change("d1", { unread: 0 });
  t.equal(d.clock.waiting, 0, "what was read elsewhere waits for nothing");
  t.end();
});

t.test("a lively room rings at most every two seconds, and tells how many came", (t) => {
  const d = desk();
  d.change("d1", { kind: "direct", with: ALICE });
  d.change("d2", { kind: "direct", with: { ...ALICE, name: "bob" } });
  for (let number = 0; number < 50; number += 1) {
    d.say("d1");
    d.clock.pass(100);
    if (number === 5) d.say("d2");
  }
  d.clock.pass(10_000);
  const first = d.told.filter(({ room: id }) => id === "d1");
  t.same(
    first.map(({ at }) => at),
    [0, 2_000, 4_000, 6_000],
  );
  t.equal(first.at(-1)?.text, "alice: 50 new");
  t.same(
    d.told.filter(({ room: id }) => id === "d2").map(({ at }) => at),
    [600],
    "another room waits for nobody",
  );
  t.end();
});

t.test("when somebody appears, what they bring is told together, a second after the last of it", (t) => {
  const d = desk();
  d.change("d1", { kind: "direct", with: ALICE, peers: 0 });
  d.change("tea", { peers: 0 });
  d.change("d1", { peers: 1 });
  d.change("tea", { peers: 1 });
  d.say("d1");
  d.clock.pass(500);
  d.say("tea", { mentions: 1 });
  d.clock.pass(999);
  t.same(d.told, []);
  d.clock.pass(1);
  t.same(d.texts(), ["tea: 1 new, 1 for you", "alice: 1 new"]);
  t.same(
    d.told.map(({ rings }) => rings),
    [true, false],
  );
  d.say("d1");
  d.clock.pass(3_400);
  t.equal(d.told.length, 2, "five seconds ring once");
  d.clock.pass(1_000);
  t.same(
    d.told.slice(2).map(({ text, rings, at }) => [text, rings, at]),
    [["alice: 2 new", true, 5_000]],
  );
  t.end();
});

t.test("a room far behind is told when it is there, or after half a minute; others do not wait for it", (t) => {
  const d = desk();
  d.change("slow", { kind: "direct", with: ALICE });
  d.change("d2", { kind: "direct", with: { ...ALICE, name: "bob" } });
  d.change("slow", { behind: 400 });
  for (let second = 0; second < 12; second += 1) {
    d.say("slow", { behind: 400 - second });
    d.clock.pass(1_000);
  }
  t.same(d.told, []);
  d.say("d2");
  t.same(d.texts(), ["bob: 1 new"]);
  d.say("slow", { behind: 0 });
  t.same(d.texts(), ["bob: 1 new", "alice: 13 new"]);
  d.change("slow", { behind: 400 });
  d.say("slow");
  d.clock.pass(29_999);
  t.equal(d.told.length, 2);
  d.clock.pass(1);
  t.equal(d.told.length, 3, "what nobody has keeps no alert back for good");
  t.end();
});

t.test("a name from outside is harmless", (t) => {
  const d = desk();
  d.change("a", { name: "x\x07\x1b]9;y\x07" });
  d.say("a", { mentions: 1 });
  t.notMatch(d.texts()[0], /[\x00-\x1f]/);
  t.equal(d.told.length, 1);
  t.end();
});

async function openRinging(t: Test, core: ScriptedCore) {
  const clock = new Clock();
  const session = new Session({ connect: core.connect, now: clock.now });
  const screen = new Screen({
    session,
    actions: (where) => new Actions({ session, ...where }),
    columns: 80,
    rows: 24,
    onQuit: () => {},
  });
  const terminal = Object.assign(new EventEmitter(), { told: [] as string[] });
  const notify = async (text: string, rings: boolean) => void terminal.told.push(`${text}${rings ? " (rings)" : ""}`);
  screen.start();
  const undo = ringFor({ screen, terminal: Object.assign(terminal, { notify }) as never, after: clock.after });
  t.teardown(async () => {
    undo();
    await screen.close();
  });
  await session.start();
  return { clock, session, screen, terminal, undo };
}

t.test("the terminal rings for what the core tells, not for what is on screen, and not on coming back", async (t) => {
  const core = new ScriptedCore();
  core.rooms = [room("tea"), room("d1", { kind: "direct", with: ALICE, unread: 4 })];
  const { clock, session, screen, terminal, undo } = await openRinging(t, core);
  t.equal(screen.state.getSnapshot().room, "tea");
  const tell = (change: Partial<RoomInfo>, id = "d1") => {
    core.rooms = core.rooms.map((one) => (one.id === id ? { ...one, ...change } : one));
    core.tell({ type: "room", room: core.rooms.find((one) => one.id === id)! });
    clock.pass(10_000);
  };
  tell({ unread: 4 });
  t.same(terminal.told, [], "what was unread before is no news");
  tell({ unread: 5 });
  t.same(terminal.told, ["alice: 5 new (rings)"]);
  tell({ mentions: 1, unread: 1 }, "tea");
  t.equal(terminal.told.length, 1, "one looks at it");
  terminal.emit("input", { type: "focus", focused: false });
  tell({ mentions: 2, unread: 2 }, "tea");
  t.equal(terminal.told.length, 2, "one looks elsewhere");

  core.rooms = core.rooms.map((one) => ({ ...one, unread: 50, mentions: 9 }));
  core.die();
  await until(() => session.profile.getSnapshot().connection === "ready");
  await until(() => session.roomView("d1")?.unread === 50);
  tell({ unread: 50 });
  t.equal(terminal.told.length, 2, "what came while apart from the core does not ring on coming back");
  undo();
  tell({ unread: 51 });
  t.equal(terminal.told.length, 2, "closed");
});
