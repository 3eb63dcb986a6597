import type { Page } from "../commands/define.js";
import type { Topic } from "../commands/topics.js";
import type { KeyId, KeyPlace } from "../keys.js";
import type { Found } from "../state/messaging.js";
import type { InviteView, MessageView, RoomView } from "../state/model.js";

/** What lies over the talk; Esc leaves each of them. */
export type Overlay =
  | { readonly kind: "help"; readonly topic: Topic | null; readonly top: number }
  | { readonly kind: "keys"; readonly top: number }
  | { readonly kind: "members"; readonly top: number }
  /** `isFilling`: more rows are still to come. */
  | { readonly kind: "page"; readonly page: Page; readonly top: number; readonly isFilling?: boolean }
  | {
      readonly kind: "invite";
      readonly room: RoomView;
      readonly invite: InviteView;
      readonly expiresMs: number;
      readonly top: number;
    }
  /** `isFirst`: on the way in, where Enter says they are written down. */
  | { readonly kind: "words"; readonly words: readonly string[]; readonly isFirst: boolean; readonly top: number }
  | { readonly kind: "settings"; readonly chosen: number; readonly top: number }
  | { readonly kind: "go-to"; readonly query: string; readonly chosen: number; readonly top: number }
  | {
      readonly kind: "pins";
      readonly room: RoomView;
      readonly messages: readonly MessageView[];
      readonly chosen: number;
      readonly top: number;
    }
  /** `chosen`: key of the row; the files themselves are in the store of the room. */
  | { readonly kind: "files"; readonly room: RoomView; readonly chosen: string | null; readonly top: number }
  | SearchOverlay;

const PLACES: Readonly<Partial<Record<Overlay["kind"], readonly KeyPlace[]>>> = {
  search: ["everywhere", "search", "list", "overlay"],
  "go-to": ["everywhere", "list", "overlay"],
  files: ["everywhere", "files", "list", "overlay"],
  pins: ["everywhere", "list", "overlay"],
  settings: ["everywhere", "settings", "list", "overlay"],
  invite: ["everywhere", "invite", "page", "overlay"],
  words: ["everywhere", "words", "page", "overlay"],
};

/** Where one is while this lies over the talk, for what keys mean. */
export function placesOn(overlay: Overlay): readonly KeyPlace[] {
  return PLACES[overlay.kind] ?? ["everywhere", "page", "overlay"];
}

/** How far a key goes in a list; 0 where it is no such key. */
export function stepOf(id: KeyId | null, page: number): number {
  if (id === "overlay-up" || id === "list-up") return -1;
  if (id === "overlay-down" || id === "list-down") return 1;
  if (id === "overlay-page-up") return -page;
  return id === "overlay-page-down" ? page : 0;
}

/** `found` is what the words so far gave; `room` the one on screen, where there is one. */
export interface SearchOverlay {
  readonly kind: "search";
  readonly query: string;
  readonly room: RoomView | null;
  readonly isEverywhere: boolean;
  readonly found: Found;
  readonly isSearching: boolean;
  readonly chosen: number;
  readonly top: number;
}

/** Asked in the row above the composer. */
export interface Question {
  readonly text: string;
  readonly keys: string;
  /** What the answer means, in the row below. */
  readonly note?: string | undefined;
  /** `quit` and `leave` take the next key whatever it is; `join` lets one go on typing. */
  readonly isModal: boolean;
  readonly yes: () => void;
  readonly no: () => void;
}
