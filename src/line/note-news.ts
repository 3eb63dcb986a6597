/** What becomes of a voice note that is being recorded, as sentences: only what is not well with it. */
import type { SafeText } from "../safe-text.js";
import type { VoiceRecorder } from "../state/voice-recorder.js";
import type { Paper } from "./paper.js";
import { asLines } from "./wording.js";

export function tellNoteTroubles(voice: VoiceRecorder, paper: Paper): () => void {
  let told: SafeText | null = null;
  return voice.own.subscribe(() => {
    const trouble = voice.own.getSnapshot()?.trouble ?? null;
    if (trouble === told) return;
    told = trouble;
    if (trouble !== null) paper.tell(asLines(trouble));
  });
}
