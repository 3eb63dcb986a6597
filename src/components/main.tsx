/** The way in from the command line: terminal, session, screen and Ink, put together and taken apart again. */
import { render } from "ink";
import { keepHeapSmall } from "../small-heap.js";
import { Actions } from "../state/actions.js";
import type { CoreLink } from "../state/core-link.js";
import { Session } from "../state/session.js";
import { copyText } from "../terminal/clipboard.js";
import { type Capabilities, Terminal } from "../terminal/terminal.js";
import { App } from "./app.js";
import type { Theme } from "./paint.js";
import { ringFor } from "./ring.js";
import { Screen } from "./screen.js";

/** Longest wait for the core to take the last draft. */
const CLOSE_MS = 1_000;
const SAID_WINDOW_MS = 33;

export interface RunScreenOptions {
  readonly profile: string;
  /** Of `keet-tui <invite>`: one lands there after the name. */
  readonly invite: string | null;
  readonly globals: { readonly color: boolean };
  /** Reaches the core of this profile, starting one where none runs; asked again whenever it is lost. */
  readonly connect: (talk?: (line: string) => void) => Promise<CoreLink>;
  /** Starts the echo friend and answers with an invite of its room. */
  readonly startDemo?: () => Promise<string>;
}

/** Resolves with the exit code when the screen is gone and the terminal is as it was. */
export async function runScreen(options: RunScreenOptions): Promise<number> {
  keepHeapSmall();
  const terminal = new Terminal();
  const ended = Promise.withResolvers<number>();
  const session = new Session({ connect: () => options.connect((line) => session.tell(line)) });
  const screen = new Screen({
    session,
    actions: (where) => new Actions({ session, ...where, startDemo: options.startDemo }),
    ...terminal.size,
    invite: options.invite,
    onQuit: ended.resolve,
    onRedraw: () => terminal.redraw(),
    onSuspend: () => terminal.suspend(),
    onCopy: (text) => copy(text, terminal),
  });

  terminal.open();
  const theme: Theme = { isDark: true, hasColor: options.globals.color && !process.env.NO_COLOR };
  const ink = render(<App screen={screen} theme={theme} />, {
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
  const undoTitle = followTitle(screen, terminal);
  const undoRing = ringFor({ screen, terminal });
  screen.start();

  try {
    void session.start();
    void terminal.query().then((answers) => {
      if (isLight(answers)) ink.rerender(<App screen={screen} theme={{ ...theme, isDark: false }} />);
    });
    return await ended.promise;
  } finally {
    // The terminal first and always.
    undoTitle();
    undoRing();
    terminal.restore();
    ink.unmount();
    await within(screen.close(), CLOSE_MS);
  }
}

/** `(3) tea · keet-tui` */
function followTitle(screen: Screen, terminal: Terminal): () => void {
  let shown = "";
  const follow = () => {
    const unread = screen.unread();
    const room = screen.session.roomView(screen.state.getSnapshot().room);
    const title = `${unread > 0 ? `(${unread}) ` : ""}${room ? `${room.name} · ` : ""}keet-tui`;
    if (title === shown) return;
    shown = title;
    terminal.setTitle(title);
  };
  const undos = [screen.state.subscribe(follow), screen.session.profile.subscribe(follow)];
  return () => {
    for (const undo of undos) undo();
  };
}

async function copy(text: string, terminal: Terminal): Promise<string> {
  const { confirmed } = await copyText(text, { write: (data) => terminal.write(data) });
  return confirmed ? "Copied" : "Sent to the terminal's clipboard; not every terminal takes it";
}

function isLight({ background }: Capabilities): boolean {
  if (!background) return false;
  return 0.299 * background.red + 0.587 * background.green + 0.114 * background.blue > 140;
}

async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, limitMs);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
