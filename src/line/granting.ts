import type { Wish } from "../commands/define.js";
import { emojiOf } from "../commands/react.js";
import { settingsPage } from "../commands/set.js";
import { KeetError } from "../errors.js";
import { type SafeText, safe } from "../safe-text.js";
import type { Actions } from "../state/actions.js";
import type { MessageView } from "../state/model.js";
import type { Session } from "../state/session.js";
import { LINE_TABLE } from "./commands.js";
import { authorWord, gistWords } from "./message-words.js";
import { filesPage, helpPage, inviteWords, keysPage, membersPage, roomsPage, usagePage } from "./pages.js";
import type { Paper } from "./paper.js";
import { nextLine, type Questions, yesOrNo } from "./questions.js";
import type { Readout } from "./readout.js";
import { showWords } from "./recovery-words.js";

/** The line that a wish came from. */
export interface Asking {
  /** As it was typed, to be named in what would work. */
  readonly line: string;
  /** What it asks is answered with yes, once; `done`: it was, and what comes of it is not part of what was wanted. */
  readonly saysYes: boolean | "done";
  /** Rooms this person was in before it. */
  readonly known: ReadonlySet<string>;
  /** Of the room in which it changes a message, where that is another than one is in. */
  readonly elsewhere?: SafeText;
  /** Others were typed since: whoever types now is not to find themselves in another room. */
  isLate: boolean;
}

export interface GrantingOptions {
  readonly session: Session;
  readonly actions: Actions;
  readonly paper: Paper;
  readonly questions: Questions;
  readonly readout: Readout;
  /** Somebody is there to be asked. */
  readonly isAsked: boolean;
  /** Standard output is a terminal: nothing keeps what is shown. */
  readonly isShown: boolean;
  readonly copy: (text: string) => Promise<string>;
  readonly openRoom: (id: string, asking: Asking) => Promise<void>;
  /** Runs what an answer leads to; a refusal is said. */
  readonly guard: (act: () => Promise<void>) => Promise<void>;
  readonly quit: () => void;
}

/** What commands want to have on screen, as lines. */
export class Granting {
  readonly #options: GrantingOptions;

  constructor(options: GrantingOptions) {
    this.#options = options;
  }

  async grant(wish: Wish | undefined, asking: Asking): Promise<void> {
    if (!wish) {
      if (asking.elsewhere) this.#options.paper.tell(safe`done in ${asking.elsewhere}`);
      return;
    }
    const { session, paper, readout, actions } = this.#options;
    if ("quit" in wish) this.#options.quit();
    else if ("open" in wish) {
      await this.#options.openRoom(wish.open, asking);
      if (wish.notice && !isArrival(wish.notice)) session.tell(wish.notice, { hint: wish.hint ?? null });
    } else if ("ask" in wish) await this.#ask(wish, asking);
    else if ("notice" in wish) session.tell(wish.notice, { hint: wish.hint ?? null });
    else if ("copy" in wish) paper.tell(await this.#options.copy(wish.copy));
    else if ("compose" in wish) throw noEditor();
    else if ("write" in wish) this.#write(wish.write, wish.message, asking);
    else if (wish.show === "search") await readout.search(wish.words);
    else if (wish.show === "pins") await readout.pins();
    else if (wish.show === "files") paper.page(filesPage(actions.here(), readout.files()));
    else if (wish.show === "page") {
      paper.page(wish.page);
      for await (const rows of wish.more ?? []) paper.rows(rows);
    } else if (wish.show === "invite") await this.#showInvite(wish.invite);
    else if (wish.show === "words") await showWords(this.#options, async () => {});
    else if (wish.show === "go-to") paper.page(roomsPage(actions.rooms(), actions.where(), session.now()));
    else if (wish.show === "members") paper.page(membersPage(actions.members(), session.now()));
    else if (wish.show === "usage") this.#showUsage(wish.command);
    else if (wish.show === "bare") paper.tell("the talk is bare lines here already", "/last reads the latest.");
    else if (wish.show === "settings") paper.page(settingsPage(actions.settings));
    else if (wish.show === "nothing")
      paper.tell("nothing to clear: what was written in lines stays", "/last reads the latest.");
    else if (wish.show === "keys") paper.page(keysPage());
    else paper.page(helpPage(LINE_TABLE.all, ("topic" in wish && wish.topic) || null));
  }

  async #ask({ ask, page, note, about, yes }: Extract<Wish, { ask: string }>, asking: Asking): Promise<void> {
    const { paper, questions, readout, guard, isAsked } = this.#options;
    const goOn = async () => this.grant(await yes(), { ...asking, saysYes: "done" });
    if (asking.saysYes === true) {
      await goOn();
      return;
    }
    if (page) paper.page(page);
    if (about) readout.message(about);
    const text = note ? `${ask} ${note}` : ask;
    if (!isAsked && asking.saysYes === "done") {
      paper.tell(safe`not done, as nobody can be asked: ${text}`);
      return;
    }
    if (!isAsked) {
      throw new KeetError("user", "USAGE", `Nobody can be asked here: ${text}`, { hint: `/yes ${asking.line}` });
    }
    const no = () => paper.tell("no: nothing was changed");
    questions.put(
      yesOrNo(
        text,
        () => guard(goOn),
        no,
        (line) => this.#notSent(line),
      ),
    );
  }

  #notSent(line: string): void {
    this.#options.paper.tell(safe`neither y nor n, and not sent to anybody: ${line}`);
  }

