import type { Anchor } from "../state/timeline.js";
import type { Mode } from "./modes.js";
import type { Overlay, Question } from "./overlay.js";

export interface ScreenState {
  readonly columns: number;
  readonly rows: number;
  readonly room: string | null;
  readonly anchor: Anchor | null;
  /** Nothing up to this message is in sight, while one is at the end. */
  readonly cleared: string | null;
  readonly selected: string | null;
  /** The message that was selected when a command was begun: it is meant, while one types. */
  readonly pointed: string | null;
  /** What the line is, where it is no new message. */
  readonly mode: Mode | null;
  readonly overlay: Overlay | null;
  readonly question: Question | null;
  /** Wanted on the right where there is room for them. */
  readonly showsMembers: boolean;
}
