/** The first row: which room, what it is about, who is here; and what is not well, where one looks first. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { NetworkView, RoomView } from "../state/model.js";
import { type Cells, type Span, spaces } from "../state/rows.js";

export interface TitleFacts {
  readonly room: RoomView | null;
  readonly network: NetworkView | null;
  readonly columns: number;
  readonly isNarrow: boolean;
  /** Messages in the other rooms, shown where there is no list. */
  readonly unreadElsewhere: number;
  readonly cells: Cells;
}

export function titleRow({ room, network, columns, isNarrow, unreadElsewhere, cells }: TitleFacts): Span[] {
  if (!room) return [{ text: cells.pad(plainText(" keet-tui"), columns), bold: true }];
  const presence = presenceOf(room, network, isNarrow);
  const end = isNarrow ? safe`${unreadElsewhere > 0 ? `  ${unreadElsewhere}` : ""} ` : plainText("   ? ");
  const right = cells.width(presence.text) + cells.width(end);
  const name = cells.cut(safe`${isNarrow ? "‹" : ""} ${room.name}`, Math.max(8, columns - right - 2));
  const topicColumns = columns - cells.width(name) - right - 3;
  const topic = topicColumns > 8 ? cells.cut(room.topic, topicColumns) : plainText("");
  const gap = columns - cells.width(name) - 2 - cells.width(topic) - right;
  if (gap < 0) return [{ text: cells.pad(name, columns), bold: true }];
  return [
    { text: name, bold: true },
    { text: spaces(2) },
    { text: topic, tone: "dim" },
    { text: spaces(gap) },
    presence,
    { text: end, tone: isNarrow ? "accent" : "dim" },
  ];
}

function presenceOf(room: RoomView, network: NetworkView | null, isNarrow: boolean): Span {
  if (room.state === "joining") return { text: plainText("joining"), tone: "warning" };
  if (room.state === "stopped") return { text: plainText("stopped"), tone: "bad" };
  const isAlone = room.peers === 0;
  if (isAlone && network?.state === "offline") {
    return {
      text: isNarrow
        ? plainText("offline · messages are kept")
        : plainText("offline · messages are kept and go out when someone appears"),
      tone: "warning",
    };
  }
  if (isAlone) {
    if (room.members <= 1) return { text: plainText("only you so far · /invite"), tone: "dim" };
    return {
      text: isNarrow ? plainText("nobody here yet") : plainText("nobody here yet · your messages wait for them"),
      tone: "dim",
    };
  }
  const here = hereOf(room);
  if (network?.state === "lan" && !isNarrow) return { text: safe`this network only · ${here}`, tone: "dim" };
  return { text: here, tone: "dim" };
}

/** Oneself counts. */
function hereOf(room: RoomView): SafeText {
  return safe`${room.peers + 1} here`;
}

/** The row under the title while history is not all here; null while it is. */
export function historyRow(room: RoomView | null, columns: number, cells: Cells): Span[] | null {
  if (!room) return null;
  if (room.state === "joining") {
    const text = room.reason ?? plainText("waiting for somebody of that room to let you in");
    return [{ text: cells.pad(text, columns), tone: "warning" }];
  }
  if (room.state === "stopped") {
    const text = safe`This room stopped: ${room.reason ?? "unknown"}. Other rooms are fine.`;
    return [{ text: cells.pad(text, columns), tone: "bad" }];
  }
  if (room.fetched !== null) {
    const text = safe`fetching history  ${Math.floor(room.fetched * 100)} %`;
    return [{ text: cells.pad(text, columns), tone: "warning" }];
  }
  if (room.behind > 0) {
    const text = safe`${room.behind} ${room.behind === 1 ? "message" : "messages"} behind · catching up`;
    return [{ text: cells.pad(text, columns), tone: "warning" }];
  }
  return null;
}
