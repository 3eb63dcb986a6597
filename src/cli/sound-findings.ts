/** What stands in the way of sound: which ffmpeg there are, which devices, and how to do without over SSH. */
import { userInfo } from "node:os";
import { join } from "node:path";
import { type Device, listEnd } from "../media/devices.js";
import { chooseFfmpeg, type Ffmpeg, type FfmpegChoice } from "../media/ffmpeg-choice.js";
import { type End, installCommand } from "../media/sound-errors.js";
import { type Machine, SOUND_FORMATS, soundSystems } from "../media/sound-system.js";
import type { Finding } from "../state/model.js";

/** Opens no device: that is what `audio test` is for. */
export async function* soundFindings(machine: Machine = {}): AsyncGenerator<Finding> {
  const { env = process.env } = machine;
  const systems = soundSystems(machine);
  const choice = await chooseFfmpeg({ ...machine, systems });
  yield* programs(choice, systems.length > 0);
  if (systems.length === 0) yield { what: "sound", ok: true, detail: withoutSound(env) };
  else if (choice.ffmpeg !== null) {
    yield* await devices(choice.ffmpeg, "microphone", env);
    yield* await devices(choice.ffmpeg, "speaker", env);
  }
}

/** One that is missing is a fault only where there is something to hear and speak with. */
function programs({ ffmpeg, candidates }: FfmpegChoice, isNeeded: boolean): Finding[] {
  const listed = candidates.map(({ path, from, version, reason, usable }) => {
    const taken = path === ffmpeg?.path ? ", taken" : usable ? ", not needed" : ", not taken";
    return { what: "ffmpeg", ok: true, detail: `${path} (${from})${version ? ` ${version}` : ""}${taken}: ${reason}` };
  });
  if (ffmpeg !== null) return listed;
  const detail = `none that calls could use. To get one: ${installCommand()}`;
  return [...listed, { what: "ffmpeg", ok: !isNeeded, detail }];
}

async function devices(ffmpeg: Ffmpeg, end: End, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { system } = ffmpeg;
  if (system === null) return [];
  if (end === "speaker" && SOUND_FORMATS[system].output === null) {
    return [
      { what: end, ok: true, detail: "ffmpeg cannot play on this system; a file can take its place: file:heard.wav" },
    ];
  }
  const found = (await listEnd(ffmpeg, end, env))?.filter(({ isMonitor }) => !isMonitor);
  if (!found) return [{ what: end, ok: false, detail: noAnswer(env) }];
  if (found.length === 0) return [{ what: end, ok: true, detail: `none by ${SOUND_FORMATS[system].name}` }];
  return found.map((device) => ({ what: end, ok: true, detail: described(device) }));
}

function described({ id, name, isDefault, cancelsEcho }: Device): string {
  return `${name} (${id})${isDefault ? ", the default" : ""}${cancelsEcho ? ", takes out the echo" : ""}`;
}

function noAnswer(env: NodeJS.ProcessEnv): string {
  const server = env.PULSE_SERVER;
  if (server) return `PULSE_SERVER is ${server}, and nobody answers there`;
  return "the sound server does not answer. To start it: systemctl --user start pipewire-pulse, or pulseaudio --start";
}

/** Over SSH the sound of the machine one sits at can be had, by one line typed there. */
function withoutSound(env: NodeJS.ProcessEnv): string {
  const none = "this machine has no sound device";
  if (!env.SSH_CONNECTION) return `${none}. Calls work with files in place of them: file:talk.wav, file:heard.wav`;
  return `${none}, and you are here over SSH. With the sound of the machine you sit at, typed there: ${forwarding(env)}`;
}

/**
 * Over a socket in a folder of their own, not a port: anybody on this machine could hear them through that. What sshd
 * leaves of it would be in the way of the next time. Both ends take the other for a program on the same machine and
 * would share memory, which does not go through SSH.
 */
function forwarding(env: NodeJS.ProcessEnv): string {
  const [, , address = "", port = "22"] = (env.SSH_CONNECTION ?? "").split(" ");
  const { username, homedir } = userInfo();
  const socket = join(env.XDG_RUNTIME_DIR || homedir, "keet-tui-sound");
  const to = `${port === "22" ? "" : `-p ${port} `}${username}@${address}`;
  const settings = `PULSE_SERVER=unix:${socket} PULSE_CLIENTCONFIG=${socket}.conf`;
  const there = `echo enable-shm=no > ${socket}.conf; ${settings} keet-tui; rm -f ${socket} ${socket}.conf`;
  return `ssh -t -R ${socket}:/run/user/$(id -u)/pulse/native ${to} "${there}"`;
}
