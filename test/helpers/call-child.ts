// Somebody in a call: the sound of one person on a machine of their own, with files for microphone and speaker, and on
// a way on which packets are lost and late. argv: one JSON object. Says what the call looks like, one object a line.
import { resolvePaths } from "../../src/config.js";
import { ensureCore } from "../../src/daemon/ensure.js";
import { PLAIN_VOICE, startAudio } from "../../src/media/index.js";
import type { RpcClient } from "../../src/rpc/client.js";
import { CallSession } from "../../src/state/call-session.js";
import { randomBy } from "./random.js";

export interface CallChildOptions {
  readonly home: string;
  readonly globals: { readonly bootstrap: readonly string[]; readonly lan: boolean };
  readonly room: string;
  readonly microphone: string;
  readonly speaker: string;
  readonly lossPercent: number;
  /** How late packets are: half of it on average, and never more than twice. */
  readonly jitterMs: number;
  readonly seed: number;
}

const options = JSON.parse(process.argv[2]!) as CallChildOptions;
const random = randomBy(options.seed);
const lost = { of: 0, lost: 0 };

async function connect(): Promise<RpcClient> {
  const core = await ensureCore({
    paths: resolvePaths({ home: options.home, profile: "default" }),
    ...options.globals,
  });
  const listen = core.onSound.bind(core);
  core.onSound = (listener) =>
    listen((sound) => {
      lost.of += 1;
      if (random() * 100 < options.lossPercent) {
        lost.lost += 1;
        return;
      }
      const late =
        options.jitterMs === 0 ? 0 : Math.min(2 * options.jitterMs, (-Math.log(1 - random()) * options.jitterMs) / 2);
      if (late < 1) listener(sound);
      else setTimeout(() => listener(sound), late);
    });
  return core;
}

const session = await CallSession.join({
  connect,
  room: options.room,
  wish: { microphone: options.microphone, speaker: options.speaker, voice: PLAIN_VOICE, isMuted: false },
  startAudio,
  onView: (view) => process.stdout.write(`${JSON.stringify({ ...view, lost })}\n`),
  onEnd: (error) => {
    process.stdout.write(`${JSON.stringify({ ended: error?.message ?? null })}\n`);
    process.exit(error ? 1 : 0);
  },
});
process.on("SIGTERM", () => void session.leave());
