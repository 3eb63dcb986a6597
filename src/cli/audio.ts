import { listDevices } from "../media/devices.js";
import { chooseFfmpeg } from "../media/ffmpeg-choice.js";
import { chooseSound, type Sound } from "../media/sound-choice.js";
import { noSoundDevice } from "../media/sound-errors.js";
import { SOUND_FORMATS, soundSystems } from "../media/sound-system.js";
import { decibelsOf, playBack, record, TEST_MS } from "./audio-test.js";
import { defineCliCommand } from "./define.js";
import { printJson, printLine, printTable, talk } from "./output.js";

const METER_COLUMNS = 30;
const QUIETEST_DB = -60;
/** Ten times a second on a terminal; elsewhere each second is a line. */
const METER_CHUNKS = 10;

export const audioTest = defineCliCommand({
  path: ["audio", "test"],
  summary: "Record three seconds and play them back",
  details: `A WAV file does in place of either: file:talk.wav is read as a microphone, in real time (loop:talk.wav again and again, file:- from
standard input), and as a speaker file:heard.wav is written, where there is none of that name yet.`,
  options: {
    mic: { type: "text", describe: "Which microphone, by id or name, or a file (default: what the system uses)" },
    speaker: { type: "text", describe: "Which speaker, by id or name, or a new file (default: what the system uses)" },
  },
  examples: [
    ["keet-tui audio test", "say something, and hear it"],
    ["keet-tui audio test --mic file:talk.wav --speaker file:heard.wav", "without any device"],
  ],
  async run(shot, args) {
    const sound = await chooseSound({ microphone: args.option("mic"), speaker: args.option("speaker") });
    const say = shot.globals.json ? () => {} : talk;
    say(`Three seconds of ${sound.microphone.name} are recorded now: say something.`);
    const chunks = await record(sound, shot.globals.json ? () => {} : meter());
    const loudestDb = Math.max(...chunks.map(decibelsOf));
    say(`They are played on ${sound.speaker.name}.`);
    await playBack(sound, chunks);
    if (shot.globals.json) printJson(resultOf(sound, loudestDb));
    else
      printLine(
        `${sound.microphone.name} was recorded, at its loudest ${loudestDb} dB, and played on ${sound.speaker.name}.`,
      );
    return 0;
  },
});

function resultOf({ ffmpeg, microphone, speaker }: Sound, loudestDb: number) {
  const end = ({ name, ...rest }: Sound["microphone"]) => ({
    name,
    ...(rest.kind === "device" ? { id: rest.id } : { file: rest.path }),
  });
  return { ffmpeg, microphone: end(microphone), speaker: end(speaker), recordedMs: TEST_MS, loudestDb };
}

/** On a terminal one line that is drawn over; elsewhere a line for each second. */
function meter() {
  let loudest = QUIETEST_DB;
  let chunks = 0;
  return (decibels: number, done: number) => {
    loudest = Math.max(loudest, decibels);
    chunks += 1;
    if (process.stderr.isTTY) {
      if (chunks % METER_CHUNKS === 0) process.stderr.write(`\r${bar(loudest)}${done >= 1 ? "\n" : ""}`);
      if (chunks % METER_CHUNKS === 0) loudest = QUIETEST_DB;
    } else if (chunks % 100 === 0) {
      talk(`second ${chunks / 100}: ${loudest} dB`);
      loudest = QUIETEST_DB;
    }
  };
}

function bar(decibels: number): string {
  const filled = Math.round(((decibels - QUIETEST_DB) / -QUIETEST_DB) * METER_COLUMNS);
  return `[${"#".repeat(filled)}${" ".repeat(METER_COLUMNS - filled)}] ${String(decibels).padStart(3)} dB`;
}

export const audioDevices = defineCliCommand({
  path: ["audio", "devices"],
  summary: "Which microphones and speakers there are",
  details: "What stands first in a row is what --mic and --speaker take.",
  examples: [["keet-tui audio devices", "ids, names, and which is the default"]],
  async run(shot) {
    const systems = soundSystems();
    if (systems.length === 0) throw noSoundDevice();
    const { ffmpeg, error } = await chooseFfmpeg({ systems });
    if (ffmpeg === null) throw error;
    const { microphones, speakers } = await listDevices(ffmpeg);
    if (shot.globals.json) {
      printJson({ system: ffmpeg.system, microphones, speakers });
      return 0;
    }
    if (ffmpeg.system !== null) talk(`By ${SOUND_FORMATS[ffmpeg.system].name}:`);
    const rows = [
      ...microphones.map((one) => ["microphone", one] as const),
      ...speakers.map((one) => ["speaker", one] as const),
    ];
    await printTable(
      rows.map(([kind, { id, name, ...more }]) => [
        id,
        more.isMonitor ? "what a speaker plays" : kind,
        name,
        notes(more),
      ]),
    );
    return 0;
  },
});

function notes({ isDefault, cancelsEcho }: { isDefault: boolean; cancelsEcho: boolean }): string {
  return [...(isDefault ? ["default"] : []), ...(cancelsEcho ? ["takes out the echo"] : [])].join(", ");
}
