/** What comes in from the terminal, once its bytes are read. */

export interface KeyEvent {
  readonly type: "key";
  /** `a`, `space`, `enter`, `up`, `f5`, …; a letter is lower case here and as typed in `text`. */
  readonly name: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** What to insert, where the key stands for a character. */
  readonly text?: string;
  readonly eventType: "press" | "repeat" | "release";
}

export type InputEvent =
  | KeyEvent
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "focus"; readonly focused: boolean }
  /** An answer of the terminal, without its introducer and end: `?2026;2$y`, `11;rgb:…`. */
  | { readonly type: "reply"; readonly kind: "csi" | "osc" | "dcs" | "apc"; readonly body: string };
