/** From what somebody said, or from nothing, to a microphone, a speaker and the ffmpeg for both. */
import { type Devices, findDevice, listDevices } from "./devices.js";
import { chooseFfmpeg, type Ffmpeg } from "./ffmpeg-choice.js";
import { fileNamed, type SoundEnd } from "./sound-end.js";
import { cannotPlay, type End, noSoundDevice } from "./sound-errors.js";
import { SOUND_FORMATS, soundSystems } from "./sound-system.js";

export interface SoundWish {
  /** `file:talk.wav`, or the id or name of a device; null for the one that suits best. */
  readonly microphone: string | null;
  readonly speaker: string | null;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Sound {
  readonly ffmpeg: Ffmpeg;
  readonly microphone: SoundEnd;
  readonly speaker: SoundEnd;
}

/**
 * A microphone that is a device is open for 200 ms of this, to see that it gives something.
 * @throws FFMPEG_MISSING, NO_SOUND_DEVICE, NO_SUCH_DEVICE, PLAYBACK_MISSING, USAGE, and whatever keeps the microphone
 */
export async function chooseSound({ microphone, speaker, env = process.env }: SoundWish): Promise<Sound> {
  const files = { microphone: named(microphone, "microphone"), speaker: named(speaker, "speaker") };
  const isFiles = files.microphone !== null && files.speaker !== null;
  const systems = isFiles ? [] : soundSystems({ env });
  if (!isFiles && systems.length === 0) throw noSoundDevice();
  const ffmpeg = await chosen({ env, systems });
  const { system } = ffmpeg;
  if (files.speaker === null && system !== null && SOUND_FORMATS[system].output === null) throw cannotPlay();
  const devices = isFiles ? NONE : await listDevices(ffmpeg, env);
  const ends = {
    microphone: files.microphone ?? device(devices, "microphone", microphone),
    speaker: files.speaker ?? device(devices, "speaker", speaker),
  };
  if (ends.microphone.kind === "file") return { ffmpeg, ...ends };
  return { ffmpeg: await chosen({ env, systems, microphone: ends.microphone.id }), ...ends };
}

const NONE: Devices = { microphones: [], speakers: [] };

function named(said: string | null, end: End) {
  return said === null ? null : fileNamed(said, end);
}

function device(devices: Devices, end: End, said: string | null): SoundEnd {
  return { kind: "device", ...findDevice(devices, end, said) };
}

async function chosen(options: Parameters<typeof chooseFfmpeg>[0]): Promise<Ffmpeg> {
  const { ffmpeg, error } = await chooseFfmpeg(options);
  if (ffmpeg === null) throw error;
  return ffmpeg;
}
