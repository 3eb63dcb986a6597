/**
 * The way in. A bare `keet-tui [invite]` goes to the screen with as little loaded as can be;
 * all else goes to the subcommands, which bring yargs along.
 */
import { join } from "node:path";
import { type Paths, privateFolder, program, resolvePaths } from "../config.js";
import { EXIT, exitCodeOf } from "../errors.js";
import { type Log, type LogLevel, openLog, redirectConsole, silentLog } from "../log.js";
import type { Globals } from "./define.js";
import { GLOBAL_OPTIONS, globalsFrom } from "./globals.js";
import { endQuietlyWhenUnread, flushed, printError } from "./output.js";

/** A signal that does not end this process at once was not meant to. */
const SIGNAL_MS = 1_000;

const EXPLANATION = `keet-tui is a chat for terminals, and this output is none. What works here:
  keet-tui send <room> <text>     write; keet-tui tail <room> -f reads
  keet-tui room create <name>     make a room; keet-tui room invite <room> lets a friend in
  keet-tui --plain                the whole client in lines, for pipes too: docs/plain.md
  keet-tui demo                   a fixed talk with an echo friend, which checks this machine
  keet-tui --help                 everything else`;

export async function main(argv: readonly string[]): Promise<number> {
  // Before anything is opened: whatever a dependency makes is ours alone.
  process.umask(0o077);
  const undoUnread = endQuietlyWhenUnread();
  const bare = bareStart(argv);
  let code: number;
  let signal: NodeJS.Signals | null = null;
  try {
    if (bare === null) code = await (await import("./program.js")).runProgram(argv);
    else if (bare.values.version) {
      process.stdout.write(`${program().version}\n`);
      code = EXIT.ok;
    } else {
      const globals = globalsFrom(bare.values);
      const why = whyLines(globals);
      if (why === null) code = await openScreen(globals, bare.invite);
      else {
        undoUnread();
        ({ code, signal } = await openLines(globals, bare.invite, why.reason));
      }
    }
  } catch (error) {
    printError(error, argv.includes("--json"));
    code = exitCodeOf(error);
  }
  await flushed();
  if (signal !== null) await endBy(signal);
  return code;
}

/** Whoever started this looks at what ended it: a shell ends its loop for a program that SIGINT has ended. */
async function endBy(signal: NodeJS.Signals): Promise<void> {
  if (process.platform === "win32") return;
  process.kill(process.pid, signal);
  await new Promise((done) => setTimeout(done, SIGNAL_MS));
}

interface BareStart {
  readonly values: Readonly<Record<string, string | true>>;
  readonly invite: string | null;
}

/** Only global options and at most one invite; null for everything else. */
function bareStart(argv: readonly string[]): BareStart | null {
  const values: Record<string, string | true> = {};
  let invite: string | null = null;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "-V") values.version = true;
    else if (/^keet-tui:\/\//i.test(word) && invite === null) invite = word;
    else {
      const [, name = "", value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
      const spec = Object.hasOwn(GLOBAL_OPTIONS, name) ? GLOBAL_OPTIONS[name] : undefined;
      if (!spec || name === "help") return null;
      if (spec.type === "flag") {
        if (value !== undefined) return null;
        values[name] = true;
      } else {
        const given = value ?? argv[++at];
        if (given === undefined) return null;
        values[name] = given;
      }
    }
  }
  return { values, invite };
}

/** Null for the screen. Where nobody asked for lines, why it is lines all the same. */
function whyLines(globals: Globals): { readonly reason: string | null } | null {
  if (globals.plain) return { reason: null };
  if (!isTerminal()) return null;
  if (process.env.TERM === "dumb") return { reason: "This terminal draws no screen (TERM=dumb), so this is line mode" };
  if (["", "0", "false"].includes(process.env.INK_SCREEN_READER ?? "")) return null;
  return { reason: "INK_SCREEN_READER is set, so this is line mode" };
}

function isTerminal(): boolean {
  return process.stdout.isTTY && process.stdin.isTTY;
}

async function openLines(globals: Globals, invite: string | null, reason: string | null) {
  return await withLog(globals, async (paths) => {
    const [{ openCoreFor }, { loginName }, { runLines }, { DemoRoom }, { soundDoor }] = await Promise.all([
      import("./connect.js"),
      import("./one-shot.js"),
      import("../line/main.js"),
      import("../demo/friend.js"),
      import("./sound-door.js"),
    ]);
    const doctor = () => laterFindings(paths);
    const connect = openCoreFor(paths, globals);
    const demo = new DemoRoom(globals, connect);
    try {
      const { input: mayAsk } = globals;
      const more = {
        defaultName: loginName,
        connect,
        startDemo: demo.start,
        doctor,
        sound: soundDoor(connect, paths.data),
      };
      return await runLines({ paths, invite, reason, mayAsk, ...more });
    } finally {
      await demo.close();
    }
  });
}

async function openScreen(globals: Globals, invite: string | null): Promise<number> {
  if (!isTerminal()) {
    process.stderr.write(`${EXPLANATION}\n`);
    return EXIT.usage;
  }
  return await withLog(globals, async (paths) => {
    const [{ openCoreFor }, { runScreen }, { DemoRoom }, { soundDoor }] = await Promise.all([
      import("./connect.js"),
      import("../components/main.js"),
      import("../demo/friend.js"),
      import("./sound-door.js"),
    ]);
    const connect = openCoreFor(paths, globals);
    const demo = new DemoRoom(globals, connect);
    try {
      const doctor = () => laterFindings(paths);
      return await runScreen({
        profile: paths.profile,
        paths,
        invite,
        globals,
        connect,
        startDemo: demo.start,
        doctor,
        sound: soundDoor(connect, paths.data),
      });
    } finally {
      await demo.close();
    }
  });
}

/** Loaded when somebody asks: the way to the first frame needs none of it. */
async function* laterFindings(paths: Paths) {
  const { findings } = await import("./findings.js");
  yield* findings(paths);
}

/** A dependency that prints would come between what is written here; it prints into the log of the front ends. */
async function withLog<T>(globals: Globals, open: (paths: Paths) => Promise<T>): Promise<T> {
  const paths = resolvePaths({ home: globals.home, profile: globals.profile });
  privateFolder(paths.data);
  const log = screenLog(join(paths.data, "screen.log"), globals.logLevel ?? "info");
  const restoreConsole = redirectConsole(log);
  try {
    return await open(paths);
  } catch (error) {
    log.error("the screen ended:", error);
    throw error;
  } finally {
    restoreConsole();
    log.close();
  }
}

/** A disk that takes no log is no reason to show nothing: what is wrong with it, the core says. */
function screenLog(path: string, level: LogLevel): Log {
  try {
    return openLog(path, { level });
  } catch {
    return silentLog;
  }
}
