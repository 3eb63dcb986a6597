/** The person's own themes: one JSON file each, in a folder beside the settings. */
import { join } from "node:path";
import { jsonFilesIn, keptFile } from "../config.js";
import { KeetError } from "../errors.js";
import type { Settings } from "../state/settings.js";
import { type ColourDepth, makeTheme, parseTheme, type Theme, type ThemeFile } from "./theme.js";

const BUILT_IN = ["auto", "dark", "light"];

export class Themes {
  readonly #folder: string | null;
  #kept: { readonly name: string; readonly file: ThemeFile | null } = { name: "", file: null };

  /** @param config folder of the settings; null where nothing is kept */
  constructor(config: string | null) {
    this.#folder = config === null ? null : join(config, "themes");
  }

  names(): readonly string[] {
    return this.#folder === null ? [] : jsonFilesIn(this.#folder).filter((name) => !BUILT_IN.includes(name));
  }

  /** @throws KeetError `THEME_UNREADABLE`, and what reading a file throws */
  load(name: string): ThemeFile | null {
    if (this.#folder === null || BUILT_IN.includes(name)) return null;
    const path = join(this.#folder, `${name}.json`);
    const text = keptFile(path, { isPrivate: false }).read();
    if (text === null)
      throw new KeetError("user", "THEME_UNREADABLE", `${path} is not there`, { hint: "/set theme auto" });
    return parseTheme(text, path);
  }

  /** What is set now. A file that cannot be read is told once, and all looks as without it. */
  theme(
    settings: Settings,
    { isLight, hasLinks, hasColor, depth }: Surroundings,
    onProblem: (error: unknown) => void,
  ): Theme {
    const name = settings.get("theme");
    if (name !== this.#kept.name) {
      this.#kept = { name, file: null };
      try {
        this.#kept = { name, file: this.load(name) };
      } catch (error) {
        onProblem(error);
      }
    }
    const isDark = name === "dark" || name === "light" ? name === "dark" : isLight === null ? null : !isLight;
    return makeTheme({ isDark, hasColor: hasColor && settings.isOn("color"), depth, hasLinks, file: this.#kept.file });
  }
}

interface Surroundings {
  /** The terminal's background is; null where it did not say. */
  readonly isLight: boolean | null;
  readonly hasLinks: boolean;
  readonly hasColor: boolean;
  readonly depth: ColourDepth;
}
