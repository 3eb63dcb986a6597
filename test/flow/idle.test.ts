// Nothing happens: the screen writes nothing but its clock, and computes next to nothing.
import { readdirSync, readFileSync } from "node:fs";
import t from "tap";
import { Desk, until } from "./desks.js";

t.setTimeout(100_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };
const WATCHED_MS = 10_000;
/** Of one processor, in the whole time. A loop that draws, or polls, is far over it; the machine's own noise is not. */
const MAX_CPU_SHARE = 0.01;
/** Where the pen goes, hours and minutes or what changed of them, the pen back; in a colour. */
const CLOCK = /^(?:\x1b\[[0-9;?]*[A-Za-z]|[0-9:])*$/;

function cpuMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [spent = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    return sum + Number(spent) / 1e6;
  }, 0);
}

t.test("ten seconds of nothing", LINUX, async (t) => {
  const desk = new Desk(t);
  await desk.json(["room", "create", "tea"]);
  const pty = desk.open([], { columns: 120, rows: 40 });
  await pty.waitFor("made this room");
  // The last that comes by itself: nobody is found.
  await until(() => pty.screen().join().includes("offline"), 60_000);
  let length = pty.raw().length;
  let since = performance.now();
  await until(() => {
    if (pty.raw().length !== length) [length, since] = [pty.raw().length, performance.now()];
    return performance.now() - since > 3_000;
  }, 30_000);
  const before = cpuMs(pty.pid);
  await new Promise((done) => setTimeout(done, WATCHED_MS));
  const written = pty.raw().slice(length);
  t.match(written, CLOCK, `written: ${JSON.stringify(written)}`);
  t.ok(written.length <= 60, `${written.length} bytes`);
  const share = (cpuMs(pty.pid) - before) / WATCHED_MS;
  t.ok(share < MAX_CPU_SHARE, `${(share * 100).toFixed(2)} % of a processor`);
  pty.write("x");
  await pty.waitFor(/> x/);
});
