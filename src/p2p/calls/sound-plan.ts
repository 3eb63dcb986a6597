/** Who gets what this device says straight from it, and who from whom: up to 8 in a call everybody gets it straight. */
import { MAX_LISTENERS } from "./sound-datagram.js";

/** Copies that who speaks sends. */
export const MAX_COPIES = 7;

export interface Listener {
  readonly writer: string;
  /** To how many others it would pass on. */
  readonly copies: number;
  /** Straight, or not at all. */
  readonly wantsDirect: boolean;
}

export interface SoundPlan {
  readonly direct: readonly string[];
  /** Who passes it on, to whom. */
  readonly via: ReadonlyMap<string, readonly string[]>;
}

/**
 * As few pass on as will do. Where there are not enough of them this device sends more copies: nobody is left out.
 * @param order puts those who could pass on in an order of this device's own, so that speakers choose different ones
 */
export function planSound(listeners: readonly Listener[], order: (writer: string) => string): SoundPlan {
  const sorted = [...listeners].sort((a, b) => (order(a.writer) < order(b.writer) ? -1 : 1));
  const able = sorted.filter(({ copies, wantsDirect }) => copies > 0 && !wantsDirect);
  for (let count = 0; count <= able.length; count++) {
    const plan = planWith(sorted, able.slice(0, count));
    if (plan.direct.length + plan.via.size <= MAX_COPIES || count === able.length) return plan;
  }
  return planWith(sorted, []);
}

function planWith(sorted: readonly Listener[], passing: readonly Listener[]): SoundPlan {
  const chosen = new Set(passing);
  const others = sorted.filter((one) => !chosen.has(one));
  const straight = others.filter(({ wantsDirect }) => wantsDirect);
  const rest = others.filter(({ wantsDirect }) => !wantsDirect);
  const places = placesAt(passing);
  const spare = Math.max(0, MAX_COPIES - passing.length - straight.length);
  const passedOn = Math.min(places.length, Math.max(0, rest.length - spare));
  const via = new Map<string, string[]>();
  for (const [at, { writer }] of rest.slice(0, passedOn).entries()) {
    const place = places[at]!;
    via.set(place, [...(via.get(place) ?? []), writer]);
  }
  const idle = passing.filter(({ writer }) => !via.has(writer));
  return { direct: [...straight, ...rest.slice(passedOn), ...idle].map(({ writer }) => writer), via };
}

/** One for each copy that can be passed on; those of one device far apart, so that each of few passes on about as much. */
function placesAt(passing: readonly Listener[]): string[] {
  return Array.from({ length: MAX_LISTENERS }, (_, round) =>
    passing.filter(({ copies }) => copies > round).map(({ writer }) => writer),
  ).flat();
}
