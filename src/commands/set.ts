import { plainText, safe } from "../safe-text.js";
import { rangeWords, type SettingSpec } from "../state/settings.js";
import type { CommandContext, SettingsContext } from "./context.js";
import { defineCommand, type Page } from "./define.js";

export const set = defineCommand<CommandContext>()({
  name: "set",
  group: "program",
  summary: "How this screen looks and behaves",
  details:
    "Without a name it opens the page of all there is to set: `/set theme light`, `/set bell off`. Kept on this machine.",
  args: [
    { name: "setting", type: "setting", optional: true },
    { name: "value", type: "value", optional: true },
  ],
  run({ settings }, { setting, value }) {
    if (setting === null) return { show: "settings" };
    const spec = settings.named(setting);
    if (value === null) {
      const hint = `${spec.help}. ${rangeOf(spec, settings)}`;
      return { notice: `${spec.name} is ${settings.valueOf(spec)}.`, hint };
    }
    settings.set(setting, value);
    const now = settings.valueOf(spec);
    return { notice: settings.isKept ? `${spec.name} is ${now} now.` : `${spec.name} is ${now} until you quit.` };
  },
});

/** `It can be on or off.` */
export function rangeOf(spec: SettingSpec, settings: Pick<SettingsContext, "valuesOf">): string {
  return rangeWords(spec, settings.valuesOf(spec));
}

/** Where nothing can be chosen on a page. */
export function settingsPage(settings: SettingsContext): Page {
  return {
    title: plainText("Settings"),
    rows: [
      ...settings.specs.map((spec) => ({
        label: safe`${spec.name}`,
        text: safe`${settings.valueOf(spec)} · ${spec.help} · ${settings.valuesOf(spec).join(", ")}`,
      })),
      { text: plainText("/set theme light changes one.") },
    ],
  };
}
