/**
 * The way in. A bare `keet-tui [invite]` goes to the screen with as little loaded as can be;
 * all else goes to the subcommands, which bring yargs along.
 */
import { join } from "node:path";
import { privateFolder, program, resolvePaths } from "../config.js";
import { EXIT, exitCodeOf } from "../errors.js";
import { type Log, type LogLevel, openLog, redirectConsole, silentLog } from "../log.js";
import type { Globals } from "./define.js";
import { GLOBAL_OPTIONS, globalsFrom } from "./globals.js";
import { endQuietlyWhenUnread, flushed, printError } from "./output.js";

const EXPLANATION = `keet-tui is a chat for terminals, and this output is none. What works here:
  keet-tui send <room> <text>     write; keet-tui tail <room> -f reads
  keet-tui room create <name>     make a room; keet-tui room invite <room> lets a friend in
  keet-tui demo                   a fixed talk with an echo friend, which checks this machine
  keet-tui --help                 everything else`;

export async function main(argv: readonly string[]): Promise<number> {
  // Before anything is opened: whatever a dependency makes is ours alone.
  process.umask(0o077);
  endQuietlyWhenUnread();
  const bare = bareStart(argv);
  let code: number;
  try {
    if (bare === null) code = await (await import("./program.js")).runProgram(argv);
    else if (bare.values.version) {
      process.stdout.write(`${program().version}\n`);
      code = EXIT.ok;
    } else code = await openScreen(globalsFrom(bare.values), bare.invite);
  } catch (error) {
    printError(error, argv.includes("--json"));
    code = exitCodeOf(error);
  }
  await flushed();
  return code;
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

async function openScreen(globals: Globals, invite: string | null): Promise<number> {
  if (globals.plain || process.env.TERM === "dumb") {
    process.stderr.write("keet-tui: line mode is not there yet. Use keet-tui send and keet-tui tail -f.\n");
    return EXIT.usage;
  }
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    process.stderr.write(`${EXPLANATION}\n`);
    return EXIT.usage;
  }
  const paths = resolvePaths({ home: globals.home, profile: globals.profile });
  privateFolder(paths.data);
  const log = screenLog(join(paths.data, "screen.log"), globals.logLevel ?? "info");
  // A dependency that prints would tear the screen.
  const restoreConsole = redirectConsole(log);
  try {
    const [{ openCoreFor }, { runScreen }, { DemoRoom }] = await Promise.all([
      import("./connect.js"),
      import("../components/main.js"),
      import("../demo/friend.js"),
    ]);
    const connect = openCoreFor(paths, globals);
    const demo = new DemoRoom(globals, connect);
    try {
      return await runScreen({ profile: paths.profile, paths, invite, globals, connect, startDemo: demo.start });
    } finally {
      await demo.close();
    }
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
