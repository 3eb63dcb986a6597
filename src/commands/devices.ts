import { plainText, type SafeText, safe } from "../safe-text.js";
import type { SoundDeviceView } from "../state/model.js";
import type { CommandContext, SettingsContext } from "./context.js";
import { defineCommand, type Page } from "./define.js";

export const devices = defineCommand<CommandContext>()({
  name: "devices",
  group: "calls",
  summary: "Microphones and speakers, and which are used",
  details: "`/mic` and `/speaker` with a name of these use another one.",
  args: [],
  async run({ calls, settings }) {
    const { microphones, speakers } = await calls.devices();
    return {
      show: "page",
      page: {
        title: plainText("Microphones and speakers"),
        rows: [
          ...rowsOf(plainText("microphone"), microphones, chosenIn(settings, "mic")),
          ...rowsOf(plainText("speaker"), speakers, chosenIn(settings, "speaker")),
          {
            text: plainText(
              "/mic and a name uses another microphone, /speaker another speaker; auto lets the program choose.",
            ),
          },
        ],
      },
    };
  },
});

function chosenIn(settings: SettingsContext, name: "mic" | "speaker"): string {
  return settings.valueOf(settings.named(name));
}

function rowsOf(label: SafeText, all: readonly SoundDeviceView[], chosen: string): Page["rows"] {
  const isUsed = ({ id, name, isPreferred }: SoundDeviceView) =>
    chosen === "auto" ? isPreferred : id === chosen || name === chosen;
  const rows = all.map((one, at) => ({
    label: at === 0 ? label : plainText(""),
    text: isUsed(one) ? safe`${one.name} · used` : one.name,
  }));
  if (all.some(isUsed)) return rows;
  if (chosen !== "auto")
    return [{ label, text: safe`${chosen} · used`, isWarning: !/^(?:file|loop):/.test(chosen) }, ...rows];
  return [{ label, text: plainText("none on this machine; keet-tui doctor says what to do"), isWarning: true }];
}
