import { findCommand } from "../commands/index.js";
import { inviteIn, readLine } from "../commands/parse.js";
import { safe } from "../safe-text.js";
import type { Session } from "../state/session.js";
import { nameWord } from "./message-words.js";
import type { Question } from "./questions.js";
import { type RecoveryWordsOptions, showWords } from "./recovery-words.js";

export interface NamingOptions extends RecoveryWordsOptions {
  readonly session: Session;
  /** Of `keet-tui --plain <invite>`: one lands there after the name. */
  readonly invite: string | null;
  readonly defaultName: () => string;
  readonly quit: () => void;
  /** There is somebody now; with the invite that waits. */
  readonly done: (invite: string | null) => Promise<void>;
}

const WELCOME = "Private talk between terminals. No account, no server.";
const ASK = "What should people call you? Shown to people in rooms you join. Change it any time with /nick";

/** The first run: what people call this person, and the words. */
export class Naming {
  readonly #options: NamingOptions;
  #invite: string | null;
  /** A name is asked for: nothing can be done without one. */
  isUnderWay = false;

  constructor(options: NamingOptions) {
    this.#options = options;
    this.#invite = options.invite;
  }

  async begin(): Promise<void> {
    const { session, paper, questions, isAsked } = this.#options;
    if (session.profile.getSnapshot().identity) {
      await this.#options.done(this.#invite);
      return;
    }
    if (isAsked) {
      this.isUnderWay = true;
      paper.tell(WELCOME);
      questions.put(this.#question());
    } else if (this.#invite !== null) {
      await this.ready();
      await this.#options.done(this.#invite);
    }
  }

  /** Somebody to act as. Where nobody can be asked, one of the login name, like all one-shots do. */
  async ready(): Promise<void> {
    const { session, actions, paper, defaultName } = this.#options;
    if (session.profile.getSnapshot().identity) return;
    const { name } = await actions.createIdentity(defaultName());
    paper.refuse(
      safe`This profile was new: it is called ${nameWord({ name })} now.`,
      "keet-tui identity words shows its recovery words, /nick changes the name.",
    );
  }

  #question(): Question {
    const { guard, paper, quit } = this.#options;
    return {
      text: ASK,
      drop: () => {},
      answer: (line) => {
        const name = line.trim();
        const invite = inviteIn(name);
        const read = readLine(name);
        if (read.kind === "command" && findCommand(read.name)?.name === "quit") quit();
        else if (read.kind === "command") paper.tell(`first a name; then /${read.name}`);
        else if (invite !== null) {
          this.#invite = invite;
          paper.tell("the invite is kept: you land there after this. First a name");
        } else if (name === "") paper.tell(ASK);
        else return guard(() => this.#give(name)).then(() => this.#askAgain());
        return false;
      },
    };
  }

  /** Where the name was refused, such as one that is too long. */
  #askAgain(): void {
    if (this.isUnderWay) this.#options.questions.put(this.#question());
  }

  async #give(name: string): Promise<void> {
    const { actions, isShown } = this.#options;
    await actions.createIdentity(name);
    this.isUnderWay = false;
    const done = () => this.#options.done(this.#invite);
    if (isShown) {
      await showWords(this.#options, done);
      return;
    }
    this.#options.paper.tell(
      "your 24 words are not shown where they would be kept",
      "keet-tui identity words shows them on a terminal.",
    );
    await done();
  }
}
