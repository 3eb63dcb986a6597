import type { Page } from "../commands/define.js";
import type { KeyId, PressedKey } from "../keys.js";
import type { Actions } from "../state/actions.js";
import type { InviteView, MessageView, RoomView } from "../state/model.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import { cells } from "./cells.js";
import { chosenFile } from "./files-page.js";
import { roomsFor } from "./go-to.js";
import type { Guard } from "./guard.js";
import type { Layout } from "./layout.js";
import { type Overlay, stepOf } from "./overlay.js";
import { overlayRows } from "./overlay-rows.js";
import type { ScreenState } from "./screen-state.js";
import { SearchPage } from "./search-page.js";
import { SettingsPage } from "./settings-page.js";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows of an overlay that do not turn: its heading and its keys. */
const FIXED_ROWS = 2;
const FILE_COMMANDS: Readonly<Partial<Record<KeyId, string>>> = {
  "files-get": "get",
  "files-stop": "cancel",
  "files-open": "open",
};

export interface OverlaysOptions {
  readonly session: Session;
  readonly actions: Actions;
  readonly state: Store<ScreenState>;
  readonly layout: () => Layout;
  readonly openRoom: (id: string) => void;
  readonly copy: (text: string) => void;
  /** Onto the line, to be finished there. */
  readonly write: (line: string) => void;
  /** Runs what may be refused; a refusal becomes a notice. */
  readonly guard: Guard;
  /** Leaves for a message. */
  readonly goTo: (message: MessageView) => void;
  /** Runs a command about the message of that key. */
  readonly runAbout: (command: string, key: string) => void;
  /** Something was laid over the talk or taken away again. */
  readonly onChange: () => void;
  readonly onWordsSeen: () => void;
}

/** The pages over the talk and their keys. */
export class Overlays {
  readonly search: SearchPage;
  readonly settings: SettingsPage;
  readonly #options: OverlaysOptions;
  readonly #undo: () => void;
  /** The room whose files are on screen. */
  #watched: string | null = null;

