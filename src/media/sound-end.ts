/** Which microphone and which speaker, in the words people use for them, and how it is with one. */
import { isAbsolute, resolve } from "node:path";
import { KeetError } from "../errors.js";
import { type SafeText, safeFileName } from "../safe-text.js";

export interface DeviceEnd {
  readonly kind: "device";
  readonly id: string;
  readonly name: SafeText;
}

export interface FileEnd {
  readonly kind: "file";
  /** Absolute; `-` is standard input. */
  readonly path: string;
  readonly name: SafeText;
  /** A microphone begins again at its end, in place of being silent from then on. */
  readonly loops: boolean;
}

export type SoundEnd = DeviceEnd | FileEnd;

/** `here` gives sound, `silent` nothing but zeros, `gone` nothing at all and is tried again; a file that `ended` is silent. */
export interface EndState {
  readonly what: "starting" | "here" | "silent" | "gone" | "ended";
  readonly name: SafeText;
  /** Why it is gone. */
  readonly error: KeetError | null;
}

/** `file:talk.wav`, `loop:talk.wav`, `file:-`; null for what names a device. @throws USAGE */
export function fileNamed(said: string, end: "microphone" | "speaker", folder = process.cwd()): FileEnd | null {
  const [, kind, path = ""] = /^(file|loop):(.*)$/s.exec(said) ?? [];
  if (kind === undefined) return null;
  if (path === "" || (end === "speaker" && (path === "-" || kind === "loop")) || (kind === "loop" && path === "-")) {
    throw new KeetError("user", "USAGE", `${said} is no ${end}`, {
      hint:
        end === "speaker"
          ? "file:heard.wav writes what is heard into a new WAV file."
          : "file:talk.wav reads a WAV file once, loop:talk.wav again and again, file:- a WAV from standard input.",
    });
  }
  const at = path === "-" || isAbsolute(path) ? path : resolve(folder, path);
  return { kind: "file", path: at, name: safeFileName(path), loops: kind === "loop" };
}

/** Keeps how it is, and tells each change once. */
export class EndTeller {
  readonly #onState: (state: EndState) => void;
  #state: EndState;

  constructor(name: SafeText, onState: (state: EndState) => void) {
    this.#state = { what: "starting", name, error: null };
    this.#onState = onState;
  }

  get state(): EndState {
    return this.#state;
  }

  /** Another device has taken its place. */
  rename(name: SafeText): void {
    if (name === this.#state.name) return;
    this.#state = { ...this.#state, name };
    if (this.#state.what !== "starting") this.#onState(this.#state);
  }

  tell(what: EndState["what"], error: KeetError | null = null): void {
    if (what === this.#state.what && error?.message === this.#state.error?.message) return;
    this.#state = { ...this.#state, what, error };
    this.#onState(this.#state);
  }
}
