/** What this person has set on this machine: one table, and the file that keeps what differs from it. */
import { homedir } from "node:os";
import { isAbsolute } from "node:path";
import { bytesIn } from "../amounts.js";
import { KeetError } from "../errors.js";
import { Store } from "./store.js";

export interface SettingSpec {
  readonly name: string;
  /** The first one is what holds until another is set. */
  readonly values: readonly string[];
  /** It can be anything beside these. */
  readonly isFree?: boolean;
  /** Any absolute folder besides; a tilde means the home. */
  readonly isFolder?: true;
  /** A size besides, such as `10MB`; 0 is the first of its values. */
  readonly isSize?: true;
  /** A level in dB besides, such as `-45`. */
  readonly isLevel?: true;
  /** Under 60 characters, in the person's words. */
  readonly help: string;
}

export const SETTINGS = [
  { name: "theme", values: ["auto", "dark", "light"], help: "The colours, also your own" },
  { name: "color", values: ["on", "off"], help: "Colours at all; NO_COLOR and --no-color go before it" },
  { name: "members", values: ["on", "off"], help: "People beside the talk, from 120 columns up" },
  { name: "bell", values: ["on", "off"], help: "A notification, or the bell, for what is meant for you" },
  { name: "title", values: ["on", "off"], help: "Room and unread count in the terminal's title" },
  { name: "typing", values: ["on", "off"], help: "Others see that you are writing" },
  {
    name: "downloads",
    values: ["auto"],
    isFree: true,
    isFolder: true,
    help: "Where fetched files go; or a folder, as /srv/tea",
  },
  {
    name: "autoget",
    values: ["off"],
    isFree: true,
    isSize: true,
    help: "Files up to this size come by themselves, as 10MB",
  },
  { name: "history", values: ["on", "off"], help: "What you sent is kept on this disk, to be called back" },
  { name: "mic", values: ["auto"], isFree: true, help: "Your microphone in calls; /devices names them" },
  { name: "speaker", values: ["auto"], isFree: true, help: "Where you hear calls; /devices names them" },
  { name: "ptt", values: ["off", "on"], help: "In calls you are heard only while you hold Alt-V" },
  { name: "noise", values: ["on", "off"], help: "Noise is taken out of what your microphone hears" },
  { name: "echo", values: ["on", "off"], help: "Your microphone gives way where it hears your speaker" },
  {
    name: "threshold",
    values: ["auto"],
    isFree: true,
    isLevel: true,
    help: "From this level on you are heard, from the next call on",
  },
] as const satisfies readonly SettingSpec[];

export type SettingName = (typeof SETTINGS)[number]["name"];
export type SettingValues = Readonly<Record<SettingName, string>>;

/** Where settings are kept. Both may throw a KeetError that says what is wrong with the file. */
export interface SettingsFile {
  readonly path: string;
  /** Null where there is none. */
  read(): string | null;
  write(content: string): void;
}

export interface SettingsOptions {
  /** In place of the table. */
  readonly specs?: readonly SettingSpec[];
  /** Values that are there beside those of the table, such as a person's own themes. */
  readonly more?: Partial<Readonly<Record<SettingName, () => readonly string[]>>>;
  /** Throws where a value cannot be used after all. */
  readonly check?: (name: SettingName, value: string) => void;
}

/** Names of devices and paths of files. */
const MAX_VALUE_CHARS = 4_096;
const CONTROLS = /[\x00-\x1f\x7f]/;
export class Settings {
  readonly specs: readonly SettingSpec[];
  readonly values: Store<SettingValues>;
  /** Why the file could not be read, where it could not: all is as if nothing were set. */
  readonly problem: KeetError | null;
  readonly #file: SettingsFile | null;
  readonly #options: SettingsOptions;