  /** A command that goes on with the next line. */
  #write(kind: "reply" | "edit" | "react", message: MessageView, { line }: Asking): void {
    const { paper, questions, actions, guard, isAsked } = this.#options;
    if (!isAsked) {
      const what = { reply: "the answer", edit: "the new text", react: "an emoji" }[kind];
      throw new KeetError("user", "USAGE", `/${kind} needs ${what}`, {
        hint: `${line.trim()} ${kind === "react" ? "👍" : "text"}`,
      });
    }
    const which = safe`${authorWord(message)} ${gistWords(message)}`;
    const drop = () => paper.tell("dropped: nothing was changed");
    const ask = (text: string, take: (written: string) => Promise<void>) =>
      questions.put(nextLine(text, (written) => guard(() => take(written)), drop));
    if (kind === "reply") {
      ask(safe`the next line answers ${which}; an empty one drops it`, async (text) =>
        actions.messages.reply(message, text),
      );
    } else if (kind === "edit") {
      paper.tell(safe`the text now: ${message.text}`);
      ask("the next line is the new text; an empty one leaves it as it is", (text) =>
        actions.messages.edit(message, text),
      );
    } else {
      ask(safe`the next line is the reaction to ${which}: an emoji, or a name such as :tada`, async (text) => {
        await actions.messages.react(message, emojiOf(text));
      });
    }
  }

  async #showInvite(id: string): Promise<void> {
    const { actions, paper, session } = this.#options;
    const room = actions.here();
    const invite = (await actions.invites(room.id)).find((one) => one.id === id);
    if (!invite) return;
    paper.tell(inviteWords(room, invite, session.now()), `/revoke ${invite.id} takes it back.`);
    // Alone and from the edge, so that it is easily copied.
    if (invite.link !== null) paper.whole(invite.link);
    else paper.tell("the link was made on another device and is known only there");
  }

  #showUsage(name: string): void {
    const command = LINE_TABLE.find(name);
    if (!command) {
      throw new KeetError("user", "USAGE", `/${name} is no command`, { hint: "/help lists them." });
    }
    this.#options.paper.page(usagePage(command));
  }
}

/** Coming into a room says that one is in it, and what to do in an empty one. */
function isArrival(notice: string): boolean {
  return /^(?:You are in .*\.|Only you are in it yet\. .*)$/.test(notice);
}

/** It would want the keyboard, of which a line may be on its way here. */
function noEditor(): KeetError {
  return new KeetError("user", "NOT_SUPPORTED_YET", "Your editor cannot be opened from lines", {
    hint: "/paste takes several lines; a file goes by keet-tui send tea < file.",
  });
}
