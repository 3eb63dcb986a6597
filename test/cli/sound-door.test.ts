// Nothing of sound is loaded before the first call: what the screen and lines import at once has none of it.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import t from "tap";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const ENTRIES = ["src/cli/sound-door.ts", "src/components/main.tsx", "src/line/main.ts"];
const OF_SOUND = /src\/media\/|libopus|rnnoise|call-session/;

t.test("the way to sound is short until somebody goes it", async (t) => {
  const { metafile } = await build({
    entryPoints: ENTRIES.map((path) => `${root}/${path}`),
    ...{ bundle: true, splitting: true, format: "esm", platform: "node", packages: "external", jsx: "automatic" },
    ...{ write: false, metafile: true, outdir: "out", absWorkingDir: root },
  });
  const atOnce = (name: string, seen = new Set<string>()): string[] => {
    const chunk = metafile.outputs[name];
    if (!chunk || seen.has(name)) return [];
    seen.add(name);
    const further = chunk.imports.filter(({ kind }) => kind === "import-statement");
    return [...Object.keys(chunk.inputs), ...further.flatMap(({ path }) => [path, ...atOnce(path, seen)])];
  };
  const chunks = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => ENTRIES.includes(entryPoint ?? ""));
  t.equal(chunks.length, ENTRIES.length);
  for (const [name, { entryPoint }] of chunks) {
    const all = atOnce(name);
    t.ok(all.length > 0);
    t.same(
      all.filter((path) => OF_SOUND.test(path)),
      [],
      `${entryPoint}`,
    );
  }
  const later = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  t.ok(
    later.some((path) => OF_SOUND.test(path)),
    "but it is there",
  );
});
