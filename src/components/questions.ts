import { inviteIn } from "../commands/parse.js";
import { bindingOf, type PressedKey } from "../keys.js";
import type { Store } from "../state/store.js";
import type { Question } from "./overlay.js";
import type { ScreenState } from "./screen-state.js";

const YES_OR_NO = "Enter yes · Esc no";

/** What is asked in the row above the composer, one thing at a time. */
export class Questions {
  readonly #state: Store<ScreenState>;
  readonly #onJoin: (link: string) => void;
  /** An invite that was asked about and refused stays text. */
  #refusedInvite = "";

  /** `onJoin` hears of an invite in the draft that is to be taken. */
  constructor(state: Store<ScreenState>, onJoin: (link: string) => void) {
    this.#state = state;
    this.#onJoin = onJoin;
  }

  /** Takes the next key whatever it is. */
  ask(text: string, yes: () => void, keys = YES_OR_NO, no: () => void = () => {}, note?: string): void {
    this.#set({ text, keys, note, isModal: true, yes, no });
  }

  /** An invite alone on the line is asked about; going on with the line drops the question. */
  followDraft(text: string): void {
    const link = text.includes("keet-tui://join/") ? text.trim() : "";
    if (link !== "" && inviteIn(link) === link && link !== this.#refusedInvite) this.#askToJoin(link);
    else if (this.#state.getSnapshot().question?.isModal === false) this.#set(null);
  }

  /** @returns whether the key was an answer */
  onKey(question: Question, key: PressedKey): boolean {
    const id = bindingOf(key, ["question"]);
    // Where one may go on typing, only Enter is an answer that is no text.
    const isYes = id === "question-yes" && (question.isModal || key.name === "enter");
    if (isYes) {
      this.#set(null);
      question.yes();
      return true;
    }
    if (!question.isModal && key.name !== "escape") return false;
    this.#set(null);
    question.no();
    return true;
  }

  /** Of what is on the line now; going on with it drops the question, Esc leaves it as text. */
  offer(text: string, yes: () => void): void {
    this.#set({ text, keys: YES_OR_NO, isModal: false, yes, no: () => {} });
  }

  #askToJoin(link: string): void {
    this.#set({
      text: "Join this room?",
      keys: YES_OR_NO,
      isModal: false,
      yes: () => this.#onJoin(link),
      no: () => {
        this.#refusedInvite = link;
      },
    });
  }

  #set(question: Question | null): void {
    this.#state.update((old) => (old.question === question ? old : { ...old, question }));
  }
}
