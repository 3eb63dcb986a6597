import { useSecondsSince } from "../hooks/use-second.js";
import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText } from "../safe-text.js";
import { callRows } from "./call-rows.js";
import { cells } from "./cells.js";
import type { Layout } from "./layout.js";
import { Rows } from "./message-row.js";
import { noteRows } from "./note-rows.js";
import { useScreen } from "./screen-context.js";

/** The call one is in, who calls, what is being recorded: there whatever room or page is on screen. */
export function CallStrip({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const note = useNoteRows(layout.columns);
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
  return <Rows rows={[...note, ...rows].slice(0, height)} columns={columns} height={height} />;
}

function useNoteRows(columns: number): ReturnType<typeof noteRows> {
  const { screen } = useScreen();
  const recording = useWhole(screen.actions.voice.own);
  const isHere = useStore(screen.state, ({ room }) => room === recording?.room);
  const hasKeys = useStore(screen.state, ({ overlay, question }) => overlay === null && question === null);
  const name = useStore(screen.session.profile, ({ rooms }) => rooms.find(({ id }) => id === recording?.room)?.name);
  if (recording === null) return [];
  const elsewhere = isHere ? null : (name ?? plainText("another room"));
  return noteRows({ recording, elsewhere, hasKeys, columns, cells });
}
