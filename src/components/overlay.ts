import type { Page } from "../commands/define.js";
import type { InviteView, RoomView } from "../state/model.js";

/** What lies over the talk; Esc leaves each of them. */
export type Overlay =
  | { readonly kind: "help"; readonly top: number }
  | { readonly kind: "keys"; readonly top: number }
  | { readonly kind: "members"; readonly top: number }
  | { readonly kind: "page"; readonly page: Page; readonly top: number }
  | {
      readonly kind: "invite";
      readonly room: RoomView;
      readonly invite: InviteView;
      readonly expiresMs: number;
      readonly top: number;
    }
  /** `isFirst`: on the way in, where Enter says they are written down. */
  | { readonly kind: "words"; readonly words: readonly string[]; readonly isFirst: boolean; readonly top: number }
  | { readonly kind: "go-to"; readonly query: string; readonly chosen: number; readonly top: number };

/** Asked in the row above the composer. */
export interface Question {
  readonly text: string;
  readonly keys: string;
  /** `quit` and `leave` take the next key whatever it is; `join` lets one go on typing. */
  readonly isModal: boolean;
  readonly yes: () => void;
  readonly no: () => void;
}
