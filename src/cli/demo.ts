import { rateOf, sizeOf } from "../amounts.js";
import { DEFAULT_PROFILE } from "../config.js";
import type { TalkReport } from "../demo/talk.js";
import { EXIT, KeetError } from "../errors.js";
import { redirectConsole, silentLog } from "../log.js";
import { defineCliCommand } from "./define.js";
import { durationMs } from "./duration.js";
import { loginName, type OneShot } from "./one-shot.js";
import { printJson, printLine, talk } from "./output.js";

const TIMEOUT = "60s";
const MAX_TIMEOUT_MS = 3_600_000;

export const demo = defineCliCommand({
  path: ["demo"],
  summary: "Try it alone: an echo friend on this machine answers",
  details:
    "Uses profiles of its own in temporary folders and leaves nothing behind: --home and --profile are not looked at. " +
    "Exit 0 only if the whole talk arrived, in order and verified, and 16 MiB each way, unharmed. In the screen of your own profile: /demo.",
  options: {
    timeout: { type: "text", describe: "How long the talk may take", default: TIMEOUT },
    internal: { type: "text", describe: "Started by another keet-tui", choices: ["friend", "person"], hidden: true },
    name: { type: "text", describe: "Who that is", hidden: true },
  },
  examples: [
    ["keet-tui demo", "on a terminal the screen, with somebody who answers"],
    ["keet-tui demo | cat", "a fixed talk between two cores that checks this machine and its network"],
    ["keet-tui demo --json | cat", "the same, one object a line"],
  ],
  async run(shot, args) {
    const kind = args.option("internal");
    if (kind !== null) return runAsThrowAway(shot, kind === "friend", args.option("name") ?? kind);
    const { stdout, stdin } = process;
    const isScreen = stdout.isTTY && stdin.isTTY && !shot.globals.plain && !shot.globals.json;
    if (isScreen && process.env.TERM !== "dumb") return runOnScreen(shot);
    return runFixedTalk(shot, durationMs(args.option("timeout") ?? TIMEOUT, "--timeout", { maxMs: MAX_TIMEOUT_MS }));
  },
});

async function runAsThrowAway(shot: OneShot, isFriend: boolean, name: string): Promise<number> {
  const { runInside } = await import("../demo/inside.js");
  const { bootstrap, lan, logLevel } = shot.globals;
  return runInside({ paths: shot.paths, bootstrap, lan, logLevel, name, isFriend });
}

async function runFixedTalk(shot: OneShot, limitMs: number): Promise<number> {
  const { runTalk } = await import("../demo/talk.js");
  const { bootstrap, lan, logLevel, json } = shot.globals;
  try {
    await runTalk({ bootstrap, lan, logLevel, limitMs, report: json ? printJson : printReport });
  } catch (error) {
    if (json) printJson({ type: "summary", ok: false, reason: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  return EXIT.ok;
}

function printReport(report: TalkReport): void {
  if (report.type === "step") printLine(`-- ${report.what}: ${report.ms} ms`);
  else if (report.type === "file") {
    const { from, to, bytes, ms, bytesPerSecond } = report;
    printLine(`-- ${sizeOf(bytes)} from ${from} to ${to}, unharmed: ${ms} ms, ${rateOf(bytesPerSecond)}`);
  } else if (report.type === "summary") {
    const seconds = (report.ms / 1000).toFixed(1);
    printLine(
      `All ${report.lines} lines arrived, verified, and in one order on both sides, and ${report.files} files, in ${seconds} s (${report.network}).`,
    );
  } else {
    const { author, action, text, state, verified, arrivedMs, orderedMs, deliveredMs } = report;
    const [first = "", ...others] = text.split("\n");
    const mark = verified ? "verified" : "NOT VERIFIED";
    const times = `there ${arrivedMs} ms, in order ${orderedMs} ms, known ${deliveredMs} ms`;
    printLine(`${state} ${mark} (${times})  ${action ? `* ${author} ${first}` : `${author}: ${first}`}`);
    for (const line of others) printLine(`    ${line}`);
  }
}

/** A guest of this name and an echo, both thrown away at the end; the real program between them. */
async function runOnScreen(shot: OneShot): Promise<number> {
  const [{ ThrowAway }, { startFriend }, { runScreen }] = await Promise.all([
    import("../demo/throw-away.js"),
    import("../demo/friend.js"),
    import("../components/main.js"),
  ]);
  const surroundings = shot.globals;
  const restoreConsole = redirectConsole(silentLog);
  const guest = ThrowAway.start({ ...surroundings, name: loginName() });
  const friend = startFriend(surroundings);
  // Whoever connects hears of it; until then it is nobody's fault.
  for (const starting of [guest, friend]) starting.catch(() => {});
  let isIn = false;
  try {
    return await runScreen({
      profile: DEFAULT_PROFILE,
      invite: null,
      globals: shot.globals,
      connect: async () => {
        const [mine, theirs] = await Promise.all([guest, friend]);
        if (mine.hasEnded) throw new KeetError("peer", "CORE_GONE", "The demo's core has ended");
        const client = await mine.connect();
        if (!isIn) await client.request("room.join", { invite: theirs.invite });
        isIn = true;
        return client;
      },
      startDemo: async () => (await friend).invite,
    });
  } finally {
    const started = await Promise.allSettled([guest, friend]);
    await Promise.all(started.map((one) => (one.status === "fulfilled" ? one.value.close() : null)));
    restoreConsole();
    talk("That was the demo; nothing of it is left. keet-tui starts your own.");
  }
}
