import { Box } from "ink";
import { useMemo } from "react";
import { useStore, useWhole } from "../hooks/use-store.js";
import { plainText } from "../safe-text.js";
import { isMicrophoneOpen } from "../state/voice-recorder.js";
import { callRowCount } from "./call-rows.js";
import { CallStrip } from "./call-strip.js";
import { cells } from "./cells.js";
import { Composer, drawnLine } from "./composer.js";
import { emptyPage, namePage } from "./first-run.js";
import { type Layout, layoutFor } from "./layout.js";
import { MemberList } from "./member-list.js";
import { MessageRow, Rows } from "./message-row.js";
import { ModeRow } from "./mode-row.js";
import { noteRowCount } from "./note-rows.js";
import { NoticeLine } from "./notice-line.js";
import { OverlayPage } from "./overlay-page.js";
import { RoomList } from "./room-list.js";
import type { Screen } from "./screen.js";
import { ScreenContext, useScreen } from "./screen-context.js";
import { StatusBar } from "./status-bar.js";
import type { Theme } from "./theme.js";
import { Timeline } from "./timeline.js";
import { titleRow } from "./title-row.js";

export function App({ screen, theme }: { readonly screen: Screen; readonly theme: Theme }) {
  const tools = useMemo(() => ({ screen, theme }), [screen, theme]);
  return (
    <ScreenContext value={tools}>
      <Frame />
    </ScreenContext>
  );
}

/** Always exactly as many rows as the terminal has: one more would scroll it. */
function Frame() {
  const { screen } = useScreen();
  const columns = useStore(screen.state, (state) => state.columns);
  const rows = useStore(screen.state, (state) => state.rows);
  const showsMembers = useStore(screen.state, (state) => state.showsMembers);
  const hasRoom = useStore(screen.state, (state) => state.room !== null);
  const draftRowCount = useStore(screen.line.edit, (edit) => screen.draftRowCount(edit.text));
  const modeRows = useStore(screen.state, (state) => (state.mode === null ? 0 : 1));
  const needsName = useStore(screen.session.profile, (profile) => profile.isLoaded && profile.identity === null);
  const isFailed = useStore(screen.session.profile, (profile) => profile.connection === "failed");
  const rings = useStore(screen.actions.calls.ringing.store, (ring) => ring !== null);
  const noteRows = useStore(screen.actions.voice.own, noteRowCount);
  const callRows = useStore(screen.actions.calls.own, (own) => callRowCount(own, rings, rows, noteRows));
  const layout = useMemo(
    () => layoutFor(columns, rows, draftRowCount, showsMembers && hasRoom, modeRows, callRows),
    [columns, rows, draftRowCount, showsMembers, hasRoom, modeRows, callRows],
  );
  if (layout.isTooSmall) return <TooSmall columns={columns} rows={rows} />;
  if (needsName || isFailed) return <FirstPage layout={layout} isFailed={isFailed} />;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Title layout={layout} />
      <Body layout={layout} />
      <CallStrip layout={layout} />
      <NoticeLine layout={layout} />
      <ModeRow layout={layout} />
      <ActiveComposer layout={layout} />
      <StatusBar layout={layout} />
    </Box>
  );
}

function Title({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const current = useStore(screen.state, (state) => state.room);
  const rooms = useStore(screen.session.profile, (profile) => profile.rooms);
  const network = useStore(screen.session.profile, (profile) => profile.network);
  const room = rooms.find((one) => one.id === current) ?? null;
  const unreadElsewhere = rooms.reduce((sum, one) => (one.id === current ? sum : sum + one.unread), 0);
  const { columns, isNarrow } = layout;
  return <MessageRow spans={titleRow({ room, network, columns, isNarrow, unreadElsewhere, cells })} />;
}

function Body({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const overlay = useStore(screen.state, (state) => state.overlay);
  const room = useStore(screen.state, (state) => state.room);
  const { columns, bodyRows, listColumns, memberColumns } = layout;
  if (overlay) return <OverlayPage overlay={overlay} layout={layout} />;
  if (room === null) return <EmptyBody layout={layout} />;
  return (
    <Box width={columns} height={bodyRows} flexShrink={0}>
      {listColumns > 0 ? <RoomList columns={listColumns} height={bodyRows} /> : null}
      <Timeline room={room} layout={layout} />
      {memberColumns > 0 ? <MemberList room={room} columns={memberColumns} height={bodyRows} /> : null}
    </Box>
  );
}

function EmptyBody({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const profile = useWhole(screen.session.profile);
  const { columns, bodyRows } = layout;
  return <Rows rows={emptyPage(profile, columns, bodyRows, cells)} columns={columns} height={bodyRows} />;
}

function ActiveComposer({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const isActive = useStore(screen.state, (state) => state.overlay === null && state.selected === null);
  const { columns, rows, composerRows: height } = layout;
  const top = rows - 1 - height;
  return <Composer line={screen.line} columns={columns} top={top} height={height} isActive={isActive} />;
}

function FirstPage({ layout, isFailed }: { readonly layout: Layout; readonly isFailed: boolean }) {
  const { screen } = useScreen();
  const { text, cursor } = useWhole(screen.naming.line.edit);
  const profile = useWhole(screen.session.profile);
  const { columns, rows } = layout;
  const draft = drawnLine(text, cursor, Math.max(20, columns - 4));
  const page = isFailed ? emptyPage(profile, columns, rows - 1, cells) : namePage(draft, columns, rows - 1, cells);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Rows rows={page} columns={columns} height={rows - 1} />
      <NoticeLineOrNothing layout={layout} />
    </Box>
  );
}

function NoticeLineOrNothing({ layout }: { readonly layout: Layout }) {
  const { screen } = useScreen();
  const notice = useWhole(screen.session.notice);
  const question = useStore(screen.state, (state) => state.question);
  return notice || question ? <NoticeLine layout={layout} /> : <MessageRow spans={[]} />;
}

function TooSmall({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const { screen } = useScreen();
  const isInCall = useStore(screen.actions.calls.own, (own) => own !== null && !own.isMuted);
  const isOpen = useStore(screen.actions.voice.own, isMicrophoneOpen) || isInCall;
  const microphone = isOpen ? cells.wrap(plainText("Your microphone is open."), columns) : [];
  const words = [...cells.wrap(plainText("Too small: 30x8 or more, please."), columns), ...microphone].slice(0, rows);
  return <Rows rows={words.map((text) => [{ text }])} columns={columns} height={rows} />;
}
