/** The way to sound for a front end; none of it is loaded before the first call. */
import { voiceNotesFolder } from "../config.js";
import type { CallOptions } from "../state/call-session.js";
import type { SoundDoor } from "../state/calls.js";
import type { SoundDevicesView } from "../state/model.js";

/** @param data the profile's own folder */
export function soundDoor(connect: CallOptions["connect"], data: string): SoundDoor {
  return {
    notes: voiceNotesFolder(data),
    async join(options) {
      const [{ startAudio }, { CallSession }] = await Promise.all([
        import("../media/index.js"),
        import("../state/call-session.js"),
      ]);
      return await CallSession.join({ ...options, connect, startAudio });
    },
    async record(wish) {
      const { startRecording } = await import("../media/voice-note-recording.js");
      return await startRecording(wish);
    },
    async play(wish) {
      const { startPlaying } = await import("../media/voice-note-player.js");
      return await startPlaying(wish);
    },
    devices: soundDevices,
  };
}

/** @throws FFMPEG_MISSING */
async function soundDevices(): Promise<SoundDevicesView> {
  const [{ listDevices, preferred }, { chooseFfmpeg }, { soundSystems }] = await Promise.all([
    import("../media/devices.js"),
    import("../media/ffmpeg-choice.js"),
    import("../media/sound-system.js"),
  ]);
  const { env } = process;
  const systems = soundSystems({ env });
  if (systems.length === 0) return { microphones: [], speakers: [] };
  const { ffmpeg, error } = await chooseFfmpeg({ env, systems });
  if (ffmpeg === null) throw error;
  const { microphones, speakers } = await listDevices(ffmpeg, env);
  const shown = (all: typeof microphones) =>
    all.map((device) => ({ id: device.id, name: device.name, isPreferred: device === preferred(all) }));
  return { microphones: shown(microphones), speakers: shown(speakers) };
}
