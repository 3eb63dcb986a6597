/** The way in from the command line: terminal, session, screen and Ink, put together and taken apart again. */
import { join } from "node:path";
import { render } from "ink";
import { keptFile, type Paths } from "../config.js";
import { keepHeapSmall, keepYoungSmall } from "../small-heap.js";
import { Actions } from "../state/actions.js";
import type { SoundDoor } from "../state/calls.js";
import type { CoreLink } from "../state/core-link.js";
import { programFacts } from "../state/front-facts.js";
import { LineHistory } from "../state/line-history.js";
import type { Finding } from "../state/model.js";
import { Session } from "../state/session.js";
import { Settings } from "../state/settings.js";
import { isMicrophoneOpen } from "../state/voice-recorder.js";
import { otherCharset } from "../terminal/charset.js";
import { copyText } from "../terminal/clipboard.js";
import { editText } from "../terminal/editor.js";
import { openPath } from "../terminal/opener.js";
import { takesLinks } from "../terminal/surroundings.js";
import { type Capabilities, Terminal } from "../terminal/terminal.js";
import { App } from "./app.js";
import { ringFor } from "./ring.js";
import { Screen } from "./screen.js";
import { terminalFacts } from "./terminal-facts.js";
import type { ColourDepth } from "./theme.js";
import { Themes } from "./themes.js";

/** Longest wait for the core to take the last draft. */
const CLOSE_MS = 1_000;
/** Of the kitty keyboard protocol. */
const FLAGS = 1;
const FLAGS_WITH_RELEASE = 3;
const SAID_WINDOW_MS = 33;
const COPIED = {
  tmux: "Copied by tmux",
  system: "Copied",
  osc52: "Sent to the terminal's clipboard; not every terminal takes it",
} as const;
const ENDING_SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;

export interface RunScreenOptions {
  readonly profile: string;
  /** Of `keet-tui <invite>`: one lands there after the name. */
  readonly invite: string | null;
  readonly globals: { readonly color: boolean };
  /** Where settings and what was sent are kept; nowhere without them, as in a demo. */
  readonly paths?: Pick<Paths, "config" | "data" | "home" | "profile"> | undefined;
  /** Reaches the core of this profile, starting one where none runs; asked again whenever it is lost. */
  readonly connect: (talk?: (line: string) => void) => Promise<CoreLink>;
  /** Starts the echo friend and answers with an invite of its room. */
  readonly startDemo?: () => Promise<string>;
  /** What `keet-tui doctor` finds, one by one. */
  readonly doctor?: () => AsyncIterable<Finding>;
  /** Where calls are made. */
  readonly sound?: SoundDoor;
}