  constructor(options: OverlaysOptions) {
    this.#options = options;
    this.#undo = options.state.subscribe(() => {
      const { overlay } = options.state.getSnapshot();
      this.#watch(overlay?.kind === "files" ? overlay.room.id : null);
    });
    this.search = new SearchPage({
      ...options,
      show: (overlay) => this.show(overlay),
      pageRows: () => options.layout().bodyRows - FIXED_ROWS,
    });
    this.settings = new SettingsPage({
      ...options,
      settings: options.actions.settings,
      show: (overlay) => this.show(overlay),
      write: (line) => {
        this.leave();
        options.write(line);
      },
    });
  }

  close(): void {
    this.#undo();
    this.#watch(null);
    this.search.close();
  }

  /** The list of files takes in what comes while it is looked at, and only then. */
  #watch(room: string | null): void {
    if (room === this.#watched) return;
    const { session } = this.#options;
    if (this.#watched !== null) session.room(this.#watched).files.isOnScreen = false;
    this.#watched = room;
    if (room === null) return;
    const { files } = session.room(room);
    files.isOnScreen = true;
    // One that came between the list and the page.
    files.refresh();
  }

  show(overlay: Overlay): void {
    this.#options.state.update((old) => ({ ...old, overlay, selected: null }));
    this.#options.onChange();
  }

  /** A page that grows as more becomes known, until it is left. */
  async fill(page: Page, more: AsyncIterable<Page["rows"]>): Promise<void> {
    const { state } = this.#options;
    let now: Page = page;
    this.show({ kind: "page", page, top: 0, isFilling: true });
    /** How far it was turned meanwhile; null where something else is on screen. */
    const topOf = () => {
      const { overlay } = state.getSnapshot();
      return overlay?.kind === "page" && overlay.page === now ? overlay.top : null;
    };
    for await (const rows of more) {
      const top = topOf();
      if (top === null) return;
      now = { ...now, rows: [...now.rows, ...rows] };
      this.show({ kind: "page", page: now, top, isFilling: true });
    }
    const top = topOf();
    if (top !== null) this.show({ kind: "page", page: now, top });
  }

  leave(): void {
    const { overlay } = this.#options.state.getSnapshot();
    this.#options.state.update((old) => ({ ...old, overlay: null }));
    this.#options.onChange();
    if (overlay?.kind === "words" && overlay.isFirst) this.#options.onWordsSeen();
  }

  showGoTo(): void {
    this.show({ kind: "go-to", query: "", chosen: 0, top: 0 });
  }

  async showWords(isFirst: boolean): Promise<void> {
    this.show({ kind: "words", words: await this.#options.actions.words(), isFirst, top: 0 });
  }

  async showPins(): Promise<void> {
    const { actions } = this.#options;
    this.show({ kind: "pins", room: actions.here(), messages: await actions.messages.pins(), chosen: 0, top: 0 });
  }

  showFiles(): void {
    const room = this.#options.actions.here();
    const [first] = this.#options.session.room(room.id).files.store.getSnapshot();
    this.show({ kind: "files", room, chosen: first?.key ?? null, top: 0 });
  }

  async showInvite(id: string): Promise<void> {
    const { actions, session } = this.#options;
    const room = actions.here();
    const invite = (await actions.invites(room.id)).find((one) => one.id === id);
    if (invite) this.#showInviteOf(room, invite, Math.max(0, invite.expiresAt - session.now()));
  }

  onKey(overlay: Overlay, id: KeyId | null, key: PressedKey): void {
    const page = Math.max(1, this.#options.layout().bodyRows - FIXED_ROWS - 1);
    if (id === "overlay-leave") this.leave();
    else if (overlay.kind === "search") this.search.onKey(overlay, id, key);
    else if (overlay.kind === "settings") this.settings.onKey(overlay, id);
    else if (overlay.kind === "files") this.#onFilesKey(overlay, id, page);
    else if (overlay.kind === "pins") this.#onPinsKey(overlay, id);
    else if (overlay.kind === "go-to") this.#onGoToKey(overlay, id, key, page);
    else if (id === "overlay-up" || id === "overlay-down") this.#turn(overlay, id === "overlay-up" ? -1 : 1);
    else if (id === "overlay-page-up") this.#turn(overlay, -page);
    else if (id === "overlay-page-down" || id === "page-space") this.#turn(overlay, page);
    else if (id === "words-written") {
      void this.#options.guard(() => this.#options.actions.wordsSeen());
      this.leave();
    } else if (id === "page-leave") this.leave();
    else if (overlay.kind === "invite") this.#onInviteKey(overlay, id, key);
  }

  onPaste(overlay: Overlay, text: string): void {
    if (overlay.kind === "search") this.search.onPaste(overlay, text);
    if (overlay.kind !== "go-to") return;
    this.show({ ...overlay, query: overlay.query + text.split("\n")[0]!, chosen: 0 });
  }

  #onGoToKey(overlay: Extract<Overlay, { kind: "go-to" }>, id: KeyId | null, key: PressedKey, page: number): void {
    const found = roomsFor(overlay.query, this.#options.actions.rooms());
    const step = stepOf(id, page);
    if (step !== 0 && found.length > 0) {
      const wanted = overlay.chosen + step;
      // One step goes round, a page ends at the end.
      const isStep = Math.abs(step) === 1;
      const chosen = isStep ? (wanted + found.length) % found.length : Math.max(0, Math.min(found.length - 1, wanted));
      this.show({ ...overlay, chosen });
    } else if (id === "list-open") {
      const room = found[overlay.chosen];
      if (room) this.#options.openRoom(room.id);
    } else if (key.name === "backspace") this.show({ ...overlay, query: overlay.query.slice(0, -1), chosen: 0 });
    else if (key.ctrl && key.name === "u") this.show({ ...overlay, query: "", chosen: 0 });
    else if (key.text) this.show({ ...overlay, query: overlay.query + key.text, chosen: 0 });
  }

  #onFilesKey(overlay: Extract<Overlay, { kind: "files" }>, id: KeyId | null, page: number): void {
    const files = this.#options.session.room(overlay.room.id).files.store.getSnapshot();
    const at = chosenFile(files, overlay.chosen);
    const step = stepOf(id, page);
    const command = id === null ? undefined : FILE_COMMANDS[id];
    const key = files[Math.max(0, Math.min(files.length - 1, at + step))]?.key ?? null;
    if (step !== 0) this.show({ ...overlay, chosen: key });
    else if (command && key !== null) this.#options.runAbout(command, key);
  }

  #onPinsKey(overlay: Extract<Overlay, { kind: "pins" }>, id: KeyId | null): void {
    const { messages, chosen } = overlay;
    const step = stepOf(id, messages.length);
    const message = messages[chosen];
    if (step !== 0) this.show({ ...overlay, chosen: Math.max(0, Math.min(messages.length - 1, chosen + step)) });
    else if (id === "list-open" && message) this.#options.goTo(message);
  }

  #onInviteKey(overlay: Extract<Overlay, { kind: "invite" }>, id: KeyId | null, key: PressedKey): void {
    const { guard, actions, session } = this.#options;
    const { invite, room } = overlay;
    if (id === "invite-copy" && invite.link !== null) this.#options.copy(invite.link);
    // On some keyboards the key is another one and only its text is a plus.
    else if (id === "invite-more" || key.text === "+")
      void guard(() => this.#remakeInvite(overlay, invite.uses + 1, overlay.expiresMs));
    else if (id === "invite-longer") {
      const longer = overlay.expiresMs < 7 * DAY_MS ? 7 * DAY_MS : 30 * DAY_MS;
      void guard(() => this.#remakeInvite(overlay, invite.uses, longer));
    } else if (id === "invite-revoke") {
      void guard(async () => {
        await actions.revoke(room.id, invite.id);
        this.leave();
        session.tell("That link admits nobody any more.");
      });
    }
  }

  #showInviteOf(room: RoomView, invite: InviteView, expiresMs: number): void {
    this.show({ kind: "invite", room, invite, expiresMs, top: 0 });
  }

  /** A link cannot be changed, so another is made and the one shown is taken back. */
  async #remakeInvite(overlay: Extract<Overlay, { kind: "invite" }>, uses: number, expiresMs: number): Promise<void> {
    const { actions } = this.#options;
    const made = await actions.invite(overlay.room.id, { uses, expiresMs: Math.round(expiresMs) });
    await actions.revoke(overlay.room.id, overlay.invite.id);
    this.#showInviteOf(overlay.room, made, expiresMs);
  }

  #turn(overlay: Overlay, rows: number): void {
    const { columns, bodyRows: height } = this.#options.layout();
    const { actions, session } = this.#options;
    const known = { rooms: actions.rooms(), members: actions.members(), settings: actions.settings };
    const facts = { ...known, files: [], columns, height, cells, now: session.now() };
    const { body, paper } = overlayRows(overlay, facts);
    const last = Math.max(0, body.length - (height - FIXED_ROWS - paper.length));
    this.show({ ...overlay, top: Math.max(0, Math.min(last, overlay.top + rows)) });
  }
}
