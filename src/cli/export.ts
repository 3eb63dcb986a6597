import { createWriteStream } from "node:fs";
import { extname } from "node:path";
import { EXIT, KeetError } from "../errors.js";
import { EXPORT_FORMATS, type ExportFormat, exportRoom } from "../export/export-room.js";
import { RoomPages } from "../export/room-pages.js";
import { tagsOf } from "../export/words.js";
import type { ParamsOf } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import type { OneShot } from "./one-shot.js";
import { talk } from "./output.js";

const MAX_RESTARTS = 3;
const PROGRESS_MS = 200;

export const exportCommand = defineCliCommand({
  path: ["export"],
  summary: "Write a room's whole talk out: text, Markdown or JSON",
  details:
    "JSON is one list of messages, one a line, every text as it was sent, also of people you blocked; text and Markdown are for reading. What is on no device that is here now is left out: then it says how much, and exits 1 with the rest written.",
  positionals: [ROOM_ARGUMENT],
  options: {
    format: { type: "text", describe: "In which form", choices: EXPORT_FORMATS, default: "as --output ends, else txt" },
    output: {
      type: "text",
      alias: "o",
      describe: "Into this file, which must not be there yet (default: standard output)",
    },
  },
  examples: [
    ["keet-tui export tea | less", "to read"],
    ["keet-tui export tea -o tea.md", "the format by the name"],
    ["keet-tui export tea --json | jq '.[].text'", "for a program"],
  ],
  async run(shot, args) {
    const output = args.option("output");
    const format = formatOf(args.option("format"), output, shot.globals.json);
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const tags = tagsOf(await core.request("room.members", { room: room.id }));
    const pages = new RoomPages((ask) => readRows(shot, { room: room.id, ...ask }));
    const progress = showProgress(pages);
    const sink = output === null ? standardOutput() : await fileSink(output);
    try {
      for await (const text of exportRoom(pages, { format, room, tags })) await sink.write(text);
      await sink.end();
    } catch (error) {
      if (output !== null) talk(`${pages.given} messages are in ${output}; the rest is not.`);
      throw error;
    } finally {
      progress.end();
    }
    if (pages.missing === 0) {
      if (output !== null) talk(`${count(pages.given)} in ${output}.`);
      return EXIT.ok;
    }
    talk(
      `${count(pages.missing)} of ${pages.total} could not be read: nobody who has them is here now. The other ${pages.given} are written. ` +
        "Run the same again when more people are here.",
    );
    return EXIT.failed;
  },
});

function count(messages: number): string {
  return messages === 1 ? "1 message" : `${messages} messages`;
}

/** @throws USAGE */
function formatOf(asked: string | null, output: string | null, isJson: boolean): ExportFormat {
  if (isJson && asked !== null && asked !== "json") {
    throw new KeetError("user", "USAGE", `--json and --format ${asked} do not go together`, {
      hint: "Leave one of them out.",
    });
  }
  if (isJson) return "json";
  if (asked !== null) return asked as ExportFormat;
  const ending = extname(output ?? "").slice(1);
  return EXPORT_FORMATS.find((format) => format === ending) ?? "txt";
}

/** Reading changes nothing, so a core that stopped meanwhile is asked again. */
async function readRows(shot: OneShot, ask: ParamsOf<"message.list">) {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await (await shot.core()).request("message.list", ask);
    } catch (error) {
      const isGone = error instanceof KeetError && error.code === "CORE_GONE";
      if (!isGone || restarts === MAX_RESTARTS) throw error;
    }
  }
}

interface Sink {
  /** Settles when there is room for more. */
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

/** A reader that has enough ends the program quietly, see output.ts. */
function standardOutput(): Sink {
  const { stdout } = process;
  return {
    async write(text) {
      if (!stdout.write(text)) await new Promise<void>((done) => stdout.once("drain", done));
    },
    async end() {},
  };
}

/** @throws FILE_EXISTS, CANNOT_WRITE */
async function fileSink(path: string): Promise<Sink> {
  const stream = createWriteStream(path, { flags: "wx", mode: 0o600 });
  let failure: NodeJS.ErrnoException | null = null;
  const failed = new Promise<never>((_, reject) => {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      failure = error;
      reject(cannotWrite(path, error));
    });
  });
  failed.catch(() => {});
  await Promise.race([failed, new Promise<void>((done) => stream.once("open", () => done()))]);
  return {
    async write(text) {
      if (failure) throw cannotWrite(path, failure);
      if (!stream.write(text)) await Promise.race([failed, new Promise<void>((done) => stream.once("drain", done))]);
    },
    end: () => Promise.race([failed, new Promise<void>((done) => stream.end(done))]),
  };
}

function cannotWrite(path: string, cause: NodeJS.ErrnoException): KeetError {
  if (cause.code === "EEXIST") {
    return new KeetError("user", "FILE_EXISTS", `${path} is there already, and nothing is written over`, {
      hint: "Name another file, or leave --output out and send standard output where you want it.",
      cause,
    });
  }
  return new KeetError("user", "CANNOT_WRITE", `${path} cannot be written (${cause.code})`, {
    hint: "Check that the folder is there, is yours, and has room.",
    cause,
  });
}

/** On a terminal that does not show the talk itself, how far it is; gone when it ends. */
function showProgress(pages: RoomPages): { end(): void } {
  if (!process.stderr.isTTY || process.stdout.isTTY) return { end() {} };
  const timer = setInterval(() => {
    process.stderr.write(`\r\x1b[K${pages.given} of ${pages.total} messages`);
  }, PROGRESS_MS);
  return {
    end() {
      clearInterval(timer);
      process.stderr.write("\r\x1b[K");
    },
  };
}
