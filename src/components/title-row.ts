/** The first row: which room, what it is about, who is here; and what is not well, where one looks first. Pure. */
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { NetworkView, RoomCallView, RoomView } from "../state/model.js";
import { REMOVED, requestText } from "../state/room-words.js";
import { type Cells, type Span, spaces } from "../state/rows.js";

/** Narrower than this, the long words of a request would hide what answers it. */
const SHORT_COLUMNS = 56;

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
  if (room.state === "request") return { text: plainText("wants to talk to you"), tone: "warning" };
  if (room.state === "asked") return { text: plainText("not answered yet"), tone: "dim" };
  if (room.state === "removed") return { text: plainText("you were removed"), tone: "warning" };
  if (room.continuedBy !== null) return { text: plainText("goes on elsewhere"), tone: "dim" };
  const isAlone = room.peers === 0;
  if (isAlone && network?.state === "offline") {
    return {
      text: isNarrow
        ? plainText("offline · messages are kept")
        : plainText("offline · messages are kept and go out when someone appears"),
      tone: "warning",
    };
  }
  // For two there is nobody to count.
  if (room.kind === "direct" && room.with !== null) {
    if (!isAlone) return { text: plainText("● here"), tone: "accent" };
    return { text: isNarrow ? plainText("○ away") : plainText("○ away · your messages wait"), tone: "dim" };
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

/**
 * The row under the title, where something is to be done or to be waited for; null where all is well.
 * `successor`: the room that goes on from this one, where this person is in it.
 */
export function historyRow(
  room: RoomView | null,
  columns: number,
  cells: Cells,
  successor: RoomView | null = null,
  call: RoomCallView | null = null,
): Span[] | null {
  const said = room && statusOf(room, columns, successor, call);
  return said && [{ ...said, text: cells.pad(said.text, columns) }];
}

function statusOf(room: RoomView, columns: number, successor: RoomView | null, call: RoomCallView | null): Span | null {
  if (room.state === "joining") {
    const text = room.reason ?? plainText("waiting for somebody of that room to let you in");
    return { text, tone: "warning" };
  }
  if (room.state === "stopped") {
    const text = safe`This room stopped: ${withoutStop(room.reason ?? plainText("unknown"))}. Other rooms are fine.`;
    return { text: safe`${text} /room repair, or /export first.`, tone: "bad" };
  }
  if (room.state === "request") {
    const text = columns < SHORT_COLUMNS ? safe`${room.name} wants to talk` : requestText(room);
    return { text: safe`${withoutStop(text)} · /accept · /decline`, tone: "accent" };
  }
  if (room.state === "removed") return { text: REMOVED, tone: "warning" };
  if (room.alarm !== null) return { text: safe`/room: ${room.alarm}`, tone: "bad" };
  if (room.continuedBy !== null) return { text: successorText(successor), tone: "accent" };
  if (call && !call.isHere) return { text: callText(room, call, columns), tone: "accent" };
  if (room.state === "asked") {
    const text = safe`${room.name} hears of it when you are both online. What you write waits.`;
    return { text, tone: "dim" };
  }
  if (room.fetched !== null) {
    return { text: safe`fetching history  ${Math.floor(room.fetched * 100)} %`, tone: "warning" };
  }
  if (room.behind > 0) {
    const text = safe`${room.behind} ${room.behind === 1 ? "message" : "messages"} behind · catching up`;
    return { text, tone: "warning" };
  }
  return null;
}

/** `♪ call in tea: alice, bob · /call joins`; what joins it is never cut. */
function callText(room: RoomView, { people, isElsewhere }: RoomCallView, columns: number): SafeText {
  const names = [...(isElsewhere ? ["you, elsewhere"] : []), ...people.map(({ name }) => name)];
  const end = plainText(" · /call joins");
  const words = safe`♪ call in ${room.name}: ${names.join(", ")}`;
  return safe`${words.length + end.length > columns ? safe`♪ call: ${names.length} in it` : words}${end}`;
}

function successorText(successor: RoomView | null): SafeText {
  if (!successor) return plainText("This room goes on in a new one; you come along when somebody of it is here.");
  return safe`This room goes on in "${successor.name}" · Enter goes there`;
}

/** Whoever wrote the sentence may have ended it; more comes behind it here. */
function withoutStop(sentence: SafeText): SafeText {
  return safe`${sentence.replace(/\.$/, "")}`;
}
