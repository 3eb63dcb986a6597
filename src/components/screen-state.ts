import type { Anchor } from "../state/timeline.js";
import type { Overlay, Question } from "./overlay.js";

export interface ScreenState {
  readonly columns: number;
  readonly rows: number;
  readonly room: string | null;
  readonly anchor: Anchor | null;
  readonly selected: string | null;
  readonly overlay: Overlay | null;
  readonly question: Question | null;
  /** Wanted on the right where there is room for them. */
  readonly showsMembers: boolean;
}
