import type { PressedKey } from "../keys.js";
import type { SafeText } from "../safe-text.js";
import type { Actions } from "../state/actions.js";
import type { Session } from "../state/session.js";

export type ScreenInput =
  | ({ readonly type: "key"; readonly eventType?: "press" | "repeat" | "release" } & PressedKey)
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "focus"; readonly focused: boolean };

export interface ScreenOptions {
  readonly session: Session;
  readonly actions: (where: { room: () => string | null; selected: () => string | null }) => Actions;
  readonly columns: number;
  readonly rows: number;
  readonly invite?: string | null;
  /** The terminal tells when a key is let go; asked each time. */
  readonly tellsRelease?: () => boolean;
  readonly onQuit: (code: number) => void;
  readonly onRedraw?: () => void;
  /** Stops this process for the shell; false where nobody could wake it again. */
  readonly onSuspend?: () => Promise<boolean>;
  /** Answers with what is to be said: "copied" only where something confirmed it. */
  readonly onCopy?: (text: string) => Promise<string>;
  /** Lets the person change a text in an editor of their own. */
  readonly onEdit?: (text: string) => Promise<string>;
  /** Shows lines in place of the screen until a key is pressed, drawn for the size there is. */
  readonly onBare?: (draw: (size: { columns: number; rows: number }) => readonly SafeText[]) => void;
}
