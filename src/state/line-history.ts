import { KeetError } from "../errors.js";

/** Lines of one room that can be called back; older ones go. */
const MAX_LINES = 200;
/** Of all rooms, on the disk: those used longest ago go first. */
const MAX_KEPT_LENGTH = 256 * 1024;
/** Longest time a line exists nowhere but in this process. */
const SAVE_AFTER_MS = 1_000;

/** Where lines are kept; both may throw a KeetError. */
export interface HistoryFile {
  readonly path: string;
  /** Null where there is none. */
  read(): string | null;
  write(content: string): void;
}

export interface LineHistoryOptions {
  readonly file?: HistoryFile | null | undefined;
  /** Whether this person wants them on the disk; asked each time. */
  readonly isWanted?: () => boolean;
  /** What is wrong with the file, once: lines are called back from memory all the same. */
  readonly onProblem?: (error: KeetError) => void;
}

type Rooms = ReadonlyMap<string, readonly string[]>;

/** What was sent and run in each room, to be called back: here at once, on this disk a moment later. */
export class LineHistory {
  readonly #options: LineHistoryOptions;
  #rooms: Map<string, readonly string[]> | null = null;
  /** What the file does not have yet. */
  readonly #unsaved = new Map<string, string[]>();
  readonly #forgotten = new Set<string>();
  #isBroken = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LineHistoryOptions = {}) {
    this.#options = options;
  }

  /** Oldest first. */
  of(room: string): readonly string[] {
    return this.#all().get(room) ?? [];
  }

  /** `isKept`: false for a line with a secret in it, which is never written to the disk. */
  add(room: string, line: string, isKept: boolean): void {
    const lines = this.of(room);
    if (lines.at(-1) === line) return;
    this.#all().set(room, [...lines, line].slice(-MAX_LINES));
    if (!isKept || !this.#isWanted) return;
    this.#unsaved.set(room, [...(this.#unsaved.get(room) ?? []), line]);
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => this.save(), SAVE_AFTER_MS);
    this.#timer.unref();
  }

  /** Of a room that was left. */
  forget(room: string): void {
    this.#all().delete(room);
    this.#unsaved.delete(room);
    this.#forgotten.add(room);
    this.save();
  }

  /** Now: before the screen closes, and when keeping lines was switched on or off. */
  save(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { file } = this.#options;
    if (!file || this.#isBroken) return;
    this.#guarded(() => {
      const before = file.read();
      if (!this.#isWanted) {
        if (before !== null && roomsIn(file.path, before).size > 0) file.write(contentOf(new Map()));
      } else if (this.#unsaved.size > 0 || this.#forgotten.size > 0) this.#write(file, before);
      this.#unsaved.clear();
      this.#forgotten.clear();
    });
  }

  /** Another screen may have written meanwhile: what is there stays, and what is new comes behind it. */
  #write(file: HistoryFile, before: string | null): void {
    const rooms = new Map(roomsIn(file.path, before));
    const isKnown = [...this.#forgotten].some((room) => rooms.delete(room));
    if (this.#unsaved.size === 0 && !isKnown) return;
    for (const [room, lines] of this.#unsaved) {
      const all = [...(rooms.get(room) ?? []), ...lines].slice(-MAX_LINES);
      // The rooms used last stand at the end.
      rooms.delete(room);
      rooms.set(room, all);
    }
    file.write(contentOf(rooms));
  }

  get #isWanted(): boolean {
    return this.#options.isWanted?.() ?? true;
  }

  #all(): Map<string, readonly string[]> {
    if (this.#rooms) return this.#rooms;
    const { file } = this.#options;
    this.#rooms = new Map();
    if (file && this.#isWanted) {
      this.#guarded(() => {
        this.#rooms = new Map(roomsIn(file.path, file.read()));
      });
    }
    return this.#rooms;
  }

  /** A file that cannot be read is left as it is; a full disk costs nobody their line. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof KeetError)) throw error;
      this.#isBroken = true;
      this.#options.onProblem?.(error);
    }
  }
}

/** @throws HISTORY_UNREADABLE */
function roomsIn(path: string, text: string | null): Rooms {
  if (text === null) return new Map();
  try {
    const { rooms } = JSON.parse(text) as { rooms: Record<string, unknown> };
    const lines = (value: unknown) =>
      Array.isArray(value) ? value.filter((line) => typeof line === "string").slice(-MAX_LINES) : [];
    return new Map(Object.entries(rooms).map(([room, value]) => [room, lines(value)]));
  } catch (cause) {
    throw new KeetError(
      "storage",
      "HISTORY_UNREADABLE",
      `${path} cannot be read; what you send now is not kept there`,
      {
        hint: "Mend it or move it away; it was not changed.",
        cause,
      },
    );
  }
}

function contentOf(rooms: Rooms): string {
  let left = MAX_KEPT_LENGTH;
  const kept: [string, string[]][] = [];
  for (const [room, lines] of [...rooms].reverse()) {
    const fitting: string[] = [];
    for (const line of lines.toReversed()) {
      left -= line.length;
      if (left < 0) break;
      fitting.unshift(line);
    }
    if (fitting.length > 0) kept.unshift([room, fitting]);
    if (left < 0) break;
  }
  return `${JSON.stringify({ rooms: Object.fromEntries(kept) }, null, 1)}\n`;
}
