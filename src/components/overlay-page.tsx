import { Box, Text } from "ink";
import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText, type SafeText, safe } from "../safe-text.js";
import type { MemberView, MessageView } from "../state/model.js";
import { type Span, spaces } from "../state/rows.js";
import { Store } from "../state/store.js";
import { cells } from "./cells.js";
import { hintRow } from "./hints.js";
import type { Layout } from "./layout.js";
import { MessageRow } from "./message-row.js";
import type { Overlay } from "./overlay.js";
import { overlayRows } from "./overlay-rows.js";
import { paint, paintPaper } from "./paint.js";
import { useScreen } from "./screen-context.js";

const NOBODY = new Store<readonly MemberView[]>([]);
const NO_FILES = new Store<readonly MessageView[]>([]);

/** What lies over the talk, as wide as the screen, so that what is copied with the mouse has nothing beside it. */
export function OverlayPage({ overlay, layout }: { readonly overlay: Overlay; readonly layout: Layout }) {
  const { screen, theme } = useScreen();
  const rooms = useStore(screen.session.profile, (profile) => profile.rooms);
  const room = useStore(screen.state, (state) => state.room);
  const members = useWhole(room === null ? NOBODY : screen.session.room(room).members);
  const { settings } = screen.actions;
  // What is set changes what is drawn here.
  useWhole(settings.values);
  const files = useWhole(overlay.kind === "files" ? screen.session.room(overlay.room.id).files.store : NO_FILES);
  const { columns, bodyRows: height } = layout;
  const { heading, body, paper, keys, leave, focus } = overlayRows(overlay, {
    rooms,
    members,
    settings,
    files,
    columns,
    height,
    cells,
    now: screen.session.now(),
  });

  const bodyHeight = Math.max(0, height - 2 - paper.length);
  const wanted = focus ? Math.max(0, focus.to - bodyHeight) : overlay.top;
  const top = Math.max(0, Math.min(wanted, body.length - bodyHeight));
  const shown: (readonly Span[])[] = Array.from({ length: bodyHeight }, (_, index) => body[top + index] ?? []);
  const more = body.length - top - bodyHeight;
  const hints = keysRow(more, columns - 1, keys, leave ?? plainText("Esc"));
  return (
    <Box flexDirection="column" width={columns} height={height} flexShrink={0}>
      <MessageRow spans={heading} />
      {shown.map((spans, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <MessageRow key={index} spans={spans} />
      ))}
      {paper.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <Text key={`paper-${index}`} wrap="truncate">
          {paint([{ text: spaces(1) }], theme) + paintPaper(text, theme)}
        </Text>
      ))}
      <MessageRow spans={[{ text: cells.cut(safe` ${hints}`, columns), tone: "dim" }]} />
    </Box>
  );
}

/** `↑ ↓ PgUp PgDn · Esc   12 more rows`, and how many rows there are in fewer cells where keys need the room. */
function keysRow(more: number, columns: number, keys: readonly SafeText[], leave: SafeText): SafeText {
  const rowBefore = (end: SafeText) => {
    const room = columns - cells.width(end);
    return safe`${hintRow(keys, { columns: room, separator: " · ", end: leave, width: cells.width })}${end}`;
  };
  if (more <= 0) return rowBefore(plainText(""));
  const long = rowBefore(safe`   ${more} more rows`);
  const short = rowBefore(safe` ↓${more}`);
  return short.split(" · ").length > long.split(" · ").length ? short : long;
}
