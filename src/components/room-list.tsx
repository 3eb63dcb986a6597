import { useStore } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { RoomView } from "../state/model.js";
import { type Span, spaces } from "../state/rows.js";
import { cells } from "./cells.js";
import { Rows } from "./message-row.js";
import { useScreen } from "./screen-context.js";

/** Rooms left, in the order of Alt-1…9; people one talks to alone in a group of their own. */
export function RoomList({ columns, height }: { readonly columns: number; readonly height: number }) {
  const { screen } = useScreen();
  const rooms = useStore(screen.session.profile, (profile) => profile.rooms);
  const current = useStore(screen.state, (state) => state.room);
  return <Rows rows={roomRows(rooms, current, columns, height)} columns={columns} height={height} />;
}

export function roomRows(
  rooms: readonly RoomView[],
  current: string | null,
  columns: number,
  height: number,
): readonly (readonly Span[])[] {
  const direct = rooms.filter((room) => room.kind === "direct");
  const others = rooms.filter((room) => room.kind !== "direct");
  const rows: { readonly id: string | null; readonly spans: readonly Span[] }[] = [];
  const heading = (text: SafeText) => rows.push({ id: null, spans: [{ text, tone: "dim" }] });
  if (others.length > 0 || direct.length === 0) heading(plainText(" ROOMS"));
  for (const room of others) rows.push({ id: room.id, spans: roomSpans(room, room.id === current, columns) });
  if (direct.length > 0) {
    if (others.length > 0) rows.push({ id: null, spans: [] });
    heading(plainText(" DIRECT"));
    for (const room of direct) rows.push({ id: room.id, spans: roomSpans(room, room.id === current, columns) });
  }
  // The current room stays in sight, with a row of the others below it.
  const at = rows.findIndex((row) => row.id !== null && row.id === current);
  const top = Math.max(0, Math.min(at + 2 - height, rows.length - height));
  return rows.slice(top, top + height).map((row) => row.spans);
}

function roomSpans(room: RoomView, isCurrent: boolean, columns: number): Span[] {
  const count = room.unread === 0 ? plainText("") : safe`${room.mentions > 0 ? "@ " : ""}${countText(room.unread)}`;
  const countColumns = cells.width(count) + (count === "" ? 0 : 2);
  const presence = room.kind === "direct" ? safe`${room.peers > 0 ? "●" : "○"} ` : plainText("");
  const state = room.state === "joining" ? plainText("… ") : room.state === "stopped" ? plainText("✗ ") : plainText("");
  const name = cells.cut(safe`${state}${presence}${room.name}`, columns - 1 - countColumns);
  const gap = columns - 1 - cells.width(name) - countColumns;
  return [
    isCurrent ? { text: plainText("▌"), tone: "accent" } : { text: plainText(" ") },
    { text: name, ...(isCurrent ? { tone: "accent", bold: true } : room.unread > 0 ? { bold: true } : {}) },
    { text: spaces(gap + (count === "" ? 0 : 1)) },
    { text: count, ...(room.mentions > 0 ? { tone: "warning", bold: true } : { tone: "text" }) },
    { text: spaces(count === "" ? 0 : 1) },
  ];
}

function countText(count: number): string {
  return count > 999 ? "999+" : String(count);
}
