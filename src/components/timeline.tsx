import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText } from "../safe-text.js";
import { successorOf } from "../state/room-order.js";
import type { Span } from "../state/rows.js";
import { layOut } from "../state/timeline.js";
import { cells } from "./cells.js";
import type { Layout } from "./layout.js";
import { Rows } from "./message-row.js";
import { useScreen } from "./screen-context.js";
import { historyRow } from "./title-row.js";

const LINE: Span = { text: plainText("│"), tone: "dim" };
const CHOSEN: Span = { text: plainText("▌"), tone: "accent" };

/** The talk of one room, with the separator at its left. */
export function Timeline({ room, layout }: { readonly room: string; readonly layout: Layout }) {
  const { screen } = useScreen();
  const state = useWhole(screen.session.room(room).timeline);
  const anchor = useStore(screen.state, (value) => value.anchor);
  const cleared = useStore(screen.state, (value) => value.cleared);
  const selected = useStore(screen.state, (value) => value.selected ?? value.pointed);
  const view = useStore(screen.session.profile, (value) => value.rooms.find((one) => one.id === room) ?? null);
  const successor = useStore(screen.session.profile, ({ rooms }) => successorOf(view, rooms));
  const call = useStore(screen.session.calls.store, (calls) => calls.get(room) ?? null);
  const { timelineColumns, bodyRows, isNarrow } = layout;

  const frame = { columns: timelineColumns, rows: bodyRows, isNarrow, cells, now: screen.session.now() };
  const { rows } = layOut(state, anchor, frame, cleared);
  const drawn = rows.map(({ key, spans }): readonly Span[] => {
    const isChosen = selected !== null && key === selected;
    if (!isNarrow) return [isChosen ? CHOSEN : LINE, ...spans];
    return isChosen && spans[0]?.text === " " ? [CHOSEN, ...spans.slice(1)] : spans;
  });
  if (
    (!state.isLoaded && view?.state === "open") ||
    (state.isLoaded && rows.length > 0 && state.messages.length === 0 && state.arriving.length === 0)
  ) {
    const words = state.isLoaded ? plainText("Nothing has been said here yet.") : plainText("Reading …");
    const hint: Span = { text: cells.cut(words, timelineColumns - 2), tone: "dim" };
    drawn[0] = isNarrow ? [{ text: plainText(" ") }, hint] : [LINE, { text: plainText(" ") }, hint];
  }
  // Over the first row: the frame keeps its height.
  const history = historyRow(view, timelineColumns, cells, successor, call);
  if (history) drawn[0] = isNarrow ? history : [LINE, ...history];
  return <Rows rows={drawn} columns={isNarrow ? timelineColumns : timelineColumns + 1} height={bodyRows} />;
}
