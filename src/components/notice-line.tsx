import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import { repeated, type Span } from "../state/rows.js";
import { layOut } from "../state/timeline.js";
import { cells } from "./cells.js";
import { completionRow } from "./completion-menu.js";
import type { Layout } from "./layout.js";
import { MessageRow } from "./message-row.js";
import { useScreen } from "./screen-context.js";

/** The row above the composer: a rule, and over it whatever wants to be read now. */
export function NoticeLine({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const completion = useWhole(screen.line.completion);
  const question = useStore(screen.state, (state) => state.question);
  const notice = useWhole(screen.session.notice);
  const room = useStore(screen.state, (state) => (state.overlay === null ? state.room : null));
  const { columns } = layout;
  if (question) {
    const words = safe` ${question.text}  `;
    // Both answers are to be seen, if need be without what they mean, and before the end of the question.
    const isTight = cells.width(words) + cells.width(question.keys) > columns;
    const keys = safe`${isTight ? question.keys.replace(/ (?:yes|no)\b/g, "") : question.keys}`;
    const asked = isTight ? cells.cut(words.trimEnd() as SafeText, columns - cells.width(keys) - 1) : words;
    return (
      <MessageRow
        spans={fitted(
          [
            { text: isTight ? safe`${asked} ` : asked, bold: true },
            { text: keys, tone: "accent" },
          ],
          columns,
        )}
      />
    );
  }
  if (completion) return <MessageRow spans={completionRow(completion, columns, cells)} />;
  if (notice) {
    const tone = notice.level === "warning" ? "warning" : "accent";
    return <MessageRow spans={[{ text: cells.cut(safe` ${notice.text}`, columns), tone }]} />;
  }
  if (room !== null) return <RoomRule room={room} layout={layout} />;
  return <MessageRow spans={[{ text: repeated("─", columns), tone: "dim" }]} />;
}

function RoomRule({ room, layout }: { readonly room: string; readonly layout: Layout }) {
  const { screen } = useScreen();
  const session = screen.session.room(room);
  const timeline = useWhole(session.timeline);
  const anchor = useStore(screen.state, (state) => state.anchor);
  const typing = useWhole(session.typing);
  const { timelineColumns, bodyRows, isNarrow } = layout;
  if (anchor !== null) {
    const frame = { columns: timelineColumns, rows: bodyRows, isNarrow, cells, now: screen.session.now() };
    const { newer } = layOut(timeline, anchor, frame);
    return <MessageRow spans={ruleWith({ text: safe`▾ ${newer} newer · End`, tone: "accent" }, layout)} />;
  }
  if (typing.length === 0) return <MessageRow spans={ruleWith(null, layout)} />;
  return <MessageRow spans={ruleWith({ text: typingText(typing), tone: "dim" }, layout)} />;
}

function typingText(who: readonly SafeText[]): SafeText {
  if (who.length === 1) return safe`${who[0]!} is typing`;
  if (who.length === 2) return safe`${who[0]!} and ${who[1]!} are typing`;
  return safe`${who.length} people are typing`;
}

/** `────┴──── label ────`, where the lists end. */
function ruleWith(label: Span | null, layout: Layout): Span[] {
  const { columns, listColumns, memberColumns } = layout;
  const before = listColumns > 0 ? `${repeated("─", listColumns)}┴` : "";
  const after = memberColumns > 0 ? `┴${repeated("─", memberColumns)}` : "";
  const middle = columns - before.length - after.length;
  if (!label) return [{ text: safe`${before}${repeated("─", middle)}${after}`, tone: "dim" }];
  const text = cells.cut(label.text, middle - 4);
  const rest = middle - cells.width(text) - 4;
  return [
    { text: safe`${before}${repeated("─", 2)} `, tone: "dim" },
    { ...label, text },
    { text: safe` ${repeated("─", rest)}${after}`, tone: "dim" },
  ];
}

function fitted(spans: readonly Span[], columns: number): Span[] {
  let left = columns;
  return spans.map((span) => {
    const text = left > 0 ? cells.cut(span.text, left) : plainText("");
    left -= cells.width(text);
    return { ...span, text };
  });
}
