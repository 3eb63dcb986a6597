/** One word for how somebody is heard. */
export type Quality = "good" | "fair" | "poor" | "silent";

const FAIR_DELAY_MS = 200;
const POOR_DELAY_MS = 400;
const FAIR_LOSS_PERCENT = 5;
const POOR_LOSS_PERCENT = 20;

/** @param delayMs null before any sound came */
export function quality(delayMs: number | null, lossPercent: number): Quality {
  if (delayMs === null) return "silent";
  if (delayMs >= POOR_DELAY_MS || lossPercent >= POOR_LOSS_PERCENT) return "poor";
  return delayMs >= FAIR_DELAY_MS || lossPercent >= FAIR_LOSS_PERCENT ? "fair" : "good";
}
