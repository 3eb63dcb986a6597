/** Devices out of what ffmpeg prints on each system. Total: what is no device is not one. */

/** Text from the system, which has it from whatever was plugged in: for people only through safe-text. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** No microphone: what a speaker plays, heard as if it were one. */
  readonly isMonitor?: boolean;
}

/** Where the listing does not say which it is, the system still has one. */
const DEFAULT: Listed = { id: "default", name: "default", isDefault: true };

const MONITOR = /\.monitor$/;
/** ALSA names every way to a card. These take any rate, and most let other programs in. */
const ALSA_WAYS = /^(sysdefault|pipewire|pulse|plughw)\b/;

/** `-sources pulse`, `-sinks pulse`: `* id [name] (none)`, the star on the default; the brackets since ffmpeg 5. */
export function parsePulse(text: string): readonly Listed[] {
  return parseSources(text).map((device) => ({ ...device, isMonitor: MONITOR.test(device.id) }));
}

/** `-sources alsa`, `-sinks alsa`. */
export function parseAlsa(text: string): readonly Listed[] {
  const all = parseSources(text);
  return all.length === 0 ? [] : [DEFAULT, ...all.filter(({ id }) => ALSA_WAYS.test(id))];
}

function parseSources(text: string): readonly Listed[] {
  const lines = text.matchAll(/^([ *]) (\S+) \[(.*)\](?: \([\w, ]+\))?\s*$/gm);
  return [...lines].map(([, star, id = "", name = ""]) => ({ id, name: name.trim() || id, isDefault: star === "*" }));
}

/** `[AVFoundation indev @ 0x7f] [0] MacBook Pro Microphone`, below a heading for audio. By name: numbers move. */
export function parseAvfoundation(lines: readonly string[]): readonly Listed[] {
  const heading = lines.findIndex((line) => /AVFoundation audio devices:/.test(line));
  if (heading === -1) return [];
  const listed = lines.slice(heading + 1).flatMap((line) => {
    const name = /^\[[^\]]*\] \[\d+\] (.+)$/.exec(line)?.[1];
    return name === undefined ? [] : [{ id: name, name, isDefault: false }];
  });
  return listed.length === 0 ? [] : [DEFAULT, ...listed];
}

/** `[AudioToolbox @ 0x7f] [1]   MacBook Pro Speakers, BuiltInSpeakerDevice`; by number, it takes nothing else. */
export function parseAudioToolbox(lines: readonly string[]): readonly Listed[] {
  const listed = lines.flatMap((line) => {
    const [, id, name] = /^\[AudioToolbox[^\]]*\] \[(\d+)\] +(.+), [^,]*$/.exec(line) ?? [];
    return id === undefined || name === undefined ? [] : [{ id, name, isDefault: false }];
  });
  return listed.length === 0 ? [] : [DEFAULT, ...listed];
}

/** `"Microphone (Realtek)" (audio)` and a second name that no other device has; before ffmpeg 5 below a heading. */
export function parseDirectShow(lines: readonly string[]): readonly Listed[] {
  const listed: { id: string; name: string; isDefault: boolean }[] = [];
  let isAudio = false;
  for (const line of lines) {
    const said = line.replace(/^\[[^\]]*\]\s*/, "");
    const heading = /^DirectShow (audio|video) devices/.exec(said)?.[1];
    const [, name, kinds] = /^"(.+)"(?: \(([\w, ]+)\))?$/.exec(said) ?? [];
    const id = /^Alternative name "(.+)"$/.exec(said)?.[1];
    if (heading !== undefined) isAudio = heading === "audio";
    if (kinds !== undefined) isAudio = kinds.includes("audio");
    if (!isAudio) continue;
    const last = listed.at(-1);
    if (name !== undefined) listed.push({ id: name, name, isDefault: listed.length === 0 });
    else if (id !== undefined && last) last.id = id;
  }
  return listed;
}
