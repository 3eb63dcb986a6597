// esbuild plugin: what the bundle takes in place of some of Ink's own modules.
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

/**
 * Ink's output and log-update modules and its measuring of text cost 8 to 39 ms a frame; ours cost
 * about one (docs/decisions/0003-ink-output.md). react-devtools-core is never wanted in a terminal program.
 */
export function inkReplacements(root) {
  const modules = new Map([
    ["./output.js", join(root, "src/terminal/ink-output.ts")],
    ["./log-update.js", join(root, "src/terminal/ink-log-update.ts")],
  ]);
  const measuring = join(root, "src/terminal/cached-string-width.ts");
  const ink = join("node_modules", "ink", "build") + sep;
  return {
    name: "ink-replacements",
    setup(build) {
      build.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: "react-devtools-core", namespace: "empty" }));
      build.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default {};" }));
      build.onResolve({ filter: /^\.\/(output|log-update)\.js$/ }, (args) =>
        args.importer.includes(ink) ? { path: modules.get(args.path) } : undefined,
      );
      // Every text is cleaned in every frame, and nearly all of them were in the frame before.
      build.onLoad({ filter: /ink[\\/]build[\\/]sanitize-ansi\.js$/ }, async ({ path }) => {
        const own = await readFile(path, "utf8");
        const exported = "export default sanitizeAnsi;";
        if (!own.includes(exported)) throw new Error(`${path} is not the one that was looked at`);
        const cells = JSON.stringify(join(root, "src/terminal/styled-cells.ts"));
        const remembers = `import { RecentMap } from ${cells};
const texts = new RecentMap(8192);
export default (text) => texts.get(text, sanitizeAnsi);`;
        return { contents: own.replace(exported, remembers), resolveDir: dirname(path) };
      });
      // Yoga reads its own bytes by fetch(), which loads a whole HTTP client; without it, it decodes them itself.
      build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
        contents: `const fetch = undefined;\n${await readFile(path, "utf8")}`,
      }));
      // Only other packages get the cached one; our own files know what they ask for.
      build.onResolve({ filter: /^string-width$/ }, (args) =>
        args.importer.includes(`node_modules${sep}`) ? { path: measuring } : undefined,
      );
    },
  };
}
