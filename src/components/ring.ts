import { Alerts } from "../alerts.js";
import { safe } from "../safe-text.js";
import type { Terminal } from "../terminal/terminal.js";
import type { Screen } from "./screen.js";

export interface RingOptions {
  readonly screen: Screen;
  readonly terminal: Pick<Terminal, "on" | "off" | "notify">;
  /** Whether this person wants to be told; asked each time. */
  readonly isWanted?: () => boolean;
  readonly after?: (ms: number, act: () => void) => () => void;
}

/** Lets the terminal ring for what is said where nobody looks. Gives what ends that. */
export function ringFor({ screen, terminal, isWanted = () => true, after = later }: RingOptions): () => void {
  const { session } = screen;
  let isFocused = true;
  const alerts = new Alerts({
    now: session.now,
    after,
    announce: (alert) => {
      if (isWanted()) void terminal.notify(alert.text, alert.rings);
    },
    lookedAt: () => (isFocused ? screen.state.getSnapshot().room : null),
    isReady: () => session.profile.getSnapshot().connection === "ready",
  });
  const { ringing } = screen.actions.calls;
  let rung: string | null = null;
  const undoCalls = ringing.store.subscribe(() => {
    const ring = ringing.store.getSnapshot();
    if (ring && ring.call !== rung && isWanted()) void terminal.notify(safe`${ring.room.name} calls`, true);
    rung = ring?.call ?? rung;
  });
  session.onRoom = (id, room) => {
    if (room) alerts.room(room, session.roomView(id));
    else alerts.gone(id);
  };
  const onInput = (event: { readonly type: string; readonly focused?: boolean }) => {
    if (event.type === "focus") isFocused = event.focused === true;
  };
  terminal.on("input", onInput);
  session.onAttach = () => alerts.forget();
  return () => {
    terminal.off("input", onInput);
    session.onRoom = null;
    session.onAttach = null;
    undoCalls();
    alerts.forget();
  };
}

function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
