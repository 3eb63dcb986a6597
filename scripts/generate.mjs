// Writes the pages that come from tables; --check says which are stale instead.
// A page more is a line more in PAGES.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { manPage } from "./generate-man.mjs";
import { renderOps } from "./generate-ops.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");

const CLI_TABLES = ["src/cli/commands.ts", "src/cli/globals.ts", "src/cli/usage.ts", "src/cli/surroundings.ts"];

const htmlComment = (text) => `<!-- ${text} -->\n`;
const roffComment = (text) => `.\\" ${text}`;

/** `from` are modules with the tables; `render` gets what they export, together, and gives the page below its first line. */
const PAGES = [
  { page: "docs/rpc.md", from: ["src/rpc/methods.ts"], render: rpcPage },
  { page: "docs/command-line.md", from: CLI_TABLES, render: cliPage },
  { page: "docs/keet-tui.1", from: CLI_TABLES, render: manPage, comment: roffComment },
  {
    page: "docs/commands.md",
    from: ["src/commands/index.ts", "src/commands/define.ts", "src/line/commands.ts"],
    render: commandsPage,
  },
  { page: "docs/keys.md", from: ["src/keys.ts"], render: keysPage },
];

const stale = [];
for (const { page, from, render, comment = htmlComment } of PAGES) {
  const tables = Object.assign({}, ...(await Promise.all(from.map(load))));
  const marker = comment(`Made by \`npm run generate\` from ${from.join(", ")}; do not edit.`);
  await put(page, `${marker}\n${render(tables).trim()}\n`);
}
// The ops, their codecs and docs/ops.md.
for (const [path, text] of await renderOps()) await put(path, text);
if (stale.length > 0) {
  console.error(`Stale: ${stale.join(", ")}. Run: npm run generate`);
  process.exitCode = 1;
}

async function put(file, text) {
  const path = join(root, file);
  const before = await readFile(path, "utf8").catch(() => null);
  if (before === text) return;
  if (process.argv.includes("--check")) stale.push(file);
  else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    console.log(`wrote ${file}`);
  }
}

/** Compiled where packages are found from, and taken away again. */
async function load(path) {
  const outfile = join(root, "node_modules/.cache/keet-tui", `${path.replaceAll("/", "-")}-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [path],
    outfile,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node22",
    logLevel: "error",
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile, { force: true });
  }
}

function table(head, rows) {
  const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

function rpcPage({ METHODS, WIRE_VERSION, MAX_LINE_BYTES }) {
  const methods = Object.entries(METHODS).map(([name, { summary, params, gives }]) => {
    const rows = Object.entries(params).map(([field, { label, optional }]) => [
      `\`${field}\``,
      label,
      optional ? "no" : "yes",
    ]);
    const fields = rows.length > 0 ? `\n\n${table(["parameter", "what", "required"], rows)}` : "";
    return `### ${name}\n\n${summary}. Gives: ${gives}.${fields}`;
  });
  return `# Requests to the core

JSON-RPC 2.0, one object a line (at most ${MAX_LINE_BYTES / 1024 / 1024} MiB), over the profile's Unix socket or \`keet-tui rpc\`. Wire version ${WIRE_VERSION}.

The first line comes from the core: \`{"jsonrpc":"2.0","method":"ready","params":{"version","wire","profile","run"}}\`.
After \`attach\` it also tells by itself: \`{"jsonrpc":"2.0","method":"event","params":{"run","seq","event"}}\`. Whoever comes back
hands the last \`run\` and \`seq\` to \`attach\` and gets what was missed, or null: then everything is to be read anew.
The client that is in a call hears its sound: \`{"jsonrpc":"2.0","method":"sound","params":{"room","from","packet"}}\`, one packet of base64 a line.

\`\`\`
→ {"jsonrpc":"2.0","id":1,"method":"room.list","params":{}}
← {"jsonrpc":"2.0","id":1,"result":[{"id":"…","name":"tea"}]}
→ {"jsonrpc":"2.0","id":2,"method":"room.show","params":{"room":"te"}}
← {"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"…","data":{"family":"user","code":"NO_SUCH_ROOM","message":"…","hint":"…","data":{}}}}
\`\`\`

Match on \`error.data.code\`. \`status\` and \`stop\` keep their shape in every version. Text is exactly as it was sent (names of files: as they are written to a disk): make it
harmless before a terminal sees it. A \`room\` is an id, the first 8 or more characters of one, or an exact name.

## Methods

${methods.join("\n\n")}`;
}

