import type { RoomDetail } from "../rpc/methods.js";
import { safeName } from "../safe-text.js";
import { defineCliCommand } from "./define.js";
import { findRoom, ROOM_ARGUMENT } from "./find-room.js";
import { printJson, printTable } from "./output.js";
import { mutedWords, rightsWords, seenWords, stateWords } from "./room-words.js";
import { roomDetailJson } from "./shapes.js";
import { asCommandLine } from "./slash-words.js";

export const roomShow = defineCliCommand({
  path: ["room", "show"],
  summary: "One room: who may do what, who has what, what it hangs on",
  positionals: [ROOM_ARGUMENT],
  examples: [
    ["keet-tui room show tea", "for people"],
    ["keet-tui room show tea --json", "everything that is known about it"],
  ],
  async run(shot, args) {
    const core = await shot.person();
    const { id } = await findRoom(core, args.text("room"));
    const room = await core.request("room.show", { room: id });
    if (shot.globals.json) printJson(roomDetailJson(room));
    else await printTable(rowsOf(room));
    return 0;
  },
});

function rowsOf(room: RoomDetail): string[][] {
  const rows: (readonly [string, string | null])[] = [
    ["name", room.name],
    ["id", room.id],
    ["topic", room.topic],
    ["kind", room.kind],
    ["with", room.with?.name ?? null],
    ["state", stateWords({ ...room, alarm: null }) || "open"],
    ["alarm", room.alarm && asCommandLine(room.alarm)],
    ["risk", room.risk && asCommandLine(room.risk)],
    ["you are", room.role],
    ["who may", rightsWords(room.rights)],
    ["members", `${room.members}, ${room.peers} here`],
    ["messages", `${room.length}, ${room.unread} unread`],
    ["missing", room.behind > 0 ? `${room.behind} blocks of others are known and not here` : null],
    ["history", room.fetched === null ? null : `${Math.floor(room.fetched * 100)} % is here`],
    ["muted", room.mutedUntil === null ? null : mutedWords(room)],
    ["favourite", room.favourite ? "yes" : null],
    ["archived", room.archived ? "yes" : null],
    ["made", room.createdAt],
    ["last", room.lastAt],
    ["goes on in", room.continuedBy],
    ["goes on from", room.continues],
    ...room.signers.map(
      (signer) =>
        ["signs", `${safeName(signer.person.name)}, ${signer.here ? "here" : seenWords(signer.seenAt)}`] as const,
    ),
    ...room.has.map(({ person, blocks, of }) => ["has", `${safeName(person.name)}: ${share(blocks, of)}`] as const),
    ...room.divergences.map(
      (found) =>
        [
          "two histories",
          `of ${safeName(found.person?.name ?? found.writer.slice(0, 16))} from block ${found.length} on, told by ${safeName(found.told.name)} at ${found.at}: ` +
            `${found.here.slice(0, 16)} here, ${found.there.slice(0, 16)} there`,
        ] as const,
    ),
    ...Object.entries(room.leftOut).map(([reason, times]) => ["left out", `${times}: ${reason}`] as const),
    ["signed", `${room.signedLength} of ${room.viewLength} blocks`],
    ["content", room.viewHash],
  ];
  return rows.flatMap(([name, value]) => (value === null || value === "" ? [] : [[name, value]]));
}

function share(blocks: number, of: number): string {
  return blocks >= of
    ? "all of it"
    : `${Math.floor((blocks / Math.max(1, of)) * 100)} %, ${of - blocks} blocks missing`;
}
