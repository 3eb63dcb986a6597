import { KeetError } from "../errors.js";
import type { Actions } from "../state/actions.js";
import { recoveryRows } from "./pages.js";
import type { Paper } from "./paper.js";
import { type Questions, yesOrNo } from "./questions.js";

export interface RecoveryWordsOptions {
  readonly actions: Actions;
  readonly paper: Paper;
  readonly questions: Questions;
  readonly isAsked: boolean;
  readonly isShown: boolean;
  readonly guard: (act: () => Promise<void>) => Promise<void>;
}

/**
 * The 24 words, and whether they are written down; `then` is called when that is answered.
 * @throws USAGE where they would end up in a file or a pipe
 */
export async function showWords(options: RecoveryWordsOptions, then: () => Promise<void>): Promise<void> {
  const { actions, paper, questions, isAsked, isShown, guard } = options;
  if (!isShown) {
    throw new KeetError("user", "USAGE", "The words are shown on a terminal only", {
      hint: "keet-tui identity words --force-stdout prints them all the same.",
    });
  }
  const words = await actions.words();
  paper.tell("Your 24 words. These words are you. On paper, not in a file. Anyone who has them can be you.");
  for (const row of recoveryRows(words)) paper.row(row);
  if (!isAsked) {
    await then();
    return;
  }
  const later = () => {
    paper.tell("later, then: /identity words shows them again");
    void guard(then);
  };
  const written = async () => {
    await actions.wordsSeen();
    await then();
  };
  questions.put(
    yesOrNo(
      "Are they written down?",
      () => guard(written),
      later,
      (line) => paper.tell(`neither y nor n, and not sent to anybody: ${line}`),
    ),
  );
}
