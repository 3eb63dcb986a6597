import { bindingOf, type KeyId, type PressedKey } from "../keys.js";
import type { Actions } from "../state/actions.js";
import { EDITS, EMPTY_EDIT, write } from "../state/edit.js";
import type { Found } from "../state/messaging.js";
import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import type { Guard } from "./guard.js";
import { type Overlay, type SearchOverlay, stepOf } from "./overlay.js";
import type { ScreenState } from "./screen-state.js";

/** After the last key; short enough to feel live, long enough not to ask for every letter. */
const PAUSE_MS = 120;
const MAX_QUERY_LENGTH = 500;
/** So close to the end of what is here, older ones are asked for. */
const NEAR_END = 8;
const NOTHING: Found = { messages: [], more: null, incomplete: [] };

export interface SearchPageOptions {
  readonly session: Session;
  readonly state: Store<ScreenState>;
  readonly actions: Actions;
  readonly guard: Guard;
  readonly show: (overlay: Overlay) => void;
  /** Leaves for the message. */
  readonly goTo: (message: MessageView) => void;
  /** Rows of the list that are on screen. */
  readonly pageRows: () => number;
}

/** Looks for messages while one types. */
export class SearchPage {
  readonly #options: SearchPageOptions;
  #timer: NodeJS.Timeout | null = null;
  /** Counts questions: an answer to an older one is dropped. */
  #run = 0;
  /** As it was left, to go on with the next hit. */
  #last: SearchOverlay | null = null;

  constructor(options: SearchPageOptions) {
    this.#options = options;
  }

  /** With words a new search; without, the one before as it was left, where it was for this room or for all. */
  open(words: string): void {
    const { actions, state } = this.#options;
    const id = state.getSnapshot().room;
    const room = actions.rooms().find((one) => one.id === id) ?? null;
    const last = this.#last;
    if (words === "" && last && (last.isEverywhere || last.room?.id === room?.id)) {
      // What was still being looked for when it was left is looked for again.
      if (last.isSearching) this.#ask({ ...last, room }, 0);
      else this.#show({ ...last, room });
      return;
    }
    const overlay: SearchOverlay = {
      kind: "search",
      query: words,
      room,
      isEverywhere: room === null,
      found: NOTHING,
      isSearching: false,
      chosen: 0,
      top: 0,
    };
    this.#ask(overlay, 0);
  }

  onKey(overlay: SearchOverlay, id: KeyId | null, key: PressedKey): void {
    const { found, chosen, query } = overlay;
    const page = Math.max(1, this.#options.pageRows() - 1);
    const step = stepOf(id, page);
    if (step !== 0) this.#choose(overlay, chosen + step);
    else if (id === "list-open") {
      const message = found.messages[chosen];
      if (message) this.#options.goTo(message);
    } else if (id === "search-scope") {
      if (overlay.room) this.#ask({ ...overlay, isEverywhere: !overlay.isEverywhere, chosen: 0, top: 0 }, 0);
    } else {
      const changed = typed(query, key);
      if (changed !== query) this.#write(overlay, changed);
    }
  }

  onPaste(overlay: SearchOverlay, text: string): void {
    this.#write(overlay, overlay.query + text.trim().split("\n")[0]!);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#run += 1;
  }

  #write(overlay: SearchOverlay, query: string): void {
    this.#ask({ ...overlay, query: query.slice(0, MAX_QUERY_LENGTH).toWellFormed(), chosen: 0, top: 0 }, PAUSE_MS);
  }

  #choose(overlay: SearchOverlay, wanted: number): void {
    const { found } = overlay;
    const chosen = Math.max(0, Math.min(found.messages.length - 1, wanted));
    this.#show({ ...overlay, chosen });
    if (found.more !== null && !overlay.isSearching && chosen >= found.messages.length - NEAR_END) this.#askMore();
  }

  #ask(overlay: SearchOverlay, pauseMs: number): void {
    this.close();
    const run = this.#run;
    if (overlay.query.trim() === "") {
      this.#show({ ...overlay, found: NOTHING, isSearching: false });
      return;
    }
    this.#show({ ...overlay, isSearching: true });
    const ask = () => void this.#read(run, null);
    if (pauseMs === 0) ask();
    else this.#timer = setTimeout(ask, pauseMs);
  }

  #askMore(): void {
    const overlay = this.#now();
    if (!overlay) return;
    this.#run += 1;
    this.#show({ ...overlay, isSearching: true });
    void this.#read(this.#run, overlay.found);
  }

  async #read(run: number, before: Found | null): Promise<void> {
    const asked = this.#now();
    if (!asked) return;
    const { query, room, isEverywhere } = asked;
    const scope = isEverywhere || !room ? null : room.id;
    const isDropped = () => run !== this.#run;
    await this.#options.guard(
      async () => {
        const page = await this.#options.actions.messages.search(query, scope, before?.more ?? null);
        const overlay = this.#now();
        if (isDropped() || !overlay) return;
        const found = before ? { ...page, messages: [...before.messages, ...page.messages] } : page;
        this.#show({ ...overlay, found, isSearching: false });
      },
      () => {
        const overlay = this.#now();
        if (!isDropped() && overlay) this.#show({ ...overlay, found: before ?? NOTHING, isSearching: false });
      },
    );
  }

  #now(): SearchOverlay | null {
    const { overlay } = this.#options.state.getSnapshot();
    return overlay?.kind === "search" ? overlay : null;
  }

  #show(overlay: SearchOverlay): void {
    this.#last = overlay;
    this.#options.show(overlay);
  }
}

/** The words behind a key: what is typed goes to their end. */
function typed(query: string, key: PressedKey): string {
  const id = bindingOf(key, ["composer"]);
  const change = id === null || id === "newline" ? undefined : EDITS[id];
  if (change && (key.name === "backspace" || key.ctrl)) return change(write(EMPTY_EDIT, query)).text;
  return key.text && !key.ctrl ? query + key.text : query;
}