/** Resolves with the exit code when the screen is gone and the terminal is as it was. */
export async function runScreen(options: RunScreenOptions): Promise<number> {
  keepHeapSmall();
  keepYoungSmall();
  const terminal = new Terminal();
  const ended = Promise.withResolvers<number>();
  const { paths } = options;
  const themes = new Themes(paths?.config ?? null);
  const settings = new Settings(paths && keptFile(join(paths.config, `${paths.profile}.json`), { isPrivate: false }), {
    more: { theme: () => themes.names() },
    check: (name, value) => {
      if (name === "theme") themes.load(value);
    },
  });
  const lines = new LineHistory({
    file: paths && keptFile(join(paths.data, "history.json"), { isPrivate: true }),
    isWanted: () => settings.isOn("history"),
    onProblem: (error) => session.tellError(error),
  });
  const session: Session = new Session({ connect: () => options.connect((line) => session.tell(line)), lines });
  const screen = new Screen({
    session,
    actions: (where) =>
      new Actions({
        session,
        ...where,
        startDemo: options.startDemo,
        doctor: options.doctor,
        sound: options.sound,
        settings,
        openPath,
        facts: () => facts(),
      }),
    ...terminal.size,
    invite: options.invite,
    onQuit: ended.resolve,
    tellsRelease: () => tellsRelease,
    onRedraw: () => terminal.redraw(),
    onSuspend: () => terminal.suspend(),
    onCopy: (text) => copy(text, terminal),
    onEdit: (text) => terminal.lend(() => editText(text)),
    onBare: (draw) => void terminal.cover((size) => draw(size).join("\r\n")),
  });

  terminal.open();
  let isLightTerminal: boolean | null = null;
  let hasLinks = false;
  let tellsRelease = false;
  let found: Capabilities | null = null;
  const depth = process.stdout.getColorDepth?.() ?? 4;
  const hasColor = options.globals.color && !process.env.NO_COLOR;
  const facts = () => [
    ...programFacts(paths ?? null),
    ...terminalFacts({ env: process.env, found, size: terminal.size, depth, hasColor, hasLinks }),
  ];
  const theme = () =>
    themes.theme(settings, { isLight: isLightTerminal, hasLinks, hasColor, depth: depth as ColourDepth }, (error) =>
      session.tellError(error),
    );
  const ink = render(<App screen={screen} theme={theme()} />, {
    stdout: terminal.inkStdout,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    maxFps: 30,
  });
  ink.waitUntilExit().catch(ended.reject);
  terminal.on("input", (event) => {
    if (event.type === "reply") return;
    screen.onInput(event);
    // What a key changed is written now, not with the next frame of what others say.
    void ink.waitUntilRenderFlush();
  });
  // So is what somebody says after a quiet moment; of a busy room a frame now and then is enough.
  let flushedAt = Number.NEGATIVE_INFINITY;
  session.onSaid = () => {
    const now = performance.now();
    if (now - flushedAt < SAID_WINDOW_MS) return;
    flushedAt = now;
    void ink.waitUntilRenderFlush();
  };
  terminal.on("resize", ({ columns, rows }) => screen.resize(columns, rows));
  terminal.on("redraw", () => ink.clear());
  terminal.on("hangup", () => ended.resolve(0));
  const repaint = () => ink.rerender(<App screen={screen} theme={theme()} />);
  const undoTitle = followTitle(screen, settings, terminal);
  const undoRing = ringFor({ screen, terminal, isWanted: () => settings.isOn("bell") });
  const undoKeys = followTalkKey(screen, terminal);
  const undoSettings = settings.values.subscribe(() => {
    repaint();
    lines.save();
  });
  // Before the terminal's own listener, which lets the signal end the process.
  const sendHeld = () => void session.sendHeld();
  for (const signal of ENDING_SIGNALS) process.prependOnceListener(signal, sendHeld);
  screen.start();
  const charset = otherCharset(process.env);
  if (charset !== null) {
    session.tell(`Your locale names ${charset}; keet-tui speaks UTF-8`, {
      hint: "Set the terminal and LC_ALL to UTF-8.",
      level: "warning",
    });
  }

  try {
    void session.start();
    void terminal.query().then((answers) => {
      found = answers;
      isLightTerminal = isLight(answers);
      hasLinks = answers.hasAnswered && takesLinks(process.env, answers.name);
      tellsRelease = answers.kittyFlags !== null;
      if (isLightTerminal !== null || hasLinks) repaint();
    });
    return await ended.promise;
  } finally {
    // The terminal first and always.
    undoTitle();
    undoRing();
    undoKeys();
    undoSettings();
    for (const signal of ENDING_SIGNALS) process.off(signal, sendHeld);
    terminal.restore();
    ink.unmount();
    await within(screen.close(), CLOSE_MS);
  }
}

/** The release of a key is asked for while one can be held to talk, and no longer. */
function followTalkKey(screen: Screen, terminal: Terminal): () => void {
  const { own } = screen.actions.calls;
  let usesKey = false;
  const follow = () => {
    const now = own.getSnapshot()?.usesKey === true;
    if (now !== usesKey) terminal.setKittyFlags(now ? FLAGS_WITH_RELEASE : FLAGS);
    usesKey = now;
  };
  const again = () => {
    usesKey = false;
    follow();
  };
  terminal.on("redraw", again);
  const undo = own.subscribe(follow);
  return () => {
    terminal.off("redraw", again);
    undo();
  };
}

/** `(3) tea · keet-tui`; with a note in front while the microphone is open */
function followTitle(screen: Screen, settings: Settings, terminal: Terminal): () => void {
  let shown = "";
  const follow = () => {
    const unread = screen.unread();
    const room = screen.session.roomView(screen.state.getSnapshot().room);
    const own = screen.actions.calls.own.getSnapshot();
    const isOpen = (own && !own.isMuted) || isMicrophoneOpen(screen.actions.voice.own.getSnapshot());
    const mark = isOpen ? "♪ " : "";
    const isTold = settings.isOn("title");
    const title = !isTold
      ? "keet-tui"
      : `${mark}${unread > 0 ? `(${unread}) ` : ""}${room ? `${room.name} · ` : ""}keet-tui`;
    if (title === shown) return;
    shown = title;
    terminal.setTitle(title);
  };
  // Whoever had the terminal meanwhile may have named it otherwise.
  const again = () => {
    shown = "";
    follow();
  };
  terminal.on("redraw", again);
  const undos = [
    () => terminal.off("redraw", again),
    settings.values.subscribe(follow),
    screen.state.subscribe(follow),
    screen.actions.calls.own.subscribe(follow),
    screen.actions.voice.own.subscribe(follow),
    screen.session.profile.subscribe(follow),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}

async function copy(text: string, terminal: Terminal): Promise<string> {
  const { way } = await copyText(text, { write: (data) => terminal.write(data), name: terminal.name });
  return COPIED[way];
}

function isLight({ background }: Capabilities): boolean | null {
  if (!background) return null;
  return 0.299 * background.red + 0.587 * background.green + 0.114 * background.blue > 140;
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, limitMs);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
