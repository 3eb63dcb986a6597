import type { Session } from "../state/session.js";

export type Guard = (act: () => Promise<void> | void, onRefused?: () => void) => Promise<void>;

/** What a person can act on becomes a notice; anything else is a bug and ends the program with a report. */
export function guardOf(session: Session): Guard {
  return async (act, onRefused) => {
    try {
      await act();
    } catch (error) {
      onRefused?.();
      session.tellError(error);
    }
  };
}