  /** Without a file they hold until this screen closes. */
  constructor(file: SettingsFile | null = null, options: SettingsOptions = {}) {
    this.#file = file;
    this.#options = options;
    this.specs = options.specs ?? SETTINGS;
    let kept: Readonly<Record<string, unknown>> = {};
    let problem: KeetError | null = null;
    try {
      if (file) kept = contentOf(file);
    } catch (error) {
      if (!(error instanceof KeetError)) throw error;
      problem = error;
    }
    this.problem = problem;
    this.values = new Store(this.#valuesFrom(kept), { windowMs: 0 });
  }

  get isKept(): boolean {
    return this.#file !== null;
  }

  /** Of any name, as a row of a page has it. */
  valueOf({ name }: SettingSpec): string {
    return this.values.getSnapshot()[name as SettingName];
  }

  /** @throws NO_SUCH_SETTING with those there are */
  named(name: string): SettingSpec {
    const found = this.specs.find((one) => one.name === name.toLowerCase());
    if (found) return found;
    throw new KeetError("user", "NO_SUCH_SETTING", `There is no setting ${name}`, {
      hint: `There are: ${this.specs.map((one) => one.name).join(", ")}.`,
    });
  }

  get(name: SettingName): string {
    return this.values.getSnapshot()[name];
  }

  isOn(name: SettingName): boolean {
    return this.get(name) === "on";
  }

  /** All that it can be. */
  valuesOf(spec: SettingSpec): readonly string[] {
    return [...spec.values, ...(this.#options.more?.[spec.name as SettingName]?.() ?? [])];
  }

  /**
   * The value after this one, and the first after the last; one that cannot be used is passed over.
   * @throws as `set`, where there is none that can
   */
  turn(spec: SettingSpec): string {
    const all = this.valuesOf(spec);
    const at = all.indexOf(this.valueOf(spec));
    let problem: unknown = null;
    for (let step = 1; step < all.length; step += 1) {
      try {
        this.set(spec.name, all[(at + step) % all.length]!);
        return this.valueOf(spec);
      } catch (error) {
        problem ??= error;
      }
    }
    throw problem ?? new KeetError("user", "NO_SUCH_VALUE", `${spec.name} can be nothing else`);
  }

  /**
   * Kept first, then in force. What another screen or a newer version has written into the file stays in it.
   * @throws NO_SUCH_SETTING, NO_SUCH_VALUE, SETTINGS_UNREADABLE, DISK_FULL, READ_ONLY: then nothing has changed
   */
  set(name: string, value: string): SettingSpec {
    const spec = this.named(name);
    const all = this.valuesOf(spec);
    const known = all.find((one) => one === value) ?? all.find((one) => one.toLowerCase() === value.toLowerCase());
    const chosen = known ?? freeValue(spec, value);
    if (chosen === undefined) {
      throw new KeetError("user", "NO_SUCH_VALUE", `${spec.name} cannot be ${value}`, { hint: rangeWords(spec, all) });
    }
    this.#options.check?.(spec.name as SettingName, chosen);
    if (this.#file) {
      const next = { ...contentOf(this.#file), [spec.name]: chosen };
      this.#file.write(`${JSON.stringify(next, null, 2)}\n`);
    }
    this.values.set({ ...this.values.getSnapshot(), [spec.name]: chosen });
    return spec;
  }

  /** A value that this version does not know counts as not set. */
  #valuesFrom(kept: Readonly<Record<string, unknown>>): SettingValues {
    const entries = this.specs.map((spec) => {
      const value = kept[spec.name];
      const isFree = typeof value === "string" && freeValue(spec, value) === value;
      const isKnown = typeof value === "string" && (isFree || this.valuesOf(spec).includes(value));
      return [spec.name, isKnown ? value : spec.values[0]];
    });
    return Object.fromEntries(entries) as SettingValues;
  }
}

/** As it is kept; undefined where it can be no such thing. */
function freeValue(spec: SettingSpec, value: string): string | undefined {
  if (spec.isFolder) return folderFrom(value);
  if (spec.isSize) return sizeFrom(value, spec.values[0]!);
  if (spec.isLevel) return levelFrom(value);
  return spec.isFree && value.length <= MAX_VALUE_CHARS && !CONTROLS.test(value) ? value : undefined;
}

/** `It can be off, or a size such as 10MB.` */
export function rangeWords(spec: SettingSpec, known: readonly string[]): string {
  if (spec.isFolder) return `It can be ${listed(known)}, or a whole path such as ~/tea.`;
  if (spec.isSize) return `It can be ${listed(known)}, or a size such as 10MB.`;
  if (spec.isLevel) return `It can be ${listed(known)}, or dB from -80 to -10, such as -45.`;
  return spec.isFree ? `It can be ${listed(known)}, or anything else.` : `It can be ${listed(known)}.`;
}

function sizeFrom(value: string, none: string): string | undefined {
  const bytes = bytesIn(value);
  if (bytes === 0) return none;
  return bytes === null ? undefined : value.trim().replace(/\s/g, "").toUpperCase();
}

function levelFrom(value: string): string | undefined {
  const [, level] = /^(-\d{2})(?: ?dB)?$/i.exec(value.trim()) ?? [];
  return level !== undefined && Number(level) >= -80 && Number(level) <= -10 ? level : undefined;
}

/** A tilde means the home. Undefined where it is no whole path. */
function folderFrom(value: string): string | undefined {
  const folder = value.replace(/^~(?=$|\/)/, homedir());
  return isAbsolute(folder) && !CONTROLS.test(folder) ? folder : undefined;
}

/** `dark, light or auto` */
export function listed(values: readonly string[]): string {
  return [values.slice(0, -1).join(", "), values.at(-1)].filter(Boolean).join(" or ");
}

/** An empty or broken file is somebody's damage to look at, never something to write over. */
function contentOf(file: SettingsFile): Readonly<Record<string, unknown>> {
  const text = file.read();
  if (text === null) return {};
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null && !Array.isArray(content)) {
      return content as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below, with the file's name.
  }
  throw new KeetError("storage", "SETTINGS_UNREADABLE", `${file.path} cannot be read`, {
    hint: "Mend it or move it away; it was not changed.",
  });
}
