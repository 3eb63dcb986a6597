/**
 * Who can act on an error decides its family, and the family decides how it is shown:
 * `user` as a notice, `peer` as a status in the item, `device` in the call bar,
 * `storage` as a page and exit 3. Anything that is no KeetError is a bug of ours (exit 70).
 */
export type ErrorFamily = "user" | "peer" | "device" | "storage";

export interface ErrorData {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export class KeetError extends Error {
  readonly family: ErrorFamily;
  readonly code: string;
  /** What would work, in one sentence; null where there is nothing to say. */
  readonly hint: string | null;
  /** More than a sentence of facts for programs, such as the id to repeat with. Plain JSON. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    family: ErrorFamily,
    code: string,
    message: string,
    options: { hint?: string; cause?: unknown; data?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KeetError";
    this.family = family;
    this.code = code;
    this.hint = options.hint ?? null;
    this.data = options.data ?? {};
  }

  toData(): ErrorData {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** Exit codes of the program, DESIGN §10. */
export const EXIT = { ok: 0, failed: 1, usage: 2, storage: 3, notFound: 4, timedOut: 5, bug: 70 } as const;

const EXIT_BY_CODE: Readonly<Record<string, number>> = {
  USAGE: EXIT.usage,
  NOT_SUPPORTED_YET: EXIT.usage,
  NO_SUCH_ROOM: EXIT.notFound,
  NO_SUCH_MESSAGE: EXIT.notFound,
  NO_SUCH_INVITE: EXIT.notFound,
  NO_SUCH_MEMBER: EXIT.notFound,
  TIMED_OUT: EXIT.timedOut,
  ROOM_STOPPED: EXIT.storage,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof KeetError)) return EXIT.bug;
  return EXIT_BY_CODE[error.code] ?? (error.family === "storage" ? EXIT.storage : EXIT.failed);
}
