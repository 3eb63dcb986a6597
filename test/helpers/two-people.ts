// The main job by one-shots alone, between two profiles of one home; run inside a network namespace by
// flow/reach.test.ts. argv: global options. Prints one JSON line {joinMs, ann, bob, network}.
import { Home, shortFolder, until } from "./program.js";

const undo: (() => unknown)[] = [];
const t = { teardown: (work: () => unknown) => void undo.unshift(work) };
const home = new Home(t, shortFolder(t));
const globals = ["--home", home.dir, ...process.argv.slice(2)];
const as = (profile: string) => ({ globals: [...globals, "--profile", profile] });

async function must(profile: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run(args, as(profile));
  if (code !== 0) throw new Error(`${args.join(" ")}: exit ${code}\n${stderr}`);
  return stdout.trim();
}

const texts = async (profile: string): Promise<string[]> => {
  const lines = (await must(profile, "tail", "tea", "--json")).split("\n");
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ type, text, verified }) => (type === "message" && verified ? [text] : []));
};

try {
  await must("ann", "room", "create", "tea");
  const link = await must("ann", "room", "invite", "tea");
  await must("ann", "send", "tea", "hello from ann");
  const startedAt = performance.now();
  await must("bob", "room", "join", link);
  const joinMs = Math.round(performance.now() - startedAt);
  await must("bob", "send", "tea", "hello from bob", "--wait", "delivered");
  await until(async () => (await texts("ann")).length === 2 && (await texts("bob")).length === 2);
  process.stdout.write(`${JSON.stringify({ joinMs, ann: await texts("ann"), bob: await texts("bob") })}\n`);
} finally {
  for (const work of undo) await work();
}
