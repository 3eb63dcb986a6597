import { KeetError } from "../errors.js";
import type { IdentityInfo } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import { loginName, type OneShot } from "./one-shot.js";
import { printJson, printRaw, printTable, talk } from "./output.js";
import { ask, readAll } from "./read-stdin.js";

const MAX_WORDS_BYTES = 1_024;
const WORDS = 24;

function identityJson({ id, name, fingerprint, device }: IdentityInfo) {
  return { id, name, fingerprint, device };
}

async function show(shot: OneShot, identity: IdentityInfo): Promise<void> {
  if (shot.globals.json) printJson(identityJson(identity));
  else {
    await printTable([
      ["name", identity.name],
      ["id", identity.id],
      ["fingerprint", identity.fingerprint],
      ["device", identity.device],
    ]);
  }
}

function noIdentity(shot: OneShot): KeetError {
  return new KeetError("user", "NO_IDENTITY", "This profile has no identity yet", {
    hint: `Make one by using it, for example: ${shot.commandLine("room create tea")}`,
  });
}

export const identityShow = defineCliCommand({
  path: ["identity", "show"],
  summary: "Who this profile is",
  examples: [["keet-tui identity show", "name, id, and the fingerprint to read to each other"]],
  async run(shot) {
    const identity = await (await shot.core()).request("identity.show", {});
    if (!identity) throw noIdentity(shot);
    await show(shot, identity);
    return 0;
  },
});

export const identityWords = defineCliCommand({
  path: ["identity", "words"],
  summary: "The 24 recovery words",
  details:
    "Anyone who has them can be you: on paper, not in a file. Without a terminal they are printed only when forced.",
  options: { "force-stdout": { type: "flag", describe: "Print them even where no terminal shows them" } },
  examples: [["keet-tui identity words", "write them down"]],
  async run(shot, args) {
    if (!process.stdout.isTTY && !args.flag("force-stdout")) {
      throw new KeetError("user", "USAGE", "The words are shown on a terminal only", {
        hint: "To print them into a file or pipe all the same: --force-stdout",
      });
    }
    const core = await shot.core();
    if (!(await core.request("identity.show", {}))) throw noIdentity(shot);
    const { words } = await core.request("identity.words", {});
    if (shot.globals.json) printJson({ words });
    else if (process.stdout.isTTY) printRaw(inColumns(words));
    else printRaw(`${words.join(" ")}\n`);
    if (process.stdout.isTTY) talk("These words are you. On paper, not in a file. Anyone who has them can be you.");
    return 0;
  },
});

/** Numbered, in four columns, read downwards. */
function inColumns(words: readonly string[]): string {
  const rows = Math.ceil(words.length / 4);
  const lines = Array.from({ length: rows }, (_, row) =>
    [0, 1, 2, 3]
      .map((column) => column * rows + row)
      .map((at) => `${String(at + 1).padStart(2)} ${(words[at] ?? "").padEnd(12)}`)
      .join("")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

export const identityRestore = defineCliCommand({
  path: ["identity", "restore"],
  summary: "Make this profile a new device of the person whose words these are",
  details: "The words are asked for, or read from standard input; never from the command line, which others can see.",
  options: { name: { type: "text", describe: "What people see (default: the login name)" } },
  examples: [["keet-tui identity restore", "asks for the 24 words, showing nothing"]],
  async run(shot, args) {
    const words = (await wordsFrom(shot)).trim().toLowerCase().split(/\s+/);
    if (words.length !== WORDS) {
      throw new KeetError("user", "USAGE", `Recovery words are ${WORDS}; these are ${words.length}`);
    }
    const core = await shot.core();
    const name = args.option("name") ?? loginName();
    await show(shot, await core.request("identity.restore", { words: words.join(" "), name }));
    return 0;
  },
});

async function wordsFrom(shot: OneShot): Promise<string> {
  if (!process.stdin.isTTY) return readAll("What came in", MAX_WORDS_BYTES, `${WORDS} words are asked for.`);
  if (!shot.globals.input) throw new KeetError("user", "USAGE", "identity restore needs the words on standard input");
  return ask(`The ${WORDS} words, with spaces between (nothing is shown): `, { isSecret: true });
}

export const identityRename = defineCliCommand({
  path: ["identity", "rename"],
  summary: "Change the name people see",
  positionals: [{ name: "name", describe: "Up to 64 bytes" }],
  examples: [["keet-tui identity rename maya", "in every room"]],
  async run(shot, args) {
    const core = await shot.core();
    const name = args.text("name");
    const isNew = (await core.request("identity.show", {})) === null;
    await show(shot, await core.request(isNew ? "identity.create" : "identity.rename", { name }));
    return 0;
  },
});
