/** The whole screen drawn into a terminal without a window, with keys as bytes and a core as scripted. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { render } from "ink";
import type { Test } from "tap";
import { App } from "../../src/components/app.js";
import { Screen } from "../../src/components/screen.js";
import { makeTheme } from "../../src/components/theme.js";
import { Actions } from "../../src/state/actions.js";
import type { SoundDoor } from "../../src/state/calls.js";
import type { LineHistory } from "../../src/state/line-history.js";
import type { Fact, Finding } from "../../src/state/model.js";
import { Session } from "../../src/state/session.js";
import type { Settings } from "../../src/state/settings.js";
import { KeyDecoder } from "../../src/terminal/keys.js";
import { HandClock } from "../helpers/hand-clock.js";
import { type Condition, openScreen, type Screen as TestScreen } from "../helpers/screen.js";
import { NOW, type ScriptedCore } from "./scripted-core.js";

export interface AppOptions {
  readonly core: ScriptedCore;
  readonly columns?: number;
  readonly rows?: number;
  readonly hasColor?: boolean;
  readonly invite?: string;
  readonly now?: () => number;
  readonly startDemo?: () => Promise<string>;
  readonly doctor?: () => AsyncIterable<Finding>;
  readonly facts?: () => readonly Fact[];
  readonly noticeMs?: number;
  readonly openPath?: (path: string) => Promise<void>;
  readonly settings?: Settings;
  readonly sound?: SoundDoor;
  readonly after?: (ms: number, act: () => void) => () => void;
  readonly tellsRelease?: boolean;
  readonly isDark?: boolean;
  readonly lines?: LineHistory;
  /** How long taking back can be undone; short where it is to go out. */
  readonly undoMs?: number;
  /** What the person's editor makes of a text. */
  readonly edit?: (text: string) => string | Promise<string>;
}

export interface OpenApp {
  readonly terminal: TestScreen;
  readonly screen: Screen;
  readonly session: Session;
  readonly quits: number[];
  readonly copied: string[];
  /** What the terminal was asked to do, in order: `redraw`, `suspend`, `edit` and the text, `bare` and the lines. */
  readonly asked: string[];
  /** Bytes as they come from a terminal, in one read; answers when they are on the screen. */
  keys(bytes: string): Promise<void>;
  /** The same, with what the decoder waits for over at once: nothing else is told apart by time in these bytes. */
  press(bytes: string): Promise<void>;
  waitFor(condition: Condition): Promise<void>;
  shows(): Promise<string[]>;
  resize(columns: number, rows: number): Promise<void>;
  close(): Promise<void>;
}

let numbers = 0;

export async function openApp(t: Test, options: AppOptions): Promise<OpenApp> {
  const { core, columns = 80, rows = 24 } = options;
  const terminal = openScreen({ columns, rows });
  const quits: number[] = [];
  const copied: string[] = [];
  const asked: string[] = [];
  const session = new Session({
    connect: () => core.connect(),
    now: options.now ?? (() => NOW),
    randomId: () => (++numbers).toString(16).padStart(32, "f"),
    noticeMs: options.noticeMs ?? 60_000,
    ...(options.lines ? { lines: options.lines } : {}),
  });
  const screen = new Screen({
    session,
    actions: (where) =>
      new Actions({
        session,
        ...where,
        startDemo: options.startDemo,
        doctor: options.doctor,
        facts: options.facts,
        openPath: options.openPath ?? (async (path) => void asked.push(`open ${path}`)),
        settings: options.settings,
        sound: options.sound,
        after: options.after,
        undoMs: options.undoMs,
      }),
    columns,
    rows,
    invite: options.invite ?? null,
    tellsRelease: () => options.tellsRelease ?? false,
    onQuit: (code) => quits.push(code),
    onRedraw: () => asked.push("redraw"),
    onSuspend: async () => {
      asked.push("suspend");
      return false;
    },
    onEdit: async (text) => {
      asked.push(`edit ${text}`);
      return await (options.edit ?? ((same) => same))(text);
    },
    onBare: (draw) => asked.push(["bare", ...draw({ columns, rows })].join("\n")),
    onCopy: async (text) => {
      copied.push(text);
      return "Copied";
    },
  });
  screen.start();
  const ink = render(
    <App screen={screen} theme={makeTheme({ isDark: options.isDark ?? true, hasColor: options.hasColor ?? false })} />,
    {
      stdout: terminal.stdout,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
      maxFps: 60,
    },
  );
  const decoder = new KeyDecoder({
    emit: (event) => {
      if (event.type !== "reply") screen.onInput(event);
    },
  });
  const clock = new HandClock();
  const pressed = new KeyDecoder({
    clock,
    emit: (event) => {
      if (event.type !== "reply") screen.onInput(event);
    },
  });
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await screen.close();
    ink.unmount();
  };
  t.teardown(close);
  await session.start();
  const settle = async () => {
    await ink.waitUntilRenderFlush();
    await terminal.settled();
  };
  await settle();
  return {
    terminal,
    screen,
    session,
    quits,
    copied,
    asked,
    async keys(bytes) {
      decoder.push(Buffer.from(bytes));
      // A CR or a lone ESC waits a moment for what may follow it.
      if (/[\r\x1b]/.test(bytes)) await new Promise((done) => setTimeout(done, 90));
      await settle();
      await settle();
    },
    async press(bytes) {
      pressed.push(Buffer.from(bytes));
      clock.pass(2_500);
      await settle();
    },
    waitFor: (condition) => terminal.waitFor(condition, { timeoutMs: 5_000 }),
    async shows() {
      // Answers of the core that are already on their way, then the frame they make.
      await new Promise((done) => setTimeout(done, 40));
      await settle();
      return terminal.text();
    },
    async resize(nextColumns, nextRows) {
      screen.resize(nextColumns, nextRows);
      terminal.resize({ columns: nextColumns, rows: nextRows });
      await settle();
    },
    close,
  };
}

/** Compares with a page that a person can read; UPDATE=1 writes it anew. */
export function matchesPage(t: Test, rows: readonly string[], name: string): void {
  const path = join(import.meta.dirname, "../../../test/components/snapshots", `${name}.txt`);
  const page = `${rows.map((row) => row.trimEnd()).join("\n")}\n`;
  if (process.env.UPDATE === "1") writeFileSync(path, page);
  t.equal(page, existsSync(path) ? readFileSync(path, "utf8") : null, `the screen is as in snapshots/${name}.txt`);
}

/** No control but those of Ink and ours reaches the terminal. */
export const HOSTILE = "evil\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202eright\x00\r\nsecond\tline";
