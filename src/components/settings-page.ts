import { rangeOf } from "../commands/set.js";
import type { KeyId } from "../keys.js";
import { plainText, safe } from "../safe-text.js";
import type { Span } from "../state/rows.js";
import type { Session } from "../state/session.js";
import type { SettingSpec, Settings } from "../state/settings.js";
import type { Guard } from "./guard.js";
import { type Overlay, stepOf } from "./overlay.js";
import type { OverlayFacts, OverlayRows } from "./overlay-rows.js";

const MAX_NAME_COLUMNS = 14;
const MAX_VALUE_COLUMNS = 16;
const CHOOSE = [plainText("↑ ↓"), plainText("Enter or Space changes")];
const WRITE = [plainText("↑ ↓"), plainText("Enter puts it on the line")];

type SettingsOverlay = Extract<Overlay, { kind: "settings" }>;

/** All there is to set, one row each; below them more of the chosen one. Pure. */
export function settingsRows(overlay: SettingsOverlay, facts: OverlayFacts): OverlayRows {
  const { settings, columns, cells } = facts;
  const chosen = settings.specs[overlay.chosen]!;
  const about = safe`${chosen.help}. ${rangeOf(chosen, settings)}`;
  const title = settings.isKept ? plainText(" Settings") : plainText(" Settings, until you quit");
  return {
    heading: [{ text: cells.cut(title, columns), bold: true }],
    body: [
      ...settings.specs.map((spec) => rowOf(spec, spec === chosen, facts)),
      [],
      ...cells.wrap(about, columns - 2).map((text): Span[] => [{ text: safe` ${text}` }]),
    ],
    paper: [],
    keys: chosen.isFree ? WRITE : CHOOSE,
    focus: { from: overlay.chosen, to: overlay.chosen + 1 },
  };
}

function rowOf(spec: SettingSpec, isChosen: boolean, { settings, columns, cells }: OverlayFacts): Span[] {
  const widest = (words: readonly string[], limit: number) =>
    Math.min(limit, Math.max(...words.map((word) => cells.width(safe`${word}`))));
  const nameColumns = widest(
    settings.specs.map(({ name }) => name),
    MAX_NAME_COLUMNS,
  );
  const valueColumns = widest(
    settings.specs.map((one) => settings.valueOf(one)),
    MAX_VALUE_COLUMNS,
  );
  const helpColumns = Math.max(0, columns - nameColumns - valueColumns - 7);
  const value = cells.pad(safe`${settings.valueOf(spec)}`, valueColumns);
  return [
    { text: isChosen ? plainText("▌ ") : plainText("  "), tone: "accent" },
    { text: cells.pad(safe`${spec.name}`, nameColumns), ...(isChosen ? { bold: true, tone: "accent" } : {}) },
    { text: safe`  ${value}`, bold: true },
    { text: cells.cut(safe`  ${spec.help}`, helpColumns + 2), tone: "dim" },
  ];
}

export interface SettingsPageOptions {
  readonly session: Session;
  readonly settings: Settings;
  readonly guard: Guard;
  readonly show: (overlay: Overlay) => void;
  /** Leaves, and puts this on the line. */
  readonly write: (line: string) => void;
}

/** The keys of that page. */
export class SettingsPage {
  readonly #options: SettingsPageOptions;

  constructor(options: SettingsPageOptions) {
    this.#options = options;
  }

  open(): void {
    this.#options.session.clearNotice();
    this.#options.show({ kind: "settings", chosen: 0, top: 0 });
  }

  onKey(overlay: SettingsOverlay, id: KeyId | null): void {
    const { settings, guard, show } = this.#options;
    const step = stepOf(id, settings.specs.length);
    const last = settings.specs.length - 1;
    if (step !== 0) show({ ...overlay, chosen: Math.max(0, Math.min(last, overlay.chosen + step)) });
    else if (id === "setting-change") void guard(() => this.#change(settings.specs[overlay.chosen]!));
  }

  #change(spec: SettingSpec): void {
    const { settings, session, write } = this.#options;
    const value = settings.valueOf(spec);
    if (spec.isFree) {
      write(`/set ${spec.name} ${/\s/.test(value) ? `"${value}"` : value}`);
      return;
    }
    session.clearNotice();
    settings.turn(spec);
  }
}
