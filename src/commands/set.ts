import { plainText, safe } from "../safe-text.js";
import { listed, SETTINGS, type SettingName, settingNamed } from "../state/settings.js";
import type { CommandContext } from "./context.js";
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
    if (setting === null) return { show: "page", page: settingsPage(settings.values.getSnapshot()) };
    if (value === null) {
      const { name, values, help } = settingNamed(setting);
      const hint = `${help}. It can be ${listed(values)}.`;
      return { notice: `${name} is ${settings.get(name as SettingName)}.`, hint };
    }
    const { name } = settings.set(setting, value);
    const now = settings.get(name as SettingName);
    return { notice: settings.isKept ? `${name} is ${now} now.` : `${name} is ${now} until you quit.` };
  },
});

function settingsPage(values: Readonly<Record<SettingName, string>>): Page {
  return {
    title: plainText("Settings"),
    rows: [
      ...SETTINGS.map(({ name, values: all, help }) => ({
        label: safe`${name}`,
        text: safe`${values[name]} · ${help} · ${all.join(", ")}`,
      })),
      { text: plainText("/set theme light changes one; Tab completes names and values.") },
    ],
  };
}
