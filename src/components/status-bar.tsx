import { filesOf, sizeOf } from "../amounts.js";
import { useMinute } from "../hooks/use-minute.js";
import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { speedOf } from "../state/file-lines.js";
import { timeOf } from "../state/local-time.js";
import type { RoomView } from "../state/model.js";
import type { Moving } from "../state/moving.js";
import { type Span, spaces } from "../state/rows.js";
import { indexOfKey, messageAt } from "../state/timeline.js";
import { cells } from "./cells.js";
import { completionNote } from "./completion-menu.js";
import { hintRow } from "./hints.js";
import type { Layout } from "./layout.js";
import { MessageRow } from "./message-row.js";
import type { Question } from "./overlay.js";
import { useScreen } from "./screen-context.js";
import { selectionHints } from "./selection.js";

const LOST = plainText("the background part stopped; starting it again… (nothing typed is lost)");

/** The last row: where one is, what is new elsewhere, what time it is; or the rest of what the row above says. */
export function StatusBar({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const connection = useStore(screen.session.profile, (profile) => profile.connection);
  const rooms = useStore(screen.session.profile, (profile) => profile.rooms);
  const room = useStore(screen.state, (state) => state.room);
  const selected = useStore(screen.state, (state) => state.selected);
  const notice = useWhole(screen.session.notice);
  const question = useStore(screen.state, (state) => state.question);
  const completion = useWhole(screen.line.completion);
  const moving = useWhole(screen.session.moving.store);
  const minute = useMinute(screen.session.now);
  const { columns, isNarrow } = layout;

  // What a notice had to add does not belong to the question that lies over it.
  const note = completion ? completionNote(completion) : question ? questionNote(question) : (notice?.hint ?? null);
  if (connection === "lost")
    return <MessageRow spans={[{ text: cells.cut(safe` ${LOST}`, columns), tone: "warning" }]} />;
  if (note) return <MessageRow spans={[{ text: cells.cut(safe` ${note}`, columns), tone: "dim" }]} />;
  if (selected !== null && room !== null) return <SelectionHints room={room} selected={selected} columns={columns} />;
  const current = rooms.find((one) => one.id === room) ?? null;
  const unread = unreadText(rooms, room);
  if (isNarrow) {
    const facts = moving === null ? [] : movingFacts(moving);
    const hints = [
      ...facts,
      unread,
      rooms.length > 1 ? plainText("Ctrl-G rooms") : plainText(""),
      plainText("/help"),
    ].filter((text) => text !== "");
    const name = current ? cells.cut(current.name, 16) : plainText("keet-tui");
    const { width } = cells;
    const rest = safe`   ${hintRow(hints, { columns: columns - width(name) - 3, separator: " · ", width })}`;
    return (
      <MessageRow
        spans={[
          { text: name, tone: "dim" },
          { text: rest, tone: "dim" },
        ]}
      />
    );
  }
  return <MessageRow spans={wideStatus({ room: current, moving, unread, time: timeOf(minute), columns })} />;
}

function questionNote({ note }: Question): SafeText | null {
  return note === undefined ? null : safe`${note}`;
}

/** What can be done with the selected message. */
function SelectionHints({
  room,
  selected,
  columns,
}: {
  readonly room: string;
  readonly selected: string;
  readonly columns: number;
}) {
  const { screen } = useScreen();
  const state = useWhole(screen.session.room(room).timeline);
  const view = useStore(screen.session.profile, ({ rooms }) => rooms.find((one) => one.id === room) ?? null);
  const message = messageAt(state, indexOfKey(state, selected));
  if (message && !message.verified) {
    const words = safe` This did not come from ${message.author} as claimed. v for why.`;
    return <MessageRow spans={[{ text: cells.cut(words, columns), tone: "bad" }]} />;
  }
  const hints = message ? selectionHints(message, view) : [plainText("Enter goes there")];
  const row = hintRow(hints, { columns: columns - 1, separator: "  ", end: plainText("Esc"), width: cells.width });
  return <MessageRow spans={[{ text: safe` ${row}`, tone: "dim" }]} />;
}

interface WideStatus {
  readonly room: RoomView | null;
  readonly moving: Moving | null;
  readonly unread: SafeText;
  readonly time: SafeText;
  readonly columns: number;
}

function wideStatus({ room, moving, unread, time, columns }: WideStatus): Span[] {
  const name = cells.cut(safe` ${room?.name ?? "keet-tui"}`, Math.floor(columns / (moving ? 4 : 2)));
  const right = safe`${unread}${spaces(moving ? 3 : 10)}${time} `;
  const freeColumns = columns - cells.width(name) - cells.width(right) - 3;
  const transfer = moving ? fitting(movingFacts(moving), freeColumns) : plainText("");
  const left = transfer === "" ? name : safe`${name}   ${transfer}`;
  const gap = columns - cells.width(left) - cells.width(right);
  return [{ text: left, tone: "dim" }, { text: spaces(Math.max(1, gap)) }, { text: right, tone: "dim" }];
}

/** `↧ 495 KB of 812 KB`, `3.4 MB/s`, `2 s`: the most needed first. */
function movingFacts(moving: Moving): SafeText[] {
  const { files, bytes, of } = moving;
  const count = files > 1 ? safe`${filesOf(files)} ` : "";
  return [safe`↧ ${count}${sizeOf(bytes)} of ${sizeOf(of)}`, ...speedOf(moving)];
}

/** As many of them as there is room for. */
function fitting(facts: readonly SafeText[], room: number): SafeText {
  let text = plainText("");
  for (const fact of facts) {
    const longer = text === "" ? fact : safe`${text}  ${fact}`;
    if (cells.width(longer) > room) break;
    text = longer;
  }
  return text;
}

function unreadText(rooms: readonly RoomView[], current: string | null): SafeText {
  const others = rooms.filter((room) => room.unread > 0 && room.id !== current);
  if (others.length === 0) return plainText("");
  const count = others.reduce((sum, room) => sum + room.unread, 0);
  return others.length === 1
    ? safe`${count} unread in ${others[0]!.name}`
    : safe`${count} unread in ${others.length} rooms`;
}
