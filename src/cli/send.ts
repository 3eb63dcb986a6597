import { randomBytes } from "node:crypto";
import { KeetError } from "../errors.js";
import type { MessageInfo, ParamsOf } from "../rpc/methods.js";
import { defineCliCommand } from "./define.js";
import { durationMs, sayDuration } from "./duration.js";
import { findMessage, WRITER_OPTION } from "./find-message.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { mentionsOf } from "./mentions.js";
import { messageText } from "./message-text.js";
import { type OneShot, shellWord } from "./one-shot.js";
import { printJson, talk } from "./output.js";
import { messageJson } from "./shapes.js";

const STORE_WAIT = "20s";
const MAX_WAIT_MS = 86_400_000;
const MAX_RESTARTS = 3;

export const send = defineCliCommand({
  path: ["send"],
  summary: "Write to a room; waits until it is stored",
  details:
    "The words are sent as they are, with one space between. Without any, standard input is one message (a last line end is dropped).",
  positionals: [ROOM_ARGUMENT, { name: "text", describe: "What to say", optional: true, rest: true }],
  options: {
    wait: {
      type: "text",
      describe: "Until it is stored here, or until a member has it",
      choices: ["stored", "delivered"],
    },
    timeout: { type: "text", describe: `How long to wait (stored: ${STORE_WAIT}; delivered: 1d)` },
    reply: { type: "text", describe: "Id of the message this answers, or its first 4 or more digits" },
    writer: WRITER_OPTION,
    id: { type: "text", describe: "32 hex digits that name the message: the same again is sent once" },
  },
  examples: [
    ['keet-tui send tea "the kettle is on"', "one message"],
    ['keet-tui send tea "- milk"', "text may begin with a hyphen and a space"],
    ["keet-tui send tea -- -x means off", "after -- nothing is an option"],
    ["keet-tui send tea --reply 3f9a yes, please", "an answer; tail --json and message show print ids"],
    ["git log -1 | keet-tui send dev", "standard input, whole"],
  ],
  async run(shot, args) {
    const words = args.words("text");
    const id = messageId(args.option("id"));
    const wait = args.option("wait") ?? "stored";
    const given = args.option("timeout");
    const timeoutMs = given === null ? null : durationMs(given, "--timeout", { maxMs: MAX_WAIT_MS });
    const text = await messageText(shot, words);
    const core = await shot.person();
    const room = await findRoom(core, args.text("room"));
    const reply = args.option("reply");
    const answered = reply === null ? null : await findMessage(core, room.id, reply, args.option("writer"));
    const again = [
      `send ${shellWord(args.text("room"))} --id ${id}`,
      answered ? ` --reply ${answered.id} --writer ${answered.writer}` : "",
      words.length > 0 ? ` -- ${words.map(shellWord).join(" ")}` : " < the same text",
    ];
    const repeat = shot.commandLine(again.join(""));
    const waitStoredMs = timeoutMs ?? durationMs(STORE_WAIT, "--timeout", { maxMs: MAX_WAIT_MS });
    const params = {
      room: room.id,
      text,
      id,
      ...(answered ? { replyTo: answered.id, replyWriter: answered.writer } : {}),
      ...(await mentionsOf(core, room.id, text)),
    };
    let message = await post(shot, params, waitStoredMs, repeat);
    if (wait === "delivered") message = await delivered(shot, message, timeoutMs ?? MAX_WAIT_MS);
    if (shot.globals.json) printJson(messageJson(message));
    else if (message.state === "pending") talk("Kept on this disk; it goes out as soon as the room is ready.");
    return 0;
  },
});

function messageId(given: string | null): string {
  if (given === null) return randomBytes(16).toString("hex");
  if (/^[0-9a-f]{32}$/.test(given)) return given;
  throw new KeetError("user", "USAGE", "--id takes 32 hex digits, in small letters");
}

/**
 * The id makes repeating harmless, so a core that stopped meanwhile is simply asked again.
 * @throws what the core throws; where it is unclear whether it was stored, with the id and how to repeat
 */
async function post(
  shot: OneShot,
  params: ParamsOf<"message.send"> & { id: string },
  timeoutMs: number,
  repeat: string,
): Promise<MessageInfo> {
  const deadline = performance.now() + timeoutMs;
  for (let restarts = 0; ; restarts += 1) {
    try {
      const left = Math.max(1, Math.round(deadline - performance.now()));
      return await (await shot.core()).request("message.send", params, { timeoutMs: left });
    } catch (error) {
      if (!(error instanceof KeetError)) throw error;
      if (error.code === "CORE_GONE" && restarts < MAX_RESTARTS && performance.now() < deadline) continue;
      if (error.code !== "CORE_GONE" && error.code !== "TIMED_OUT") throw error;
      throw new KeetError("peer", "TIMED_OUT", `No answer within ${sayDuration(timeoutMs)}: it may be stored or not`, {
        hint: `Its id is ${params.id}. Repeated with it, it is sent once: ${repeat}`,
        data: { id: params.id, room: params.room, repeat },
        cause: error,
      });
    }
  }
}

async function delivered(shot: OneShot, message: MessageInfo, waitMs: number): Promise<MessageInfo> {
  const core = await shot.core();
  try {
    const asked = { room: message.room, id: message.id, state: "delivered", waitMs } as const;
    return await core.request("message.wait", asked, { timeoutMs: waitMs + 5_000 });
  } catch (error) {
    if (!(error instanceof KeetError) || (error.code !== "TIMED_OUT" && error.code !== "CORE_GONE")) throw error;
    throw new KeetError("peer", "TIMED_OUT", "Nobody has it yet", {
      hint: `It is stored (id ${message.id}) and goes out when somebody of the room appears. No need to send it again.`,
      data: { id: message.id, room: message.room },
      cause: error,
    });
  }
}
