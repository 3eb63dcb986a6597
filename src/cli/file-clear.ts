import { filesOf, sizeOf } from "../amounts.js";
import type { RpcClient } from "../rpc/client.js";
import type { MessageInfo, RoomInfo, TransferInfo } from "../rpc/methods.js";
import { confirm, YES_OPTION } from "./confirm.js";
import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, talk } from "./output.js";

const PAGE = 200;

interface Unfinished {
  readonly message: MessageInfo;
  readonly transfer: TransferInfo;
}

export const fileClear = defineCliCommand({
  path: ["file", "clear"],
  summary: "Forget downloads that failed or wait, and give back their room on the disk",
  details:
    "Whole files, what comes just now and what is shared from here are never touched. One that nobody here has is left " +
    "too, as its blocks may be nowhere else; --all takes those and what comes just now.",
  positionals: [{ ...ROOM_ARGUMENT, optional: true, describe: "Only of this room" }],
  options: { yes: YES_OPTION, all: { type: "flag", describe: "All that is not whole" } },
  examples: [["keet-tui file clear", "of all rooms, after a question"]],
  async run(shot, args) {
    const core = await shot.person();
    const said = args.optionalText("room");
    const rooms = said === null ? await core.request("room.list", {}) : [await findRoom(core, said)];
    const unfinished = (await Promise.all(rooms.map((room) => unfinishedIn(core, room)))).flat();
    const cleared = unfinished.filter(({ transfer }) => args.flag("all") || isToClear(transfer));
    const say = shot.globals.json ? () => {} : talk;
    for (const one of unfinished) if (!cleared.includes(one)) say(`left alone: ${lineOf(one)}`);
    if (cleared.length === 0) say("There is nothing to clear.");
    else if (!args.flag("yes")) {
      for (const one of cleared) talk(lineOf(one));
      await confirm(
        shot,
        `${filesOf(cleared.length)} that ${cleared.length === 1 ? "is" : "are"} not whole.`,
        "Forget?",
      );
    }
    for (const { message } of cleared) {
      const { room, id, writer } = message;
      await core.request("file.cancel", { room, id, writer });
    }
    const bytes = cleared.reduce((sum, { transfer }) => sum + transfer.bytes, 0);
    if (shot.globals.json) printJson({ files: cleared.map(({ message }) => message.id), bytes });
    else if (cleared.length > 0) say(`Gone: ${filesOf(cleared.length)}, ${sizeOf(bytes)} of the disk.`);
    return 0;
  },
});

async function unfinishedIn(core: RpcClient, { id: room, state }: RoomInfo): Promise<Unfinished[]> {
  if (state !== "open") return [];
  const found: Unfinished[] = [];
  for (let before: number | null = null; ; ) {
    const asked = { room, limit: PAGE, ...(before === null ? {} : { before }) };
    const page: readonly MessageInfo[] = await core.request("file.list", asked);
    for (const message of page) {
      const transfer = message.file?.transfer;
      if (transfer && !message.mine && isUnfinished(transfer)) found.push({ message, transfer });
    }
    const last = page.at(-1)?.position;
    if (page.length < PAGE || last == null) return found;
    before = last;
  }
}

/** One that failed after it was put in its place has a path: that file is the person's. */
function isUnfinished({ state, path }: TransferInfo): boolean {
  return path === null && state !== "here" && state !== "shared" && state !== "reading";
}

function isToClear({ state, sources }: TransferInfo): boolean {
  return state === "failed" || (state === "paused" && sources > 0);
}

function lineOf({ message, transfer }: Unfinished): string {
  const { bytes, of, reason, state } = transfer;
  return `${message.file?.name ?? ""}: ${sizeOf(bytes)} of ${sizeOf(of)}, ${reason ?? (state === "fetching" ? "on its way" : state)}`;
}
