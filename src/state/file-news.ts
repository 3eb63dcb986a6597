/** What becomes of files that are on their way, in steps worth a word: each quarter, a wait, the end. */
import type { CoreEvent, MessageInfo, TransferInfo } from "../rpc/methods.js";
import { type SafeText, safe, safeFileName, safeLine } from "../safe-text.js";

export type FileStep =
  | { readonly kind: "quarter"; readonly percent: number }
  /** It stands still, and goes on by itself. */
  | { readonly kind: "waits"; readonly reason: SafeText }
  | { readonly kind: "here"; readonly path: string | null }
  /** All of what is shared from here was read in. */
  | { readonly kind: "shared" }
  | { readonly kind: "failed"; readonly reason: SafeText };

export interface FileNewsItem {
  readonly name: SafeText;
  /** Shared from here. */
  readonly mine: boolean;
  readonly step: FileStep;
}

interface Row {
  readonly room: string;
  readonly writer: string;
  readonly id: string;
}

interface Known {
  quarter: number;
  reason: string | null;
}

export interface FileNewsOptions {
  readonly rowOf: (row: Row) => Promise<MessageInfo>;
}

export class FileNews {
  onNews: ((news: FileNewsItem) => void) | null = null;
  readonly #options: FileNewsOptions;
  readonly #known = new Map<string, Known>();
  /** One after the other, as it happened. */
  #line: Promise<void> = Promise.resolve();

  constructor(options: FileNewsOptions) {
    this.#options = options;
  }

  /** It was asked for just now: also one that is here at once is news then. */
  expect({ writer, id }: Pick<Row, "writer" | "id">): void {
    this.#known.set(`${writer}:${id}`, { quarter: 0, reason: null });
  }

  apply(event: Extract<CoreEvent, { type: "transfers" }>): void {
    for (const { writer, id, transfer } of event.transfers) {
      const step = this.#stepOf(`${writer}:${id}`, transfer);
      if (step) this.#tell({ room: event.room, writer, id }, step);
    }
  }

  #stepOf(key: string, transfer: TransferInfo | null): FileStep | null {
    const known = this.#known.get(key);
    if (transfer === null || isEnd(transfer)) {
      this.#known.delete(key);
      return transfer === null || !known ? null : endOf(transfer);
    }
    const { reason } = transfer;
    const quarter = quarterOf(transfer);
    this.#known.set(key, { quarter: Math.max(quarter, known?.quarter ?? 0), reason });
    if (!known) return null;
    if (reason !== null && reason !== known.reason) return { kind: "waits", reason: safeLine(reason) };
    return quarter > known.quarter ? { kind: "quarter", percent: quarter * 25 } : null;
  }

  #tell(row: Row, step: FileStep): void {
    this.#line = this.#line
      .then(async () => {
        const { file, mine, blocked, deleted } = await this.#options.rowOf(row);
        if (!file || blocked || deleted) return;
        const name = safeFileName(file.name);
        this.onNews?.({ name: file.isFolder ? safe`${name}/` : name, mine, step });
      })
      // The core or the row has gone meanwhile: there is nobody to tell it of.
      .catch(() => {});
  }
}

function isEnd({ state }: TransferInfo): boolean {
  return state === "here" || state === "shared" || state === "failed";
}

function endOf({ state, path, reason }: TransferInfo): FileStep {
  if (state === "here") return { kind: "here", path };
  return state === "shared" ? { kind: "shared" } : { kind: "failed", reason: safeLine(reason ?? "nobody knows why") };
}

/** 0 to 3: the last one is the end. */
function quarterOf({ bytes, of }: TransferInfo): number {
  return of > 0 ? Math.min(3, Math.floor((4 * bytes) / of)) : 0;
}
