import type { Wish } from "../commands/define.js";
import { findCommand } from "../commands/index.js";
import { usagePage } from "../commands/usage-page.js";
import type { Session } from "../state/session.js";
import type { Store } from "../state/store.js";
import type { Guard } from "./guard.js";
import type { Overlays } from "./overlays.js";
import type { Questions } from "./questions.js";
import type { ScreenState } from "./screen-state.js";
import type { Writing } from "./writing.js";

export interface WishesOptions {
  readonly session: Session;
  readonly state: Store<ScreenState>;
  readonly overlays: Overlays;
  readonly questions: Questions;
  readonly writing: () => Writing;
  readonly guard: Guard;
  readonly openRoom: (id: string) => void;
  readonly copy: (text: string) => void;
  /** Through the person's editor into the line. */
  readonly compose: (text: string) => Promise<void>;
  readonly showBare: () => void;
  readonly clear: () => Promise<void>;
  readonly quit: () => void;
}

/** What commands want to have on screen. */
export class Wishes {
  readonly #options: WishesOptions;

  constructor(options: WishesOptions) {
    this.#options = options;
  }

  grant(wish: Wish | undefined): void {
    if (!wish) return;
    const { session, overlays, guard } = this.#options;
    if ("quit" in wish) this.#options.quit();
    else if ("open" in wish) {
      this.#options.openRoom(wish.open);
      if (wish.notice) session.tell(wish.notice, { hint: wish.hint ?? null });
    } else if ("ask" in wish) this.#ask(wish);
    else if ("notice" in wish) session.tell(wish.notice, { hint: wish.hint ?? null });
    else if ("copy" in wish) this.#options.copy(wish.copy);
    else if ("compose" in wish) void guard(() => this.#options.compose(wish.compose));
    else if ("write" in wish) {
      this.#set({ selected: null, pointed: null, overlay: null });
      this.#options.writing().begin({ kind: wish.write, message: wish.message });
    } else if (wish.show === "search") overlays.search.open(wish.words);
    else if (wish.show === "settings") overlays.settings.open();
    else if (wish.show === "pins") void guard(() => overlays.showPins());
    else if (wish.show === "nothing") void guard(() => this.#options.clear());
    else if (wish.show === "files") overlays.showFiles();
    else if (wish.show === "bare") this.#options.showBare();
    else if (wish.show === "page") {
      if (wish.more) void guard(() => overlays.fill(wish.page, wish.more!));
      else overlays.show({ kind: "page", page: wish.page, top: 0 });
    } else if (wish.show === "invite") void guard(() => overlays.showInvite(wish.invite));
    else if (wish.show === "words") void guard(() => overlays.showWords(false));
    else if (wish.show === "go-to") overlays.showGoTo();
    else if (wish.show === "members") this.#showMembers();
    else if (wish.show === "usage") this.#showUsage(wish.command);
    else if (wish.show === "help") overlays.show({ kind: "help", topic: wish.topic ?? null, top: 0 });
    else overlays.show({ kind: wish.show, top: 0 });
  }

  /** Over a page that says what the answer means, where one line is too short for that. */
  #ask({ ask, page, note, yes }: Extract<Wish, { ask: string }>): void {
    const { overlays, questions, guard } = this.#options;
    const leave = () => {
      if (page) overlays.leave();
    };
    if (page) overlays.show({ kind: "page", page, top: 0 });
    const onYes = () => {
      leave();
      void guard(async () => this.grant(await yes()));
    };
    questions.ask(ask, onYes, undefined, leave, note);
  }

  #showMembers(): void {
    const { columns, showsMembers } = this.#options.state.getSnapshot();
    // Where they are beside the talk already, whoever asks wants to see more of them.
    if (columns >= 120 && !showsMembers) this.#set({ showsMembers: true });
    else this.#options.overlays.show({ kind: "members", top: 0 });
  }

  #showUsage(name: string): void {
    const command = findCommand(name);
    if (command) this.#options.overlays.show({ kind: "page", page: usagePage(command), top: 0 });
    else this.#options.overlays.show({ kind: "help", topic: null, top: 0 });
  }

  #set(change: Partial<ScreenState>): void {
    this.#options.state.update((old) => ({ ...old, ...change }));
  }
}
