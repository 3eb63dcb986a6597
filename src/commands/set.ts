import { plainText, safe } from "../safe-text.js";
import { listed, SETTINGS, type SettingName, settingNamed } from "../state/settings.js";
import type { CommandContext, SettingsContext } from "./context.js";
import { defineCommand, type Page } from "./define.js";

export const set = defineCommand<CommandContext>()({
  name: "set",
  group: "program",
  summary: "How this screen looks and behaves",
  details: "Without a name it lists all there is to set: `/set theme light`, `/set bell off`. Kept on this machine.",
  args: [
    { name: "setting", type: "setting", optional: true },
    { name: "value", type: "value", optional: true },
  ],
  run({ settings }, { setting, value }) {
    if (setting === null) return { show: "page", page: settingsPage(settings) };
    if (value === null) {
      const spec = settingNamed(setting);
      const { name, help } = spec;
      const hint = `${help}. It can be ${listed(settings.valuesOf(spec))}.`;
      return { notice: `${name} is ${settings.get(name as SettingName)}.`, hint };
    }
    const { name } = settings.set(setting, value);
    const now = settings.get(name as SettingName);
    return { notice: settings.isKept ? `${name} is ${now} now.` : `${name} is ${now} until you quit.` };
  },
});

function settingsPage(settings: SettingsContext): Page {
  return {
    title: plainText("Settings"),
    rows: [
      ...SETTINGS.map((spec) => ({
        label: safe`${spec.name}`,
        text: safe`${settings.get(spec.name)} · ${spec.help} · ${settings.valuesOf(spec).join(", ")}`,
      })),
      { text: plainText("/set theme light changes one; Tab completes names and values.") },
    ],
  };
}
