// A terminal that does not read for a while: the program goes on, and then shows how it is now.
import { readFileSync } from "node:fs";
import t from "tap";
import { isRunning } from "../helpers/program.js";
import { Desk, enter, sees, type, until } from "./desks.js";

t.setTimeout(100_000);

const LINUX = { skip: process.platform !== "linux" && "needs /proc" };
const MESSAGES = 25;
const COLUMNS = 160;
const ROWS = 50;

function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}

async function talking(desk: Desk) {
  await desk.json(["room", "create", "tea"]);
  const pty = desk.open([], { columns: COLUMNS, rows: ROWS });
  await pty.waitFor("made this room");
  const rpc = await desk.rpc();
  const [room] = await rpc.request("room.list", {});
  /** Each at another size of the window, so that each is a whole frame; `isRead`: each on the screen before the next. */
  const say = async (text: string, isRead = false) => {
    for (let at = 0; at < MESSAGES; at += 1) {
      pty.resize({ columns: COLUMNS - (at % 2), rows: ROWS });
      await rpc.request("message.send", { room: room!.id, text: `${text} ${at} ${"x".repeat(100)}` });
      if (isRead) await pty.waitFor(new RegExp(`${text} ${at}\\b`));
    }
    await rpc.request("message.send", { room: room!.id, text: `${text}, the last` });
  };
  return { pty, rpc, room: room!.id, say };
}

t.test("while nobody reads it takes keys, and then shows the newest frame, not those between", LINUX, async (t) => {
  const desk = new Desk(t);
  const { pty, say } = await talking(desk);
  const before = pty.raw().length;
  await say("read", true);
  await pty.waitFor("read, the last");
  const readBytes = pty.raw().length - before;

  const memory = residentBytes(pty.pid);
  const paused = pty.raw().length;
  pty.pause();
  await say("not read");
  pty.write("typed into the dark\r");
  await until(async () => (await desk.run(["tail", "tea"])).stdout.includes("typed into the dark"), 20_000);
  t.match((await desk.run(["tail", "tea"])).stdout, "typed into the dark", "what was typed meanwhile is sent");
  await say("nor this");
  const grown = residentBytes(pty.pid) - memory;

  pty.resume();
  await sees(t, pty, "nor this, the last", "then it is as it is now", 20_000);
  const late = pty.raw().length - paused;
  t.comment(`${readBytes} bytes where all was read; ${late} after twice as much; ${Math.round(grown / 1024)} KB more`);
  // What the line holds and the test's own end of it, the rest of the frame that was cut short, and the newest one.
  t.ok(late < readBytes, `${late} of ${2 * readBytes} bytes`);
  t.ok(grown < 40e6, `${grown} bytes of memory`);
  await enter(pty, "typed in the light");
  await sees(t, pty, /typed in the light.*✓/, "and goes on");
});

t.test("told to end while nobody reads, it ends, and keeps what was typed", LINUX, async (t) => {
  const desk = new Desk(t);
  const { pty, rpc, room, say } = await talking(desk);
  await type(pty, "half a thought");
  pty.pause();
  await say("not read");
  process.kill(pty.pid, "SIGTERM");
  await until(() => !isRunning(pty.pid));
  t.equal((await rpc.request("draft.get", { room }))?.text, "half a thought");
});

t.test("one that reads again in time is as it was", LINUX, async (t) => {
  const { pty, say } = await talking(new Desk(t));
  pty.pause();
  await say("not read");
  process.kill(pty.pid, "SIGTERM");
  pty.resume();
  t.match(await pty.exited, { signal: 15 });
  await pty.virtual.settled();
  t.equal(pty.virtual.terminal.buffer.active.type, "normal");
  t.notOk(pty.virtual.terminal.modes.bracketedPasteMode);
});
