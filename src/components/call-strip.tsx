import { useSecondsSince } from "../hooks/use-second.js";
import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText } from "../safe-text.js";
import { callRows } from "./call-rows.js";
import { cells } from "./cells.js";
import type { Layout } from "./layout.js";
import { Rows } from "./message-row.js";
import { useScreen } from "./screen-context.js";

/** The call one is in, and who calls: there whatever room or page is on screen. */
export function CallStrip({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const { calls } = screen.actions;
  const own = useWhole(calls.own);
  const ring = useWhole(calls.ringing.store);
  const profile = screen.session.profile;
  const roomName = useStore(profile, ({ rooms }) => rooms.find(({ id }) => id === own?.room)?.name ?? plainText(""));
  const ownName = useStore(profile, ({ identity }) => identity?.name ?? plainText("you"));
  const isLineEmpty = useStore(screen.line.edit, ({ text }) => text === "");
  const seconds = useSecondsSince(own?.startedAt ?? null, screen.session.now);
  const { columns, callRows: height } = layout;
  if (height === 0) return null;
  const { tellsRelease } = screen;
  const rows = callRows({ own, ring, roomName, ownName, seconds, tellsRelease, isLineEmpty, columns, cells });
  return <Rows rows={rows.slice(0, height)} columns={columns} height={height} />;
}
