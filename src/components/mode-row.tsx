import { useStore } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { authorOf, gistOf } from "../state/message-lines.js";
import type { Cells, Span } from "../state/rows.js";
import { cells } from "./cells.js";
import type { Layout } from "./layout.js";
import { MessageRow } from "./message-row.js";
import type { Mode } from "./modes.js";
import { useScreen } from "./screen-context.js";

/** The row above the line that says what the line is now. */
export function ModeRow({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const mode = useStore(screen.state, (state) => state.mode);
  if (!mode || layout.modeRows === 0) return null;
  return <MessageRow spans={modeSpans(mode, layout.columns, cells)} />;
}

const ENDS: Readonly<Record<Mode["kind"], SafeText>> = {
  reply: plainText("   Esc drops it"),
  edit: plainText("   Enter saves · Esc drops it"),
  react: plainText("   Tab chooses · Enter reacts · Esc"),
};

/** `┊ replying to eve: @maya please try the…   Esc drops it` */
export function modeSpans({ kind, message }: Mode, columns: number, measure: Cells): Span[] {
  const end = columns < 60 ? plainText("   Esc") : ENDS[kind];
  const about =
    kind === "edit"
      ? safe`┊ editing: ${gistOf(message)}`
      : safe`┊ ${kind === "reply" ? "replying" : "reacting"} to ${authorOf(message)}: ${gistOf(message)}`;
  const margin = columns < 60 ? plainText("") : plainText(" ");
  const text = measure.cut(about, columns - measure.width(end) - margin.length);
  return [{ text: margin }, { text, tone: "accent" }, { text: end, tone: "dim" }];
}
