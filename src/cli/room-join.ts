import { KeetError } from "../errors.js";
import { defineCliCommand } from "./define.js";
import { durationMs, sayDuration } from "./duration.js";
import type { OneShot } from "./one-shot.js";
import { printJson, printLine, talk } from "./output.js";
import { ask, readAll } from "./read-stdin.js";
import { roomJson } from "./shapes.js";

const MAX_INVITE_BYTES = 4 * 1024;
const MAX_WAIT_MS = 86_400_000;
const DEFAULT_WAIT = "10m";
const MAX_RESTARTS = 5;

export const roomJoin = defineCliCommand({
  path: ["room", "join"],
  summary: "Join by invite; prints the room's id when in",
  details: "Without an argument the invite is read from standard input, so that it stays out of the shell's history.",
  positionals: [{ name: "invite", describe: "keet-tui://join/…", optional: true }],
  options: {
    timeout: { type: "text", describe: "How long to wait for somebody who lets you in", default: DEFAULT_WAIT },
  },
  examples: [
    ["keet-tui room join", "asks for the invite"],
    ["keet-tui room join < invite.txt", "from a file"],
  ],
  async run(shot, args) {
    const waitMs = durationMs(args.option("timeout") ?? DEFAULT_WAIT, "--timeout", { maxMs: MAX_WAIT_MS });
    const invite = (args.optionalText("invite") ?? (await askForInvite(shot))).trim();
    if (invite === "") throw new KeetError("user", "USAGE", "There is no invite in what was given");
    const room = await join(shot, invite, waitMs);
    if (shot.globals.json) printJson(roomJson(room));
    else {
      printLine(room.id);
      talk(`You are in "${room.name}" with ${room.members === 1 ? "nobody else yet" : `${room.members - 1} more`}.`);
    }
    return 0;
  },
});

async function askForInvite(shot: OneShot): Promise<string> {
  if (!process.stdin.isTTY) {
    return readAll("The invite", MAX_INVITE_BYTES, "An invite is one line of about 110 characters.");
  }
  if (!shot.globals.input) throw new KeetError("user", "USAGE", "room join needs an invite");
  return ask("Invite: ");
}

/** Asking twice is the same joining: a core that stopped meanwhile is asked again. */
async function join(shot: OneShot, invite: string, waitMs: number) {
  const deadline = performance.now() + waitMs;
  for (let restarts = 0; ; restarts += 1) {
    const core = await shot.person();
    const undo = sayForWhom(core);
    try {
      const left = Math.max(1, Math.round(deadline - performance.now()));
      return await core.request("room.join", { invite, waitMs: left }, { timeoutMs: left + 10_000 });
    } catch (error) {
      if (!(error instanceof KeetError)) throw error;
      if (error.code === "CORE_GONE" && restarts < MAX_RESTARTS && performance.now() < deadline) continue;
      if (error.code !== "TIMED_OUT") throw error;
      throw new KeetError("peer", "TIMED_OUT", `Nobody let you in within ${sayDuration(waitMs)}`, {
        hint: "Somebody of the room has to be running keet-tui. Run the same again to go on waiting: it is one joining.",
        cause: error,
      });
    } finally {
      undo();
    }
  }
}

function sayForWhom(core: Awaited<ReturnType<OneShot["core"]>>): () => void {
  let said = "";
  const say = (words: string) => {
    if (words !== said) talk(words);
    said = words;
  };
  const undo = core.onEvent((event) => {
    if (event.type === "room" && event.room.state === "joining" && event.room.reason) say(event.room.reason);
  });
  const timer = setTimeout(() => {
    if (said === "") say("Waiting for somebody of the room to let you in. Ctrl-C leaves; the same again goes on.");
  }, 1_500);
  void core.attach().catch(() => {});
  return () => {
    undo();
    clearTimeout(timer);
  };
}
