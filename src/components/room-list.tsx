import { useMinute } from "../hooks/use-minute.js";
import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { RoomView } from "../state/model.js";
import { listedRooms } from "../state/room-order.js";
import { isMuted } from "../state/room-words.js";
import { type Span, spaces, type Tone } from "../state/rows.js";
import { cells } from "./cells.js";
import { Rows } from "./message-row.js";
import { useScreen } from "./screen-context.js";

/** Rooms left, in the order of Alt-1…9; favourites first, people one talks to alone in a group of their own. */
export function RoomList({ columns, height }: { readonly columns: number; readonly height: number }) {
  const { screen } = useScreen();
  const rooms = useStore(screen.session.profile, (profile) => profile.rooms);
  const current = useStore(screen.state, (state) => state.room);
  const now = useMinute(screen.session.now);
  const calls = useWhole(screen.session.calls.store);
  return <Rows rows={roomRows(rooms, current, columns, height, now, calls)} columns={columns} height={height} />;
}

interface ListRow {
  readonly id: string | null;
  readonly spans: readonly Span[];
}

export function roomRows(
  all: readonly RoomView[],
  current: string | null,
  columns: number,
  height: number,
  now: number,
  calls: ReadonlyMap<string, unknown> = new Map(),
): readonly (readonly Span[])[] {
  const { favourites, rooms, direct, archived } = listedRooms(all, current);
  const rows: ListRow[] = [];
  const section = (label: SafeText, part: readonly RoomView[]) => {
    if (part.length === 0) return;
    if (rows.length > 0) rows.push({ id: null, spans: [] });
    rows.push({ id: null, spans: [{ text: label, tone: "dim" }] });
    for (const room of part)
      rows.push({
        id: room.id,
        spans: roomSpans(room, { isCurrent: room.id === current, columns, now, hasCall: calls.has(room.id) }),
      });
  };
  section(plainText(" FAVOURITES"), favourites);
  section(plainText(" ROOMS"), rooms);
  section(plainText(" DIRECT"), direct);
  if (rows.length === 0) rows.push({ id: null, spans: [{ text: plainText(" ROOMS"), tone: "dim" }] });
  if (archived.length > 0) rows.push({ id: null, spans: [] }, { id: null, spans: archivedSpans(archived, columns) });
  // The current room stays in sight, with a row of the others below it.
  const at = rows.findIndex((row) => row.id !== null && row.id === current);
  const top = Math.max(0, Math.min(at + 2 - height, rows.length - height));
  return rows.slice(top, top + height).map((row) => row.spans);
}

/** What is new in rooms out of sight is not lost: /list and Alt-A find it. */
function archivedSpans(archived: readonly RoomView[], columns: number): Span[] {
  const unread = archived.reduce((sum, room) => sum + room.unread, 0);
  const count = unread > 0 ? countText(unread) : "";
  const label = cells.cut(safe` archived ${archived.length}`, columns - count.length - 2);
  const gap = columns - cells.width(label) - count.length - 1;
  return [{ text: count === "" ? label : safe`${label}${spaces(gap)}${count}`, tone: "dim" }];
}

interface RoomLook {
  readonly isCurrent: boolean;
  readonly columns: number;
  readonly now: number;
  readonly hasCall: boolean;
}

function roomSpans(room: RoomView, { isCurrent, columns, now, hasCall }: RoomLook): Span[] {
  const isQuiet = isMuted(room, now) || room.state === "removed" || room.state === "asked" || room.continuedBy !== null;
  const count = countOf(room);
  const countColumns = cells.width(count) + (count === "" ? 0 : 2);
  const name = cells.cut(labelOf(room, hasCall), columns - 1 - countColumns);
  const gap = columns - 1 - cells.width(name) - countColumns;
  const isNew = room.unread > 0 || room.markedUnread;
  const nameLook: Omit<Span, "text"> = isCurrent
    ? { tone: "accent", bold: true }
    : room.state === "request"
      ? { tone: "warning" }
      : isQuiet
        ? { tone: "dim" }
        : isNew
          ? { bold: true }
          : {};
  const countTone: Tone = isQuiet ? "dim" : room.mentions > 0 ? "warning" : "text";
  return [
    isCurrent ? { text: plainText("▌"), tone: "accent" } : { text: plainText(" ") },
    { text: name, ...nameLook },
    { text: spaces(gap + (count === "" ? 0 : 1)) },
    { text: count, tone: countTone, ...(room.mentions > 0 && !isQuiet ? { bold: true } : {}) },
    { text: spaces(count === "" ? 0 : 1) },
  ];
}

/** `? alice wants to talk`, `● alice`, `… tea`, `✗ tea`: what is not well comes first. */
function labelOf(room: RoomView, hasCall: boolean): SafeText {
  if (room.state === "request") return safe`? ${room.name} wants to talk`;
  if (room.state === "joining") return safe`… ${room.name}`;
  if (room.state === "stopped" || room.state === "removed") return safe`✗ ${room.name}`;
  if (room.alarm !== null) return safe`! ${room.name}`;
  if (room.continuedBy !== null) return safe`→ ${room.name}`;
  if (hasCall) return safe`♪ ${room.name}`;
  if (room.kind === "direct") return safe`${room.peers > 0 ? "●" : "○"} ${room.name}`;
  return room.name;
}

function countOf(room: RoomView): SafeText {
  if (room.unread > 0) return safe`${room.mentions > 0 ? "@ " : ""}${countText(room.unread)}`;
  return room.markedUnread ? plainText("•") : plainText("");
}

function countText(count: number): string {
  return count > 999 ? "999+" : String(count);
}