function cliPage(tables) {
  const { COMMANDS, GLOBAL_OPTIONS, EXIT_CODES, ABOUT, ENVIRONMENT, FILES, WHERE_FILES_ARE } = tables;
  const { usageOf, valueUsage, optionMeaning } = tables;
  const coded = (rows) => rows.map(([name, what]) => [`\`${name}\``, what]);
  const options = (specs) =>
    table(
      ["option", "what"],
      Object.entries(specs)
        .filter(([, spec]) => !spec.hidden)
        .map(([name, spec]) => {
          const alias = spec.alias ? `\`-${spec.alias}\`, ` : "";
          return [`${alias}\`${`--${name} ${valueUsage(spec)}`.trim()}\``, optionMeaning(spec)];
        }),
    );
  const commands = COMMANDS.map((command) => {
    const parts = [`## ${command.path.join(" ")}`, `\`${usageOf(command)}\``, `${command.summary}.`];
    if (command.details) parts.push(command.details);
    if (command.positionals?.length) {
      parts.push(
        table(
          ["argument", "what"],
          command.positionals.map(({ name, describe }) => [`\`${name}\``, describe]),
        ),
      );
    }
    if (Object.values(command.options ?? {}).some((spec) => !spec.hidden)) parts.push(options(command.options));
    const width = Math.max(...command.examples.map(([line]) => line.length));
    const examples = command.examples.map(([line, what]) => `${line.padEnd(width)}   # ${what}`);
    parts.push(`\`\`\`sh\n${examples.join("\n")}\n\`\`\``);
    return parts.join("\n\n");
  });
  return `# The command line

${ABOUT.join("\n\n")}

${table(["exit code", "means"], EXIT_CODES)}

## Options of every command

${options(GLOBAL_OPTIONS)}

${commands.join("\n\n")}

## Environment

${table(["variable", "what"], coded(ENVIRONMENT))}

## Files

${WHERE_FILES_ARE}

${table(["file", "what"], coded(FILES))}`;
}

function commandsPage({ COMMANDS, GROUPS, OWN_COMMANDS, usageOf }) {
  const tableOf = (commands) => {
    const rows = commands.map((command) => [
      `\`${usageOf(command)}\``,
      command.details ? `${command.summary}. ${command.details}` : command.summary,
      (command.aliases ?? []).map((alias) => `\`/${alias}\``).join(" "),
    ]);
    return table(["command", "what", "also"], rows);
  };
  const groups = GROUPS.map((group) => [group, COMMANDS.filter((command) => command.group === group)])
    .filter(([, commands]) => commands.length > 0)
    .map(([group, commands]) => `## ${group[0].toUpperCase()}${group.slice(1)}\n\n${tableOf(commands)}`);
  const numbered = COMMANDS.filter(({ takesMessage }) => takesMessage).map(({ name }) => `\`/${name}\``);
  return `# Commands

Typed in the screen. A line is a command if its first word is one slash and a name, alone on its line, in any case; \`//text\` sends
\`/text\`. What a refused command said stays on the line. Arguments in square brackets may be left out; a name with spaces that is not the last
word goes in double quotes. Tab completes.

${groups.join("\n\n")}

## In line mode alone

All of the above work in [line mode](plain.md) too. There \`#3\` directly behind ${numbered.slice(0, -1).join(", ")} or ${numbered.at(-1)} names
the message that was read with that number.

${tableOf(OWN_COMMANDS)}`;
}

function keysPage({ KEYS, shownKey, shownKeys }) {
  const keysOf = (binding) => {
    if (binding.id === "room-number") return shownKeys(binding);
    return binding.keys.map((key) => (key.length === 1 ? key : shownKey(key))).join(", ");
  };
  const titles = {
    everywhere: "Anywhere",
    start: "On the page without rooms, as the first key",
    talk: "In a room",
    empty: "On an empty line",
    composer: "While writing",
    ringing: "While somebody calls and the line is empty",
    selection: "On a selected message",
    overlay: "On whatever lies over the talk",
    list: "In a list over the talk",
    search: "In a search",
    page: "On a page over the talk",
    invite: "On an invite",
    words: "On your words",
    question: "At a question",
  };
  const places = [...new Set(KEYS.map(({ where }) => where))].map((place) => {
    const rows = KEYS.filter(({ where }) => where === place).map((binding) => [
      keysOf(binding),
      binding.help,
      binding.also ?? "",
    ]);
    return `## ${titles[place] ?? place}\n\n${table(["keys", "what", "where they do not arrive"], rows)}`;
  });
  return `# Keys

A key held with Alt that carries a character of its own (AltGr, Option on a Mac) is that character. Everything that has only an Alt or
function key has another way, named in the last column.

${places.join("\n\n")}`;
}
